"""The drill of docs/operations.md over the evaluation texts: a restored backup answers as the home that it was taken of."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.answer import Asked, Services, answer
from bot.evaluation.bench import CountedPace
from bot.evaluation.data import read_lines
from bot.events import Done, Refused
from bot.render.payload import to_payload
from bot.settings import BotSettings
from bot.wiring import build_model
from ingest.backup import export_home, import_home
from ingest.embed import open_embedder
from ingest.embed.hashing import HashEmbedder
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.settings import default_registry
from ingest.stages import real_stages
from ingest.sync import sync
from ingest.weights import models_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.llm import LanguageModel
    from ingest.embed import Embedder

pytestmark = pytest.mark.shared
WITH_THE_MODEL = 2
"""Questions that the language model answers too: each takes seconds, twice."""


def questions(shared: Path) -> list[str]:
    """Return the questions over the seed documents."""
    found = [str(line["question"]) for line in read_lines(shared / "eval" / "seed_questions.jsonl")]
    assert len(found) == 36
    return found


def restored(folder: Path, shared: Path, embedder: Embedder) -> tuple[Home, Home]:
    """Index the seed documents in one home, back it up, and restore that in another; return both."""
    home, other = Home(folder / "home"), Home(folder / "elsewhere" / "home")
    sync([shared / "seeds"], home=home, embedder=embedder, stages=real_stages(default_registry()), report=Silent())
    import_home(other, export_home(home, folder / "careerbot.backup").path)
    return home, other


def answers(home: Home, embedder: Embedder, model: LanguageModel | None, asked: Sequence[str]) -> list[dict[str, Any]]:
    """Return what the home answers, but for times and the name of the generation."""
    found = []
    with open_index(home, fingerprint=embedder.fingerprint) as index:
        services = Services(index=index, embedder=embedder, model=model)
        for text in asked:
            *_, last = answer(Asked(text=text), replace(services, pace=CountedPace()))
            assert isinstance(last, Done | Refused)
            payload = to_payload(last.answer)
            del payload["timings_ms"], payload["index"]["generation"]
            found.append(payload)
    return found


def assert_alike(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> None:
    """Hold each answer, and the bytes of its citations, against the one before the restore."""
    for old, new in zip(before, after, strict=True):
        assert _bytes(new["citations"]) == _bytes(old["citations"])
        assert new == old
    assert any(payload["citations"] for payload in before)


def _bytes(citations: object) -> bytes:
    return json.dumps(citations, ensure_ascii=False).encode()


def test_every_question_is_answered_alike(shared: Path, tmp_path: Path) -> None:
    """All questions over the seeds, with an embedder made of hashes and exact quotes."""
    embedder = HashEmbedder()
    home, other = restored(tmp_path, shared, embedder)
    asked = questions(shared)
    assert_alike(answers(home, embedder, None, asked), answers(other, embedder, None, asked))


@pytest.mark.models
def test_every_question_is_answered_alike_with_the_bundled_models(shared: Path, tmp_path: Path) -> None:
    """All questions with the bundled embedder and exact quotes, and some of them with the language model."""
    settings = BotSettings(llm="qwen")
    embedder = open_embedder(settings.embedder, models_dir=models_dir(settings.models))
    home, other = restored(tmp_path, shared, embedder)
    asked = questions(shared)
    assert_alike(answers(home, embedder, None, asked), answers(other, embedder, None, asked))
    model = build_model(settings, models_dir(settings.models))
    some = asked[:: len(asked) // WITH_THE_MODEL]
    assert_alike(answers(home, embedder, model, some), answers(other, embedder, model, some))
    assert model is not None
    model.close()
