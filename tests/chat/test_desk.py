"""Buttons, votes and lists, without Discord."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from chat_answers import answer, citation, refusal, source
from chat_world import HandClock, NotedSurface, ScriptedBackend, script, settle

from bot.chat.admin_view import digest
from bot.chat.answers import QUESTION_SECONDS
from bot.chat.database import Database
from bot.chat.desk import Desk
from bot.chat.errors import BackendError
from bot.chat.message import faults
from bot.chat.press import Action, Press
from bot.chat.seen import KEPT_SECONDS
from bot.chat.settings import DiscordSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "4f0c2a9be1d87c53"


@pytest.fixture
def clock() -> HandClock:
    """A clock that a test moves."""
    return HandClock()


@pytest.fixture
def backend() -> ScriptedBackend:
    """A service with two sources."""
    made = ScriptedBackend(script(answer()))
    made.corpus = (source("invented-1"), source("invented-2", title="Talk of Émile", language="fr"))
    return made


@pytest.fixture
def desk(tmp_path: Path, clock: HandClock, backend: ScriptedBackend) -> Iterator[Desk]:
    """A desk at which one answer was given."""
    database = Database(tmp_path / "discord.sqlite")
    made = Desk(backend=backend, database=database, settings=DiscordSettings(), clock=clock)
    made._answers.keep(answer(), question="How did she begin?", locale="en", language=None, guild=6)
    yield made
    database.close()


@pytest.mark.asyncio
async def test_quotes_work_until_the_answer_is_too_old(desk: Desk, clock: HandClock) -> None:
    """For a week the words are there; then a friendly line."""
    press = Press(action=Action.QUOTES, key=KEY)
    assert "Invented words" in desk.quotes(press, "en").embeds[0].text
    await clock.advance(8 * 86_400)
    assert "too old" in desk.quotes(press, "en").text


@pytest.mark.asyncio
async def test_questions_are_kept_for_a_day(desk: Desk, clock: HandClock) -> None:
    """More works for a day; after that the question is gone from the file, the quotes are not."""
    press = Press(action=Action.MORE, key=KEY)
    found = desk.more(press)
    assert found is not None
    assert (found[0].question, found[1]) == ("How did she begin?", (("invented-1", 10),))
    await clock.advance(QUESTION_SECONDS + 1)
    assert desk.more(press) is None
    assert desk.quotes(press, "en").embeds


@pytest.mark.asyncio
async def test_everybody_votes_once(desk: Desk, backend: ScriptedBackend) -> None:
    """Votes go to the service; a second one of the same user does not."""
    assert "noted" in (await desk.vote(KEY, 1, "up", "en")).text
    assert "already" in (await desk.vote(KEY, 1, "down", "en", "why")).text
    assert "noted" in (await desk.vote(KEY, 2, "down", "en", " wrong quote ")).text
    assert "too old" in (await desk.vote("ab" * 8, 1, "up", "en")).text
    assert backend.votes == [(KEY, "up", None), (KEY, "down", "wrong quote")]


@pytest.mark.asyncio
async def test_a_vote_that_failed_can_be_repeated(desk: Desk, backend: ScriptedBackend) -> None:
    """The service was not there: the user may try again."""
    backend.failure = BackendError("gone", kind="unreachable")
    assert "cannot reach" in (await desk.vote(KEY, 1, "up", "en")).text
    backend.failure = None
    assert "noted" in (await desk.vote(KEY, 1, "up", "en")).text


def test_topics_of_a_refusal(desk: Desk) -> None:
    """A button asks about the topic it names."""
    desk._answers.keep(refusal("PhDs", "Salaries"), question="?", locale="en", language=None, guild=None)
    assert desk.topic(Press(action=Action.TOPIC, key=KEY, number=1)) == "Salaries"
    assert desk.topic(Press(action=Action.TOPIC, key=KEY, number=2)) is None
    assert desk.topic(Press(action=Action.TOPIC, key="00")) is None


@pytest.mark.asyncio
async def test_the_list_of_sources(desk: Desk, backend: ScriptedBackend) -> None:
    """Pages that can be turned, words that find, and a line where the service is away."""
    backend.corpus = tuple(source(f"invented-{n}") for n in range(20))
    shown = await desk.sources(1, "en")
    assert (shown.embeds[0].title, shown.embeds[0].footer) == ("Sources: 20", "Page 2 of 4")
    assert not any(button.disabled for button in shown.buttons)
    assert (await desk.sources(99, "en")).embeds[0].footer == "Page 4 of 4"
    assert (await desk.sources(0, "en", "INVENTED-7")).embeds[0].title == "Sources: 1"
    assert "no such source" in (await desk.sources(0, "en", "nobody")).embeds[0].text
    assert faults(shown) == []


@pytest.mark.asyncio
async def test_the_list_is_asked_for_once_a_minute(desk: Desk, backend: ScriptedBackend, clock: HandClock) -> None:
    """Autocompletion does not ask the service at every key; a failure suggests nothing."""
    assert await desk.suggestions("emile") == []
    assert await desk.suggestions("Émile") == [("Talk of Émile (fr)", "invented-2")]
    backend.failure = BackendError("gone", kind="unreachable")
    assert len(await desk.suggestions("")) == 2
    await clock.advance(61)
    assert await desk.suggestions("") == []
    assert "cannot reach" in (await desk.sources(0, "en")).text


@pytest.mark.asyncio
async def test_a_list_from_before_a_change_is_not_kept(desk: Desk, backend: ScriptedBackend) -> None:
    """A source that is removed while the list is on its way is not shown for a minute after."""
    backend.arrives = asyncio.Event()
    early = asyncio.create_task(desk.corpus.sources())
    await settle()
    backend.corpus = backend.corpus[:1]
    desk.corpus.forget()
    backend.arrives.set()
    assert len(await early) == 2
    assert len(await desk.corpus.sources()) == 1


@pytest.mark.asyncio
async def test_about_names_what_it_knows(desk: Desk) -> None:
    """Sources, people, languages, the model, and what happens to questions."""
    text = (await desk.about("en")).embeds[0].text
    assert "2 sources with 1 people, in English and French" in text
    assert "invented-model" in text
    assert "7 days" in text


@pytest.mark.asyncio
async def test_replayed_events_are_handled_once(desk: Desk, clock: HandClock) -> None:
    """Within the hour in which Discord may send them again; the memory of them is bounded."""
    assert desk.first("i1")
    assert not desk.first("i1")
    await clock.advance(KEPT_SECONDS + 1)
    for number in range(1100):
        desk.first(f"m{number}")
    assert desk.first("i1")


@pytest.mark.asyncio
async def test_removing_a_source(desk: Desk, backend: ScriptedBackend) -> None:
    """It is shown before it is removed, and the removal is reported."""
    question = await desk.moderation.confirm("invented-2", "en")
    assert "Talk of Émile" in question.embeds[0].text
    (button,) = question.buttons
    assert button.custom_id == Press(action=Action.FORGET, key=digest("invented-2")).custom_id
    backend.jobs = [{"id": "1", "status": "done", "result": {"removed": ["invented-2"], "unchanged": 1}}]
    surface = NotedSurface()
    await desk.moderation.forget(surface, "en", digest("invented-2"))
    assert "1 removed" in surface.edits[-1].embeds[0].text
    await desk.moderation.forget(surface, "en", digest("invented-2"))
    assert "no such source" in surface.edits[-1].text
    assert "no such source" in (await desk.moderation.confirm("unheard of", "en")).text


@pytest.mark.asyncio
async def test_a_sync_is_watched_to_its_end(desk: Desk, backend: ScriptedBackend, clock: HandClock) -> None:
    """The change set is reported; files are named without their folders."""
    result = {
        "sources": [{"id": "invented-3"}],
        "removed": ["invented-2"],
        "unchanged": 4,
        "skipped": [{"path": "/secret/folder/broken.pdf", "status": "unreadable", "reason": "it is @everyone"}],
    }
    backend.jobs = [{"id": "1", "status": status} for status in ("queued", "running")]
    backend.jobs.append({"id": "1", "status": "done", "result": result})
    surface, locale = NotedSurface(), "en"
    task = asyncio.create_task(desk.moderation.reingest(surface, locale))
    await clock.advance(10)
    await task
    text = surface.edits[-1].embeds[0].text
    assert "1 read, 1 removed, 1 skipped, 4 unchanged" in text
    assert "broken.pdf" in text
    assert "secret" not in text
    assert "@everyone" not in text


@pytest.mark.asyncio
async def test_a_sync_that_fails(desk: Desk, backend: ScriptedBackend) -> None:
    """The service's own words help those who run it."""
    backend.jobs = [{"id": "1", "status": "failed", "detail": "the disk is full"}]
    surface = NotedSurface()
    await desk.moderation.reingest(surface, "en")
    assert surface.edits[-1].embeds[0].text == "the disk is full"
    backend.failure = BackendError("this needs a key with the scope admin", status=403, kind="forbidden")
    await desk.moderation.reingest(surface, "en")
    assert "scope admin" in surface.edits[-1].text


