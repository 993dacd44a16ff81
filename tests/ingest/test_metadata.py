"""What texts say about themselves. All texts are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from ingest.load import load
from ingest.load.dates import date_in_url, parse_date
from ingest.load.front_matter import stated_metadata
from ingest.registry import Registry
from ingest.values import Kind, Person, Role

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.blocks import Metadata


def metadata(tmp_path: Path, text: str, name: str = "a.txt", registry: Registry | None = None) -> Metadata:
    """Return the metadata of a text written to a file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load(path, registry=registry or Registry()).metadata


def person(found: Metadata, role: Role) -> Person:
    """Return the first person in a role."""
    return next(person for person in found.people if person.role is role)


BLOG = """In this blog post, I interview Zora Quill, a bread engineer at Acme Ovens.
It was a hard year for bakers.
An interview with Zora Quill, bread engineer at Acme Ovens
Ann: Hi! How did you start?
Zora: I began by baking with my aunt.
Ann: What came next?
Zora: Programs.
Comment section
Hey, Ann Lee here, author and creator of BreadBlog. I no longer answer.
"""


def test_an_interview_in_the_middle_of_a_page(tmp_path: Path) -> None:
    """The heading that announces the interview is the title; the host is found in the furniture that is dropped."""
    found = metadata(tmp_path, BLOG)
    assert found.title == "An interview with Zora Quill, bread engineer at Acme Ovens"
    assert found.kind is Kind.INTERVIEW
    assert person(found, Role.INTERVIEWEE).position == "bread engineer at Acme Ovens"
    assert person(found, Role.INTERVIEWER) == Person(name="Ann Lee", role=Role.INTERVIEWER, aliases=("Ann",))


CHINESE = """# Acme Ovens 面包工程师 Zora Quill 访谈

> 原文：<https://blog.example.org/2021/04/14/zora/>

在这篇博文中，我采访了 Acme Ovens 的面包工程师 Zora Quill。

**Ann:** 你为什么烤面包？

佐拉:我喜欢面包。

安: 你现在做什么？

**Zora:** 我写程序。

安: 还有呢？

佐拉: 没有了。

**Ann:** 谢谢，最后一个问题？
"""


def test_a_translation_names_its_original(tmp_path: Path) -> None:
    """URL and date of the original are kept; labels in two scripts betray the machine."""
    found = metadata(tmp_path, CHINESE, "a.md")
    assert found.original_url == "https://blog.example.org/2021/04/14/zora/"
    assert (found.url, found.published, found.language) == (None, date(2021, 4, 14), "zh")
    assert found.machine_translated
    assert person(found, Role.INTERVIEWEE) == Person(
        name="Zora Quill",
        role=Role.INTERVIEWEE,
        position="Acme Ovens 面包工程师",
        aliases=("Zora", "佐拉"),
    )
    assert person(found, Role.INTERVIEWER).name == "Ann"


def test_the_registry_fills_gaps_only(tmp_path: Path) -> None:
    """What the file states stays; a translation takes people and licence of its original, not its title."""
    known = Registry.of(
        {
            "id": "zora",
            "title": "An interview with Zora Quill, bread engineer at Acme Ovens",
            "language": "en",
            "licence": "CC0",
            "url": "https://blog.example.org/2021/04/14/zora",
            "published": date(2021, 4, 14),
            "people": [
                {"name": "Zora Quill", "role": "interviewee", "position": "Baker"},
                {"name": "Ann Lee", "role": "interviewer"},
            ],
        }
    )
    original = metadata(tmp_path, BLOG, registry=known)
    assert (original.id, original.published, original.url) == (
        "zora",
        date(2021, 4, 14),
        "https://blog.example.org/2021/04/14/zora",
    )
    assert person(original, Role.INTERVIEWEE).position == "bread engineer at Acme Ovens"
    translation = metadata(tmp_path, CHINESE, "a.md", known)
    assert (translation.id, translation.url, translation.licence) == (None, None, "CC0")
    assert translation.title is not None
    assert translation.title.startswith("Acme")
    assert person(translation, Role.INTERVIEWER).aliases == ("Ann", "安")


def test_an_article_with_a_byline(tmp_path: Path) -> None:
    """A byline gives author and date, and is dropped."""
    found = metadata(
        tmp_path, "6 Months Of Bread\n\nWhat it is like.\n\nZora Quill Jul 27, 2020 · 13 min read ★\n\nI bake all day."
    )
    assert (found.title, found.published, found.kind) == ("6 Months Of Bread", date(2020, 7, 27), Kind.ARTICLE)
    assert found.people == (Person(name="Zora Quill", role=Role.AUTHOR),)


def test_a_guest_post_under_a_pseudonym(tmp_path: Path) -> None:
    """The author's two names are known; the host's words about the author are not the author's."""
    path = tmp_path / "a.txt"
    path.write_text(
        "Musings on Bread\nIntroduction\nBB_Zo is short for BreadBunZo. She bakes.\nBackground\nI bake a lot.", encoding="utf-8"
    )
    loaded = load(path, registry=Registry())
    assert loaded.metadata.people == (Person(name="BreadBunZo", role=Role.AUTHOR, aliases=("BB_Zo",)),)
    assert [block.speaker for block in loaded.blocks] == [None, None, "Editor", None, None]


