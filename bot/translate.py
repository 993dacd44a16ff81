"""Put a question into English for the search, where the corpus speaks English and the asker does not.

Encoders are weak across languages and words are of no help there (DESIGN 6); a small model reads far more languages than it
writes well. The translation is never shown and never decides alone: passages in the asker's own language are searched for in
the asker's own words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import ModelError
from bot.prompts import load_prompt
from bot.question import search_text
from bot.values import Question, Wording
from ingest.language import detect

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.llm import Cancellation, LanguageModel

PIVOT = "en"
LONGEST_TO_TRANSLATE = 300
"""Characters. A longer question is searched for as it is: translating it would take longer than it helps."""
_TOKENS = 60
_DIGITS = re.compile(r"\d+")


def with_pivot(
    question: Question, languages: Collection[str], model: LanguageModel | None, cancellation: Cancellation
) -> Question:
    """Return `question` with its English wording, if it needs one and the model gives one that can be trusted.

    Args:
        question: as understood.
        languages: of the corpus.
        model: translates; None leaves the question as it is.
        cancellation: stops the model.

    Raises:
        CancelledError: the answer was stopped.
    """
    needed = question.asked_in != PIVOT and PIVOT in languages and len(question.alone) <= LONGEST_TO_TRANSLATE
    if model is None or not needed:
        return question
    try:
        written = model.write(
            load_prompt("translate").fill(question=question.alone), max_tokens=_TOKENS, cancellation=cancellation
        )
    except ModelError:
        return question
    english = written.strip().splitlines()[0].strip() if written.strip() else ""
    if not _is_trusted(english, question.alone):
        return question
    pivot = Wording(language=PIVOT, alone=english, search_text=search_text(english, PIVOT))
    return replace(question, pivot=pivot)


def _is_trusted(english: str, asked: str) -> bool:
    """Tell whether `english` is a short text in English that holds every number of what was asked."""
    if not english or len(english) > 2 * LONGEST_TO_TRANSLATE or detect(english) != PIVOT:
        return False
    return set(_DIGITS.findall(asked)) <= set(_DIGITS.findall(english))
