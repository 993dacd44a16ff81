"""What an alignment means: which unpaired words are harmless, and what is wrong when one is not."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from bot.verify.align import Aligned, Matcher
from bot.verify.readings import ADVICE, FIRST, SPEAKER, SUGGESTION, phrase_at
from bot.verify.values import Reason, Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.verify.language import Language
    from bot.verify.tokens import Token

_THIRD = frozenset({"he", "she", "they"})
_MINIMUM_KEPT = 2
_SHORT_RETORT = 4
_HEDGED = frozenset({Reason.DROPPED_CONDITION, Reason.CERTAINTY})


class Judge:
    """Weighs one alignment."""

    def __init__(self, aligned: Aligned, subject: Subject, language: Language, *, noisy: bool) -> None:
        self.aligned, self.subject, self.language, self.noisy = aligned, subject, language, noisy
        self.quote, self.claim = aligned.quote.tokens, aligned.claim.tokens
        self.to_claim = {q: c for c, q in enumerate(aligned.to_quote) if q >= 0}

    def reasons(self) -> list[Reason]:
        """List what is wrong, worst first; empty when the claim is a fair restatement."""
        if len(self.aligned.kept) < _MINIMUM_KEPT:
            return [Reason.ADDED]
        found = self._inserted() + self._deleted() + self._people() + self._questions()
        if self.language.pro_drop and self._hidden_subject():
            found.append(Reason.SUBJECT)
        if self.language.code == "en" and not found:
            found = self._agreement()
        return list(dict.fromkeys(found))

    def _reason(self, token: Token) -> Reason:  # noqa: PLR0911  one rule, one return
        """Name what is wrong with a word that has no counterpart."""
        if token.group in FIRST or token.group == "you":
            return Reason.PERSON
        if token.group:
            return Reason.SUBJECT
        if token.text in (ADVICE, SUGGESTION):
            return Reason.PERSON
        cue = self.language.cues.get(token.text)
        if cue is not None:
            return cue
        if token.text[0].isdigit() or token.text[0] in "$€£¥":
            return Reason.NUMBER
        if token.raw[:1].isupper() and token.before != ".":
            return Reason.NAME
        return Reason.ADDED

    def _inserted(self) -> list[Reason]:
        found = []
        for j, token in enumerate(self.claim):
            if self.aligned.to_quote[j] < 0 and not self._harmless_insertion(j):
                lemmas = {lemma for lemma, _ in token.forms}
                tense = any(
                    lemma in lemmas and q not in self.aligned.kept
                    for q, other in enumerate(self.quote)
                    if token.text != other.text
                    for lemma, _ in other.forms
                )
                found.append(Reason.TENSE if tense and token.text not in self.language.cues else self._reason(token))
        for j, start in self.aligned.referring:
            if start not in self.aligned.kept or start > self.aligned.to_quote[j]:
                found.append(Reason.SUBJECT)
        return found

    def _next(self, j: int) -> int:
        """Return the quote index of the next paired claim word after `j`, or -1."""
        return next((q for q in self.aligned.to_quote[j + 1 :] if q >= 0), -1)

    def _harmless_insertion(self, j: int) -> bool:  # noqa: PLR0911  one rule, one return
        token, following = self.claim[j], self._next(j)
        if self.language.has("articles", token.text) or self.language.has("optional", token.text):
            return self._harmless_little(j, following)
        if following < 0:
            return False
        at = self.quote[following]
        if token.text == "had":
            paired = self.claim[self.aligned.to_quote.index(following)]
            return (
                any(f == "past" for _, f in at.forms) and any(f == "participle" for _, f in paired.forms) and self._had_near(j)
            )
        if self.language.has("joins", token.text):
            return at.before in (".", ";")
        if self.language.has("reasons", token.text):
            return at.before == "." and self.aligned.quote.advice != "" and not at.advised
        if self._second_attribution(j, following):
            return True
        return token.group in _THIRD | {"name"} and "nominative" in token.cases and self._shared_subject(following)

    def _second_attribution(self, j: int, following: int) -> bool:
        """Judge a word of ", and says that" or "; she adds" where the quote begins another sentence."""
        if self.quote[following].before not in (".", ";"):
            return False
        end = self.aligned.to_quote.index(following)
        start = next((n + 1 for n in range(j - 1, -1, -1) if self.aligned.to_quote[n] >= 0), 0)
        here = start + (self.claim[start].text == "and")
        here += self.claim[here].group in SPEAKER and "nominative" in self.claim[here].cases
        size = phrase_at(self.claim, here, self.language.frames["say"])
        return size > 0 and here + size + phrase_at(self.claim, here + size, self.language.frames["that"]) == end

    def _had_near(self, j: int) -> bool:
        """Tell whether the verb follows "had" directly or after adverbs."""
        here = j + 1
        while here < len(self.claim) and self.aligned.to_quote[here] >= 0 and self.claim[here].text.endswith("ly"):
            here += 1
        return here < len(self.claim) and any(form == "participle" for _, form in self.claim[here].forms)

    def _harmless_little(self, j: int, following: int) -> bool:
        """Judge an added "a", "the", "that" or "to"."""
        if self.language.characters:
            return True
        if following < 0:
            return False
        if self.claim[j].text == "to":
            return any(form == "ing" for _, form in self.quote[following].forms)
        return self.aligned.to_quote[j + 1] >= 0

    def _shared_subject(self, following: int) -> bool:
        """Judge an added "she" before a verb: its subject must be the speaker in the quote too."""
        if self.language.pro_drop:
            paired = [
                self.aligned.to_quote.index(q)
                for q in range(following, min(following + 3, len(self.quote)))
                if q in self.to_claim
            ]
            return any(self._person_changed(c) for c in paired[:3])
        matcher = Matcher(self.aligned.quote, self.aligned.claim, self.language)
        previous = self.quote[following - 1].text if following else ""
        return following in matcher.verbs and self.language.has("conjunctions", previous)

    def _person_changed(self, j: int) -> bool:
        quote, claim = self.quote[self.aligned.to_quote[j]], self.claim[j]
        return not quote.group and quote.text != claim.text

    def _hidden_subject(self) -> bool:
        """Tell whether the first verb that was the speaker's own ("trabajo" → "trabaja") is left to another subject."""
        own = next((j for j, q in enumerate(self.aligned.to_quote) if q >= 0 and self._person_changed(j)), None)
        if own is None:
            return False
        here = own - 1
        while here >= 0 and self.language.has("clitics", self.claim[here].text):
            here -= 1
        return here >= 0 and not (self.claim[here].group in SPEAKER and "nominative" in self.claim[here].cases)

    def _deleted(self) -> list[Reason]:
        missing = [i for i in range(len(self.quote)) if i not in self.aligned.kept and not self._harmless_deletion(i)]
        if not missing:
            return []
        first, last = min(self.aligned.kept), max(self.aligned.kept)
        leading = [i for i in missing if i < first]
        trailing = [i for i in missing if i > last]
        inner = [i for i in missing if first < i < last]
        bad = inner
        if leading and (self.noisy or not self._may_lose_start(first)):
            bad = leading + bad
        if trailing and (self.noisy or not self._may_lose_end(last + 1)):
            bad = bad + trailing
        found = [self._reason(self.quote[i]) for i in bad]
        return [Reason.OMITTED if reason is Reason.ADDED else reason for reason in found]

    def _harmless_deletion(self, i: int) -> bool:  # noqa: PLR0911  one rule, one return
        token, has = self.quote[i], self.language.has
        previous = self.quote[i - 1].text if i else ""
        if has("articles", token.text) or has("optional", token.text):
            return True
        if has("intensifiers", token.text):
            return self.language.cues.get(previous) is not Reason.NEGATION and not token.advised
        if i == 0 and token.text == "but":
            return True
        if token.text == "then" and previous == "and":
            return True
        if token.group == "you" and "possessive" in token.cases and i + 1 in self.aligned.kept:
            return not self.noisy
        if token.group == "i" and "nominative" in token.cases:
            subject = any(
                t.group == "i" and "nominative" in t.cases and n in self.aligned.kept for n, t in enumerate(self.quote[:i])
            )
            return subject and has("conjunctions", previous) and not self.noisy
        return False

    def _may_lose_start(self, first: int) -> bool:
        """Tell whether the quote may begin at token `first`: a later sentence, or a clause with its own subject."""
        start, lost = self.quote[first], self.quote[:first]
        if start.group in _THIRD | {"it"} or self.language.has("dependent", start.text):
            return False
        sentence = max((i for i in range(first + 1) if self.quote[i].before == "."), default=0)
        if not any(i in self.aligned.kept for i in range(first, len(self.quote))):
            return False
        clause = self.quote[sentence:first]
        if all(
            self._harmless_deletion(sentence + n) or self.language.has("leads", token.text) for n, token in enumerate(clause)
        ):
            return sentence > 0 and not any(token.quoted for token in lost)
        joined = self.language.has("joins", lost[-1].text) or (len(lost) > 1 and lost[-1].text == "then")
        return joined and start.group == "i" and all(token.text not in self.language.cues for token in clause)

    def _may_lose_end(self, start: int) -> bool:
        """Tell whether the quote may stop before token `start`: at a sentence's end, or before a clause that only adds."""
        rest = self.quote[start:]
        sentence = next((n for n, token in enumerate(rest) if token.before == "."), len(rest))
        clause, later = rest[:sentence], rest[sentence:]
        if clause and not self._adds_only(clause):
            return False
        return not later or self._keeps_sense(later)

    def _adds_only(self, clause: Sequence[Token]) -> bool:
        head = clause[0]
        if not self.language.has("clauses", head.text):
            return False
        if any(self.language.cues.get(token.text) in _HEDGED for token in clause[1:]):
            return False
        if not self.language.has("reasons", head.text) and head.text not in {"which", "so_that"}:
            here = 2 if len(clause) > 2 and clause[1].text == "then" else 1  # noqa: PLR2004  "and then I"
            return len(clause) > here and bool(clause[here].group or clause[here].text in {"there", "this", "the"})
        return True

    def _keeps_sense(self, later: Sequence[Token]) -> bool:
        """Tell whether the sentences that follow leave what was said before as it is."""
        start = later[:2]
        if any(self.language.has("contrasts", token.text) for token in start):
            return False
        if any(
            self.language.cues.get(token.text) is Reason.CERTAINTY and self.language.has("doubts", token.text)
            for token in later
        ):
            return False
        if len(later) <= _SHORT_RETORT and any(self.language.cues.get(t.text) is Reason.NEGATION for t in later):
            return False
        pointing = later[0].group == "it" or self.language.has("pointers", later[0].text)
        return not (pointing and any(self.language.cues.get(t.text) in (Reason.NEGATION, Reason.QUANTITY) for t in later))

    def _people(self) -> list[Reason]:
        """Check that no pronoun stands both for the speaker and for somebody else, and that the speaker keeps one set."""
        speaker: set[str] = set()
        others: set[str] = set()
        for j, token in enumerate(self.claim):
            q = self.aligned.to_quote[j]
            if token.group not in _THIRD | {"third"}:
                continue
            of_speaker = q < 0 or self.quote[q].group in ("i", "name")
            if not of_speaker and token.group in ("he", "she") and self._could_be_speaker(j, q):
                return [Reason.SUBJECT]
            (speaker if of_speaker else others).add(token.group)
        named = speaker - {"third"}
        if len(named) > 1 or speaker & others or not named <= set(self.subject.pronouns):
            return [Reason.SUBJECT]
        return []

    def _could_be_speaker(self, j: int, q: int) -> bool:
        """Tell whether a reader may take somebody else's "he" at claim word `j` for the speaker."""
        named = any(token.group == "name" and "nominative" in token.cases for token in self.claim[:j])
        other = {"he": "she", "she": "he"}[self.claim[j].group]
        if not (named or self.aligned.claim.attributed) or any(t.group in (other, "they") for t in self.claim[:j]):
            return False
        return named or not self._has_antecedent(q)

    def _has_antecedent(self, q: int) -> bool:
        """Tell whether the quote names somebody before its "he" or "she" at `q`, whom a reader then takes it for."""
        for n, token in enumerate(self.quote[:q]):
            previous = self.quote[n - 1] if n else None
            determined = previous is not None and (
                self.language.has("articles", previous.text) or "possessive" in previous.cases or token.raw[:1].isupper()
            )
            named = n + 1 < q and token.before == "." and any(form in ("past", "s") for _, form in self.quote[n + 1].forms)
            if (determined or named) and not token.group and n in self.aligned.kept:
                return True
        return False

    def _questions(self) -> list[Reason]:
        asked = any(self.quote[q].ends in ("?", "？") for q in self.aligned.to_quote if q >= 0)
        return [Reason.CERTAINTY] if asked else []

    def _agreement(self) -> list[Reason]:
        found: list[Reason] = []
        for j, token in enumerate(self.claim[:-1]):
            here = j + 1
            while here < len(self.claim) - 1 and self.language.has("adverbs", self.claim[here].text):
                here += 1
            if "nominative" in token.cases and self._is_subject(j) and not self._agrees(token, here):
                found.append(Reason.GRAMMAR)
        texts = [token.text for token in self.claim]
        pairs = {f"{a} {b}" for a, b in itertools.pairwise(texts)}
        if not pairs.isdisjoint(self.language.words.get("agreement", frozenset())) or self._mixed_advice():
            found.append(Reason.GRAMMAR)
        return found

    def _is_subject(self, j: int) -> bool:
        q = self.aligned.to_quote[j]
        token = self.claim[j]
        if token.group not in _THIRD | {"name"}:
            return False
        return q < 0 or (self.quote[q].group in FIRST and "nominative" in self.quote[q].cases)

    def _agrees(self, token: Token, here: int) -> bool:
        verb, q = self.claim[here], self.aligned.to_quote[here]
        plural = token.group == "they"
        if verb.text in self.language.words["third_singular"]:
            return not plural
        if verb.text in self.language.words["plural"]:
            return plural and verb.text != "am"
        if verb.text in {"need_to", "needs_to"}:
            return plural == (verb.text == "need_to")
        if q < 0 or q not in Matcher(self.aligned.quote, self.aligned.claim, self.language).verbs:
            return True
        forms = {form for _, form in verb.forms}
        if plural:
            return not ("s" in forms and self.quote[q].text != verb.text)
        return forms != {"base"} or self.language.cues.get(verb.text) is Reason.MODALITY or verb.text in {"did", "used"}

    def _mixed_advice(self) -> bool:
        """Tell whether "recommends starting" goes on with "and finish"."""
        if not self.aligned.claim.gerund:
            return False
        return any(
            q > 0
            and self.quote[q].advised
            and self.claim[j - 1].text in ("and", "or", "then")
            and self.quote[q].text == token.text
            and phrase_at(self.quote, q, tuple(self.language.imperatives)) > 0
            and (self.claim[j].text, "base") in token.forms
            for j, (token, q) in enumerate(zip(self.claim, self.aligned.to_quote, strict=True))
            if j
        )
