"""The life of one answer: queued, shown as it comes, finished exactly once, whatever Discord and the service do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from chat_answers import answer, citation, claim, refusal
from chat_world import HandClock, NotedSurface, ScriptedBackend, script, settle

from bot.chat.backend import Queued
from bot.chat.database import Database
from bot.chat.desk import Desk
from bot.chat.editor import EARLY, PAUSE
from bot.chat.errors import BackendError, SurfaceBusyError, SurfaceError, SurfaceGoneError
from bot.chat.manners import Asker
from bot.chat.settings import DiscordSettings
from bot.chat.ticket import TOKEN_SECONDS, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.chat.message import Message


class World:
    """A desk with everything around it under a test's control."""

    def __init__(self, path: Path, backend: ScriptedBackend, **settings: Any) -> None:
        self.clock, self.backend, self._path, self._settings = HandClock(), backend, path, settings
        self.open()

    def open(self) -> None:
        """Start the bot, or start it again."""
        self.database = Database(self._path / "discord.sqlite")
        settings = DiscordSettings(**self._settings)
        self.desk = Desk(backend=self.backend, database=self.database, settings=settings, clock=self.clock)

    def ticket(self, number: int = 1, **fields: Any) -> Ticket:
        """Return a ticket of its own user."""
        given = {"kind": "interaction", "question": "How did she begin?", "created": self.clock.now(), "token": "secret-token"}
        return Ticket(**{"id": number, "user": number, "channel": 5, "guild": 6, "application": 9, **given, **fields})

    async def answered(self, ticket: Ticket, surface: NotedSurface) -> NotedSurface:
        """Answer a ticket to its end."""
        task = self.desk.start(ticket, surface)
        while not task.done():
            await self.clock.advance(1)
        await task
        return surface


class SlowSurface(NotedSurface):
    """A place that takes its time, as a network does."""

    async def edit(self, message: Message) -> None:
        """Note an edit in the middle of the way there and back."""
        for _ in range(5):
            await asyncio.sleep(0)
        await super().edit(message)
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk whose service answers at once."""
    made = World(tmp_path, ScriptedBackend(script(answer())))
    yield made
    made.database.close()


@pytest.mark.asyncio
async def test_the_last_edit_is_the_answer(world: World) -> None:
    """Progress is shown by edits, and the answer ends them."""
    surface = await world.answered(world.ticket(), NotedSurface())
    assert surface.edits[-1].buttons
    assert surface.edits[-1].text.startswith("Nora Vale said")
    assert not any(message.buttons for message in surface.edits[:-1])
    assert (surface.sent, surface.moved) == ([], [])
    assert world.desk.running == 0


@pytest.mark.asyncio
async def test_edits_are_few(tmp_path: Path) -> None:
    """However fast statements come, there is no more than one edit a pause."""
    made = answer(claims=[claim(f"Statement {n}.", 1) for n in range(40)])
    world = World(tmp_path, ScriptedBackend(script(made)))
    surface = await world.answered(world.ticket(), NotedSurface())
    assert len(surface.edits) <= 3


@pytest.mark.asyncio
async def test_the_place_in_line_is_shown(tmp_path: Path) -> None:
    """The service's queue and the bot's own are told alike."""
    backend = ScriptedBackend([Queued(position=3), *script(answer())])
    backend.gate = asyncio.Event()
    world = World(tmp_path, backend, at_once=1)
    first, second, third = NotedSurface(), NotedSurface(), NotedSurface()
    tasks = [world.desk.start(world.ticket(n), surface) for n, surface in enumerate((first, second, third), start=1)]
    await world.clock.advance(PAUSE)
    assert "position 1." in second.edits[-1].text
    assert "position 2." in third.edits[-1].text
    assert len(backend.asked) == 1
    backend.gate.set()
    for _ in range(20):
        await world.clock.advance(1)
    await asyncio.gather(*tasks)
    assert all(surface.edits[-1].buttons for surface in (first, second, third))


@pytest.mark.asyncio
async def test_a_busy_service_is_asked_again(tmp_path: Path) -> None:
    """The asker never hears of a full queue that empties in time."""
    busy = BackendError("full", status=503, kind="queue-full", retry_after=7)
    world = World(tmp_path, ScriptedBackend([busy], [busy], script(answer())))
    surface = await world.answered(world.ticket(), NotedSurface())
    assert surface.edits[-1].buttons
    assert len(world.backend.asked) == 3


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("queue-full", "answering other questions"),
        ("unreachable", "cannot reach my service"),
        ("not-ready", "not read any interviews"),
        ("key-required", "API key"),
        ("internal", "went wrong"),
        ("deadline", "answering other questions"),
    ],
)
@pytest.mark.asyncio
async def test_a_failure_is_one_line(tmp_path: Path, kind: str, words: str) -> None:
    """What cannot be answered is said, in the end, in plain words; nothing of the service's own text is shown."""
    world = World(tmp_path, ScriptedBackend([BackendError("internal words", status=500, kind=kind)]))
    surface = await world.answered(world.ticket(), NotedSurface())
    assert words in surface.edits[-1].text
    assert "internal words" not in surface.edits[-1].text
    assert "\n" not in surface.edits[-1].text


