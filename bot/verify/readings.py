"""The ways a quote or a claim may be read before the two are aligned.

A quote that gives advice ("you should read", "read", "my advice is to read") may be restated by "X recommends reading"; both
are brought to one form, the mark `ADVICE` followed by the verb. A claim may attribute what it says ("X explains that …"); that
is taken off. A subordinate clause may stand before or after its main clause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.verify.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.verify.language import Language, Phrase

ADVICE = "§advice"
SUGGESTION = "§suggestion"
SPEAKER = frozenset({"i", "name", "he", "she", "they"})
FIRST = frozenset({"i", "we"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a sentence."""

    tokens: tuple[Token, ...]
    advice: str = ""
    """The mark in `tokens`, if this reading gives advice."""
    gerund: bool = False
    """The advice is worded "recommends reading", not "recommends that you read"."""
    attributed: bool = False
    opinion: bool = False
    """The attribution calls it a belief ("thinks that")."""
    turned: bool = False
    """Main and subordinate clause have changed places."""


def phrase_at(tokens: Sequence[Token], position: int, phrases: Sequence[Phrase]) -> int:
    """Return how many tokens the first fitting phrase covers at `position`, 0 for none."""
    for phrase in phrases:
        window = tokens[position : position + len(phrase)]
        if tuple(token.text for token in window) == phrase and not any(token.before for token in window[1:]):
            return len(phrase)
    return 0


def is_speaker(token: Token, case: str) -> bool:
    """Tell whether a token may stand for the speaker in the given grammatical case."""
    return token.group in SPEAKER and case in token.cases and not token.quoted


def without_fillers(tokens: Sequence[Token], language: Language) -> list[Token]:
    """Drop what carries nothing: "honestly", "you know" between commas, "so" at a sentence's start."""
    asides = [tuple(phrase.split()) for phrase in language.words.get("asides", ())]
    result: list[Token] = []
    position, pending = 0, ""
    while position < len(tokens):
        token = tokens[position]
        size = 1 if language.has("fillers", token.text) else 0
        if not size and token.before:
            size = phrase_at(tokens, position, asides)
            after = tokens[position + size].before if position + size < len(tokens) else "."
            size = size if after else 0
        if not size and token.before == "." and language.has("leads", token.text) and position + 1 < len(tokens):
            size = 1
        if size:
            pending = "." if "." in (pending, token.before) else pending or token.before
            position += size
            continue
        mark = "." if "." in (pending, token.before) else token.before or pending
        result.append(replace(token, before=mark))
        pending = ""
        position += 1
    return result


def with_opinions(tokens: Sequence[Token], language: Language) -> list[Token]:
    """Bring "in my opinion, …" to the form "I think …"."""
    for pattern in language.opinions:
        window = tokens[: len(pattern)]
        if len(window) == len(pattern) and all(
            is_speaker(t, "possessive") if word == "§" else t.text == word for t, word in zip(window, pattern, strict=True)
        ):
            slot = window[pattern.index("§")]
            speaker = replace(slot, before=".", cases=frozenset({"nominative"}))
            think = replace(
                slot,
                text="think",
                raw="think",
                group="",
                cases=frozenset(),
                before="",
                forms=frozenset({("think", "base"), ("think", "s")}),
            )
            return [speaker, think, *(replace(t, before="") if n == 0 else t for n, t in enumerate(tokens[len(pattern) :]))]
    return list(tokens)


def _mark(kind: str, like: Token) -> Token:
    return Token(text=kind, raw=like.raw, before=like.before, ends=like.ends)


def _advised(tokens: Sequence[Token]) -> list[Token]:
    """Flag the tokens up to the sentence's end as advice."""
    end = next((n for n, token in enumerate(tokens) if n and token.before == "."), len(tokens))
    return [replace(token, advised=True, before=token.before if n else "") for n, token in enumerate(tokens[:end])] + list(
        tokens[end:]
    )


def _negatives(tokens: Sequence[Token], position: int, language: Language) -> int:
    return phrase_at(tokens, position, language.advice.get("negative", ()))


