"""Files, folders, patterns and lists of sources: what they stand for, and what their absence proves."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ingest.errors import UsageError
from ingest.listing import listed_addresses
from ingest.walk import Walk, folder_to_watch, is_absent, is_pattern, walk


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a folder of three files at two depths."""
    for name in ("one.txt", "deep/two.txt", "deep/three.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("words", encoding="utf-8")
    return tmp_path.resolve()


def names(found: Walk) -> list[str]:
    """Return the relative paths of what was found."""
    return [file.relative for file in found.files]


def look(*paths: Path | str, known: tuple[str, ...] = ()) -> Walk:
    """Walk, taking every kind of file."""
    return walk(paths, lambda _: True, known)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["one.txt"]),
        ("**/*.txt", ["one.txt", "deep/two.txt"]),
        ("de?p/*", ["deep/three.md", "deep/two.txt"]),
        ("d*", ["deep/three.md", "deep/two.txt"]),
        ("[!d]*", ["one.txt"]),
        ("**", ["deep/three.md", "deep/two.txt", "one.txt"]),
    ],
)
def test_patterns_need_no_shell(corpus: Path, pattern: str, expected: list[str]) -> None:
    """A quoted pattern stands for what a shell would have made of it."""
    assert sorted(names(look(corpus / pattern))) == sorted(expected)


def test_a_pattern_that_matches_nothing_is_an_error_unless_it_matched_before(corpus: Path) -> None:
    """A typing error is told at once; a pattern known from before may have lost its last file."""
    pattern = corpus / "*.srt"
    with pytest.raises(UsageError, match="nothing matches"):
        look(pattern)
    assert look(pattern, known=(str(pattern),)).files == ()


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(corpus: Path) -> None:
    """What exists is taken as it is named."""
    path = corpus / "talk [1].txt"
    path.write_text("words", encoding="utf-8")
    assert names(look(path)) == ["talk [1].txt"]
    assert not is_pattern(path)


def test_a_pattern_covers_what_it_gave_and_nothing_else(corpus: Path) -> None:
    """Only files that came by this pattern are missed when they are gone."""
    pattern = corpus / "*.txt"
    (corpus / "one.txt").unlink()
    found = look(pattern, known=(str(pattern),))
    assert found.gone(str(corpus / "one.txt"), str(pattern))
    assert not found.gone(str(corpus / "one.txt"), str(corpus))


def test_a_list_of_sources_names_what_is_read(corpus: Path) -> None:
    """Paths, folders and patterns from the folder of the list; what it does not name any more is gone though it is there."""
    listing = corpus / "list" / "sources.toml"
    listing.parent.mkdir()
    listing.write_text('[[source]]\npath = "../one.txt"\n[[source]]\npath = ["../deep/*.md"]\n', encoding="utf-8")
    found = look(listing)
    assert [file.path.name for file in found.files] == ["one.txt", "three.md"]
    assert names(found) == ["one.txt", "three.md"]
    assert {file.root for file in found.files} == {str(listing)}
    assert found.gone(str(corpus / "deep" / "two.txt"), str(listing))
    assert not found.gone(str(corpus / "deep" / "two.txt"), str(corpus))


def test_a_list_that_names_a_missing_file_reads_the_others_and_removes_nothing(corpus: Path) -> None:
    """The missing one is told; the list counts as not wholly read."""
    listing = corpus / "sources.toml"
    listing.write_text('[[source]]\npath = "one.txt"\n[[source]]\npath = "nowhere.txt"\n', encoding="utf-8")
    found = look(listing)
    assert names(found) == ["one.txt"]
    assert [Path(place).name for place in found.unreadable] == ["nowhere.txt"]
    assert not found.gone(str(corpus / "gone.txt"), str(listing))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[source", "not a readable TOML file"),
        ('source = "one.txt"', r"\[\[source\]\] tables"),
        ("[[source]]\npath = 7\n", "path = 7 is not a path"),
        ('[[source]]\nurl = "https://example.org/talk"\n', "names no file to read"),
    ],
)
def test_a_list_that_makes_no_sense_is_one_line(corpus: Path, text: str, words: str) -> None:
    """The line names the file and says what to do."""
    listing = corpus / "sources.toml"
    listing.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=f"sources.toml.*{words}"):
        look(listing)


def test_addresses_of_a_list_are_those_without_a_path(corpus: Path) -> None:
    """A table with both names the file that was saved from the address."""
    listing = corpus / "sources.toml"
    listing.write_text(
        '[[source]]\nurl = "https://example.org/a"\n[[source]]\nurl = "https://example.org/b"\npath = "one.txt"\n',
        encoding="utf-8",
    )
    assert listed_addresses(listing) == ("https://example.org/a",)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="whoever may do everything cannot be kept out")
def test_a_folder_that_may_not_be_listed_proves_nothing(corpus: Path) -> None:
    """Neither about itself nor about the rest of its root."""
    (corpus / "deep").chmod(0)
    try:
        found = look(corpus)
        assert found.unreadable == (str(corpus / "deep"),)
        assert not found.gone(str(corpus / "elsewhere.txt"), str(corpus))
        assert not is_absent(corpus / "deep" / "two.txt")
    finally:
        (corpus / "deep").chmod(0o700)


def test_one_unreadable_place_keeps_its_whole_root(corpus: Path) -> None:
    """Absence is believed only below roots that were read without any error; other roots are not concerned."""
    other = corpus.parent / "other"
    other.mkdir()
    found = look(corpus, other)
    found.roots[0].unreadable.append(str(corpus / "deep"))
    assert not found.gone(str(corpus / "gone.txt"), str(corpus))
    assert found.gone(str(other / "gone.txt"), str(other))


def test_overlapping_roots_give_each_file_once(corpus: Path) -> None:
    """The first root that holds a file has it."""
    found = look(corpus / "deep", corpus, corpus / "one.txt")
    assert len(found.files) == 3
    assert [file.folder.name for file in found.files] == ["deep", "deep", corpus.name]


def test_what_is_watched(corpus: Path) -> None:
    """A folder itself; the folder of a file; the plain beginning of a pattern."""
    assert folder_to_watch(corpus) == corpus
    assert folder_to_watch(corpus / "one.txt") == corpus
    assert folder_to_watch(corpus / "deep" / "**" / "*.md") == corpus / "deep"
