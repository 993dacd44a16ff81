"""Understand what was asked: the language to answer in, what a follow-up refers to, and what to search for."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bot.abilities import TRUSTED, Abilities, Ability
from bot.acronyms import meanings
from bot.condense import condense
from bot.courtesy import courtesy
from bot.errors import QuestionError
from bot.intents import implied
from bot.strings import LANGUAGES
from bot.values import Question, Turn
from ingest.language import detect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.llm import Cancellation, LanguageModel

LONGEST_QUESTION = 1000
"""Characters. A question is a sentence or three; a pasted document is something else."""


def understand(
    text: str,
    *,
    language: str | None,
    history: Sequence[Turn],
    model: LanguageModel | None,
    cancellation: Cancellation,
    abilities: Abilities = TRUSTED,
) -> Question:
    """Return the question in the form the pipeline works with.

    Args:
        text: the words as typed.
        language: ISO 639-1 code to answer in; None to answer in the language of the question.
        history: earlier turns of the conversation, oldest first.
        model: rewrites a follow-up; None leaves it to the rule.
        cancellation: stops the model.
        abilities: of the model.

    Raises:
        QuestionError: the question is empty or too long, or the language is not one the bot speaks.
    """
    asked = " ".join(_without_controls(unicodedata.normalize("NFC", text)).split())
    if not any(character.isalnum() for character in asked):
        raise QuestionError('the question is empty; ask something like: ask "how do I get into CV?"')
    if len(asked) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(asked)} characters; {LONGEST_QUESTION} are the most: ask in a sentence or two"
        )
    if language is not None and language not in LANGUAGES:
        raise QuestionError(f"no answers in language {language!r}; choose one of {', '.join(LANGUAGES)}")
    detected = detect(asked, among=LANGUAGES)
    rewriter = model if abilities.has(Ability.CONDENSE, detected) else None
    # Who said "thanks" in between still speaks of what was asked before.
    before = [turn for turn in history if not courtesy(turn.question)]
    alone = condense(asked, before, rewriter, cancellation) if before else asked
    return Question(
        text=asked, language=language or detected, asked_in=detected, search_text=search_text(alone, detected), alone=alone
    )


def search_text(question: str, language: str) -> str:
    """Return `question` with what its acronyms stand for and what its kind of question implies, in brackets behind it."""
    added = [*meanings(question, language), *implied(question, language)]
    return f"{question} ({', '.join(added)})" if added else question


def _without_controls(text: str) -> str:
    """Drop invisible characters (zero-width, bidi overrides) that change what a reader believes was asked."""
    return "".join(" " if character in "\t\n\r" else character for character in text if _visible(character))


def _visible(character: str) -> bool:
    return character in "\t\n\r\u200c\u200d" or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"}