def test_questions_as_headings(tmp_path: Path) -> None:
    """A page named after somebody who answers questions set as headings is an interview with that person."""
    text = (
        "---\ntitle: zora quill\n---\n### Who are you?\n\nMy name is Zora Quill.\n\n"
        "### What do you use?\n\nAn oven.\n\n### And?\n\nFlour."
    )
    found = metadata(tmp_path, text, "a.md")
    assert found.kind is Kind.INTERVIEW
    assert found.people[0].role is Role.INTERVIEWEE
    assert metadata(tmp_path, text.replace("My name is Zora Quill", "I bake"), "b.md").people == ()


def test_names_in_two_scripts_are_one_guest(tmp_path: Path) -> None:
    """A title in Chinese letters and a text in Latin ones name one interviewee."""
    found = metadata(tmp_path, "# 采访面包师佐拉·奎尔\n\n我采访了 Zora Quill，她写程序。\n\n面包很好。", "a.md")
    assert [(one.name, one.aliases) for one in found.people] == [("Zora Quill", ("佐拉·奎尔",))]


def test_hosts_and_guests_of_a_recording(tmp_path: Path) -> None:
    """Spoken introductions name guest, host and day, over cues that cut them."""
    lines = [
        "00:00:00 Bread Talk with guest Zora Quill recorded Sunday, April 5th, 2015.",
        "00:00:09 This is your",
        "00:00:12 host, Ann Lee.",
    ]
    found = metadata(tmp_path, "\n".join(lines))
    assert (found.title, found.published) == (None, date(2015, 4, 5))
    assert {one.name: one.role for one in found.people} == {"Zora Quill": Role.INTERVIEWEE, "Ann Lee": Role.INTERVIEWER}


def test_notices_of_machine_translation(tmp_path: Path) -> None:
    """A notice, or a translator's remnants, mark a machine translation; `Original:` names the source."""
    found = metadata(tmp_path, "Brot\nMachine translation. Original: https://a.example/x.\nIch backe Brot und ich mag es sehr.")
    assert (found.machine_translated, found.original_url) == (True, "https://a.example/x")
    assert metadata(
        tmp_path, "# 面包\n\n> 原文：<https://a.example>\n\n我在 T2 工作，更为 T2 稳定。", "b.md"
    ).machine_translated


DIGEST = {
    "id": "zora-digest",
    "kind": "digest",
    "title": "Zora in short",
    "person": "Zora Quill",
    "position": "Baker, Acme",
    "interviewer": "Ann Lee",
    "publication": "BreadBlog",
    "url": "https://a.example/zora",
    "published": date(2021, 4, 14),
    "language": "es",
    "translation_of": "zora-digest-en",
    "machine_translated": True,
    "topics": ["bread", 7],
    "licence": "MIT",
    "retrieved": date(2024, 1, 1),
}


def test_front_matter_of_a_digest() -> None:
    """All keys of our digests are taken; the person is the interviewee unless said to be the author."""
    found = stated_metadata(DIGEST)
    assert (found.id, found.kind, found.digest_of, found.translation_of) == (
        "zora-digest",
        Kind.DIGEST,
        "https://a.example/zora",
        "zora-digest-en",
    )
    assert (found.machine_translated, found.topics, found.licence, found.language) == (True, ("bread", "7"), "MIT", "es")
    assert found.people == (
        Person(name="Zora Quill", role=Role.INTERVIEWEE, position="Baker, Acme"),
        Person(name="Ann Lee", role=Role.INTERVIEWER),
    )
    assert stated_metadata({**DIGEST, "person_role": "author"}).people[0].role is Role.AUTHOR


def test_people_of_front_matter_as_mappings() -> None:
    """People may be a list of mappings; what has no name is left out; paths and odd values are no URLs and dates."""
    found = stated_metadata(
        {
            "people": [{"name": "A B", "role": "author", "aliases": ["x"]}, {"role": "author"}, 3.5],
            "url": "/guides/x",
            "original": "https://o.example",
            "date": "soon",
            "kind": "poem",
            "title": True,
        }
    )
    assert found.people == (Person(name="A B", role=Role.AUTHOR, aliases=("x",)), Person(name="3.5", role=Role.UNKNOWN))
    assert (found.url, found.original_url, found.published, found.kind, found.title) == (
        None,
        "https://o.example",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Tue Mar 24 2020", date(2020, 3, 24)),
        ("April 6th, 2015", date(2015, 4, 6)),
        ("8 February, 2001", date(2001, 2, 8)),
        ("2021-02-03T10:00", date(2021, 2, 3)),
        ("2021 年 4 月 1 日", date(2021, 4, 1)),
        ("February 31, 2001", None),
        ("x", None),
        (datetime(2020, 1, 2, 3, tzinfo=UTC), date(2020, 1, 2)),
        (7, None),
    ],
)
def test_dates(text: object, day: date | None) -> None:
    """Dates in the ways pages write them."""
    assert parse_date(text) == day


def test_dates_in_urls() -> None:
    """Blogs put the day into the address."""
    assert date_in_url("https://a.example/2021/4/1/x") == date(2021, 4, 1)
    assert date_in_url("https://a.example/x") is None
