"""The bench: a clock that counts work, samples that stay the same, an index and answers through the product's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.evaluation.bench import Bench, CountedPace, Options, may_read_shots
from bot.pace import Clock
from bot.settings import BotSettings
from bot.values import Status
from ingest.embed import HashEmbedder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = """---
title: "Interview with Runa Vik"
language: en
---

**Interviewer:** How did you learn to weld?

**Runa Vik:** I learned welding from my aunt in a shipyard near Bergen. She let me ruin forty plates first.
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Return a bench over invented texts, with the embedder that needs no weights and no language model."""
    made = Bench(Options(data=tmp_path), BotSettings(llm="none", models=tmp_path / "models"))
    made.__dict__["embedder"] = HashEmbedder()
    yield made
    made.close()


def test_time_passes_only_when_the_model_works() -> None:
    """A clock with a counted pace stands still while the machine is busy, and moves by what a call usually takes."""
    pace = CountedPace()
    clock = Clock(pace)
    assert clock.milliseconds() == 0
    with pace.timed("judge"):
        assert clock.milliseconds() == 0
    assert clock.milliseconds() == round(1000 * pace.expected("judge"))
    assert pace.expected("judge") == CountedPace().expected("judge")


def test_models_that_are_shown_shots() -> None:
    """Base models are, and so may be what stands in a file; models that know turns and servers are not."""
    shown = {
        llm: may_read_shots(BotSettings(llm=llm)) for llm in ("qwen", "smollm2", "gemma", "/a/model.gguf", "http://a.example")
    }
    assert [llm for llm, may in shown.items() if may] == ["gemma", "/a/model.gguf"]


def test_an_answer_comes_through_the_products_own_code(bench: Bench, tmp_path: Path) -> None:
    """A file is indexed and asked; the quote is the guest's, not the interviewer's."""
    (tmp_path / "runa.md").write_text(PAGE, encoding="utf-8")
    services = bench.services(bench.index("runa", tmp_path / "runa.md"))
    found = bench.ask("How did Runa Vik learn welding?", services)
    assert found.status is Status.ANSWERED
    assert "shipyard" in found.citations[0].quote
    assert found.timings.total == 0


def test_temporary_folders_go_with_the_bench(bench: Bench) -> None:
    """Nothing is left behind."""
    folder = bench.folder("somewhere")
    assert folder.is_dir()
    bench.close()
    assert not folder.exists()


@pytest.mark.parametrize(("limit", "size"), [(None, 5), (3, 3), (0, 50), (80, 50)])
def test_a_sample_is_the_same_every_time(tmp_path: Path, limit: int | None, size: int) -> None:
    """`--limit` decides, else what is usual; the cases keep their order."""
    bench = Bench(Options(data=tmp_path, limit=limit), BotSettings(llm="none"))
    first = bench.sample(range(50), 5, seed="a")
    assert len(first) == size
    assert first == sorted(first) == bench.sample(range(50), 5, seed="a")
