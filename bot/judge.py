"""Ask the model whether one quote answers the question, by the odds of "Yes" against "No"; nothing is written.

`judge` reads every quote; `tells` is a stricter second reading for the quote on which a decision hangs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ModelError
from bot.prompts import load_prompt

if TYPE_CHECKING:
    from bot.llm import Cancellation, LanguageModel, Prompt
    from bot.values import Evidence, Question

LONGEST_EXCERPT = 400
"""Characters. What the judge reads costs time: about 100 tokens a second on two cores."""
LONGEST_VOICE = 50
LONGEST_ABOUT = 70


def judge(evidence: Evidence, question: Question, model: LanguageModel, cancellation: Cancellation) -> float | None:
    """Return the probability that the quote helps to answer the question, or None where the model cannot say.

    Raises:
        CancelledError: the answer was stopped.
    """
    worded = question.worded(evidence.passage.language)
    return ask(worded.search_text, _voice(evidence), evidence.quote, model, cancellation)


def tells(evidence: Evidence, question: Question, model: LanguageModel, cancellation: Cancellation) -> float | None:
    """Return the probability that the quote tells what is asked, or None where the model cannot say.

    It takes longer than `judge`, and its odds are not comparable between models: they are not measured.

    Raises:
        CancelledError: the answer was stopped.
    """
    worded = question.worded(evidence.passage.language)
    quote = evidence.quote[:LONGEST_EXCERPT]
    prompt = load_prompt("told").fill(question=worded.search_text, voice=_voice(evidence), quote=quote)
    return _yes(prompt, model, cancellation)


def ask(question: str, voice: str, quote: str, model: LanguageModel, cancellation: Cancellation) -> float | None:
    """See `judge`, for words that come from nowhere else."""
    prompt = load_prompt("judge").fill(question=question, voice=voice, quote=quote[:LONGEST_EXCERPT])
    return _yes(prompt, model, cancellation)


def _yes(prompt: Prompt, model: LanguageModel, cancellation: Cancellation) -> float | None:
    try:
        return model.yes_probability(prompt, cancellation=cancellation)
    except ModelError:
        return None


def _voice(evidence: Evidence) -> str:
    """Return whose words the quote is and what they are about: "Ann Lee, on: Mistakes I made"."""
    passage = evidence.passage
    voice = (passage.speaker or evidence.source.title)[:LONGEST_VOICE]
    about = passage.section or passage.question
    return f"{voice}, on: {about[:LONGEST_ABOUT]}" if about else voice
