"""Where an interview is in the corpus, its digest is not cited beside it. All texts are invented."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from invented_corpus import DIGEST, FILES, BilingualEmbedder, ingest_texts
from invented_values import question

from bot.answer import Asked, Services, answer
from bot.events import Done
from bot.people import find_mentions
from bot.retrieve import retrieve
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.stages import real_stages
from ingest.sync import remove, sync
from ingest.tables import print_status, status_as_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.values import Answer
    from ingest.index.reader import Index

ASKED = "How does Tove Lund find mentors?"
TALK = """\
---
id: tove-talk
kind: interview
title: "Tove Lund inspects bridges"
url: http://www.example.org/tove/
published: 2018-09-09
language: en
people:
  - {name: Tove Lund, role: interviewee, position: Bridge inspector, aliases: [Lund]}
  - {name: Aage Birk, role: interviewer}
---

# Tove Lund inspects bridges

**Aage Birk:** How do you find mentors?

**Tove Lund:** I find my mentors among retired bridge inspectors, to whom I write short letters. I ask each mentor for one \
hour and never for a second one.
"""
DIGEST_ES = """\
---
id: tove-lund-digest-es
kind: digest
title: "Tove Lund: lecciones de los puentes"
person: Tove Lund-Berg
position: Inspectora de puentes
person_role: interviewee
url: https://example.org/tove
language: es
translation_of: tove-lund-digest
---

# Tove Lund: lecciones de los puentes

## ¿Cómo encuentra Tove Lund mentores?

Tove Lund encuentra mentores escribiendo cartas breves a inspectores de puentes jubilados.
"""
OTHERS = {name: FILES[name] for name in ("nora.md", "omar.md", "letters.md")}
DIGESTS = {"tove.md": DIGEST, "tove-es.md": DIGEST_ES}
SAME_QUESTIONS = (ASKED, "¿Cómo encuentra Tove Lund mentores?", "mentors among retired bridge inspectors")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Yield an index of others, of an invented interview, its digest and the digest's translation."""
    with open_index(ingest_texts(tmp_path_factory.mktemp("both"), {**OTHERS, **DIGESTS, "talk.md": TALK})) as index:
        yield index


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Yield the same without the interview."""
    with open_index(ingest_texts(tmp_path_factory.mktemp("digests"), {**OTHERS, **DIGESTS})) as index:
        yield index


def answered(text: str, index: Index) -> Answer:
    """Return the answer to a question."""
    *_, last = answer(Asked(text=text), Services(index=index, embedder=BilingualEmbedder(), model=None))
    assert isinstance(last, Done)
    return last.answer


def found(text: str, index: Index) -> set[str]:
    """Return the ids of the sources that hold what the search finds."""
    asked = question(text, language="en", asked_in="en")
    mentioned = find_mentions(text, index)
    return {one.stored.passage.source_id for one in retrieve(asked, index, BilingualEmbedder(), mentioned).candidates}


@pytest.mark.parametrize("asked", SAME_QUESTIONS)
def test_the_persons_own_words_win(asked: str, both: Index, digests: Index) -> None:
    """With the interview in the index neither the digest nor its translation is found, in no language; without it, both are."""
    assert found(asked, both) & {"tove-talk", *both.collapsed} == {"tove-talk"}
    assert {"tove-lund-digest", "tove-lund-digest-es"} <= found(asked, digests)


@pytest.mark.parametrize("asked", SAME_QUESTIONS[:2])
def test_one_person_is_one_voice(asked: str, both: Index, digests: Index) -> None:
    """An answer quotes the person and no summary, not even one in the asker's language; a digest adds nobody to the count."""
    shown = answered(asked, both)
    assert [citation.source.id for citation in shown.citations if citation.source.id.startswith("tove")] == ["tove-talk"]
    assert not any(rendition.source.digest_of for citation in shown.citations for rendition in citation.also_in)
    assert "Tove Lund" in shown.voices.names
    assert "Tove Lund-Berg" not in (*shown.voices.names, *both.people())
    assert "Tove Lund-Berg" in digests.people()
    assert any(citation.source.digest_of for citation in answered(asked, digests).citations)


def test_a_digest_belongs_to_the_family_of_its_original(both: Index, digests: Index) -> None:
    """Interview, digest and translation count as one; who is named by the digest alone is found in the interview."""
    assert both.collapsed == {"tove-lund-digest": "tove-talk", "tove-lund-digest-es": "tove-talk"}
    assert {both.family(source_id) for source_id in both.collapsed} == {"tove-talk"}
    assert both.families == digests.families
    assert (digests.collapsed, digests.silent()) == ({}, frozenset())
    assert "tove-talk" in find_mentions("What does Berg say?", both).source_ids


def test_status_says_what_is_not_quoted(both: Index, capsys: pytest.CaptureFixture[str]) -> None:
    """`ingest status` names the original beside each digest that gave way."""
    said = {source["id"]: source["summary_of"] for source in status_as_json(both)["sources"]}
    assert {source_id: original for source_id, original in said.items() if original} == dict(both.collapsed)
    json.dumps(status_as_json(both))
    print_status(both)
    assert capsys.readouterr().out.count("summary of tove-talk") == 2


class World:
    """A folder of texts and a home that follows it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "corpus", Home(folder / "home")
        self.folder.mkdir()

    def sync(self, **files: str) -> dict[str, str]:
        """Write files, bring the home in step, and return what gave way to what."""
        for name, text in files.items():
            (self.folder / f"{name}.md").write_text(text, encoding="utf-8")
        sync([self.folder], home=self.home, embedder=BilingualEmbedder(), stages=real_stages(None), report=Silent())
        with open_index(self.home) as index:
            assert index.silent() == frozenset(key for source_id in index.collapsed for key in index.keys(source_id))
            return dict(index.collapsed)


def test_removing_the_original_brings_the_digest_back(tmp_path: Path) -> None:
    """The order in which texts come and go does not matter; an original that could not be read takes nobody's place."""
    gone = {"tove-lund-digest": "tove-talk"}
    world = World(tmp_path)
    assert world.sync(tove=DIGEST) == {}
    assert world.sync(talk="---\nurl: https://example.org/tove\n---\n") == {}
    assert world.sync(talk=TALK) == gone
    remove(["tove-talk"], home=world.home)
    with open_index(world.home) as index:
        assert index.collapsed == {}
        assert found(ASKED, index) == {"tove-lund-digest"}
    (world.folder / "talk.md").unlink()
    assert world.sync() == {}
    assert world.sync(again=TALK) == gone
    assert world.sync(tove=DIGEST.replace("one hour", "half an hour")) == gone
