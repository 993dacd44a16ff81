"""A sync links what is one text, compares only what is new, and comes to the same in any order. All texts are invented."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from small_index import STAGES, CountingEmbedder, direction
from sync_world import World

from ingest.index.manifest import DATABASE
from ingest.index.reader import open_index
from ingest.index.rows import read_comparisons
from ingest.index.store import is_ours, open_store
from ingest.kinship import alike

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.embed.protocol import PassagesDone
    from ingest.kinship.profile import Profile
    from ingest.values import Alignment, Matrix, Source


class NumberEmbedder(CountingEmbedder):
    """Embeds by the numbers in a text: a language that all the invented ones share."""

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """See `Embedder.embed_passages`."""
        super().embed_passages(texts, progress=progress)
        common = direction("common")
        rows = [common + sum((direction(f"n{n}") for n in re.findall(r"\d+", text)), start=0 * common) for text in texts]
        return np.stack([row / np.linalg.norm(row) for row in rows])


def talk(words: str, numbers: Sequence[int]) -> str:
    """Return lines of an invented interview, a sentence for each number."""
    return "".join(
        f"Q{numbers[n]}?|" + " ".join(f"{words} {k}." for k in numbers[n : n + 4]) + "\n" for n in range(0, len(numbers), 4)
    )


TWENTY, OTHER = list(range(100, 120)), list(range(119, 99, -1))
EN = f"Nora en\n{talk('I counted the masts of our ships and found', TWENTY)}"
DE = f"Hanna de\n{talk('Ich zählte die Masten unserer Schiffe und fand', TWENTY)}"
ES = f"Elena es\n{talk('Conté los mástiles de nuestros barcos y hallé', TWENTY)}"
OTHER_DE = f"Jutta de\n{talk('Wir wogen die Fässer im Hafen und kamen auf', OTHER)}"
COPY = f"Norah en\n{talk('I counted the masts of our ships and found', [*TWENTY[:-1], 7])}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a world whose sync compares documents, by numbers."""
    made = World(tmp_path)
    made.embedder = NumberEmbedder()
    made.stages = replace(STAGES, compare=alike.compare, align=alike.align)
    return made


def sources(world: World) -> dict[str, Source]:
    """Return the sources of the served index by id."""
    with open_index(world.home) as index:
        return {source.id: source for source in index.sources()}


def compared(world: World) -> dict[tuple[str, str], float]:
    """Return what the served index holds of comparisons."""
    current = world.home.current()
    assert current is not None
    path = world.home.folder(current) / DATABASE
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return read_comparisons(connection)


def aligned(world: World, one: str, other: str) -> list[Alignment]:
    """Return the alignments of two sources."""
    with open_index(world.home) as index:
        return [alignment for alignment in index.alignments(one) if alignment.other_id == other]


def test_a_translation_that_names_nothing_is_linked(world: World) -> None:
    """Two texts that say the same in order are original and translation, sentence by sentence; a third one is not theirs."""
    for name, text in (("a.txt", EN), ("b.txt", DE), ("c.txt", OTHER_DE)):
        world.write(name, text)
    world.sync()
    found = sources(world)
    assert {source.id: source.translation_of for source in found.values()} == {
        "nora-en": None,
        "hanna-de": "nora-en",
        "jutta-de": None,
    }
    questions = len(TWENTY) // 4
    assert len(aligned(world, "nora-en", "hanna-de")) == len(TWENTY) + questions
    assert aligned(world, "nora-en", "jutta-de") == []


def test_a_copy_is_linked_and_aligned(world: World) -> None:
    """The same text from another file is a copy; its sentences stand for the first one's, and for its translation's."""
    for name, text in (("a.txt", EN), ("b.txt", COPY), ("c.txt", DE)):
        world.write(name, text)
    world.sync()
    found = sources(world)
    assert (found["norah-en"].copy_of, found["norah-en"].translation_of) == ("nora-en", None)
    assert (found["nora-en"].copy_of, found["hanna-de"].translation_of) == (None, "nora-en")
    assert len(aligned(world, "norah-en", "nora-en")) >= len(TWENTY) - 2
    assert len(aligned(world, "norah-en", "hanna-de")) >= len(TWENTY) - 2
    with open_index(world.home) as index:
        assert {index.family(source_id) for source_id in found} == {"nora-en"}
        assert index.families == 1


