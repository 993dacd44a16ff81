"""The reader: queries, what it refuses to open, and what it serves instead."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_index import ADA, ADA_ZH, BO, FACTS, build, direction, interview

from ingest import lexical
from ingest.errors import IndexDamagedError, IndexMismatchError, NoIndexError
from ingest.home import Home
from ingest.index.generation import draft, find_base
from ingest.index.manifest import FileFacts
from ingest.index.reader import Index, open_index
from ingest.values import Alignment, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Yield an open index over three invented interviews."""
    home = Home(tmp_path_factory.mktemp("home"))
    build(home, [ADA, BO, ADA_ZH])
    with open_index(home.path, fingerprint=FACTS.fingerprint) as opened:
        yield opened


def text_of(index: Index, key: int) -> str:
    """Return the words of a passage."""
    passage = index.passage(key).passage
    return passage.span.of(index.document(passage.source_id).text)


def test_every_passage_is_found_by_its_own_vector_and_words(index: Index) -> None:
    """Every passage is found by its own vector and words."""
    for key in index.keys():  # noqa: SIM118 (not a dictionary)
        best, score = index.dense(index.passage(key).vector, 1)[0]
        assert best == key
        assert score == pytest.approx(1.0, abs=1e-3)
        assert index.lexical(text_of(index, key), 1)[0][0] == key


def test_values_survive_storage(index: Index) -> None:
    """Values survive storage."""
    for ingested in (ADA, BO, ADA_ZH):
        assert index.source(ingested.source.id) == ingested.source
        assert index.document(ingested.source.id) == ingested.document
        assert index.segments(ingested.source.id) == ingested.segments
        stored = index.passages(index.keys(ingested.source.id))
        assert tuple(one.passage for one in stored) == ingested.passages
    assert {source.id for source in index.sources()} == {"ada-quill-en", "ada-quill-zh", "bo-fern-en"}
    assert index.people() == ("Ada Quill", "Bo Fern")


def test_sentence_vectors_stand_one_a_sentence(index: Index) -> None:
    """Sentence vectors stand one a sentence."""
    for stored in index.passages(index.keys()):
        text = index.document(stored.passage.source_id).text
        expected = np.stack([direction(sentence.span.of(text)) for sentence in stored.passage.sentences])
        assert stored.sentence_vectors == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("query", "speaker_text"),
    [
        ("cafe", "café"),
        ("C++", "C++"),
        ("COMPILER", "compiler"),
        ("玩具", "玩具"),
        ("degrees", "diploma"),
        ("ＣＯＭＰＩＬＥＲ", "compiler"),
    ],
)
def test_words_are_found_in_text_and_question_whatever_their_form(index: Index, query: str, speaker_text: str) -> None:
    """Words are found in text and question whatever their form."""
    best, score = index.lexical(query, 3)[0]
    assert speaker_text in text_of(index, best)
    assert score > 0


def test_scores_of_given_keys_equal_those_of_a_search(index: Index) -> None:
    """Scores of given keys equal those of a search."""
    vector = direction("how do robots begin")
    assert index.dense_scores(vector, index.keys()) == pytest.approx(dict(index.dense(vector, 99)), abs=1e-5)
    assert index.dense_scores(vector, [12345]) == {}


def test_frequency_and_coverage_count_passages(index: Index) -> None:
    """Frequency and coverage count passages."""
    assert index.frequency("cafe") == index.frequency("café") == 1
    assert index.frequency("invented") == 4
    assert index.frequency("zeppelin") == index.frequency("") == 0
    assert index.lexical_coverage(["café", "zeppelin"]) == 0.5
    assert index.lexical_coverage([]) == 0.0


def test_asking_for_nothing_gives_nothing(index: Index) -> None:
    """Asking for nothing gives nothing."""
    assert index.dense(direction("robots"), 0) == []
    assert index.lexical("?!", 5) == []
    assert index.lexical("robots", 0) == []
    with pytest.raises(KeyError):
        index.passage(1)
    with pytest.raises(KeyError):
        index.source("nobody")
    with pytest.raises(KeyError):
        index.document("nobody")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet='"*^:()-+{}#NEAR OR AND NOT\x00\ud800 自我a', max_size=60),
        st.characters(codec=None).map(lambda character: character * 3),
    )
)
def test_no_query_is_a_syntax_error(index: Index, query: str) -> None:
    """No query is a syntax error."""
    assert all(score > 0 for _, score in index.lexical(query, 5))
    assert all(index.frequency(term) >= 0 for term in [query, *lexical.terms(query)])