def _duty(tokens: Sequence[Token], position: int, language: Language) -> tuple[str, int] | None:
    """Match "(I think) you should" and "I would recommend (that you)" at `position`: the mark, and where the verb starts."""
    here = position
    token = tokens[here]
    if token.group == "i" and "nominative" in token.cases and len(tokens) > here + 2:
        size = phrase_at(tokens, here + 1, language.advice.get("directives", ()))
        if size:
            return ADVICE, _skip_addressee(tokens, here + 1 + size, language)
        if phrase_at(tokens, here + 1, (("think",), ("believe",))):
            here += 2
            here += phrase_at(tokens, here, language.frames["that"])
    elif token.group == "i" and "possessive" in token.cases:
        size = phrase_at(tokens, here + 1, language.advice.get("nouns", ()))
        return (ADVICE, _skip_addressee(tokens, here + 1 + size, language)) if size else None
    if here < len(tokens) and tokens[here].group == "you" and "nominative" in tokens[here].cases:
        here += 1
    elif not language.pro_drop:
        return None
    for mark, name in ((ADVICE, "duties"), (SUGGESTION, "weak")):
        size = phrase_at(tokens, here, language.advice.get(name, ()))
        if size:
            negated = here + size < len(tokens) and bool(_negatives(tokens, here + size, language))
            need = tokens[here].text.startswith("need")
            return None if negated and (need or mark == SUGGESTION) else (mark, here + size)
    return None


def _skip_addressee(tokens: Sequence[Token], position: int, language: Language) -> int:
    position += phrase_at(tokens, position, language.frames["that"])
    position += phrase_at(tokens, position, language.frames["addressees"])
    return position + phrase_at(tokens, position, language.frames.get("infinitive", ()))


def _imperative(tokens: Sequence[Token], position: int, language: Language) -> int | None:
    """Return where the verb (with its "not") of an imperative starts, None when there is none at `position`."""
    start = position
    texts = [token.text for token in tokens[position : position + 4]]
    if texts and texts[0] == "please":
        start, texts = start + 1, texts[1:]
    verb = start
    if texts[:2] == ["do", "not"]:
        start, verb = start + 1, start + 2
    elif texts[:1] in (["never"], ["always"]):
        verb = start + 1
    if verb >= len(tokens) or not phrase_at(tokens, verb, tuple(language.imperatives)):
        return None
    following = tokens[verb + 1].text if verb + 1 < len(tokens) else ""
    return (
        None if phrase_at(tokens, verb + 1, language.advice.get("impossible", ())) and following and verb == position else start
    )


def _clause_starts(tokens: Sequence[Token], language: Language) -> Iterator[int]:
    """Yield where a sentence starts, or the main clause behind a leading subordinate clause."""
    subordinate = False
    for position, token in enumerate(tokens):
        if token.before == ".":
            subordinate = language.has("subordinators", token.text)
            yield position
        elif token.before == "," and (subordinate or language.characters):
            yield position


def advising(tokens: Sequence[Token], language: Language, *, noisy: bool) -> Reading | None:
    """Read the quote as advice, if it gives any."""
    for position in _clause_starts(tokens, language):
        found = _duty(tokens, position, language)
        if found is None and not noisy and tokens[position].ends != "?":
            start = _imperative(tokens, position, language)
            found = None if start is None else (ADVICE, start)
        if found is not None and found[1] < len(tokens):
            mark, start = found
            rest = _advised(tokens[start:])
            return Reading(tokens=(*tokens[:position], _mark(mark, tokens[position]), *rest), advice=mark)
    return None


def turned(reading: Reading, language: Language) -> Reading | None:
    """Put a leading subordinate clause behind its main clause, or the other way round, in the first sentence."""
    tokens = reading.tokens
    end = next((n for n, token in enumerate(tokens) if n and token.before == "."), len(tokens))
    first, rest = tokens[:end], tokens[end:]
    if not first:
        return None
    if language.has("subordinators", first[0].text):
        cut = next((n for n, token in enumerate(first) if token.before in (",", ";")), 0)
    else:
        cut = next((n for n, token in enumerate(first) if n and language.has("subordinators", token.text)), 0)
        if cut > 1 and language.has("adverbs", first[cut - 1].text):
            return None
    if not cut or any(token.text == "but" for token in first):
        return None
    head, tail = first[cut:], first[:cut]
    moved = (replace(head[0], before="."), *head[1:], replace(tail[0], before=""), *tail[1:])
    return replace(reading, tokens=moved + rest, turned=True)


