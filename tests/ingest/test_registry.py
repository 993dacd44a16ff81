"""The registry of known sources. All entries are invented."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from ingest.errors import UsageError
from ingest.registry import Registry, normalise_title, normalise_url
from ingest.values import Role

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """
[[source]]
id = "talk"
title = "How Zora Quill Left Baking"
url = "https://www.youtube.com/watch?v=AbCdEfGhIjK"
published = 2022-05-04
language = "en"
licence = "CC-BY-4.0"
match = ["Zora's Talk", "https://blog.example.org/zora/"]
people = [{name = "Zora Quill", role = "interviewee", position = "Engineer, Acme", aliases = ["Sora"]}]
"""


def registry(tmp_path: Path, text: str = ENTRY) -> Registry:
    """Return the registry written to a file."""
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return Registry.load(path)


@pytest.mark.parametrize(
    "url",
    [
        "http://youtu.be/AbCdEfGhIjK",
        "https://m.youtube.com/embed/AbCdEfGhIjK?x=1",
        "https://blog.example.org/zora",
        "www.blog.example.org/zora/",
    ],
)
def test_a_url_is_found_in_whatever_form(tmp_path: Path, url: str) -> None:
    """Scheme, www, trailing slash and the forms of a video's address make no difference."""
    found = registry(tmp_path).find(url=url, title=None)
    assert found is not None
    assert found.published == date(2022, 5, 4)
    assert found.people[0].role is Role.INTERVIEWEE
    assert found.people[0].aliases == ("Sora",)


def test_titles_are_found_as_written_or_as_slugs(tmp_path: Path) -> None:
    """Title and alternative titles match without regard to case, accents and punctuation."""
    known = registry(tmp_path)
    assert known.find(url="https://elsewhere.example", title="how-zora-quill-left-baking") is not None
    assert known.find(url=None, title="ZORA’S talk!") is not None
    assert known.find(url=None, title="Another") is None
    assert known.find(url=None, title=None) is None


def test_a_file_is_known_by_its_path_from_the_folder_of_the_registry(tmp_path: Path) -> None:
    """A list of sources states facts about the files it names, whatever they say of themselves."""
    known = registry(tmp_path, '[[source]]\npath = "talks/a.vtt"\ntitle = "An invented talk"\n')
    found = known.find(url=None, title=None, path=tmp_path / "talks" / "a.vtt")
    assert found is not None
    assert found.title == "An invented talk"
    assert known.find(url=None, title=None, path=tmp_path / "a.vtt") is None


def test_no_path_gives_an_empty_registry() -> None:
    """Without a file nothing is known."""
    assert Registry.load(None).find(url="https://a.example", title="b") is None


@pytest.mark.parametrize("text", ["[[source", "source = 3", "source = [1]"])
def test_a_broken_file_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    """What is not TOML of the expected form raises UsageError naming the file."""
    with pytest.raises(UsageError, match=r"sources\.toml"):
        registry(tmp_path, text)
    with pytest.raises(UsageError, match="no such registry"):
        Registry.load(tmp_path / "absent.toml")


def test_normal_forms() -> None:
    """Keys are stable and readable."""
    assert normalise_url("HTTP://www.Example.org/A/?utm=1") == "example.org/a"
    assert normalise_url("https://www.youtube.com/feed") == "youtube.com/feed"
    assert normalise_title("Ça va, Zoë?") == "ca-va-zoe"
