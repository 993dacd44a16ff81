"""Make a follow-up stand alone: "and what did he use?" needs the person of a turn before, "what about a PhD?" its topic.

Whether a question leans on the conversation, and on what, is decided by rules (`bot/references.py`, `bot/focus.py`). Where it
does, the model rewrites it; its sentence is used only if it kept the follow-up and took nothing from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import ModelError
from bot.focus import meant, named_in
from bot.prompts import load_prompt
from bot.references import UNSPACED, Leaning, content, leading_words, negations, pointers, read
from bot.strings import LANGUAGES
from ingest import lexical
from ingest.language import detect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.llm import Cancellation, LanguageModel
    from bot.values import Turn

_LONGEST = 60
_BACK = 3
"""Turns from which a topic is taken at most: "do I need a PhD?", "what about a master's?", "and a bootcamp?"."""
_SLOT_WORDS = 2
"""A continuation with more words of its own says what it is about."""
_NOBODY = "nobody in particular"


@dataclass(frozen=True, slots=True, kw_only=True)
class _FollowUp:
    """A question and what it leaves out."""

    question: str
    language: str
    previous: str
    """The question before it."""
    names: tuple[str, ...]
    """Whom it means."""
    topic: tuple[str, ...]
    """The questions before that say what it is about, oldest first."""


def condense(question: str, history: Sequence[Turn], model: LanguageModel | None, cancellation: Cancellation) -> str:
    """Return `question` so that it can be searched for without `history`.

    A question that refers to nothing before is returned as it is. The model's rewriting is used when it kept the words of the
    follow-up, names whom it means and added only words of the conversation; otherwise the rule stands: the follow-up, then the
    names and the topic that it leaves out.
    """
    if not history:
        return question
    follow_up = _read(question, history)
    if not follow_up.names and not follow_up.topic:
        return question
    rewritten = _rewrite(follow_up, model, cancellation) if model else None
    return rewritten or _by_rule(follow_up)


def rewrite(question: str, history: Sequence[Turn], model: LanguageModel, cancellation: Cancellation) -> str | None:
    """Return the follow-up in the model's words; None where it leans on nothing or they are not the conversation's.

    Raises:
        CancelledError: the answer was stopped.
    """
    follow_up = _read(question, history)
    return _rewrite(follow_up, model, cancellation) if follow_up.names or follow_up.topic else None


def _language(question: str, history: Sequence[Turn]) -> str:
    """Return the language of `question`; that of the conversation for a few words that only there go on from the last one."""
    found = detect(question, among=LANGUAGES)
    before = detect(history[-1].question, among=LANGUAGES)
    leaning, elsewhere = read(question, found), read(question, before)
    short = leaning.short and found not in UNSPACED and before not in UNSPACED
    return before if short and elsewhere.opens and not leaning.opens else found


def _read(question: str, history: Sequence[Turn]) -> _FollowUp:
    language = _language(question, history)
    leaning = read(question, language)
    said = content(_without_pointers(question, language), language)
    named = named_in(question, history, certain=True)
    names = () if named or leaning.others else _names(leaning, said, history)
    needs_topic = (
        not said
        or leaning.others
        or leaning.thing
        or leaning.remark
        or (leaning.pronoun is not None and not names and not named)
        or (leaning.slot and leaning.pronoun is None)
    )
    # What could not be answered about somebody is not looked for again with the next question about them.
    in_vain = bool(names) and not history[-1].answer.citations
    topic = tuple(_topic(history)) if needs_topic and not in_vain else ()
    if named or leaning.others:  # "and Ann Lee?", "who else?": the same about somebody else
        topic = tuple(_without_names(asked, history) for asked in topic)
    return _FollowUp(question=question, language=language, previous=history[-1].question, names=names, topic=topic)


def _names(leaning: Leaning, said: Sequence[str], history: Sequence[Turn]) -> tuple[str, ...]:
    """Return whom a question means that names nobody: by its pronoun, or because it goes on about somebody in silence."""
    goes_on = leaning.slot or leaning.thing or leaning.short or (leaning.opens and (leaning.silent or len(said) <= _SLOT_WORDS))
    if leaning.pronoun is None and (leaning.own or not goes_on):
        return ()
    group = meant(history, leaning.pronoun)
    # "How often should I meet him?" is about a mentor, not about whoever was cited.
    return group.names if group and (group.named or not leaning.own) else ()


def _topic(history: Sequence[Turn]) -> Iterator[str]:
    """Yield the questions that say what the last turn was about, oldest first: back to one that stands alone."""
    chosen: list[str] = []
    for turn in reversed(history[-_BACK:]):
        chosen.insert(0, turn.question)
        leaning = read(turn.question, detect(turn.question, among=LANGUAGES))
        if not (leaning.slot or leaning.thing or leaning.others or leaning.remark):
            break
    yield from chosen


def _without_names(asked: str, history: Sequence[Turn]) -> str:
    for name in named_in(asked, history):
        for part in (name, *name.split()):
            asked = asked.replace(part, " ")
    return " ".join(asked.split())


def _by_rule(follow_up: _FollowUp) -> str:
    topic = " ".join(follow_up.topic)
    if follow_up.language in UNSPACED:
        for name in follow_up.names:
            topic = topic.replace(name, "")
    else:
        known = {word for text in (follow_up.question, *follow_up.names) for word in lexical.terms(text)}
        topic = " ".join(term for term in content(topic, follow_up.language) if term not in known)
    added = [part for part in (*follow_up.names, topic) if part]
    return f"{follow_up.question} ({', '.join(added)})" if added else follow_up.question


def _rewrite(follow_up: _FollowUp, model: LanguageModel, cancellation: Cancellation) -> str | None:
    prompt = load_prompt("condense").fill(
        previous=" ".join(follow_up.topic) or follow_up.previous,
        people=", ".join(follow_up.names) or _NOBODY,
        question=follow_up.question,
    )
    try:
        written = model.write(prompt, max_tokens=_LONGEST, cancellation=cancellation)
    except ModelError:
        return None
    rewritten = written.splitlines()[0].strip() if written else ""
    return rewritten if rewritten and _is_faithful(rewritten, follow_up) else None


def _is_faithful(rewritten: str, follow_up: _FollowUp) -> bool:
    """Nothing of the follow-up may be lost, whom it means must be named, and nothing may come from outside the conversation."""
    question, language = follow_up.question, follow_up.language
    asked = _units(_without_pointers(question, language), language)
    known = _units(" ".join((*follow_up.topic, follow_up.previous, *follow_up.names, question)), language)
    new, words = _units(rewritten, language), set(lexical.terms(rewritten))
    return (
        asked <= new <= known
        and negations(question, language) <= negations(rewritten, language)
        and all(set(lexical.terms(name)) & words for name in follow_up.names)
        and (read(question, language).slot or leading_words(question, language) <= words)
    )


def _units(text: str, language: str) -> set[str]:
    """Return what two wordings of a question share: words with a meaning; in Chinese and Japanese, characters."""
    if language in UNSPACED:
        return {character for character in lexical.fold(text) if character.isalnum()}
    return set(content(text, language))


def _without_pointers(question: str, language: str) -> str:
    """Return `question` without the words that stand for something else."""
    gone = pointers(language)
    if language in UNSPACED:
        for word in sorted(gone, key=len, reverse=True):
            question = question.replace(word, "")
        return question
    return " ".join(word for word in lexical.words(question) if word not in gone)