def quote_readings(tokens: Sequence[Token], language: Language, *, noisy: bool) -> list[Reading]:
    """List the readings of a quote: as it stands, without "I would say", as advice, with clauses turned round."""
    found = [Reading(tokens=tuple(tokens))]
    if len(tokens) > 2 and tokens[0].group == "i" and tokens[1].text == "would_say":  # noqa: PLR2004  and something said
        start = 2 + phrase_at(tokens, 2, language.frames["that"])
        found.append(Reading(tokens=(replace(tokens[start], before="."), *tokens[start + 1 :])))
    advice = advising(tokens, language, noisy=noisy)
    if advice:
        found.append(advice)
    if not noisy:
        found += [other for other in (turned(reading, language) for reading in found) if other]
    return found


def _attributed(tokens: Sequence[Token], language: Language) -> Reading | None:
    """Take "X says that" or "According to X," off a claim."""
    size = phrase_at(tokens, 0, language.frames.get("according", ()))
    if size and len(tokens) > size + 1 and tokens[size].group == "name":
        rest = tokens[size + 1 :]
        return Reading(tokens=(replace(rest[0], before="."), *rest[1:]), attributed=True)
    if not tokens or not is_speaker(tokens[0], "nominative"):
        return None
    size = phrase_at(tokens, 1, language.frames.get("according_after", ()))
    if size and len(tokens) > size + 1:
        rest = tokens[size + 1 :]
        return Reading(tokens=(replace(rest[0], before="."), *rest[1:]), attributed=True)
    here = 1
    while here < len(tokens) and tokens[here].text == "also":
        here += 1
    for name in ("say", "think"):
        size = phrase_at(tokens, here, language.frames[name])
        if size:
            here += size + phrase_at(tokens, here + size, language.frames["that"])
            if here >= len(tokens):
                return None
            rest = (replace(tokens[here], before="."), *tokens[here + 1 :])
            return Reading(tokens=rest, attributed=True, opinion=name == "think")
    return None


def _recommending(tokens: Sequence[Token], language: Language) -> Reading | None:
    """Read "X recommends reading" (or "X's advice is to read", "X says to read") as advice."""
    for position, token in enumerate(tokens):
        possessive = "possessive" in token.cases and is_speaker(token, "possessive")
        if not (is_speaker(token, "nominative") or possessive):
            continue
        here = position + 1
        while here < len(tokens) and tokens[here].text in {"also", "strongly"}:
            here += 1
        for mark, name in ((ADVICE, "advise"), (SUGGESTION, "suggest"), (ADVICE, "say")):
            size = phrase_at(tokens, here, language.frames[name])
            found = _recommended(tokens, position, here + size, mark, language) if size else None
            if found and (name != "say" or tokens[here + size].text in {"to", "not"}):
                return found
    return None


def _recommended(tokens: Sequence[Token], position: int, here: int, mark: str, language: Language) -> Reading | None:
    plain = here
    negatives: list[Token] = []
    here += phrase_at(tokens, here, language.frames["that"])
    here += phrase_at(tokens, here, language.frames["addressees"])
    while here < len(tokens):
        if tokens[here].text in {"not", "against"}:
            negatives.append(replace(tokens[here], text="not", before=""))
            plain += 1
        elif not phrase_at(tokens, here, language.frames.get("infinitive", ())):
            break
        here += 1
    if here >= len(tokens):
        return None
    verb = here + 1 if language.has("negative_adverbs", tokens[here].text) and here + 1 < len(tokens) else here
    gerund = here == plain and any(form == "ing" for _, form in tokens[verb].forms)
    if language.code == "en" and here == plain and not gerund:
        return None
    rest = (*negatives, *(replace(token, before="" if n == 0 else token.before) for n, token in enumerate(tokens[here:])))
    return Reading(
        tokens=(*tokens[:position], _mark(mark, tokens[position]), *rest),
        advice=mark,
        gerund=gerund,
        attributed=True,
    )


def claim_readings(tokens: Sequence[Token], language: Language) -> list[Reading]:
    """List the readings of a claim: as it stands, without its attribution, as reported advice."""
    found = [Reading(tokens=tuple(tokens))]
    attributed = _attributed(tokens, language)
    if attributed:
        found.append(attributed)
        body = attributed.tokens
        if len(body) > 2 and body[0].text in {"you", "people", "one"} and body[1].text == "should":  # noqa: PLR2004  you should V
            found.append(Reading(tokens=(_mark(ADVICE, body[0]), *body[2:]), advice=ADVICE, attributed=True))
    recommending = _recommending(tokens, language)
    if recommending:
        found.append(recommending)
    return found
