"""The 4-bit file, the character map and the tokenizer made of it: written by hand here, in miniature, and read back."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import PIECES, four_bit_file, pack
from tokenizers import normalizers

from ingest.embed.charsmap import precompiled_charsmap
from ingest.embed.folder import build_tokenizer
from ingest.embed.quantised import QuantisedFile, dequantise
from ingest.embed.tokens import LibraryTokens, UnigramTokens, load_pieces, open_tokens, save_pieces
from ingest.errors import ModelMissingError

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = st.text(alphabet="abcdeéfi ﬁ½　\u200bxyz中文", max_size=30)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LibraryTokens:
    r"""Return the miniature\'s tokenizer as the library reads it."""
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    build_tokenizer(PIECES).save(str(path))
    return LibraryTokens(path)


def test_a_block_is_a_scale_and_32_halves_of_bytes() -> None:
    """Weight i is the low half of byte i, weight i + 16 the high half, each minus eight, times the scale."""
    weights = np.arange(32, dtype=np.float32) % 16 - 8
    weights[:16] = -weights[:16] - 1
    assert (
        dequantise(np.frombuffer(pack(weights * 0.5, scale=0.5), np.uint8).reshape(1, 18)).tolist() == (weights * 0.5).tolist()
    )


def test_a_file_gives_back_its_parts(tmp_path: Path) -> None:
    """Sizes, pieces, normaliser and tensors survive."""
    source = QuantisedFile(four_bit_file(tmp_path / "mini.bin"))
    assert (source.shape.hidden, source.shape.layers, source.shape.vocabulary) == (32, 2, len(PIECES.texts))
    assert source.shape.epsilon == pytest.approx(1e-12)
    assert list(source.pieces.texts) == list(PIECES.texts)
    assert source.pieces.scores == pytest.approx(PIECES.scores)
    assert source.pieces.normalised == PIECES.normalised
    assert source.tensor("emb.word").shape == (len(PIECES.texts) * 32,)
    assert source.tensor("emb.ln.w").tolist() == [1.0] * 32


def test_an_unknown_tensor_is_an_error(tmp_path: Path) -> None:
    """The name is in the message."""
    with pytest.raises(ModelMissingError, match=r"no tensor 'l9\.q\.w'"):
        QuantisedFile(four_bit_file(tmp_path / "mini.bin")).tensor("l9.q.w")


@pytest.mark.parametrize("keep", [20, 60, 400, -40])
def test_a_file_cut_short_is_damaged(tmp_path: Path, keep: int) -> None:
    """Wherever the cut falls."""
    path = four_bit_file(tmp_path / "mini.bin")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ModelMissingError, match="damaged"):
        QuantisedFile(path)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    """So is one with blocks of another size."""
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelMissingError, match="not a 4-bit E5 model file"):
        QuantisedFile(path)
    path.write_bytes(struct.pack("<4sI7ifi", b"E5S1", 1, 32, 2, 4, 64, 9, 16, 2, 1e-12, 64))
    with pytest.raises(ModelMissingError, match="blocks of 64"):
        QuantisedFile(path)


@given(st.dictionaries(st.characters(min_codepoint=1, exclude_categories=["Cs"]), st.text("abc é中", max_size=3), max_size=60))
def test_the_library_reads_the_map_that_we_write(replacements: dict[str, str]) -> None:
    """Every key alone becomes its value; other characters stay."""
    normaliser = normalizers.Precompiled(precompiled_charsmap(replacements))
    for key, value in replacements.items():
        assert normaliser.normalize_str(key) == value
    other = next(
        letter for letter in "qrstuvwxyzQRSTUVWXYZ0123456789!?.,;:-_()[]{}<>@#%&*+=/ABCDEFGHIJKL" if letter not in replacements
    )
    assert normaliser.normalize_str(other) == other


def test_the_map_cannot_hold_zero() -> None:
    """Its texts end at zero bytes."""
    with pytest.raises(ValueError, match=r"U\+0000"):
        precompiled_charsmap({"a": "\0"})


def test_the_likeliest_cut_wins(library: LibraryTokens) -> None:
    """Whole words before pieces, pieces before letters, runs of unknown characters as one, marks of begin and end around."""
    names = {text: index for index, text in enumerate(PIECES.texts)}
    tokens = UnigramTokens(PIECES)
    expected = [0, names["▁abc"], names["▁"], names["de"], names["d"], 2]
    assert tokens.encode(["abc ded"]) == [expected]
    assert tokens.encode(["ZZZ"]) == library.encode(["ZZZ"]) == [[0, names["▁"], 3, 2]]


@given(LETTERS)
def test_the_table_and_the_library_agree(text: str) -> None:
    """On any text of known, unknown, composed and replaced characters."""
    tokenizer = build_tokenizer(PIECES)
    assert UnigramTokens(PIECES).encode([text])[0] == tokenizer.encode(text).ids


def test_decomposed_letters_are_composed_first(library: LibraryTokens) -> None:
    """NFC comes before the map, which knows single characters only."""
    assert library.encode(["e\u0301"]) == library.encode(["é"]) == UnigramTokens(PIECES).encode(["e\u0301"])


def test_words_are_cut_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time a word comes from memory; past the limit words are cut anew, with the same result."""
    monkeypatch.setattr("ingest.embed.tokens._WORDS_KEPT", 1)
    tokens = UnigramTokens(PIECES)
    assert tokens.encode(["abc de"]) == tokens.encode(["abc de"])
    assert len(tokens._words) == 1


def test_saved_pieces_come_back(tmp_path: Path) -> None:
    """The fast form loses nothing."""
    save_pieces(PIECES, tmp_path / "unigram")
    loaded = load_pieces(tmp_path / "unigram")
    assert list(loaded.texts) == list(PIECES.texts)
    assert list(loaded.scores) == list(PIECES.scores)
    assert loaded.normalised == PIECES.normalised
    assert isinstance(open_tokens(tmp_path), UnigramTokens)


def test_without_the_fast_form_the_library_reads_the_folder(tmp_path: Path) -> None:
    """Any other model's folder has a tokenizer.json only."""
    build_tokenizer(PIECES).save(str(tmp_path / "tokenizer.json"))
    assert isinstance(open_tokens(tmp_path), LibraryTokens)