def test_only_what_is_new_is_compared(world: World) -> None:
    """Another text is compared with those that were there; a sync without changes, or of another text alone, compares none."""
    seen: list[set[str]] = []

    def compare(one: Profile, other: Profile) -> float:
        seen.append({one.source_id, other.source_id})
        return alike.compare(one, other)

    world.stages = replace(world.stages, compare=compare)
    world.write("a.txt", EN)
    world.write("b.txt", DE)
    world.sync()
    assert seen == [{"nora-en", "hanna-de"}]
    world.write("c.txt", ES)
    world.sync()
    assert seen[1:] == [{"hanna-de", "elena-es"}, {"nora-en", "elena-es"}]
    world.sync()
    assert len(seen) == 3
    world.write("a.txt", EN.replace("masts", "many masts"))
    world.sync()
    assert all("nora-en" in pair for pair in seen[3:])
    assert len(seen) == 5


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    """Whether texts come at once or one by one, in whatever order, the same ones are linked by the same comparisons."""
    texts = {"a.txt": EN, "b.txt": DE, "c.txt": ES, "d.txt": COPY, "e.txt": OTHER_DE}
    results = []
    for number, order in enumerate([None, *list(permutations(texts))[::29]]):
        folder = tmp_path / str(number)
        folder.mkdir()
        world = World(folder)
        world.embedder = NumberEmbedder()
        world.stages = replace(STAGES, compare=alike.compare, align=alike.align)
        for name in order or texts:
            world.write(name, texts[name])
            if order:
                world.sync()
        world.sync()
        links = {source.id: (source.translation_of, source.copy_of) for source in sources(world).values()}
        results.append((links, compared(world), aligned(world, "nora-en", "hanna-de")))
    assert all(result == results[0] for result in results)
    assert results[0][0]["elena-es"] == ("nora-en", None)


def test_a_link_goes_with_what_it_rests_on(world: World) -> None:
    """A text that says something else by now, or whose original is removed, is linked no more, and aligned with nothing."""
    original = world.write("a.txt", EN)
    world.write("b.txt", DE)
    world.sync()
    original.write_text(f"Nora en\n{talk('We sold our ships and got', OTHER)}", encoding="utf-8")
    world.sync()
    assert sources(world)["hanna-de"].translation_of is None
    assert aligned(world, "hanna-de", "nora-en") == []
    original.write_text(EN, encoding="utf-8")
    world.sync()
    assert sources(world)["hanna-de"].translation_of == "nora-en"
    original.unlink()
    world.sync()
    assert sources(world)["hanna-de"].translation_of is None


def test_metadata_goes_before_likeness(world: World) -> None:
    """A text that names its original keeps it, however alike another one is; that one joins the family."""
    world.write("a.txt", EN)
    world.write("b.txt", DE.replace("Hanna de", "Hanna de elena-es"))
    world.write("c.txt", ES)
    world.sync()
    found = sources(world)
    assert found["hanna-de"].translation_of == "elena-es"
    assert found["nora-en"].translation_of == "elena-es"
    assert found["elena-es"].translation_of is None


def test_an_index_of_an_earlier_version_gets_what_it_lacks(tmp_path: Path) -> None:
    """A database from before documents were compared is ours and gets the tables; one with a table more is not ours."""
    earlier = open_store(tmp_path / "earlier.sqlite")
    earlier.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "earlier.sqlite")) as connection:
        assert is_ours(declared(connection))
        connection.executescript("DROP TABLE comparisons; DROP TABLE profiles; DROP TABLE second_vectors")
        assert is_ours(declared(connection))
        connection.execute("CREATE TABLE more (name TEXT)")
        assert not is_ours(declared(connection))
        connection.executescript("DROP TABLE more; DROP TABLE sentences")
        assert not is_ours(declared(connection))
    later = open_store(tmp_path / "later.sqlite", tmp_path / "earlier.sqlite")
    assert {("table", "comparisons"), ("index", "comparisons_by_other")} <= {entry[:2] for entry in declared(later.connection)}
    later.close()


def declared(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return what a database declares."""
    return connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL").fetchall()