def test_a_very_long_query_is_answered(index: Index) -> None:
    """A very long query is answered."""
    assert index.lexical("compiler " + " ".join(f"word{number}" for number in range(5000)), 3)


def test_many_threads_read_at_once(index: Index) -> None:
    """Many threads read at once."""
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for key in index.keys() * 20:
                assert index.lexical(text_of(index, key), 1)[0][0] == key
                assert index.dense(index.passage(key).vector, 1)[0][0] == key
        except BaseException as error:  # noqa: BLE001 (reported by the main thread)
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_alignments_are_seen_from_both_sides(tmp_path: Path) -> None:
    """Alignments are seen from both sides."""
    home = Home(tmp_path)
    build(home, [ADA, ADA_ZH])
    there, here = ADA.passages[0].span, ADA_ZH.passages[0].span
    pair = Alignment(source_id="ada-quill-zh", span=here, other_id="ada-quill-en", other_span=there)
    with home.lock(), draft(home, find_base(home)) as work:
        work.store.replace_alignments("ada-quill-zh", "ada-quill-en", [pair])
        work.publish(FACTS, "1")
    with open_index(home) as index:
        assert index.alignments("ada-quill-zh") == (pair,)
        turned = Alignment(source_id="ada-quill-en", span=there, other_id="ada-quill-zh", other_span=here)
        assert index.alignments("ada-quill-en") == (turned,)


def test_starts_are_those_of_the_passages(index: Index) -> None:
    """Where passages start is known without reading them."""
    stored = index.passages(index.keys("ada-quill-en"))
    assert index.starts("ada-quill-en") == tuple((one.passage.span.start, one.key) for one in stored)
    assert index.starts("nobody") == ()


def test_samples_hold_vectors_of_each_language(index: Index) -> None:
    """A sample of a language holds so many of its passages, or all of them, and is the same every time."""
    samples = index.samples(2)
    assert {language: sample.languages for language, sample in samples.items()} == {"en": ("en", "en"), "zh": ("zh",)}
    assert index.samples(2) is samples
    assert len(index.samples(99)["en"].vectors) == 3


def test_no_index_says_how_to_make_one(tmp_path: Path) -> None:
    """No index says how to make one."""
    with pytest.raises(NoIndexError, match="ingest sync PATH"):
        open_index(tmp_path)


def test_another_embedder_is_refused_naming_both(tmp_path: Path) -> None:
    """Another embedder is refused naming both."""
    build(Home(tmp_path), [ADA])
    with pytest.raises(IndexMismatchError, match=r"word-hash \(hash-48\).*other-1.*ingest reembed"):
        open_index(tmp_path, fingerprint="other-1")


@pytest.mark.parametrize("name", ["index.sqlite", "vectors.faiss", "manifest.json"])
@pytest.mark.parametrize("harm", ["flip", "truncate", "delete"])
def test_a_damaged_file_is_named_and_the_previous_generation_served(tmp_path: Path, name: str, harm: str) -> None:
    """A damaged file is named and the previous generation served."""
    home = Home(tmp_path)
    build(home, [ADA])
    newest = build(home, [BO])
    damage(home.folder(newest.generation) / name, harm)
    with open_index(tmp_path) as index:
        assert [source.id for source in index.sources()] == ["ada-quill-en"]
        assert index.warning is not None
        assert name in index.warning


def test_damage_without_a_previous_generation_is_an_error(tmp_path: Path) -> None:
    """Damage without a previous generation is an error."""
    home = Home(tmp_path)
    only = build(home, [ADA])
    damage(home.folder(only.generation) / "vectors.faiss", "flip")
    with pytest.raises(IndexDamagedError, match=r"vectors\.faiss.*ingest sync --rebuild"):
        open_index(tmp_path)