@pytest.mark.asyncio
async def test_discord_out_of_order(world: World) -> None:
    """429 and 5xx are waited out; the answer is shown once."""
    failures = [SurfaceBusyError("429", retry_after=3), SurfaceBusyError("503"), SurfaceBusyError("503"), None]
    surface = await world.answered(world.ticket(), NotedSurface(failures=failures))
    assert sum(bool(message.buttons) for message in surface.edits) == 1


@pytest.mark.asyncio
async def test_discord_is_not_asked_before_it_allows(world: World) -> None:
    """A pause that Discord asks for holds for the last edit too."""
    began = world.clock.now()
    surface = NotedSurface(failures=[SurfaceBusyError("429", retry_after=100), None])
    await world.answered(world.ticket(), surface)
    assert surface.edits[-1].buttons
    assert world.clock.now() - began >= 100


@pytest.mark.asyncio
async def test_a_bug_is_said_and_does_not_come_back(tmp_path: Path) -> None:
    """An answer that cannot be read ends in one line, and is not tried again after a restart."""
    world = World(tmp_path, ScriptedBackend([ValueError("not JSON")]))
    surface = await world.answered(world.ticket(), NotedSurface())
    assert "went wrong" in surface.edits[-1].text
    assert world.desk.resume(lambda _: NotedSurface()) == 0


@pytest.mark.asyncio
async def test_an_expired_token_moves_the_answer(world: World) -> None:
    """What cannot be edited any more is sent to the channel."""
    surface = await world.answered(world.ticket(), NotedSurface(failures=[SurfaceGoneError("10015")] * 2))
    assert [bool(message.buttons) for message in surface.moved] == [True]


@pytest.mark.asyncio
async def test_before_fourteen_minutes_the_answer_moves_by_itself(tmp_path: Path) -> None:
    """A long wait ends the use of the token in good time, and goes on in the channel."""
    backend = ScriptedBackend(script(answer()))
    backend.gate = asyncio.Event()
    world = World(tmp_path, backend)
    surface = NotedSurface(expires=world.clock.now() + TOKEN_SECONDS)
    task = world.desk.start(world.ticket(), surface)
    await world.clock.advance(TOKEN_SECONDS - EARLY - 1)
    assert not surface.moved
    await world.clock.advance(2)
    assert len(surface.moved) == 1
    assert "new message" in surface.edits[-1].text
    backend.gate.set()
    await world.clock.advance(5)
    await task
    assert surface.edits[-1].buttons


@pytest.mark.asyncio
async def test_a_long_answer_has_numbered_parts(tmp_path: Path) -> None:
    """Further messages follow the first, each with its number; the last has the buttons."""
    made = answer(claims=[claim("word " * 300, 1)] * 6)
    world = World(tmp_path, ScriptedBackend(script(made)))
    surface = await world.answered(world.ticket(), NotedSurface())
    assert [part for _, part in surface.sent] == list(range(2, 2 + len(surface.sent)))
    assert surface.sent[-1][0].buttons
    assert not surface.edits[-1].buttons


