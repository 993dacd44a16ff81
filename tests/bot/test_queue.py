"""One generation at a time, and a queue with an end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from patience import PATIENCE
from scripted import ScriptedModel

from bot.errors import CancelledError, ModelBusyError
from bot.llm import Cancellation, Prompt
from bot.llm.queue import OneAtATime

PROMPT = Prompt(fixed=(), asked="x")


class Slow:
    """A model that works until it is let go, and counts how many calls are inside at once."""

    def __init__(self) -> None:
        self.entered, self.release = threading.Event(), threading.Event()
        self.inside = self.most = 0

    def __call__(self, _: Prompt) -> str:
        """Work."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.entered.set()
        self.release.wait(PATIENCE)
        self.inside -= 1
        return "done"


def test_calls_run_one_after_the_other() -> None:
    """However many ask, one is served at a time, and all are served."""
    work = Slow()
    model = OneAtATime(ScriptedModel(work))
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(model.write, PROMPT, max_tokens=1, cancellation=Cancellation()) for _ in range(4)]
        work.entered.wait(PATIENCE)
        work.release.set()
        assert [call.result(PATIENCE) for call in waiting] == ["done"] * 4
    assert work.most == 1


def test_a_full_queue_refuses_at_once() -> None:
    """When the places are taken the next caller is told so, and not kept."""
    work = Slow()
    model = OneAtATime(ScriptedModel(work, yes=lambda _: 0.5), waiting=0)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(model.write, PROMPT, max_tokens=1, cancellation=Cancellation())
        work.entered.wait(PATIENCE)
        with pytest.raises(ModelBusyError, match="ask again"):
            model.yes_probability(PROMPT, cancellation=Cancellation())
        work.release.set()
        assert running.result(PATIENCE) == "done"
    assert model.yes_probability(PROMPT, cancellation=Cancellation()) == 0.5


def test_who_waits_can_be_cancelled() -> None:
    """A caller that is still waiting leaves when it is cancelled, and gives its place back."""
    work, cancellation = Slow(), Cancellation()
    model = OneAtATime(ScriptedModel(work), waiting=1)
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(model.write, PROMPT, max_tokens=1, cancellation=Cancellation())
        work.entered.wait(PATIENCE)
        waiting = pool.submit(model.write, PROMPT, max_tokens=1, cancellation=cancellation)
        cancellation.cancel()
        with pytest.raises(CancelledError):
            waiting.result(PATIENCE)
        work.release.set()
        assert running.result(PATIENCE) == "done"
    assert model.write(PROMPT, max_tokens=1, cancellation=Cancellation()) == "done"


def test_a_failure_frees_the_place() -> None:
    """A call that fails does not block the next one."""
    model = OneAtATime(ScriptedModel([ValueError("broken"), "fine"]), waiting=0)
    with pytest.raises(ValueError, match="broken"):
        model.write(PROMPT, max_tokens=1, cancellation=Cancellation())
    assert model.write(PROMPT, max_tokens=1, cancellation=Cancellation()) == "fine"


def test_name_and_close_go_to_the_model() -> None:
    """The queue answers for the model behind it."""
    inner = ScriptedModel()
    model = OneAtATime(inner)
    model.close()
    assert (model.name, inner.closed) == ("scripted", True)
