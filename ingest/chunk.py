"""From segments to passages: what is embedded, retrieved and cited.

A passage is part of one speaker's answer to one question. Long answers are cut at sentences so that the parts are of similar
length and end at paragraphs where they can, by dynamic programming as Knuth and Plass break lines.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.questions import ends_asking, hosts
from ingest.segment import is_list_item
from ingest.sentences import split, word_count
from ingest.values import Kind, Passage, Person, Role, Segment, Sentence, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SMALLEST, IDEAL, LARGEST = 60, 95, 130
"""Words of a passage; two Chinese, Japanese or Korean characters count as one word."""
OWN_ITEM = 20
"""Words from which a list item is a passage of its own."""
SHORTEST_ANSWER = 3
"""Words: a shorter answer says nothing that could be cited."""
LONGEST_QUESTION = 80
"""Words of a question that are kept as its key, counted from its end."""
WITHIN_PARAGRAPH = 0.5
"""What a cut inside a paragraph costs, in squared relative deviations from the ideal length."""
_NEUTRAL_TURN = 12
"""Words: an interviewer's shorter remark that asks nothing leaves the question before it in force."""
_SEPARATORS = ["\n\n", "\n", "。", "！", "？", "；", "…", ". ", "! ", "? ", "; ", "，", "、", ", ", " ", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A sentence on its way into a passage."""

    span: Span
    words: int
    second: float | None
    opens: bool
    """It is the first of its paragraph or list item."""
    is_item: bool


@dataclass(slots=True, kw_only=True)
class _Answer:
    """What one speaker says without interruption, and what was asked."""

    role: Role
    speaker: str | None
    question: str
    section: str
    lines: list[_Line] = field(default_factory=list)


def chunk(source: Source, text: str, segments: Sequence[Segment]) -> tuple[Passage, ...]:
    """Return the passages of the document `text` of `source`, in order.

    Interviewers' turns, questions and headings become keys (`question`, `section`), never evidence. A passage holds one
    speaker's words, about 60 to 130 of them where there are so many. Longer list items are passages of their own,
    with the words that lead into the list in their header. Ids depend on content only.
    """
    seen: Counter[tuple[str, str]] = Counter()
    passages: list[Passage] = []
    for answer in _answers(source.title, text, segments):
        for lines, lead_in in _parts(text, answer.lines):
            sentences = _quotable(text, lines)
            span = Span(lines[0].span.start, lines[-1].span.end)
            if not sentences or word_count(span.of(text)) < SHORTEST_ANSWER:
                continue
            key = (span.of(text), answer.question)
            passages.append(
                Passage(
                    id=_id(source.id, *key, seen[key]),
                    source_id=source.id,
                    span=span,
                    language=source.language,
                    sentences=sentences,
                    role=answer.role,
                    speaker=answer.speaker,
                    question=answer.question,
                    header=_header(source, answer, lead_in),
                    section=answer.section,
                    second=sentences[0].second,
                    marked_speakers=answer.role is not Role.UNKNOWN or answer.speaker is not None,
                )
            )
            seen[key] += 1
    return tuple(passages)


def _quotable(text: str, lines: Sequence[_Line]) -> tuple[Sentence, ...]:
    """Return the sentences that tell something by themselves: not mere questions, not announcements of what follows."""
    return tuple(
        Sentence(span=line.span, second=line.second)
        for line in lines
        if not ends_asking(line.span.of(text)) and not line.span.of(text).endswith((":", "："))
    )


def _id(source_id: str, text: str, question: str, occurrence: int) -> str:
    return "p-" + hashlib.sha256("\0".join((source_id, text, question, str(occurrence))).encode()).hexdigest()[:16]


def _header(source: Source, answer: _Answer, lead_in: str) -> str:
    person = next((person for person in source.people if person.name == answer.speaker), None)
    if person is None and answer.speaker is None and answer.role is Role.UNKNOWN and source.kind is not Kind.ARTICLE:
        person = source.person(Role.INTERVIEWEE)
    return " — ".join(part for part in (source.title, _described(person), answer.section, lead_in) if part)


def _described(person: Person | None) -> str:
    if person is None:
        return ""
    return f"{person.name} ({person.position})" if person.position else person.name


def _answers(title: str, text: str, segments: Sequence[Segment]) -> Iterator[_Answer]:
    """Group evidence by speaker, question and section."""
    question, section = _Question(), ""
    answer: _Answer | None = None
    for segment in segments:
        words = segment.span.of(text)
        if segment.is_heading or segment.is_question or segment.role is Role.INTERVIEWER:
            if answer is not None:
                yield answer
                answer = None
                question.answered()
            if segment.is_heading:
                section = "" if segment.is_question or words == title else words
            question.hear(words, segment)
            continue
        if answer is None or (answer.role, answer.speaker) != (segment.role, segment.speaker):
            if answer is not None:
                yield answer
            key = "" if segment.role is Role.AUTHOR and not question.is_heading else question.text()
            answer = _Answer(role=segment.role, speaker=segment.speaker, question=key, section=section)
        answer.lines.extend(_lines(text, segment))
    if answer is not None:
        yield answer


@dataclass(slots=True)
class _Question:
    """What has been asked last, put together from an interviewer's consecutive turns."""

    turns: list[str] = field(default_factory=list)
    is_heading: bool = False
    is_stale: bool = False
    """It has had an answer, so the next question replaces it."""

    def hear(self, words: str, segment: Segment) -> None:
        """Take in a heading or an interviewer's turn."""
        if segment.is_heading and not segment.is_question:
            if self.is_heading and self.is_stale:
                self.turns, self.is_heading = [], False
            return
        is_new = segment.is_question or word_count(words) >= _NEUTRAL_TURN or not self.turns
        if not is_new or hosts(words):
            return
        if self.is_stale or segment.is_heading:
            self.turns, self.is_stale = [], False
        self.turns.append(words)
        self.is_heading = segment.is_heading

    def answered(self) -> None:
        """Note that an answer has been given."""
        self.is_stale = True

    def text(self) -> str:
        """Return the question, its beginning cut off where it is long."""
        whole = " ".join(self.turns)
        if word_count(whole) <= LONGEST_QUESTION:
            return whole
        kept, words = len(whole), 0
        for span in reversed(split(whole)):
            words += word_count(span.of(whole))
            if words > LONGEST_QUESTION and kept < len(whole):
                break
            kept = span.start
        return whole[kept:]


def _lines(text: str, segment: Segment) -> Iterator[_Line]:
    is_item = is_list_item(text, segment.span)
    for position, span in enumerate(_sentences(text, segment.span)):
        yield _Line(span=span, words=word_count(span.of(text)), second=segment.second, opens=position == 0, is_item=is_item)


def _sentences(text: str, within: Span) -> Iterator[Span]:
    for span in split(within.of(text)):
        whole = Span(within.start + span.start, within.start + span.end)
        yield from [whole] if word_count(whole.of(text)) <= LARGEST else _torn(text, whole)


def _torn(text: str, span: Span) -> Iterator[Span]:
    """Cut a sentence that never ends, at commas or spaces, by LangChain's recursive splitter."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: PLC0415  (slow to import, seldom needed)

    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        keep_separator="end",
        chunk_size=LARGEST,
        chunk_overlap=0,
        length_function=word_count,
        strip_whitespace=False,
    )
    start = span.start
    for piece in splitter.split_text(span.of(text)):
        if piece.strip():
            leading = len(piece) - len(piece.lstrip())
            yield Span(start + leading, start + len(piece.rstrip()))
        start += len(piece)


def _parts(text: str, lines: Sequence[_Line]) -> Iterator[tuple[Sequence[_Line], str]]:
    """Cut an answer into passages, each with the words that lead into its list, if it is from one."""
    start, lead_in = 0, ""
    while start < len(lines):
        end = start + 1
        while end < len(lines) and lines[end].is_item == lines[start].is_item:
            end += 1
        run = lines[start:end]
        if run[0].is_item:
            for part in _items(run):
                yield part, lead_in
        else:
            for part in _balanced(run):
                yield part, ""
            lead_in = run[-1].span.of(text)
        start = end


def _items(lines: Sequence[_Line]) -> Iterator[Sequence[_Line]]:
    """Cut a list: long items are passages of their own, runs of short ones share a passage."""
    short: list[_Line] = []
    for item in _split_at_openings(lines):
        if sum(line.words for line in item) < OWN_ITEM:
            short.extend(item)
            continue
        yield from _balanced(short)
        yield from _balanced(item)
        short = []
    yield from _balanced(short)


def _split_at_openings(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    item: list[_Line] = []
    for line in lines:
        if line.opens and item:
            yield item
            item = []
        item.append(line)
    yield item


def _balanced(lines: Sequence[_Line]) -> Iterator[Sequence[_Line]]:
    """Cut `lines` into parts of `SMALLEST` to `LARGEST` words, near `IDEAL`, preferably between paragraphs."""
    best = [0.0] + [float("inf")] * len(lines)
    back = [0] * (len(lines) + 1)
    for end in range(1, len(lines) + 1):
        words = 0
        for start in range(end - 1, -1, -1):
            words += lines[start].words
            if words > LARGEST and start < end - 1:
                break
            cost = best[start] + _cost(words) + (WITHIN_PARAGRAPH if start and not lines[start].opens else 0.0)
            if cost < best[end]:
                best[end], back[end] = cost, start
    cuts = [len(lines)]
    while cuts[-1]:
        cuts.append(back[cuts[-1]])
    for start, end in zip(cuts[::-1], cuts[-2::-1], strict=False):
        yield lines[start:end]


def _cost(words: int) -> float:
    """Return what a part of so many words costs; shortness under `SMALLEST` weighs double."""
    off = (words - IDEAL) / (LARGEST - IDEAL)
    return off * off * (2.0 if words < SMALLEST else 1.0)
