"""The strict verifier: may this restatement of one quote be shown?

Shared words do not make a claim true ("my boss told me" and "he told his boss" share all of theirs). So the claim is aligned
with the quote, in order, and every word on either side must have its counterpart or a licence to stand alone: a pronoun
must stand where the quote has the speaker, a negation, number, modal, hedge, quantifier or condition must have its like at the
same place, and what the claim leaves out must be a whole clause that takes nothing back. Precision goes before recall: a
faithful but free paraphrase is refused too, and the reader then sees the quote itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.verify.align import align
from bot.verify.judge import Judge
from bot.verify.language import Language, load
from bot.verify.readings import Reading, claim_readings, quote_readings, with_opinions, without_fillers
from bot.verify.surface import surface_reasons
from bot.verify.tokens import Token, analyse
from bot.verify.values import Reason, Subject, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PUNCTUATION = re.compile(r"[.,;:!?。，；：！？、]")
_CAPTION_WORDS = 12


def _is_noisy(quote: str, tokens: Sequence[Token]) -> bool:
    """Tell whether a quote is unpunctuated speech, whose clauses nobody can tell apart safely."""
    text = quote.strip()
    if len(tokens) < _CAPTION_WORDS or _PUNCTUATION.search(text.rstrip(".。!?！？")):
        return False
    return text[0].islower() or (len(tokens) >= 2 * _CAPTION_WORDS and text[-1] not in ".。!?！？")


def _finite(body: Reading, language: Language) -> bool:
    """Tell whether an English sentence has a finite verb, as far as word forms show."""
    if language.code != "en" or body.advice:
        return True
    return any(
        language.has("third_singular", token.text)
        or language.has("plural", token.text)
        or language.has("finite", token.text)
        or language.cues.get(token.text) is Reason.MODALITY
        or any(form in ("past", "s") for _, form in token.forms)
        for token in body.tokens
    ) or any("nominative" in token.cases and token.group for token in body.tokens[:-1])


def _pairs(quotes: Sequence[Reading], claims: Sequence[Reading], language: Language) -> Iterator[tuple[Reading, Reading]]:
    """Yield the pairs of readings worth aligning: both give advice or neither does; clauses turned only where they differ."""
    for claim in claims:
        for quote in quotes:
            if bool(quote.advice) != bool(claim.advice):
                continue
            head = language.has("subordinators", claim.tokens[0].text)
            if quote.turned and head != language.has("subordinators", quote.tokens[0].text):
                continue
            yield quote, claim


def _judged(quote: Reading, claim: Reading, subject: Subject, language: Language, *, noisy: bool) -> list[Reason]:
    reasons = Judge(align(quote, claim, language), subject, language, noisy=noisy).reasons()
    if claim.opinion and claim.tokens[0].group in ("name", "he", "she", "they"):
        reasons.append(Reason.CERTAINTY)
    if not _finite(claim, language):
        reasons.append(Reason.GRAMMAR)
    return reasons


def _unnamed(claim: Sequence[Token], quote: Sequence[Token]) -> bool:
    """Tell whether the claim speaks of the speaker without naming them."""
    if any(token.group == "name" for token in claim):
        return False
    return any(token.group in ("i", "we") and not token.quoted for token in quote)


def verify(claim: str, quote: str, *, subject: Subject, language: str) -> Verdict:
    """Decide whether `claim` restates `quote`, the words of `subject`, faithfully and in good grammar.

    Both must be in `language` (ISO 639-1). Reasons are listed for refused claims only, worst first.
    """
    data = load(language)
    if data is None:
        return Verdict(accepted=False, reasons=(Reason.UNSUPPORTED_LANGUAGE,))
    said, restated = analyse(quote, subject, data), analyse(claim, subject, data)
    if not said or not restated:
        return Verdict(accepted=False, reasons=(Reason.LENGTH,))
    reasons = surface_reasons(claim, quote, restated, said, data)
    if reasons:
        return Verdict(accepted=False, reasons=tuple(reasons))
    if _unnamed(restated, said):
        return Verdict(accepted=False, reasons=(Reason.SUBJECT,))
    noisy = _is_noisy(quote, said)
    quotes = quote_readings(with_opinions(without_fillers(said, data), data), data, noisy=noisy)
    claims = claim_readings(with_opinions(without_fillers(restated, data), data), data)
    best: list[Reason] | None = None
    for quote_reading, claim_reading in _pairs(quotes, claims, data):
        found = _judged(quote_reading, claim_reading, subject, data, noisy=noisy)
        if not found:
            return Verdict(accepted=True)
        if best is None or len(found) < len(best):
            best = found
    return Verdict(accepted=False, reasons=tuple(best or (Reason.PERSON,)))
