"""The queue in front of the model: in this process, and across the connection to the model process."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from multiprocessing.connection import Client, Listener
from typing import TYPE_CHECKING, Any

import pytest
from api_service import STOPPED, SlowModel
from patience import PATIENCE, until
from scripted import ScriptedModel

from bot.api import wire
from bot.api.errors import BusyError, ModelLostError
from bot.api.full_sign import FullSign
from bot.api.gate import Gate
from bot.api.host import attend, end_with_parent, serve
from bot.api.host_client import HostGate
from bot.errors import CancelledError, ModelError
from bot.llm import Cancellation, Message, Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.api.gate import Door
    from bot.llm import LanguageModel

PROMPT = Prompt(fixed=(Message(role="system", content="Be brief."),), asked="Well?")
TOKENS = 100_000
"""More than anybody waits for."""


def nobody(_: int) -> None:
    """Take no interest in positions."""


@contextmanager
def across(gate: Gate, folder: Path) -> Iterator[HostGate]:
    """Yield the gate as another process would see it."""
    address, key = str(folder / secrets.token_hex(4)), secrets.token_bytes(16)
    listener = Listener(address, backlog=16, authkey=key)
    thread = threading.Thread(target=serve, args=(listener, gate), daemon=True)
    thread.start()
    try:
        yield HostGate(address, key, FullSign(), 17)
    finally:
        listener.close()


@pytest.fixture(params=["here", "across"])
def doors(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Return a function that makes a door to a model, in this process or across a connection."""
    opened: list[Any] = []

    def make(model: LanguageModel, *, running: int = 1, waiting: int = 16) -> Door:
        gate = Gate(model, running=running, waiting=waiting)
        if request.param == "here":
            return gate
        opened.append(across(gate, tmp_path))
        return opened[-1].__enter__()  # type: ignore[no-any-return]

    yield make
    for one in opened:
        one.__exit__(None, None, None)


def test_calls_reach_the_model(doors: Any) -> None:
    """The holder of the first place may write and judge; the prompt arrives whole."""
    model = ScriptedModel(["Hello."], yes=[0.25, None])
    door = doors(model)
    place = door.enter(nobody)
    assert place.position == 0
    assert place.model.name == "scripted"
    assert place.model.write(PROMPT, max_tokens=5, cancellation=Cancellation()) == "Hello."
    assert place.model.yes_probability(PROMPT, cancellation=Cancellation()) == 0.25
    assert place.model.yes_probability(PROMPT, cancellation=Cancellation()) is None
    assert model.prompts == [PROMPT]
    place.model.close()
    place.leave()
    place.leave()
    assert door.ping() == "scripted"
    assert not model.closed


def test_places_are_served_in_order_and_told_so(doors: Any) -> None:
    """Whoever waits hears of every change, and may work when those ahead have left."""
    door = doors(ScriptedModel(yes=lambda _: 0.5), waiting=2)
    told: list[int] = []
    first, second, third = door.enter(nobody), door.enter(nobody), door.enter(told.append)
    assert third.position == 2
    waiter = threading.Thread(target=third.wait, args=(Cancellation(),), daemon=True)
    waiter.start()
    first.leave()
    until(lambda: 1 in told)
    second.leave()
    waiter.join(PATIENCE)
    assert told[-1] == 0
    assert third.model.yes_probability(PROMPT, cancellation=Cancellation()) == 0.5
    third.leave()


def test_a_full_queue_refuses_at_once(doors: Any) -> None:
    """The refusal does not wait for a place, and says when to come back; a place that is left can be taken."""
    door = doors(ScriptedModel(), waiting=0)
    place = door.enter(nobody)
    with pytest.raises(BusyError) as refused:
        door.enter(nobody)
    assert not can_enter(door)
    assert refused.value.retry_after >= 1
    place.leave()
    until(lambda: can_enter(door))


def test_a_cancelled_wait_gives_up_its_place(doors: Any) -> None:
    """Whoever stops waiting raises, and those behind move up."""
    door = doors(ScriptedModel(), waiting=2)
    first, second = door.enter(nobody), door.enter(nobody)
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        second.wait(cancellation)
    second.leave()
    first.leave()
    until(lambda: door.depth == 0)


def test_a_model_that_fails_says_so(doors: Any) -> None:
    """An error of the model is the same error on the other side."""
    door = doors(ScriptedModel([ModelError("no words today")]))
    with pytest.raises(ModelError, match="no words today"):
        door.enter(nobody).model.write(PROMPT, max_tokens=5, cancellation=Cancellation())


def test_leaving_stops_a_running_call(tmp_path: Path) -> None:
    """When the worker closes the connection, the model stops at its next token and the next answer may begin."""
    notes = tmp_path / "notes"
    gate = Gate(SlowModel(pause=0.02, tokens=TOKENS, notes=str(notes)), waiting=1)
    with across(gate, tmp_path) as door:
        place = door.enter(nobody)
        cancellation = Cancellation()
        assert place.model is not None
        canceller = threading.Thread(target=cancel_once, args=(notes, cancellation), daemon=True)
        canceller.start()
        with pytest.raises(CancelledError):
            place.model.write(PROMPT, max_tokens=TOKENS, cancellation=cancellation)
        place.leave()
        until(lambda: gate.depth == 0)
        canceller.join(PATIENCE)
        assert notes.read_text().endswith(STOPPED)
        assert notes.stat().st_size < TOKENS


