"""Whose words each block of a text is: by labels where there are any, else by the shape of the conversation."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind, Loaded
from ingest.questions import addresses, ends_asking, is_question
from ingest.sentences import split
from ingest.values import Kind, Person, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.cast import Cast

_FEWEST_QUESTIONS = 3
"""Headings that ask the reader's "you" from which a text of unknown kind is taken for an interview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """To whom a block belongs."""

    role: Role
    speaker: str | None = None
    is_question: bool = False
    is_heading: bool = False


@cache
def _sections() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], str]:
    data = tomllib.loads(files("ingest").joinpath("data/sections.toml").read_text(encoding="utf-8"))
    closing, opening = (re.compile("|".join(data[name]), re.IGNORECASE) for name in ("closing", "opening"))
    return closing, opening, re.compile(data["third_person"], re.IGNORECASE), data["self_naming"]


def attribute(loaded: Loaded, cast: Cast, language: str) -> tuple[Said, ...]:
    """Return, for every block of `loaded`, whose words it holds.

    A label holds until the next label, question heading or rule. Where an answer has no label, it is the interviewee's if it
    follows an interviewer's question and no label of an interviewee comes before the next question. What stands before the
    first question, or after a closing heading ("Summary"), is the author's. Text without marked speakers is nobody's.
    """
    labelled = any(block.speaker and not _is_quotation(block) for block in loaded.blocks)
    if not loaded.marked_speakers or (loaded.metadata.kind is Kind.TRANSCRIPT and not labelled):
        return tuple(_unmarked(block) for block in loaded.blocks)
    if labelled or _is_interview(loaded, cast, language):
        return _Conversation(blocks=loaded.blocks, cast=cast, language=language).attribute()
    return _article(loaded.blocks, cast)


def _is_quotation(block: Block) -> bool:
    """Tell whether the block quotes somebody, which starts no turn."""
    return block.kind is BlockKind.BLOCK_QUOTE


def _unmarked(block: Block) -> Said:
    return Said(role=Role.UNKNOWN, is_heading=block.kind is BlockKind.HEADING)


def _is_interview(loaded: Loaded, cast: Cast, language: str) -> bool:
    if loaded.metadata.kind is not None:
        return loaded.metadata.kind is Kind.INTERVIEW
    visible = [block for block in loaded.blocks if block.emphasised or block.kind is BlockKind.HEADING]
    questions = [block for block in visible if is_question(block.text, language) and addresses(block.text)]
    if cast.first(Role.INTERVIEWEE) is not None:
        return bool(questions)
    return len(questions) >= _FEWEST_QUESTIONS and 2 * len(questions) >= len(visible)


def _is_visible_question(block: Block, language: str) -> bool:
    """Tell whether a heading or a wholly emphasised block asks."""
    return (block.kind is BlockKind.HEADING or block.emphasised) and is_question(block.text, language)


def holds_question(text: str, language: str) -> bool:
    """Tell whether any sentence of `text` asks."""
    return is_question(text, language) or any(ends_asking(span.of(text)) for span in split(text))


def _article(blocks: Sequence[Block], cast: Cast) -> tuple[Said, ...]:
    author = cast.first(Role.AUTHOR)
    hosted = _introduced(blocks, author) if author else frozenset()
    quoted = {position: cast.quoted(block.speaker) for position, block in enumerate(blocks) if block.speaker}
    return tuple(
        Said(role=quoted[position][0], speaker=quoted[position][1])
        if position in quoted
        else Said(
            role=Role.AUTHOR,
            speaker=None if author is None or position in hosted else author.name,
            is_heading=block.kind is BlockKind.HEADING,
            is_question=block.kind is BlockKind.HEADING and ends_asking(block.text),
        )
        for position, block in enumerate(blocks)
    )


def _introduced(blocks: Sequence[Block], author: Person) -> frozenset[int]:
    """Return the positions of blocks in which somebody else introduces the author of a guest post.

    Only what stands before the first heading or under an introductory one can be such an introduction: it names the author in
    the third person.
    """
    _, opening, _, _ = _sections()
    section: list[int] = []
    found: set[int] = set()
    may_introduce = True
    for position, block in enumerate([*blocks, Block(kind=BlockKind.HEADING, text="")]):
        if block.kind is not BlockKind.HEADING:
            section.append(position)
            continue
        if may_introduce and _introduces(" ".join(blocks[index].text for index in section), author):
            found.update(section)
        may_introduce = opening.fullmatch(block.text.strip()) is not None or (may_introduce and not section)
        section = []
    return frozenset(found)


def _introduces(text: str, author: Person) -> bool:
    _, _, third_person, self_naming = _sections()
    names = "|".join(re.escape(name) for name in (author.name, *author.aliases))
    if not re.search(rf"(?<!\w)(?:{names})(?!\w)", text, re.IGNORECASE) or not third_person.search(text):
        return False
    return re.search(rf"{self_naming}(?:{names})", text, re.IGNORECASE) is None


