"""Monotonic alignment of a claim's words with its quote's words (longest common subsequence over word classes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.verify.readings import ADVICE, SUGGESTION, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.verify.language import Language
    from bot.verify.tokens import Token

_THIRD = frozenset({"he", "she", "they", "it", "third"})
_CONTENT, _FUNCTION = 3.0, 1.0
_LONGER = 0.01
"""Prefers the whole of a repeated phrase to its last word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """Which quote word each claim word stands for."""

    quote: Reading
    claim: Reading
    to_quote: tuple[int, ...]
    """For each claim token the index of its quote token, or -1."""
    kept: frozenset[int]
    """Indices of the quote tokens that the claim restates."""
    referring: tuple[tuple[int, int], ...] = ()
    """(claim index, where the antecedent starts) of each "it" that stands for a repeated noun phrase."""


class Matcher:
    """Says whether a claim word may stand for a quote word."""

    def __init__(self, quote: Reading, claim: Reading, language: Language) -> None:
        self.quote, self.claim, self.language = quote.tokens, claim.tokens, language
        self.gerund = claim.gerund
        self.generic = any(token.raw.lower() in {"people", "others", "someone", "one"} for token in claim.tokens)
        self.verbs = frozenset(i for i in range(len(quote.tokens)) if self._follows_speaker(i))

    def _follows_speaker(self, position: int) -> bool:
        """Tell whether the word at `position` is a verb whose subject is the speaker."""
        here = position - 1
        while here >= 0 and self.language.has("adverbs", self.quote[here].text):
            here -= 1
        if here < 0:
            return False
        token = self.quote[here]
        if token.group == "i":
            return "nominative" in token.cases
        if not self.language.has("conjunctions", token.text):
            return False
        return any(t.group == "i" and "nominative" in t.cases for t in self.quote[:here])

    def weight(self, i: int, j: int) -> float:  # noqa: PLR0911  one rule, one return
        """Return how much it is worth to align quote token `i` with claim token `j`; 0 when they differ."""
        quote, claim = self.quote[i], self.claim[j]
        if quote.quoted and claim.quoted:
            return _CONTENT if quote.text == claim.text else 0.0
        if quote.group or claim.group:
            return self._pronoun(quote, claim, j)
        if quote.text == claim.text:
            if self._must_change(i):
                return 0.0
            return _FUNCTION if self._is_light(quote.text) else _CONTENT
        if quote.text == ADVICE and claim.text == SUGGESTION:
            return _CONTENT
        if self.language.code == "en":
            return _CONTENT if self._inflected(i, j) else 0.0
        if self._synonyms(quote.text, claim.text):
            return _CONTENT
        return _CONTENT if claim.text in self.third_person(quote.text) else 0.0

    def _is_light(self, word: str) -> bool:
        return any(self.language.has(group, word) for group in ("articles", "optional", "conjunctions"))

    def _pronoun(self, quote: Token, claim: Token, j: int) -> float:
        if quote.group == "you" and self._for_you(quote, claim, j):
            return _CONTENT
        if not (quote.cases & claim.cases):
            return 0.0
        if quote.group == "i" and not quote.quoted:
            return _CONTENT if claim.group in {"name", "he", "she", "they", "third"} else 0.0
        if quote.group == "we" and not quote.quoted:
            return _CONTENT if claim.group == "they" else 0.0
        if quote.group == "name":
            return _CONTENT if claim.group == "name" else 0.0
        return _CONTENT if quote.group == claim.group and quote.group in _THIRD else 0.0

    def _for_you(self, quote: Token, claim: Token, j: int) -> bool:
        if claim.group == "you":
            return bool(quote.cases & claim.cases)
        generic = self.language.pronouns.get(claim.raw.lower(), {}).get("generic", frozenset())
        if generic & quote.cases:
            return True
        earlier = any("generic" in self.language.pronouns.get(token.raw.lower(), {}) for token in self.claim[:j])
        return earlier and claim.group == "they" and bool(quote.cases & claim.cases)

    def _synonyms(self, first: str, second: str) -> bool:
        groups = self.language.synonyms
        return not groups.get(first, frozenset()).isdisjoint(groups.get(second, frozenset()))

    def _inflected(self, i: int, j: int) -> bool:
        quote, claim = self.quote[i], self.claim[j]
        following = self.quote[i + 1].text if i + 1 < len(self.quote) else ""
        if quote.forms.isdisjoint(claim.forms) and self.language.has("opinion_blockers", following):
            return any(a == b and self._form_fits(i, j, x, y) for a, x in quote.forms for b, y in claim.forms)
        if self._synonyms(quote.text, claim.text) or self._same_contraction(i, j):
            return True
        for lemma, form in quote.forms:
            for other, other_form in claim.forms:
                if (lemma == other or self._synonyms(lemma, other)) and self._form_fits(i, j, form, other_form):
                    return True
        return False

    def _same_contraction(self, i: int, j: int) -> bool:
        """Tell whether "he's done" was written out as "he has done", "I'd gone" as "she had gone"."""
        quote, claim = self.quote[i], self.claim[j]
        wrong = {("is", "has"): "'s", ("would", "had"): "'d"}.get((quote.text, claim.text), "")
        here = j + 1
        while here < len(self.claim) and self.language.has("adverbs", self.claim[here].text):
            here += 1
        followed = here < len(self.claim) and any(form == "participle" for _, form in self.claim[here].forms)
        return bool(wrong) and followed and quote.raw.endswith(wrong)

    def _form_fits(self, i: int, j: int, form: str, other: str) -> bool:
        if form == other:
            return True
        before = self.claim[j - 1].text if j else ""
        if (form, other) == ("base", "s"):
            return i in self.verbs
        if (form, other) == ("past", "participle"):
            return before == "had"
        previous = self.quote[i - 1].text if i else ""
        swap = not (i > 1 and self.language.has("no_gerund_swap", self.quote[i - 2 if previous == "to" else i - 1].text))
        if (form, other) == ("base", "ing"):
            return (self.quote[i].advised and self.gerund) or (previous == "to" and before != "to" and swap and bool(before))
        if (form, other) == ("ing", "base"):
            return (self.quote[i].advised or before == "to") and swap
        return False

    def third_person(self, word: str) -> frozenset[str]:
        """Return the third-person forms of a first-person verb (languages whose verbs mark the person)."""
        exact = self.language.person_exact.get(word)
        if exact is not None:
            return exact
        if self.language.has("not_verbs", word):
            return frozenset()
        pairs = self.language.person_suffixes + self.language.person_loose
        return frozenset(word[: -len(old)] + new for old, new in pairs if word.endswith(old) and len(word) > len(old) + 1)

    def _must_change(self, i: int) -> bool:
        """Tell whether the quote's word is a first-person verb, which a claim may not repeat."""
        word = self.quote[i].text
        if word in self.language.person_exact:
            return word not in self.language.person_exact[word]
        if self.language.has("not_verbs", word) or self.language.has("function", word) or self.quote[i].quoted:
            return False
        if any(word.endswith(old) for old, _ in self.language.person_suffixes):
            return True
        previous = self.quote[i - 1] if i else None
        if previous is None or self.quote[i].before:
            follows = self.language.pro_drop
        else:
            follows = (previous.group == "i" and "nominative" in previous.cases) or self.language.has(
                "verb_introducers", previous.text
            )
        return follows and any(word.endswith(old) for old, _ in self.language.person_loose)