@pytest.mark.asyncio
async def test_settings_of_a_server(desk: Desk, tmp_path: Path) -> None:
    """They are changed one by one, shown in the moderator's language, and outlive a restart."""
    desk.moderation.switch(6, "en", "channels", 11, on=True)
    desk.moderation.switch(6, "en", "channels", 12, on=True)
    desk.moderation.switch(6, "en", "channels", 11, on=False)
    shown = desk.moderation.change(6, "de", dms=True, language="ja")
    assert "<#12>" in shown.embeds[0].text
    assert "<#11>" not in shown.embeds[0].text
    assert "**Sprache der Antworten**: Japanisch" in shown.embeds[0].text
    other = Desk(
        backend=ScriptedBackend([]),
        database=Database(tmp_path / "discord.sqlite"),
        settings=DiscordSettings(),
        clock=HandClock(),
    )
    assert other.guilds.get(6) == desk.guilds.get(6)
    assert other.guilds.allowing_dms() == (6,)


@pytest.mark.asyncio
async def test_numbers(desk: Desk) -> None:
    """The service's and the bot's own, in one list."""
    text = (await desk.moderation.stats("en", {"servers": "2"})).embeds[0].text
    assert "**Answered**: 7" in text
    assert "**Failed**: 1" in text
    assert "**Servers**: 2" in text


def test_the_file_is_readable_by_its_owner_alone(desk: Desk, tmp_path: Path) -> None:
    """It holds questions and tokens."""
    del desk
    assert (tmp_path / "discord.sqlite").stat().st_mode & 0o077 == 0


def test_quotes_of_a_kept_answer_are_not_its_question(desk: Desk) -> None:
    """The question stands in its own column, so that it can be forgotten alone."""
    kept = desk._answers.find(KEY)
    assert kept is not None
    assert "question" not in kept.payload
    assert kept.payload["citations"] == [citation()]
