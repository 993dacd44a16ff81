"""An interview that was ingested twice, from two sites, fills the evidence once. All texts are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invented_corpus import FILES, BilingualEmbedder, ingest_texts
from invented_values import question

from bot.again import says_again
from bot.answer import Asked, Services, answer
from bot.events import Done
from bot.evidence import select
from bot.people import find_mentions
from bot.retrieve import retrieve
from ingest.index.reader import open_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.values import Answer, Evidence
    from ingest.index.reader import Index

NORA, OTHER_SITE = "nora.md", "other-site.md"
ASKED = ("What hardware do you use at home?", "How did you become a robotics engineer?", "Which language should I learn first?")


def as_saved_elsewhere(text: str) -> str:
    """Return an interview as another site would have it: no id, another address, another title, small changes of the words."""
    changed = text.replace("id: nora-vale\n", "").replace("example.org/nora", "example.com/reprint").replace("“", '"')
    for old, new in ((" on robot arms", ", robot builder"), ("two cheap", "2 cheap"), ("first, and then", "first and then")):
        changed = changed.replace(old, new)
    return changed


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Yield an index of the invented corpus that holds one interview twice."""
    files = {**FILES, OTHER_SITE: as_saved_elsewhere(FILES[NORA])}
    with open_index(ingest_texts(tmp_path_factory.mktemp("twice"), files)) as index:
        yield index


def chosen(text: str, index: Index) -> Sequence[Evidence]:
    """Return the evidence for a question."""
    asked = question(text, language="en", asked_in="en")
    return select(asked, retrieve(asked, index, BilingualEmbedder(), find_mentions(text, index)), index, limit=10)


def answered(text: str, index: Index) -> Answer:
    """Return the answer to a question."""
    *_, last = answer(Asked(text=text), Services(index=index, embedder=BilingualEmbedder(), model=None))
    assert isinstance(last, Done)
    return last.answer


def test_the_second_one_is_a_copy(twice: Index) -> None:
    """The index knows that both are one text, and which sentence is which."""
    copies = [source for source in twice.sources() if source.copy_of]
    assert [source.copy_of for source in copies] == ["nora-vale"]
    assert {alignment.other_id for alignment in twice.alignments(copies[0].id)} >= {"nora-vale"}


@pytest.mark.parametrize("asked", ASKED)
def test_evidence_holds_an_idea_once(asked: str, twice: Index, index: Index) -> None:
    """With the copy in the index no two quotes say the same, and as many different ones are found as without it."""
    evidence = chosen(asked, twice)
    assert not any(says_again(one.passage, [other.passage], twice) for n, one in enumerate(evidence) for other in evidence[:n])
    assert {item.passage.question for item in chosen(asked, index)} <= {item.passage.question for item in evidence}


def test_the_copy_stands_beside_the_quote(twice: Index) -> None:
    """An answer cites the original and names the other places where the idea stands; each idea and each voice counts once."""
    found = answered(ASKED[1], twice)
    copy = next(source.id for source in twice.sources() if source.copy_of)
    nora = [citation for citation in found.citations if twice.family(citation.source.id) == "nora-vale"]
    assert {citation.source.id for citation in nora} == {"nora-vale"}
    assert all({rendition.source.id for rendition in citation.also_in} == {copy, "nora-vale-zh"} for citation in nora)
    assert len({citation.span for citation in nora}) == len(nora)
    assert len(found.voices.names) == len(set(found.voices.names))


def test_other_passages_are_not_said_again(twice: Index) -> None:
    """A passage says nothing again of itself, of a translation, or of another interview."""
    passages = [stored.passage for stored in twice.passages(twice.keys())]
    nora = [passage for passage in passages if passage.source_id == "nora-vale"]
    others = [passage for passage in passages if passage.language != "en" or twice.family(passage.source_id) != "nora-vale"]
    assert nora
    assert others
    assert not any(says_again(passage, nora, twice) for passage in (*nora, *others))
