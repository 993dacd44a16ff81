"""Invented interviews, an embedder made of word hashes, and shortcuts to put the two into a home."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ingest import lexical
from ingest.errors import UnreadableError
from ingest.index.generation import draft, find_base
from ingest.index.manifest import EmbedderFacts, Manifest
from ingest.stages import Embed, Stages
from ingest.values import (
    Alignment,
    Document,
    Ingested,
    Kind,
    Matrix,
    Passage,
    Person,
    Role,
    Segment,
    Sentence,
    Source,
    Span,
    Vector,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from ingest.embed.protocol import PassagesDone
    from ingest.home import Home


DIMENSION = 48
FACTS = EmbedderFacts(id="word-hash", fingerprint="hash-48", engine="hash", dimension=DIMENSION, prompts={"query": ""})


class CountingEmbedder:
    """Embeds with `direction` and remembers every text it was given."""

    def __init__(self, fingerprint: str = FACTS.fingerprint, dimension: int = DIMENSION) -> None:
        self.id = FACTS.id
        self.engine = FACTS.engine
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.prompts = dict(FACTS.prompts)
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Return one row for each text, shape (texts, dimension)."""
        self.embedded += texts
        if progress is not None:
            progress(len(texts))
        return np.stack([direction(text, self.dimension) for text in texts])

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a text."""
        return direction(text, self.dimension)

    def count_tokens(self, text: str) -> int:
        """Return the number of terms."""
        return len(lexical.terms(text))


def direction(text: str, dimension: int = DIMENSION) -> Vector:
    """Return the unit vector of a text: the sum of one pseudo-random vector a term."""
    total = np.zeros(dimension, dtype=np.float32)
    for term in lexical.terms(text) or ["-"]:
        seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:4], "big")
        total += np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
    return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


def interview(
    name: str,
    answers: Sequence[tuple[str, str]],
    *,
    language: str = "en",
    translation_of: str | None = None,
    url: str | None = None,
) -> Ingested:
    """Return a parsed interview with `name`: one segment pair and one passage for each (question, answer).

    An answer's sentences end at full stops of either script.
    """
    source_id = f"{name.lower().replace(' ', '-')}-{language}"
    text, segments, passages = "", [], []
    for question, answer in answers:
        asked = Span(len(text), len(text) + len(question))
        told = Span(asked.end + 1, asked.end + 1 + len(answer))
        text += f"{question}\n{answer}\n"
        segments += [
            Segment(span=asked, role=Role.INTERVIEWER, is_question=True),
            Segment(span=told, role=Role.INTERVIEWEE, speaker=name),
        ]
        passages.append(
            Passage(
                id=hashlib.sha256(f"{question}|{answer}".encode()).hexdigest()[:16],
                source_id=source_id,
                span=told,
                language=language,
                sentences=_sentences(answer, told.start),
                role=Role.INTERVIEWEE,
                speaker=name,
                question=question,
                header=f"An invented talk with {name}",
            )
        )
    return Ingested(
        source=Source(
            id=source_id,
            kind=Kind.INTERVIEW,
            title=f"An invented talk with {name}",
            language=language,
            people=(Person(name=name, role=Role.INTERVIEWEE, aliases=(name.split(maxsplit=1)[0],)),),
            url=url,
            published=date(2024, 2, 29),
            translation_of=translation_of,
            topics=("invention",),
        ),
        document=Document(source_id=source_id, text=text),
        segments=tuple(segments),
        passages=tuple(passages),
        dropped_characters=7,
        notes=("invented",),
    )


def _sentences(answer: str, offset: int) -> tuple[Sentence, ...]:
    sentences, start = [], 0
    for position, character in enumerate(answer, start=1):
        if character in ".。" or position == len(answer):
            lead = len(answer[start:position]) - len(answer[start:position].lstrip())
            if answer[start:position].strip():
                sentences.append(Sentence(span=Span(offset + start + lead, offset + position)))
            start = position
    return tuple(sentences)


ADA = interview(
    "Ada Quill",
    (
        ("How did you begin with robots?", "I soldered a crawling toy at nine. My aunt lent me her C++ books."),
        ("What hardware do you use?", "A second-hand workbench computer. The café next door lends me power."),
    ),
)
BO = interview("Bo Fern", (("Do degrees matter?", "Nobody asked for my diploma. They asked for my compiler."),))
ADA_ZH = interview(
    "Ada Quill",
    (("你是怎么开始做机器人的?", "我九岁时焊了一个会爬的玩具。姑姑借给我她的编程书。"),),
    language="zh",
    translation_of="ada-quill-en",
)


def parse(path: Path, _: Path) -> Ingested:
    """Read the invented format of these tests: a first line `name language [translation]`, then lines `question|answer`.

    A file that begins with "bad" cannot be read; one that begins with "crash" makes the parser stumble.
    """
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    if first.startswith("bad"):
        raise UnreadableError(f"{path.name}: holds nothing but noise")
    name, language, *original = first.split()
    pairs = [(question, answer) for question, _, answer in (line.partition("|") for line in lines)]
    parsed = interview(name, pairs, language=language, translation_of=original[0] if original else None)
    return replace(parsed, source=replace(parsed.source, path=str(path)))


def link(sources: Sequence[Source], _: Mapping[str, Collection[str]]) -> Sequence[Source]:
    """Keep the stated links whose original is there."""
    ids = {source.id for source in sources}
    return [source if source.translation_of in ids else replace(source, translation_of=None) for source in sources]


def align(original: Ingested, translation: Ingested, embed: Embed) -> list[Alignment]:
    """Pair passages in order, having embedded them."""
    pairs = list(zip(original.passages, translation.passages, strict=False))
    embed([passage.key(original.document.text) for passage, _ in pairs])
    return [
        Alignment(source_id=original.source.id, span=here.span, other_id=translation.source.id, other_span=there.span)
        for here, there in pairs
    ]


STAGES = Stages(parse=parse, accepts=lambda path: path.suffix == ".txt", version="1", link=link, align=align)


def build(home: Home, sources: Iterable[Ingested], removed: Iterable[str] = (), facts: EmbedderFacts = FACTS) -> Manifest:
    """Publish a generation that holds `sources` besides what the home already had, without `removed`."""
    with home.lock(), draft(home, find_base(home)) as work:
        for source_id in removed:
            work.store.remove(source_id)
        for ingested in sources:
            text = ingested.document.text
            vectors = np.stack([direction(passage.key(text)) for passage in ingested.passages])
            matrices = [
                np.stack([direction(sentence.span.of(text)) for sentence in passage.sentences]) for passage in ingested.passages
            ]
            work.store.put(ingested, vectors, matrices)
        return work.publish(facts, "chunker-1")
