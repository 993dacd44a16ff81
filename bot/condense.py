"""Make a follow-up stand alone: "and what hardware did he use?" needs the person of the turn before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import ModelError
from bot.prompts import load_prompt
from bot.terms import content_terms
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.llm import Cancellation, LanguageModel
    from bot.values import Turn

_REFERS_BACK = re.compile(
    r"^(and|but|or|so|what about|how about|why|also|y|und|et|e|и|а|那|那么|还有|それ|では)\b"
    r"|\b(he|she|him|his|her|hers|they|them|their|it|its|this|that|these|those|there|one"
    r"|él|ella|su|sus|eso|esto|er|sie|ihm|sein|seine|ihr|das|il|elle|son|sa|cela|ele|ela|seu|sua|isso|он|она|его|её|это)\b"
    r"|[他她它]|那里|这个|那个|彼|それ",
    re.IGNORECASE,
)
_SHORT_WORDS = 4
_LONGEST = 60


def condense(question: str, history: Sequence[Turn], model: LanguageModel | None, cancellation: Cancellation) -> str:
    """Return `question` so that it can be searched for without `history`.

    A question that refers to nothing before is returned as it is. The model's rewriting is used when it kept the words of the
    follow-up and added only words of the conversation; otherwise the rule stands: the follow-up, then the names and the topic
    of the turn before.
    """
    if not _needs_context(question):
        return question
    previous = history[-1]
    rewritten = _rewrite(question, previous, model, cancellation) if model else None
    return rewritten or _by_rule(question, previous)


def _needs_context(question: str) -> bool:
    return bool(_REFERS_BACK.search(question)) or len(lexical.terms(question)) <= _SHORT_WORDS


def _rewrite(question: str, previous: Turn, model: LanguageModel, cancellation: Cancellation) -> str | None:
    prompt = load_prompt("condense").fill(previous=previous.question, people=_people(previous), question=question)
    try:
        written = model.write(prompt, max_tokens=_LONGEST, cancellation=cancellation)
    except ModelError:
        return None
    rewritten = written.splitlines()[0].strip() if written else ""
    return rewritten if _is_faithful(rewritten, question, previous) else None


def _is_faithful(rewritten: str, question: str, previous: Turn) -> bool:
    """Nothing of the follow-up may be lost and nothing may come from outside the conversation."""
    new = set(content_terms(rewritten, previous.answer.language))
    asked = {term for term in content_terms(question, previous.answer.language) if not _REFERS_BACK.search(term)}
    known = asked | set(lexical.terms(f"{previous.question} {_people(previous)} {question}"))
    return bool(rewritten) and asked <= set(lexical.terms(rewritten)) and new <= known


def _by_rule(question: str, previous: Turn) -> str:
    topic = content_terms(previous.question, previous.answer.language)
    missing = [term for term in topic if term not in set(lexical.terms(question))]
    names = _people(previous)
    return f"{question} ({', '.join(part for part in (names, ' '.join(missing)) if part)})"


def _people(turn: Turn) -> str:
    """Return whom a pronoun can mean: the people of the first citation, who answered best."""
    names = dict.fromkeys(citation.speaker for citation in turn.answer.citations if citation.speaker)
    if not names:
        names = dict.fromkeys(
            person.name
            for citation in turn.answer.citations
            for person in citation.source.people
            if person.role.value in {"interviewee", "author"}
        )
    return next(iter(names), "")