@pytest.mark.asyncio
async def test_a_restart_loses_and_doubles_nothing(world: World) -> None:
    """Those who wait are told; the next start answers each of them once and forgets their tokens."""
    world.backend.gate = asyncio.Event()
    surfaces = [NotedSurface() for _ in range(3)]
    for number, surface in enumerate(surfaces, start=1):
        world.desk.start(world.ticket(number), surface)
    await world.clock.advance(2)
    await world.desk.close()
    assert all("restarted" in surface.edits[-1].text for surface in surfaces)
    assert world.desk.admit(Asker(user=8, channel=5, guild=6), "A question?") is not None
    world.database.close()
    world.backend.gate.set()
    world.open()
    again = {number: NotedSurface() for number in (1, 2, 3)}
    assert world.desk.resume(lambda ticket: again[ticket.id]) == 3
    await world.clock.advance(10)
    assert all(surface.edits[-1].buttons for surface in again.values())
    assert world.desk.resume(lambda _: NotedSurface()) == 0
    assert list(world.database.rows("SELECT ticket FROM pending")) == []


@pytest.mark.parametrize("steps", range(90))
@pytest.mark.asyncio
async def test_a_stop_at_any_moment_leaves_an_answer_or_a_kept_question(world: World, steps: int) -> None:
    """Whatever step an answer is at when the bot is stopped: it stays shown, or it is announced and given after the restart."""
    surface = SlowSurface()
    world.desk.start(world.ticket(), surface)
    for _ in range(steps):
        await asyncio.sleep(0)
    await world.desk.close()
    world.database.close()
    world.open()
    again = NotedSurface()
    kept = world.desk.resume(lambda _: again)
    if kept:
        assert "restarted" in surface.edits[-1].text
        await world.clock.advance(10)
        assert again.edits[-1].buttons
    else:
        assert surface.edits[-1].buttons


@pytest.mark.parametrize("steps", range(60))
@pytest.mark.asyncio
async def test_a_stop_at_any_moment_of_a_bug_leaves_a_word_or_a_kept_question(tmp_path: Path, steps: int) -> None:
    """Whoever met a bug while the bot was stopped reads that something went wrong, or that the bot is being restarted."""
    world, surface = World(tmp_path, ScriptedBackend([ZeroDivisionError("a bug")])), SlowSurface()
    task = world.desk.start(world.ticket(), surface)
    for _ in range(steps):
        await asyncio.sleep(0)
    await world.desk.close()
    assert task.done()
    assert "restarted" in surface.edits[-1].text or "went wrong" in surface.edits[-1].text
    world.database.close()


@pytest.mark.asyncio
async def test_a_stop_waits_for_who_is_being_acknowledged(world: World) -> None:
    """A question that was admitted just before the stop is kept, and its asker is told, like everybody else's."""
    surface, again = NotedSurface(), NotedSurface()
    assert world.desk.admit(Asker(user=1, channel=5, guild=6), "How did she begin?") is None
    closing = asyncio.create_task(world.desk.close())
    await settle()
    world.desk.start(world.ticket(), surface)
    await closing
    assert "restarted" in surface.edits[-1].text
    world.database.close()
    world.open()
    assert world.desk.resume(lambda _: again) == 1
    await world.clock.advance(10)
    assert again.edits[-1].buttons


@pytest.mark.asyncio
async def test_a_stop_does_not_wait_for_who_could_not_be_acknowledged(world: World) -> None:
    """An admission that was undone holds nobody up."""
    assert world.desk.admit(Asker(user=1, channel=5, guild=6), "How did she begin?") is None
    closing = asyncio.create_task(world.desk.close())
    await settle()
    assert not closing.done()
    world.desk.abandon(1)
    await closing