def cancel_once(notes: Path, cancellation: Cancellation) -> None:
    """Cancel as soon as something was written."""
    try:
        until(notes.exists)
    finally:
        cancellation.cancel()


def test_a_model_process_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    """Neither entering nor pinging hangs when nobody listens."""
    door = HostGate(str(tmp_path / "nothing"), b"key", FullSign(), 17)
    for action in (lambda: door.enter(nobody), door.ping):
        with pytest.raises(ModelLostError, match="starting"):
            action()


def test_a_wrong_key_is_refused_and_the_next_one_is_served(tmp_path: Path) -> None:
    """Only processes of the service may use the model."""
    with across(Gate(ScriptedModel()), tmp_path) as door:
        with pytest.raises(ModelLostError):
            HostGate(door._address, b"wrong", FullSign(), 17).ping()
        assert door.ping() == "scripted"


@pytest.mark.parametrize("moment", ["waiting", "calling", "before the call"])
def test_a_model_process_that_dies_is_a_typed_error(tmp_path: Path, moment: str) -> None:
    """Whatever a worker was waiting for, it hears of the death at once."""
    address, key = str(tmp_path / "model"), b"key"
    # It listens before anybody calls: its file is there a moment earlier, which is too early on a busy machine.
    listener = Listener(address, authkey=key)

    def die() -> None:
        with listener, listener.accept() as connection:
            wire.receive(connection)
            wire.send(connection, wire.Queued(position=int(moment == "waiting"), name="mortal"))
            if moment == "calling":
                wire.receive(connection)

    host = threading.Thread(target=die, daemon=True)
    host.start()
    place = HostGate(address, key, FullSign(), 17).enter(nobody)
    if moment == "before the call":
        host.join()
    assert place.model is not None
    with pytest.raises(ModelLostError):
        place.model.yes_probability(PROMPT, cancellation=Cancellation())
    host.join()


@pytest.mark.parametrize(("first", "second"), [(wire.Text(text="?"), None), (wire.Enter(), wire.Ping())])
def test_messages_out_of_place_are_answered_with_trouble(tmp_path: Path, first: wire.Wire, second: wire.Wire | None) -> None:
    """The model process does not stumble over a worker that speaks out of turn."""
    address = str(tmp_path / "model")
    with Listener(address, authkey=b"key") as listener:
        thread = threading.Thread(target=lambda: attend(listener.accept(), Gate(ScriptedModel())), daemon=True)
        thread.start()
        with Client(address, authkey=b"key") as connection:
            wire.send(connection, first)
            reply = wire.receive(connection)
            if second:
                wire.send(connection, second)
                reply = wire.receive(connection)
            assert isinstance(reply, wire.Trouble)
        thread.join(PATIENCE)


def test_answers_out_of_place_are_a_lost_model(tmp_path: Path) -> None:
    """A worker does not stumble over a model process that answers something else."""
    address = str(tmp_path / "model")

    def answer_strangely() -> None:
        for _ in range(3):
            with listener.accept() as connection:
                message = wire.receive(connection)
                wire.send(connection, wire.Text(text="?") if calls else wire.Queued(position=0, name="odd"))
                if isinstance(message, wire.Enter) and not calls:
                    wire.receive(connection)
                    wire.send(connection, wire.Ready(name="odd", depth=0))
                    calls.append(1)

    calls: list[int] = []
    with Listener(address, authkey=b"key") as listener:
        thread = threading.Thread(target=answer_strangely, daemon=True)
        thread.start()
        door = HostGate(address, b"key", FullSign(), 17)
        place = door.enter(nobody)
        assert place.model is not None
        with pytest.raises(ModelLostError):
            place.model.write(PROMPT, max_tokens=1, cancellation=Cancellation())
        for action in (door.ping, lambda: door.enter(nobody)):
            with pytest.raises(ModelLostError):
                action()
        thread.join(PATIENCE)


def test_a_gate_without_a_model_takes_turns_all_the_same() -> None:
    """Answers of exact quotes wait for each other too."""
    gate = Gate(None, running=2, waiting=0)
    places = [gate.enter(nobody), gate.enter(nobody)]
    assert all(place.model is None for place in places)
    for place in places:
        place.wait(Cancellation())
    assert (gate.ping(), gate.depth) == ("none", 2)


def test_watching_the_parent_needs_one() -> None:
    """In a process that nobody spawned there is nothing to watch."""
    end_with_parent()
    assert "parent" not in [thread.name for thread in threading.enumerate()]


def can_enter(door: Door) -> bool:
    """Tell whether there is a place, and give it back."""
    try:
        door.enter(nobody).leave()
    except BusyError:
        return False
    return True


def test_a_prompt_arrives_whole(tmp_path: Path) -> None:
    """The model process sees every part of the prompt, further examples for base models included."""
    prompt = Prompt(
        fixed=(Message(role="system", content="Be brief."),), asked="Why?", shots=(Message(role="user", content="How?"),)
    )
    model = ScriptedModel(["Because."], yes=[0.5])
    with across(Gate(model), tmp_path) as door:
        place = door.enter(nobody)
        assert place.model is not None
        place.wait(Cancellation())
        assert place.model.write(prompt, max_tokens=9, cancellation=Cancellation()) == "Because."
        assert place.model.yes_probability(prompt, cancellation=Cancellation()) == 0.5
        place.leave()
    assert (model.prompts, model.judged) == ([prompt], [prompt])
