"""Ask the model whether one quote answers the question, by the odds of "Yes" against "No"; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ModelError
from bot.prompts import load_prompt

if TYPE_CHECKING:
    from bot.llm import Cancellation, LanguageModel
    from bot.values import Evidence, Question

LONGEST_EXCERPT = 400
"""Characters. What the judge reads costs time: about 100 tokens a second on two cores."""
LONGEST_VOICE = 60


def judge(evidence: Evidence, question: Question, model: LanguageModel, cancellation: Cancellation) -> float | None:
    """Return the probability that the quote helps to answer the question, or None where the model cannot say.

    Raises:
        CancelledError: the answer was stopped.
    """
    voice = evidence.passage.speaker or evidence.source.title
    prompt = load_prompt("judge").fill(
        question=question.alone, voice=voice[:LONGEST_VOICE], quote=evidence.quote[:LONGEST_EXCERPT]
    )
    try:
        return model.yes_probability(prompt, cancellation=cancellation)
    except ModelError:
        return None