def test_two_damaged_generations_are_an_error(tmp_path: Path) -> None:
    """Two damaged generations are an error."""
    home = Home(tmp_path)
    for ingested in (ADA, BO):
        damage(home.folder(build(home, [ingested]).generation) / "manifest.json", "keep")
    for generation in home.published():
        damage(home.folder(generation) / "index.sqlite", "truncate")
    with pytest.raises(IndexDamagedError, match=r"index\.sqlite"):
        open_index(tmp_path)


def test_a_pointer_to_nowhere_serves_the_newest_generation(tmp_path: Path) -> None:
    """A pointer to nowhere serves the newest generation."""
    home = Home(tmp_path)
    build(home, [ADA])
    home.pointer.write_bytes(b"\xff../../etc\n")
    with open_index(tmp_path) as index:
        assert index.warning is not None
        assert index.people() == ("Ada Quill",)


def test_another_format_is_a_mismatch(tmp_path: Path) -> None:
    """Another format is a mismatch."""
    home = Home(tmp_path)
    manifest = build(home, [ADA])
    replace(manifest, format=99).write(home.folder(manifest.generation))
    with pytest.raises(IndexMismatchError, match="format 99"):
        open_index(tmp_path)


def test_an_open_index_is_not_collected_before_it_is_closed(tmp_path: Path) -> None:
    """However many generations follow, the one a living reader has open stays on disk; the next writer takes it away."""
    home = Home(tmp_path)
    build(home, [ADA])
    with open_index(home) as index:
        for number in range(3):
            build(home, [interview(f"Guest {number}", [("Why?", "Because of reasons.")])])
        assert len(home.published()) == 3
        assert index.manifest.generation in home.published()
        seen: list[int] = []
        thread = threading.Thread(target=lambda: seen.extend(key for key, _ in index.lexical("robots", 3)))
        thread.start()
        thread.join()
        assert seen
        assert Span(0, 3).of(index.document("ada-quill-en").text) == "How"
    build(home, [interview("Guest 4", [("Why?", "For the fourth reason.")])])
    assert index.manifest.generation not in home.published()
    assert len(home.published()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted")
def test_what_must_go_goes_even_while_it_is_read(tmp_path: Path) -> None:
    """Deleting for privacy does not wait for readers, who keep what they have open."""
    home = Home(tmp_path)
    build(home, [ADA])
    with open_index(home) as index:
        manifest = build(home, [interview("Guest", [("Why?", "Because of reasons.")])])
        home.collect(manifest.generation, read=True)
        assert home.published() == (manifest.generation,)
        assert index.lexical("robots", 3)


def test_readers_never_fail_while_generations_are_published(tmp_path: Path) -> None:
    """Opening and querying all the while, every answer comes from one whole generation and none warns."""
    home = Home(tmp_path)
    build(home, [ADA])
    failures: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                with open_index(home) as index:
                    keys = {key for key, _ in index.dense(direction("robots"), 99)}
                    if keys != set(index.keys()) or index.warning:
                        failures.append(f"{index.manifest.generation}: {index.warning}")
            except Exception as error:  # noqa: BLE001 (reported by the main thread)
                failures.append(repr(error))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(8):
        build(home, [interview(f"Guest {number}", [("Why?", f"For reason {number}.")])])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_file_that_passes_its_checksum_but_cannot_be_read_is_damage(tmp_path: Path) -> None:
    """A file that passes its checksum but cannot be read is damage."""
    home = Home(tmp_path)
    manifest = build(home, [ADA])
    folder = home.folder(manifest.generation)
    (folder / "vectors.faiss").write_bytes(b"not a vector index")
    files = {**manifest.files, "vectors.faiss": FileFacts.of(folder / "vectors.faiss")}
    replace(manifest, files=files).write(folder)
    with pytest.raises(IndexDamagedError, match="cannot be opened"):
        open_index(home)


def damage(path: Path, harm: str) -> None:
    """Flip a bit in the middle of a file, cut it in half, delete it, or leave it alone."""
    content = bytearray(path.read_bytes())
    if harm == "delete":
        path.unlink()
    elif harm == "truncate":
        path.write_bytes(content[: len(content) // 2])
    elif harm == "flip":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
