"""The gateway: hello, identify, heartbeats, events in numbered order, resume with replay, and ways to break it."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from discord_emulator.compression import compressor
from discord_emulator.payloads import arriving_guild_json, member_json, user_json
from discord_emulator.permissions import Permission
from discord_emulator.values import ChannelKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_emulator.clock import Clock
    from discord_emulator.errors import Json
    from discord_emulator.values import Channel
    from discord_emulator.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 3, 6, 7, 8, 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, RATE_LIMITED, INVALID_INTENTS, DISALLOWED_INTENTS = 4005, 4008, 4013, 4014
SENDS, SENDS_SECONDS = 120, 60
DISTANCE = 0.02
"""Seconds after which a heartbeat is acknowledged: faster than any network, discord.py reads a wrong latency."""


class Intent(IntFlag):
    """What a connection wants to hear about."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = {Intent.GUILD_MEMBERS: 0b11 << 14, Intent.GUILD_PRESENCES: 0b11 << 12, Intent.MESSAGE_CONTENT: 0b11 << 18}
"""The application flags of which one allows each intent that Discord grants only on request."""
HIDDEN = ("content", "embeds", "attachments", "components")
"""What a message without the message-content intent leaves empty."""
KNOWN_INTENTS = (1 << 26) - 1


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """A gateway session: it outlives its connection and replays what was missed."""

    id: str
    intents: int
    sent: list[Json] = field(default_factory=list)
    """Every numbered event, from 1."""
    socket: Connection | None = None
    resumable: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class Connection:
    """One websocket."""

    socket: web.WebSocketResponse
    pack: Callable[[Any], bytes | str]
    outgoing: asyncio.Queue[Json | int | None] = field(default_factory=asyncio.Queue)
    """What to send; a number closes with that code, None cuts the line without a word."""
    session: Session | None = None
    sends: list[float] = field(default_factory=list)

    def send(self, op: int, data: Any = None) -> None:
        """Queue a payload that is no event."""
        self.outgoing.put_nowait({"op": op, "d": data, "s": None, "t": None})