@pytest.mark.asyncio
async def test_a_question_of_this_start_is_not_resumed(world: World) -> None:
    """The bot hears questions before Discord calls it ready: one that is being acknowledged then is answered once."""
    world.desk.keep(world.ticket())
    assert world.desk.resume(lambda _: NotedSurface()) == 0
    surface = await world.answered(world.ticket(), NotedSurface())
    assert surface.edits[-1].buttons
    assert len(world.backend.asked) == 1


@pytest.mark.asyncio
async def test_what_cannot_be_shown_any_more_is_dropped(world: World) -> None:
    """A ticket without a place is not tried for ever."""
    world.desk.keep(world.ticket())
    world.database.close()
    world.open()
    assert world.desk.resume(lambda _: None) == 0
    assert world.desk.resume(lambda _: NotedSurface()) == 0
    surface = NotedSurface(failures=[SurfaceError("50035 invalid")] * 50)
    await world.answered(world.ticket(2), surface)
    assert world.desk.resume(lambda _: NotedSurface()) == 0


@pytest.mark.asyncio
async def test_follow_ups_know_what_went_before(world: World) -> None:
    """In a conversation the service hears earlier turns, without the words of their answers."""
    await world.answered(world.ticket(1, conversation="7"), NotedSurface())
    await world.answered(world.ticket(2, conversation="7", question="And then?"), NotedSurface())
    await world.answered(world.ticket(3, conversation="8", question="And then?"), NotedSurface())
    first, second, third = world.backend.asked
    assert (first.history, third.history) == ((), ())
    (turn,) = second.history
    assert turn["question"] == "How did she begin?"
    assert turn["answer"] == {"language": "en", "citations": [{"source_id": "invented-1", "speaker": "Nora Vale"}]}


@pytest.mark.asyncio
async def test_an_answer_opens_a_thread(world: World) -> None:
    """Follow-ups in the thread continue the conversation; a refusal opens none."""
    surface = await world.answered(world.ticket(1, thread=True), NotedSurface(thread=99))
    assert surface.threads == ["How did she begin?"]
    assert len(world.desk.conversations.history("99")) == 1
    refusing = World(world._path / "other", ScriptedBackend(script(refusal("PhDs"))))
    assert not (await refusing.answered(refusing.ticket(1, thread=True), NotedSurface(thread=99))).threads


@pytest.mark.asyncio
async def test_more_leaves_out_what_was_read(tmp_path: Path) -> None:
    """Only statements on other quotes are shown; where there are none, that is said."""
    longer = answer(claims=[claim("Old.", 1), claim("New.", 2)], citations=[citation(1), citation(2)], id="ab" * 8)
    world = World(tmp_path, ScriptedBackend(script(longer)))
    seen = (("invented-1", 10),)
    surface = await world.answered(world.ticket(seen=seen), NotedSurface())
    assert surface.edits[-1].text == "New. [2]"
    both = (*seen, ("invented-2", 20))
    surface = await world.answered(world.ticket(2, seen=both), NotedSurface())
    assert "nothing more" in surface.edits[-1].text


@pytest.mark.asyncio
async def test_messages_are_answered_in_the_language_of_the_question(tmp_path: Path) -> None:
    """Discord does not tell the language of who writes a message."""
    world = World(tmp_path, ScriptedBackend(script(answer(language="de"))))
    surface = await world.answered(world.ticket(kind="message", token=""), NotedSurface())
    assert surface.edits[-1].embeds[0].title == "Quellen"
    assert surface.edits[0].text, "a message shows nothing by itself while it is being answered"


@pytest.mark.asyncio
async def test_a_withdrawn_question_is_stopped(world: World) -> None:
    """An edited question gives its place up at once, and is not answered after a restart."""
    world.backend.gate = asyncio.Event()
    world.desk.start(world.ticket(), NotedSurface())
    await settle()
    withdrawn = await world.desk.withdraw(1)
    assert withdrawn is not None
    assert world.desk.running == 0
    assert world.desk.resume(lambda _: NotedSurface()) == 0
    assert await world.desk.withdraw(1) is None


def test_secrets_are_not_shown(world: World) -> None:
    """The token of an interaction stands in no text that may reach a log."""
    assert "secret-token" not in repr(world.ticket())
