"""Who asks and who answers: labels resolved to people, their roles from what they do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind
from ingest.load.names import is_cjk, is_slug, matches, merge_people, stated_role
from ingest.values import Person, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_QUESTION_ENDS = ("?", "？", "؟", '?"', "?”", "?)", "？”")
_MIN_SHARE = 0.2
"""Of an interviewer's turns at least so many end in a question."""
_LEAD = 1.3
"""How many times the share of questions of an answerer an asker shows."""
_MIN_TURNS = 2
_MOSTLY = 0.5


@dataclass(slots=True)
class _Turns:
    """What one label does in a dialogue."""

    turns: int = 0
    asking: int = 0

    @property
    def share(self) -> float:
        """Share of turns that end in a question."""
        return self.asking / self.turns if self.turns else 0.0

    def __add__(self, other: _Turns) -> _Turns:
        return _Turns(self.turns + other.turns, self.asking + other.asking)


def resolve_people(blocks: Sequence[Block], people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return the people of a document, known ones with the labels they speak under as aliases, with roles.

    A label in another script than the names ("加里" for Gary) goes to the one person who does the same: asks, or answers.
    """
    found = _counts(blocks)
    if not found:
        return people
    owners: dict[str, Person] = {}
    for label in found:
        if owner := next((person for person in people if matches(label, person)), None):
            owners[label] = owner
    asking = _askers(found, owners)
    merged = people
    for label in sorted(found, key=lambda name: (is_cjk(name), -found[name].turns)):
        merged = _with_label(merged, label, asking.get(label, Role.UNKNOWN))
    return merged


def _counts(blocks: Sequence[Block]) -> dict[str, _Turns]:
    found: dict[str, _Turns] = {}
    for block in blocks:
        if block.speaker is None or block.kind is BlockKind.BLOCK_QUOTE:
            continue
        turns = found.setdefault(block.speaker, _Turns())
        turns.turns += 1
        turns.asking += block.text.rstrip("*_ ").endswith(_QUESTION_ENDS)
    return found


def _askers(found: Mapping[str, _Turns], owners: Mapping[str, Person]) -> dict[str, Role]:
    """Return the role of each label, from the role it states, its owner's, or its share of questions."""
    roles: dict[str, Role] = {}
    for label in found:
        role = stated_role(label) or (owners[label].role if label in owners else Role.UNKNOWN)
        if role is not Role.UNKNOWN:
            roles[label] = Role.INTERVIEWER if role is Role.AUTHOR and found[label].share >= _MIN_SHARE else role
    open_labels = [label for label in found if label not in roles]
    shares = {label: found[label].share for label in found}
    most = max(shares.values(), default=0.0)
    least = min((shares[label] for label in found if found[label].turns >= _MIN_TURNS), default=0.0)
    if len(found) < _MIN_TURNS or most < _MIN_SHARE or most < _LEAD * least:
        # Nobody to compare with: only one who asks most of the time is an interviewer.
        asks_mostly = [label for label in open_labels if shares[label] > _MOSTLY and found[label].turns >= _MIN_TURNS]
        return roles | dict.fromkeys(asks_mostly, Role.INTERVIEWER)
    for label in open_labels:
        asks = shares[label] >= _MIN_SHARE and shares[label] >= (most + least) / 2
        roles[label] = Role.INTERVIEWER if asks else Role.INTERVIEWEE
    return roles


def _with_label(people: tuple[Person, ...], label: str, role: Role) -> tuple[Person, ...]:
    for index, person in enumerate(people):
        if matches(label, person):
            if is_slug(person.name):
                person = replace(person, name=label, aliases=(*person.aliases, person.name))  # noqa: PLW2901
            aliases = person.aliases if label in {person.name, *person.aliases} else (*person.aliases, label)
            kept = person.role if person.role not in {Role.UNKNOWN, Role.AUTHOR} or role is Role.UNKNOWN else role
            return (*people[:index], replace(person, aliases=aliases, role=kept), *people[index + 1 :])
    # Somebody who never asks, under a name in another script, is the one guest there is.
    same = [person for person in people if person.role is (Role.INTERVIEWEE if role is Role.UNKNOWN else role)]
    if len(same) == 1 and _may_be(label, same[0], role):
        return tuple(replace(person, aliases=(*person.aliases, label)) if person is same[0] else person for person in people)
    if stated_role(label):
        return people
    return merge_people(people, (Person(name=label, role=role),))


def _may_be(label: str, person: Person, role: Role) -> bool:
    if is_cjk(label) != is_cjk(person.name):
        return True
    return role is not Role.UNKNOWN and (stated_role(label) is not None or _is_spelling(label, person))


def _is_spelling(label: str, person: Person) -> bool:
    """Tell whether a label is another rendering of a name in the same foreign script ("胡格恩派" for "胡格恩斯")."""
    return is_cjk(label) and any(is_cjk(name) and name[0] == label[0] for name in (person.name, *person.aliases))
