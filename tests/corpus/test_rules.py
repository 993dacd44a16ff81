"""Each rule of the starter corpus finds what it forbids, and says in which file and line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from invented_digests import CHINESE, ENGLISH, SPANISH, write_corpus

from bot.corpus.check import check
from bot.corpus.corpus_rules import Size
from bot.corpus.digest_rules import link_fault
from bot.corpus.source_check import read_source_checks, source_check_faults
from bot.corpus.whole import read_corpus

if TYPE_CHECKING:
    from pathlib import Path

ENOUGH = Size(digests=1, translated=1, translated_further=0)
QUESTIONS, SOURCES, TOPICS, README = "questions.toml", "sources.toml", "topics.toml", "README.md"
RECORD = """\
[[check]]
id = "nora-vale-2019"
date = 2020-02-03
method = "read beside the source"
statements = 36
faults = 1
corrected = ["a year was one too late"]
"""


def _faults(folder: Path, size: Size = ENOUGH) -> list[str]:
    corpus, unreadable = read_corpus(folder)
    found = sorted([*unreadable, *check(corpus, size=size, today=date(2020, 1, 3))])
    return [f"{fault.path.name}:{fault.line}: {fault.text}" for fault in found]


def test_a_corpus_that_keeps_the_rules_has_no_fault(tmp_path: Path) -> None:
    """Without this, every other test here would mean nothing."""
    assert _faults(write_corpus(tmp_path)) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        (ENGLISH, "kind: digest", "kind: article", f"{ENGLISH}:3: the kind is article, not digest"),
        (ENGLISH, "kind: digest", "kind: digest\nmood: good", f"{ENGLISH}:4: mood: is no key of a digest"),
        (ENGLISH, "person: Nora Vale\n", "", f"{ENGLISH}:1: person: is missing"),
        (ENGLISH, "id: nora-vale-2019", "id: nora-vale", f"{ENGLISH}:2: the id nora-vale does not name its file"),
        (ENGLISH, "person_role: interviewee", "person_role: author", "an interviewee has an interviewer, an author has none"),
        (
            ENGLISH,
            "url: https",
            "url: http",
            f"{ENGLISH}:11: http://example.org/2019/05/nora-vale does not start with https://",
        ),
        (ENGLISH, "licence: CC-BY-4.0", "licence: MIT", "the licence is MIT, not CC-BY-4.0"),
        (ENGLISH, "topics: [projects]", "topics: [robots]", f"{ENGLISH}:15: the topic robots is not in topics.toml"),
        (ENGLISH, "topics: [projects]", "topics: [projects, projects]", "the topic projects is named twice"),
        (ENGLISH, "published: 2019-05-04", "published: 2020-05-04", "published 2020-05-04, after it was read on 2020-01-02"),
        (ENGLISH, "published: 2019-05-04", "published: May 2019", f"{ENGLISH}:12: published: input should be a valid date"),
        (ENGLISH, "retrieved: 2020-01-02", "retrieved: 2020-01-04", "2020-01-04 is still to come"),
        (ENGLISH, "language: en", "language: de", f"{ENGLISH}:13: the text reads like en, the front matter says de"),
        (ENGLISH, "in year 2?", "in year 2.", f"{ENGLISH}:26: a heading is a question of at most"),
        (
            ENGLISH,
            "Vale says that the old robot arm in the harbour needed 22",
            "She says it needed 22",
            ":28: does not name Nora Vale",
        ),
        (ENGLISH, "needed 22 new parts in every season", "needed my 22 new parts", "speaks in the first person"),
        (ENGLISH, "22 new parts in every season.", "22 new parts in every season?", "a question cannot be cited"),
        (ENGLISH, "22 new parts", "22 parts (https://example.org/ad)", "links belong in the front matter"),
        (ENGLISH, "says that the old robot arm in the harbour needed", "needed", "words; a digest has 400 to 900"),
        (SPANISH, "translation_of: nora-vale-2019", "translation_of: nora", f"{SPANISH}:14: nora is no original in another"),
        (SPANISH, "interviewer: Ida Moss", "interviewer: Ida Most", f"{SPANISH}:9: interviewer differs from {ENGLISH}"),
        (SPANISH, " 23 piezas", " 24 piezas", f"{SPANISH}:27: the number 23 is lost from {ENGLISH}"),
        (
            CHINESE,
            "Vale 说，港口里的旧机械臂每个季节都需要 23 个新零件。",
            "",
            f"{CHINESE}:27: 2 sentences; {ENGLISH}:26 has 3",
        ),
        (CHINESE, "\n## Nora Vale 在第 2 年怎样修理机械臂？\n", "", f"{CHINESE}:1: 11 sections; {ENGLISH} has 12"),
        (TOPICS, 'ar = "robots ar"', "", f"{TOPICS}:1: projects needs names in en, zh"),
        (
            SOURCES,
            "2019-05-04",
            "2019-05-05",
            f"{ENGLISH}:12: sources.toml says that robot-letter-nora-vale was published 2019-05-05",
        ),
        (SOURCES, "/nora-vale", "/nora-veil", f"{ENGLISH}:11: sources.toml has no entry with this url"),
        (
            SOURCES,
            'Nora Vale", role',
            'Nora Veil", role',
            f"{ENGLISH}:5: sources.toml does not give Nora Vale as the interviewee",
        ),
        (SOURCES, "Ida Moss", "Ida Most", f"{ENGLISH}:9: sources.toml does not give Ida Moss as the interviewer"),
        (
            SOURCES,
            "robot-letter-nora-vale",
            "nora-vale-2019",
            f"{SOURCES}:2: the id nora-vale-2019 is given twice, or is a digest's",
        ),
        (SOURCES, 'nora-vale"\npub', 'nora-vale?utm_source=x"\npub', "carries what only tracks readers: utm_source"),
        (SOURCES, "[[source]]", "[[source]", f"{SOURCES}:1: cannot be read"),
        (QUESTIONS, "[nora-vale-2019]", "[nora]", f"{ENGLISH}:2: questions.toml has no questions for nora-vale-2019"),
        (QUESTIONS, "[nora-vale-2019]", "\n[nora]", f"{QUESTIONS}:2: there is no digest nora"),
        (
            QUESTIONS,
            ', "is it worth working in a harbour?"',
            "",
            f"{QUESTIONS}:1: 1 English questions; there have to be 2 to 3",
        ),
        (QUESTIONS, "does_not_know", "knows", f"{QUESTIONS}:1: nora-vale-2019.does_not_know: is missing"),
        (QUESTIONS, "asks_es", "asks_de", "reads like es, not de"),
        (QUESTIONS, "asks_es", "asks_xx", "asks_xx names no other language that the bot speaks"),
        (QUESTIONS, "is it worth working in a harbour?", "how do I learn to mend robot arms?", "asked twice: how do I learn"),
        (QUESTIONS, "working in a harbour?", "working in a harbour", "is no question: is it worth"),
        (README, "`nora-vale-2019`", "`nora`", f"{ENGLISH}:1: README.md does not say what was read for nora-vale-2019"),
        (README, "`nora-vale-2019`", "`nora`", f"{README}:3: there is no digest nora"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, name: str, old: str, new: str, fault: str) -> None:
    """One change to a corpus without faults, and the rule that it breaks speaks."""
    folder = write_corpus(tmp_path)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    assert [found for found in _faults(folder) if fault in found], _faults(folder)


def test_two_translations_into_one_language_are_too_many(tmp_path: Path) -> None:
    """Readers would be shown one of them at random."""
    folder = write_corpus(tmp_path)
    text = (folder / SPANISH).read_text(encoding="utf-8").replace("id: nora-vale-2019-es", "id: nora-vale-2019-es2")
    (folder / "nora-vale-2019-es2.md").write_text(text, encoding="utf-8")
    assert f"{SPANISH}:14: another file translates nora-vale-2019 into es" in _faults(folder)


def test_a_corpus_that_is_too_small_is_told_what_it_lacks(tmp_path: Path) -> None:
    """Digests, translations and further translations are counted apart."""
    told = " ".join(_faults(write_corpus(tmp_path), Size()))
    for part in ("1 digests; there have to be 48", "1 digests translated into zh and es", "0 of those translated into 3 more"):
        assert part in told


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://example.org/a", "https"),
        ("https://localhost/a", "well-formed"),
        ("https://example.org:8443/a", "well-formed"),
        ("https://someone@example.org/a", "well-formed"),
        ("https://example.org/a b", "well-formed"),
        ("https://[example.org/a", "no address"),
        ("https://example.org/a?utm_campaign=x&id=1", "utm_campaign"),
        ("https://www.youtube.com/watch?v=abc&si=def", "si"),
        ("https://example.org/a?fbclid=1", "fbclid"),
    ],
)
def test_a_bad_link_is_told_from_a_good_one(url: str, word: str) -> None:
    """Only https, a public host, and nothing that follows the reader about."""
    assert word in str(link_fault(url))


@pytest.mark.parametrize("url", ["https://www.youtube.com/watch?v=abc", "https://ethw.org/Oral-History:A_B_(2001)"])
def test_a_good_link_is_left_alone(url: str) -> None:
    """A video's address needs its parameter, a wiki's its brackets."""
    assert link_fault(url) is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("nora-vale-2019", "nora", "there is no digest nora"),
        ("faults = 1", "faults = 37", "more faults than statements"),
        ("2020-02-03", "2020-01-01", "a check from before the digest"),
        ("faults = 1", "faults = 0", "0 faults, 1 corrections"),
        ("method", "way", "is no record of checks"),
    ],
)
def test_the_record_of_checks_is_checked(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """A record that cannot be right is a fault too; the one it was made from is not."""
    corpus, _ = read_corpus(write_corpus(tmp_path / "corpus"))
    path = tmp_path / "checks.toml"
    assert read_source_checks(path) == []
    path.write_text(RECORD, encoding="utf-8")
    assert list(source_check_faults(path, corpus)) == []
    path.write_text(RECORD.replace(old, new), encoding="utf-8")
    (found,) = source_check_faults(path, corpus)
    assert fault in found.text