@dataclass(slots=True, kw_only=True)
class _Conversation:
    """Reads the blocks of an interview in order and remembers whose turn it is."""

    blocks: Sequence[Block]
    cast: Cast
    language: str
    role: Role = Role.AUTHOR
    speaker: str | None = None
    has_asked: bool = False
    is_broken: bool = False
    """A rule or a heading stood between the last words and these."""

    def attribute(self) -> tuple[Said, ...]:
        self._author_speaks()
        return tuple(self._said(position, block) for position, block in enumerate(self.blocks))

    def _said(self, position: int, block: Block) -> Said:
        if block.kind is BlockKind.RULE:
            self.is_broken = True
            return Said(role=self.role, speaker=self.speaker)
        if block.kind is BlockKind.HEADING:
            return self._heading(block)
        if block.speaker and _is_quotation(block):
            role, speaker = self.cast.quoted(block.speaker)
            return Said(role=role, speaker=speaker)
        if block.speaker:
            self._labelled(self.cast.speaker(block.speaker))
        elif block.kind is not BlockKind.CUE:
            self._unlabelled(position, block)
        self.is_broken = False
        is_asking = self.role is Role.INTERVIEWER and holds_question(block.text, self.language)
        self.has_asked = self.role is Role.INTERVIEWER and self._ends_in_question(block.text)
        return Said(role=self.role, speaker=self.speaker, is_question=is_asking)

    def _heading(self, block: Block) -> Said:
        if _sections()[0].fullmatch(block.text.strip().strip("：:")):
            self._author_speaks()
            return Said(role=Role.AUTHOR, speaker=self.speaker, is_heading=True)
        if is_question(block.text, self.language):
            self._interviewer_speaks()
            self.has_asked, self.is_broken = True, False
            return Said(role=Role.INTERVIEWER, speaker=self.speaker, is_heading=True, is_question=True)
        self.is_broken = True
        return Said(role=Role.AUTHOR, is_heading=True)

    def _labelled(self, person: Person) -> None:
        role = person.role
        if role is Role.AUTHOR and self.cast.first(Role.INTERVIEWEE):
            role = Role.INTERVIEWER
        self.role, self.speaker = role, person.name or self._only(role)

    def _unlabelled(self, position: int, block: Block) -> None:
        following = self._next_label(position)
        in_conversation = self.role in (Role.INTERVIEWER, Role.INTERVIEWEE)
        if (
            (block.emphasised or (self.is_broken and in_conversation)) and is_question(block.text, self.language)
        ) or self._leads_to_answer(position, block):
            self._interviewer_speaks()
        elif self.role is Role.INTERVIEWER and self.has_asked:
            if following is None or following.role is not Role.INTERVIEWEE:
                self.role, self.speaker = Role.INTERVIEWEE, self._only(Role.INTERVIEWEE)
        elif self.is_broken and in_conversation and not self._is_resumed(position):
            self._author_speaks()

    def _leads_to_answer(self, position: int, block: Block) -> bool:
        """Tell whether a question without a label stands right in front of an interviewee's label."""
        following = self.blocks[position + 1] if position + 1 < len(self.blocks) else None
        if following is None or not following.speaker or _is_quotation(following) or self.role is Role.INTERVIEWER:
            return False
        answers = self.cast.speaker(following.speaker).role is Role.INTERVIEWEE
        return answers and addresses(block.text) and holds_question(block.text, self.language)

    def _author_speaks(self) -> None:
        author = self.cast.first(Role.AUTHOR, Role.INTERVIEWER)
        self.role, self.speaker, self.has_asked = Role.AUTHOR, author.name if author else None, False

    def _interviewer_speaks(self) -> None:
        self.role, self.speaker = Role.INTERVIEWER, self._only(Role.INTERVIEWER)

    def _only(self, role: Role) -> str | None:
        names = [person.name for person in self.cast.people if person.role is role]
        return names[0] if len(names) == 1 else None

    def _ends_in_question(self, text: str) -> bool:
        spans = split(text)
        return bool(spans) and is_question(spans[-1].of(text), self.language)

    def _next_label(self, position: int) -> Person | None:
        """Return who speaks under the next label, unless a rule or a heading comes first."""
        for block in self.blocks[position + 1 :]:
            if block.kind in (BlockKind.RULE, BlockKind.HEADING):
                return None
            if block.speaker and not _is_quotation(block):
                return self.cast.speaker(block.speaker)
        return None

    def _is_resumed(self, position: int) -> bool:
        """Tell whether the conversation goes on after the block at `position`."""
        return any(block.speaker or _is_visible_question(block, self.language) for block in self.blocks[position + 1 :])
