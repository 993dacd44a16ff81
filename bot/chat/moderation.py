"""What moderators may do: settings of their server, syncs of the corpus, removals, numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.chat.admin_view import config_message, digest, job_message, removal_question, stats_message
from bot.chat.corpus_view import matching
from bot.chat.editor import Editor
from bot.chat.errors import BackendError
from bot.chat.notices import failed, notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.chat.backend import Backend, Payload
    from bot.chat.clock import Clock
    from bot.chat.corpus import CorpusList
    from bot.chat.guilds import GuildSettings, GuildStore
    from bot.chat.message import Message
    from bot.chat.surface import Surface

POLL_SECONDS = 2.0
PATIENCE = 780.0
"""Seconds for which a job is watched: the token of a command works for fifteen minutes."""


class Moderation:
    """The moderators' commands. Who may use them is decided before."""

    def __init__(self, backend: Backend, guilds: GuildStore, corpus: CorpusList, clock: Clock) -> None:
        self._backend, self._guilds, self._corpus, self._clock = backend, guilds, corpus, clock

    def config(self, guild: int, locale: str) -> Message:
        """Return the settings of a server."""
        return config_message(self._guilds.get(guild), locale)

    def change(self, guild: int, locale: str, **changes: Any) -> Message:  # noqa: ANN401 - fields of `GuildSettings`
        """Change settings of a server; return all of them."""
        settings = replace(self._guilds.get(guild), **changes)
        self._guilds.put(guild, settings)
        return config_message(settings, locale, saved=True)

    def switch(self, guild: int, locale: str, field: str, identity: int, *, on: bool) -> Message:
        """Put an id into one of the lists of a server's settings, or take it out."""
        before: tuple[int, ...] = getattr(self._guilds.get(guild), field)
        others = tuple(other for other in before if other != identity)
        return self.change(guild, locale, **{field: (*others, identity) if on else others})

    def settings(self, guild: int) -> GuildSettings:
        """Return the settings of a server as values."""
        return self._guilds.get(guild)

    async def reingest(self, surface: Surface, locale: str) -> None:
        """Sync the corpus and report what changed."""
        await self._watch(surface, locale, None)

    async def forget(self, surface: Surface, locale: str, key: str) -> None:
        """Remove the source whose id has the digest `key` from the corpus and report it."""
        try:
            found = [source["id"] for source in await self._corpus.sources() if digest(source["id"]) == key]
        except BackendError as error:
            await surface.edit(failed(error, locale, detail=True))
            return
        if found:
            await self._watch(surface, locale, found[0])
        else:
            await surface.edit(notice("chat.unknown_source", locale))

    async def confirm(self, source_id: str, locale: str) -> Message:
        """Return what would be removed."""
        try:
            sources = await self._corpus.sources()
        except BackendError as error:
            return failed(error, locale)
        found = [source for source in sources if source["id"] == source_id] or matching(sources, source_id)
        return removal_question(found[0], locale) if len(found) == 1 else notice("chat.unknown_source", locale)

    async def stats(self, locale: str, own: Mapping[str, str]) -> Message:
        """Return the service's numbers, and the bot's own."""
        try:
            return stats_message(await self._backend.numbers(), own, locale)
        except BackendError as error:
            return failed(error, locale, detail=True)

    async def _watch(self, surface: Surface, locale: str, source_id: str | None) -> None:
        editor = Editor(surface, self._clock, moved=notice("chat.moved", locale))
        editor.start()
        editor.show(notice("admin.started", locale))
        try:
            job = await (self._backend.forget(source_id) if source_id else self._backend.ingest())
            outcome = job_message(await self._job(job, editor, locale), locale)
        except BackendError as error:
            known = error.kind == "not-found" and source_id
            outcome = notice("chat.unknown_source", locale) if known else failed(error, locale, detail=True)
        finally:
            self._corpus.forget()
        await editor.finish([outcome])

    async def _job(self, job: Payload, editor: Editor, locale: str) -> Payload:
        began = self._clock.now()
        while job["status"] in {"queued", "running"} and self._clock.now() - began < PATIENCE:
            editor.show(job_message(job, locale))
            await self._clock.sleep(POLL_SECONDS)
            job = await self._backend.job(job["id"])
        return job