class Gateway:
    """The gateway of an emulator.

    Attributes:
        heartbeat_ms: the interval told in the hello.
        acknowledge: whether heartbeats are acknowledged.
        identify_seconds: the least time between two identifies (5 on Discord); sooner is an invalid session.
        identified: when sessions were begun, in Unix seconds.
        resumed: when sessions were taken up again.
        identifies_left: how many of the day's 1,000 sessions are left.
    """

    def __init__(self, clock: Clock, token: str) -> None:
        self.clock, self.token = clock, token
        self.world: World | None = None
        self.url = ""
        self.application_flags = 0
        self.heartbeat_ms, self.acknowledge, self.identify_seconds = 41_250, True, 0.0
        self.identified: list[float] = []
        self.resumed: list[float] = []
        self.heartbeats: list[int | None] = []
        self.violations: list[str] = []
        self.identifies_left = 1_000
        self._accepted = 0.0
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []

    # What tests do to it; only on the emulator's own loop.

    def connected(self) -> list[Connection]:
        """Return the connections with a session."""
        return [connection for connection in self.connections if connection.session]

    def drop(self, code: int | None = None) -> None:
        """Close every connection: with a code, or by cutting the line."""
        for connection in list(self.connections):
            connection.outgoing.put_nowait(code)

    def ask_to_reconnect(self) -> None:
        """Ask every connection to reconnect (op 7)."""
        for connection in self.connected():
            connection.send(RECONNECT)

    def invalidate(self, *, resumable: bool) -> None:
        """Declare every session invalid (op 9)."""
        for connection in self.connected():
            assert connection.session is not None
            connection.session.resumable = resumable
            connection.send(INVALID, resumable)

    def forget_sessions(self) -> None:
        """Lose every session, as after an outage: a later resume is refused."""
        for session in self.sessions.values():
            session.resumable = False

    def replay(self, event: str) -> None:
        """Send the newest event of a kind once more, as a new event."""
        for session in self.sessions.values():
            for payload in reversed(session.sent):
                if payload["t"] == event:
                    self._event(session, event, payload["d"])
                    break

    # What the bot hears.

    def dispatch(self, event: str, data: Json, channel: Channel | None = None) -> None:
        """Tell every session of an event that it asked to hear of and may hear of."""
        for session in self.sessions.values():
            if session.resumable and self._wanted(session, event, channel):
                self._event(session, event, self._seen(session, event, data, channel))

    def _wanted(self, session: Session, event: str, channel: Channel | None) -> bool:
        if event == "INTERACTION_CREATE":
            return True
        assert self.world is not None
        if channel is not None and not self.world.may(channel, Permission.VIEW_CHANNEL):
            return False
        direct = channel is not None and channel.kind is ChannelKind.DIRECT
        if event.startswith("MESSAGE_"):
            return bool(session.intents & (Intent.DIRECT_MESSAGES if direct else Intent.GUILD_MESSAGES))
        return bool(session.intents & (Intent.DIRECT_MESSAGES if direct else Intent.GUILDS))

    def _seen(self, session: Session, event: str, data: Json, channel: Channel | None) -> Json:
        """Hide what a message says from a session without the message-content intent, unless it concerns the bot."""
        assert self.world is not None
        concerns = channel is None or channel.kind is ChannelKind.DIRECT
        if event not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} or concerns or session.intents & Intent.MESSAGE_CONTENT:
            return data
        bot = self.world.bot.id
        if data["author"]["id"] == bot or bot in {user["id"] for user in data["mentions"]}:
            return data
        return data | {name: "" if name == "content" else [] for name in HIDDEN}

    def _event(self, session: Session, event: str, data: Json) -> None:
        payload = {"op": DISPATCH, "t": event, "s": len(session.sent) + 1, "d": copy.deepcopy(data)}
        session.sent.append(payload)
        if session.socket is not None:
            session.socket.outgoing.put_nowait(payload)

    # The websocket.

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Talk to one connection until it ends."""
        socket = web.WebSocketResponse(autoping=True, max_msg_size=4_096 * 16)
        await socket.prepare(request)
        connection = Connection(socket=socket, pack=compressor(request.query.get("compress")))
        self.connections.append(connection)
        connection.send(HELLO, {"heartbeat_interval": self.heartbeat_ms, "_trace": ["emulator"]})
        writer = asyncio.create_task(self._write(connection, request))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(connection, message.data)
        finally:
            self.connections.remove(connection)
            if connection.session and connection.session.socket is connection:
                connection.session.socket = None
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return socket

    async def _write(self, connection: Connection, request: web.Request) -> None:
        while True:
            payload = await connection.outgoing.get()
            if isinstance(payload, dict):
                packed = connection.pack(payload)
                with contextlib.suppress(ConnectionError):
                    await (
                        connection.socket.send_bytes(packed)
                        if isinstance(packed, bytes)
                        else connection.socket.send_str(packed)
                    )
                continue
            if connection.session and connection.session.socket is connection:
                connection.session.socket = None
            if payload is None and request.transport is not None:
                request.transport.abort()
            elif payload is not None:
                await connection.socket.close(code=payload)
            return

    def _receive(self, connection: Connection, text: str) -> None:
        now = self.clock.now()
        connection.sends = [at for at in connection.sends if now - at < SENDS_SECONDS] + [now]
        try:
            message = json.loads(text)
            op, data = int(message["op"]), message["d"]
        except (ValueError, KeyError, TypeError):
            connection.outgoing.put_nowait(DECODE_ERROR)
            return
        if len(connection.sends) > SENDS:
            self.violations.append("more than 120 gateway sends in 60 seconds")
            connection.outgoing.put_nowait(RATE_LIMITED)
        elif op == HEARTBEAT:
            self._heartbeat(connection, data)
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif connection.session is None:
            connection.outgoing.put_nowait(NOT_AUTHENTICATED)
        elif op == MEMBERS:
            self._members(connection.session, data)
        elif op != PRESENCE:
            connection.outgoing.put_nowait(UNKNOWN_OPCODE)

    def _heartbeat(self, connection: Connection, sequence: int | None) -> None:
        self.heartbeats.append(sequence)
        if self.acknowledge:
            asyncio.get_running_loop().call_later(DISTANCE, connection.send, ACK)

    def _identify(self, connection: Connection, data: Json) -> None:
        now = self.clock.now()
        too_soon = now - self._accepted < self.identify_seconds
        self.identified.append(now)
        self.identifies_left -= 1
        refused = self._refusal(connection, data)
        if refused:
            connection.outgoing.put_nowait(refused)
        elif too_soon:
            connection.send(INVALID, False)
        else:
            self._accepted = now
            session = Session(id=self.clock.snowflake(), intents=data["intents"], socket=connection)
            connection.session = self.sessions[session.id] = session
            self._welcome(session)

    def _refusal(self, connection: Connection, data: Json) -> int | None:
        if data["token"] != self.token:
            return AUTHENTICATION_FAILED
        if connection.session is not None:
            return ALREADY_AUTHENTICATED
        if data["intents"] & ~KNOWN_INTENTS:
            return INVALID_INTENTS
        privileged = any(
            data["intents"] & intent and not self.application_flags & flags for intent, flags in PRIVILEGED.items()
        )
        return DISALLOWED_INTENTS if privileged else None

    def _welcome(self, session: Session) -> None:
        world = self.world
        assert world is not None
        guilds = [guild for guild in world.guilds.values() if world.bot.id in guild.members]
        ready = {
            "v": 10,
            "user": user_json(world.bot) | {"verified": True, "mfa_enabled": True},
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "application": {"id": world.bot.id, "flags": self.application_flags},
            "_trace": ["emulator"],
        }
        self._event(session, "READY", ready)
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                self._event(session, "GUILD_CREATE", arriving_guild_json(guild, world.bot))

    def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if data["token"] != self.token:
            connection.outgoing.put_nowait(AUTHENTICATION_FAILED)
            return
        if session is None or not session.resumable:
            connection.send(INVALID, False)
            return
        session.socket, connection.session = connection, session
        self.resumed.append(self.clock.now())
        for payload in session.sent[data["seq"] or 0 :]:
            connection.outgoing.put_nowait(payload)
        self._event(session, "RESUMED", {"_trace": ["emulator"]})

    def _members(self, session: Session, data: Json) -> None:
        assert self.world is not None
        guild = self.world.guilds[str(data["guild_id"])]
        ids = {str(id_) for id_ in data.get("user_ids") or guild.members}
        found = [member_json(member) for member in guild.members.values() if member.account.id in ids]
        chunk = {"guild_id": guild.id, "members": found, "chunk_index": 0, "chunk_count": 1, "nonce": data.get("nonce")}
        self._event(session, "GUILD_MEMBERS_CHUNK", chunk)
