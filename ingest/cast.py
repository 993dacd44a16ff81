"""Who speaks in a text: which person each speaker label means, and in which role."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.blocks import BlockKind
from ingest.questions import is_question
from ingest.sentences import split
from ingest.values import Person, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.blocks import Block, Loaded

_GENERIC = {
    Role.INTERVIEWER: frozenset(
        ("q", "question", "interviewer", "host", "moderator", "问", "問", "采访者", "主持人", "记者", "в", "вопрос", "p")
    ),
    Role.INTERVIEWEE: frozenset(("a", "answer", "interviewee", "guest", "答", "受访者", "嘉宾", "о", "ответ", "r")),
    Role.AUTHOR: frozenset(("editor", "编者", "编辑", "редактор")),
}
NAMELESS = ""
"""Name of the person behind a label that names nobody ("Q")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The people of a text and what its labels stand for."""

    people: tuple[Person, ...]
    labels: Mapping[str, Person] = field(default_factory=dict)
    """Label, case-folded, to the person who speaks under it."""
    guessed: tuple[str, ...] = ()
    """Labels whose role was inferred from who asks and who answers."""

    def speaker(self, label: str) -> Person:
        """Return the person a label of this text stands for; raises KeyError for a label that it does not hold."""
        return self.labels[_key(label)]

    def quoted(self, label: str) -> tuple[Role, str | None]:
        """Return role and name of whoever a quotation is attributed to: one of the people, or a stranger in no role."""
        if role := _generic_role(_key(label)):
            return role, None
        person = _named(_key(label), self.people)
        return (person.role, person.name) if person else (Role.UNKNOWN, label)

    def first(self, *roles: Role) -> Person | None:
        """Return the first person in one of the roles, earlier roles first."""
        return next((person for role in roles for person in self.people if person.role is role), None)


def cast(loaded: Loaded, people: Sequence[Person]) -> Cast:
    """Resolve the speaker labels of `loaded` to `people`, and guess roles for labels that name nobody known.

    A label names a person by full name, alias, first or last name, initials, or by what it is ("Q", "Host"). Of the others
    those who ask in most of their turns are taken for interviewers, the rest for interviewees.
    """
    turns: dict[str, list[Block]] = defaultdict(list)
    for block in loaded.blocks:
        if block.speaker and block.kind is not BlockKind.BLOCK_QUOTE:
            turns[_key(block.speaker)].append(block)
    known = {label: person for label in turns if (person := _named(label, people)) is not None}
    strangers = {label: blocks for label, blocks in turns.items() if label not in known}
    guesses = _guess(strangers, turns, known, loaded.metadata.language or "en")
    strange = tuple(person for person in guesses.values() if person.name != NAMELESS)
    return Cast(people=(*people, *strange), labels={**known, **guesses}, guessed=tuple(person.name for person in strange))


def _key(label: str) -> str:
    return " ".join(label.casefold().replace("_", " ").split()).strip(" .:：*")


def _named(label: str, people: Sequence[Person]) -> Person | None:
    for test in (_is_full_name, _is_part_of_name, _is_initials):
        found = [person for person in people if test(label, person)]
        if len(found) == 1:
            return found[0]
    role = next((role for role, words in _GENERIC.items() if label in words), None)
    found = [person for person in people if person.role is role]
    return found[0] if len(found) == 1 else None


def _is_full_name(label: str, person: Person) -> bool:
    return label in {_key(name) for name in (person.name, *person.aliases)}


def _is_part_of_name(label: str, person: Person) -> bool:
    names = [_key(name) for name in (person.name, *person.aliases)]
    parts = {part for name in names for part in name.split()}
    return label in parts or any(f" {name} " in f" {label} " for name in names) or set(label.split()) <= parts


def _is_initials(label: str, person: Person) -> bool:
    return len(label.replace(".", "")) > 1 and label.replace(".", "") == "".join(part[0] for part in _key(person.name).split())


def _guess(
    strangers: Mapping[str, Sequence[Block]], turns: Mapping[str, Sequence[Block]], known: Mapping[str, Person], language: str
) -> dict[str, Person]:
    """Return a person for every label that is nobody known, in the role that his or her turns suggest."""
    if not strangers:
        return {}
    roles = {role for person in known.values() for role in (person.role,)}
    asking = {label: _asking(blocks, language) for label, blocks in turns.items()}
    answering = [asking[label] for label, person in known.items() if person.role is Role.INTERVIEWEE]
    host = None
    if Role.INTERVIEWER not in roles and (answering or len(strangers) > 1):
        host = max(strangers, key=lambda label: (asking[label], len(strangers[label])))
        if asking[host] <= max(answering, default=0.0):
            host = None
    return {label: _stranger(label, blocks, is_host=label == host) for label, blocks in strangers.items()}


def _stranger(label: str, blocks: Sequence[Block], *, is_host: bool) -> Person:
    generic = _generic_role(label)
    if generic:
        return Person(name=NAMELESS, role=generic)
    name = Counter(block.speaker or label for block in blocks).most_common(1)[0][0]
    return Person(name=name, role=Role.INTERVIEWER if is_host else Role.INTERVIEWEE)


def _generic_role(label: str) -> Role | None:
    return next((role for role, words in _GENERIC.items() if label in words), None)


def _asking(blocks: Iterable[Block], language: str) -> float:
    """Return the share of turns that end in a question."""
    asked = [bool(spans := split(block.text)) and is_question(spans[-1].of(block.text), language) for block in blocks]
    return sum(asked) / len(asked) if asked else 0.0
