"""A file becomes a source with a text, segments and passages. All texts here are invented."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from ingest.blocks import Block, BlockKind, Loaded, Metadata
from ingest.errors import UnreadableError
from ingest.parse import parse, understand
from ingest.registry import Registry
from ingest.values import Ingested, Kind, Person, Role

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = Registry()


def block(text: str, speaker: str | None = None, kind: BlockKind = BlockKind.PARAGRAPH) -> Block:
    """Return a block."""
    return Block(kind=kind, text=text, speaker=speaker)


def check(ingested: Ingested) -> None:
    """Hold every span of `ingested` against its text."""
    text = ingested.document.text
    keys = [each.span for each in ingested.segments if each.is_heading or each.is_question or each.role is Role.INTERVIEWER]
    for each in ingested.segments:
        assert each.span.end <= len(text)
        assert each.span.of(text).strip() == each.span.of(text) != ""
    for passage in ingested.passages:
        assert any(each.span.overlaps(passage.span) for each in ingested.segments)
        for sentence in passage.sentences:
            assert passage.span.contains(sentence.span)
            assert not any(key.overlaps(sentence.span) for key in keys)


def test_a_markdown_interview(tmp_path: Path) -> None:
    """A labelled interview in Markdown gets people, language, and an answer under its question."""
    path = tmp_path / "boats.md"
    path.write_text(
        "# Boats\n\n**Otto:** What do you build in winter?\n\n**Nora:** Small boats of oak, and long oars for them.\n\n"
        "**Otto:** Who sails them?\n\n**Nora:** My two sons do that.\n",
        encoding="utf-8",
    )
    ingested = parse(path, registry=EMPTY, root=tmp_path)
    check(ingested)
    assert ingested.source.language == "en"
    assert ingested.source.kind is Kind.INTERVIEW
    assert ingested.source.path == str(path)
    assert list(ingested.evidence()) == ["Small boats of oak, and long oars for them.", "My two sons do that."]
    assert ingested.passages[0].source_id == ingested.source.id == ingested.document.source_id


def test_what_holds_no_text_is_refused(tmp_path: Path) -> None:
    """Missing and empty files are unreadable, and the message names them."""
    empty = tmp_path / "empty.md"
    empty.write_text("\n", "utf-8")
    for path in (empty, tmp_path / "absent.md"):
        with pytest.raises(UnreadableError, match=path.stem):
            parse(path, registry=EMPTY, root=tmp_path)


def test_facts_go_to_the_source(tmp_path: Path) -> None:
    """What the loader knows is kept, what it does not know is noted."""
    people = (Person(name="Ida Moss", role=Role.AUTHOR),)
    metadata = Metadata(
        id="oak",
        title="Oak",
        people=people,
        published=date(2021, 5, 1),
        original_url="https://example.org/oak",
        topics=("wood",),
    )
    loaded = Loaded(
        blocks=(block("Oak is a strong wood that I like."),), metadata=metadata, dropped_characters=7, notes=("hidden",)
    )
    ingested = understand(loaded, path=tmp_path / "oak.md")
    assert ingested.source.id == "oak"
    assert ingested.source.kind is Kind.ARTICLE
    assert ingested.source.original_url == "https://example.org/oak"
    assert ingested.source.topics == ("wood",)
    assert ingested.notes == ("hidden",)
    assert ingested.dropped_characters == 7


def test_guessed_roles_are_noted(tmp_path: Path) -> None:
    """Whose role was inferred is said; a text without headings is called by its file's name."""
    plain = understand(Loaded(blocks=(block("Oak is strong."),), metadata=Metadata()), path=tmp_path / "oak.md")
    assert (plain.source.title, plain.notes) == ("oak", ())
    blocks = (block("How are you?", "Uma Reed"), block("I am very well.", "Lars Holt"))
    guessed = understand(Loaded(blocks=blocks, metadata=Metadata()), path=tmp_path / "talk.md")
    assert guessed.notes[-1].endswith("Uma Reed, Lars Holt")
    assert guessed.source.kind is Kind.INTERVIEW


def test_ids_come_from_title_and_text(tmp_path: Path) -> None:
    """The same content has the same id wherever it lies; other content has another."""
    loaded = Loaded(blocks=(block("Oak & Ash!", kind=BlockKind.HEADING), block("Both are strong.")), metadata=Metadata())
    one, two = understand(loaded, path=tmp_path / "a.md"), understand(loaded, path=tmp_path / "b.md")
    other = understand(Loaded(blocks=(*loaded.blocks, block("I think so.")), metadata=Metadata()), path=tmp_path / "a.md")
    assert one.source.id == two.source.id != other.source.id
    assert one.source.id.startswith("oak-ash-")


def test_kinds_by_layout(tmp_path: Path) -> None:
    """Cues make a transcript, a summarised interview's URL a digest."""
    cues = Loaded(blocks=(block("I like oak.", kind=BlockKind.CUE),), metadata=Metadata())
    assert understand(cues, path=tmp_path / "a.vtt").source.kind is Kind.TRANSCRIPT
    digest = Loaded(blocks=(block("She likes oak."),), metadata=Metadata(digest_of="https://example.org/oak"))
    assert understand(digest, path=tmp_path / "a.md").source.kind is Kind.DIGEST


@pytest.mark.shared
def test_every_seed_has_exact_spans(shared: Path) -> None:
    """All offsets of the real documents are exact and no evidence is a question or a heading."""
    for path in sorted((shared / "seeds").glob("*.txt")):
        ingested = parse(path, registry=EMPTY)
        check(ingested)
        assert ingested.passages


@pytest.mark.shared
def test_real_interviews_have_exact_spans(shared: Path) -> None:
    """Three files of each kind of interview hold the same."""
    for folder in sorted(path for path in (shared / "eval" / "interviews").iterdir() if path.is_dir()):
        for path in sorted(path for path in folder.iterdir() if path.is_file())[:3]:
            ingested = parse(path, registry=EMPTY)
            check(ingested)
            assert ingested.passages, path.name