def _repeats(tokens: Sequence[Token], language: Language) -> dict[int, list[tuple[int, int]]]:
    """Find noun phrases said twice: end of the second one → (its length, where the first one starts)."""
    found: dict[int, list[tuple[int, int]]] = {}
    if language.code != "en":
        return found
    for start in range(1, len(tokens)):
        for size in range(1, 4):
            span = [token.text for token in tokens[start : start + size]]
            if len(span) < size or any(
                t.group or t.text in language.cues or t.before == "." for t in tokens[start : start + size]
            ):
                break
            if len(span[-1]) <= 3 or any(language.has("conjunctions", w) or language.has("dangling", w) for w in span[1:]):  # noqa: PLR2004
                continue
            for first in range(start - size + 1):
                if [token.text for token in tokens[first : first + size]] == span:
                    found.setdefault(start + size, []).append((size, first))
                    break
    return found


def align(quote: Reading, claim: Reading, language: Language) -> Aligned:
    """Align two readings so that the heaviest set of equal words, in equal order, is paired."""
    matcher = Matcher(quote, claim, language)
    rows, columns = len(quote.tokens), len(claim.tokens)
    repeats = _repeats(quote.tokens, language)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    step: list[list[tuple[int, int]]] = [[(0, 1)] * (columns + 1) for _ in range(rows + 1)]
    pronouns = [token.group in {"it", "they"} and not token.quoted for token in claim.tokens]
    for i in range(1, rows + 1):
        row, above, steps = best[i], best[i - 1], step[i]
        spans = repeats.get(i, ())
        for j in range(1, columns + 1):
            score, move = above[j], (1, 0)
            if row[j - 1] > score:
                score, move = row[j - 1], (0, 1)
            weight = matcher.weight(i - 1, j - 1)
            if weight and above[j - 1] + weight > score:
                score, move = above[j - 1] + weight, (1, 1)
            if spans and pronouns[j - 1]:
                for size, _ in spans:
                    replaced = best[i - size][j - 1] + _CONTENT + _LONGER * size
                    if replaced > score:
                        score, move = replaced, (size, 1)
                        if size == 1:
                            move = (1, 2)
            row[j], steps[j] = score, move
    return _trace(quote, claim, step, repeats)


def _trace(
    quote: Reading, claim: Reading, step: Sequence[Sequence[tuple[int, int]]], repeats: dict[int, list[tuple[int, int]]]
) -> Aligned:
    i, j = len(quote.tokens), len(claim.tokens)
    to_quote = [-1] * j
    kept: set[int] = set()
    referring: list[tuple[int, int]] = []
    while i and j:
        rows, columns = step[i][j]
        if rows and columns:
            to_quote[j - 1] = i - rows
            kept |= set(range(i - rows, i))
            if rows > 1 or columns == 2:  # noqa: PLR2004  (1, 2) marks a one-word phrase replaced by "it"
                referring.append((j - 1, next(first for size, first in repeats[i] if size == rows)))
            i, j = i - rows, j - 1
        else:
            i, j = i - rows, j - columns
    return Aligned(quote=quote, claim=claim, to_quote=tuple(to_quote), kept=frozenset(kept), referring=tuple(referring))
