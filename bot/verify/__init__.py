"""Holds a restatement against its quote: `verify` accepts a claim only when it says what the quote says.

`values` verdicts · `language` word lists · `tokens`, `forms`, `numerals` analysis · `readings` attribution, advice, clause
order · `align` word alignment · `judge` what may stand alone · `surface` language, markup, grammar · `verifier` the decision.
"""

from bot.verify.values import Reason, Subject, Verdict
from bot.verify.verifier import verify

__all__ = ["Reason", "Subject", "Verdict", "verify"]
