"""The gateway: sessions that outlive their sockets, zlib-stream, heartbeats, resume and replay."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from . import wire
from .journal import Frame, Journal
from .waiting import Changes
from .world import Guild, User

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
PRIVILEGED: Final = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}
_SENDS_A_MINUTE: Final = 120
_FRAME: Final = 16_384
"""Bytes; a longer message is cut into several frames, as zlib-stream allows."""


@dataclass(slots=True)
class Session:
    """What a bot has identified as: it survives a lost socket, with all that was said meanwhile."""

    id: str
    intents: int
    sequence: int = 0
    events: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    socket: Socket | None = None
    ready: bool = False
    """Whether it has been told of all its servers."""


def frames(data: bytes, size: int) -> list[bytes]:
    """Cut a message into frames of about ``size`` bytes.

    A client knows the last frame by its last four bytes (zlib's sync flush), so these stay together
    and that frame may be four bytes longer.
    """
    starts = range(0, max(len(data) - 4, 1), size)
    return [data[start : len(data) if start == starts[-1] else start + size] for start in starts]


class Socket:
    """One connection: what goes out is compressed with a window that lives as long as it does."""

    def __init__(self, raw: web.WebSocketResponse, *, compressed: bool, journal: Journal) -> None:
        self.raw = raw
        self.session = ""
        self._deflate = zlib.compressobj() if compressed else None
        self._journal = journal
        self._turn = asyncio.Lock()
        self.heartbeats: deque[float] = deque(maxlen=200)
        self.sends: deque[float] = deque(maxlen=_SENDS_A_MINUTE)

    async def send(self, payload: dict[str, Any]) -> bool:
        """Send one payload; whether there still was a socket to send it on."""
        sent = Frame(time.monotonic(), True, payload["op"], payload.get("t") or "", self.session)
        self._journal.frames.append(sent)
        text = json.dumps(payload)
        async with self._turn:
            try:
                if self._deflate is None:
                    await self.raw.send_str(text)
                    return True
                data = self._deflate.compress(text.encode())
                data += self._deflate.flush(zlib.Z_SYNC_FLUSH)
                for frame in frames(data, _FRAME):
                    await self.raw.send_bytes(frame)
            except (ConnectionError, RuntimeError):
                return False
        return True

    def cut(self) -> None:
        """Lose the connection without a word, as a network does."""
        transport = self.raw._req.transport if self.raw._req is not None else None
        if transport is not None:
            transport.abort()


class Gateway:
    """The peer of a bot's websocket."""

    def __init__(
        self,
        *,
        token: str,
        bot: User,
        guilds: dict[int, Guild],
        journal: Journal,
        changes: Changes,
        address: Callable[[], str],
    ) -> None:
        self.token = token
        self.heartbeat_interval = 41_250
        """Milliseconds between two heartbeats of the bot's."""
        self.approved: set[str] = set()
        """The privileged intents that the bot was granted."""
        self.down = False
        """Whether every new connection is turned away with a 503."""
        self.turned_away = 0
        """How many connections were."""
        self.sessions: dict[str, Session] = {}
        self._bot, self._guilds, self._address = bot, guilds, address
        self._journal, self._changes = journal, changes
        self._sockets: set[Socket] = set()

    @property
    def connected(self) -> bool:
        """Whether a bot is on a live socket and knows its servers."""
        return any(session.socket and session.ready for session in self.sessions.values())

    @property
    def intents(self) -> int:
        """The intents of the newest session."""
        return next(reversed(self.sessions.values())).intents if self.sessions else 0

    async def dispatch(self, event: str, data: dict[str, Any], *, intent: int = 0) -> bool:
        """Tell the bot of something; a session with no socket hears of it when it resumes.

        Returns:
            Whether it went out on a socket now.
        """
        sent = False
        for session in list(self.sessions.values()):
            if intent and not session.intents & intent:
                continue
            sent |= await self._tell(session, event, data)
        return sent

    async def _tell(self, session: Session, event: str, data: dict[str, Any]) -> bool:
        session.sequence += 1
        payload = {"op": DISPATCH, "t": event, "s": session.sequence, "d": data}
        session.events.append((session.sequence, payload))
        return session.socket is not None and await session.socket.send(payload)

    # --- accidents on demand -----------------------------------------------------------------

    def cut(self) -> None:
        """Every socket is lost without a close frame; the sessions can be resumed."""
        for socket in list(self._sockets):
            self._forget(socket)
            socket.cut()

    async def reconnect(self) -> None:
        """Op 7: the bot shall connect anew and resume."""
        for socket in list(self._sockets):
            await socket.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Op 9: the session is invalid, to be resumed or to be identified anew."""
        for socket in list(self._sockets):
            if not resumable:
                self.sessions.pop(socket.session, None)
            await socket.send({"op": INVALID_SESSION, "d": resumable, "s": None, "t": None})

    async def close(self, code: int = 4000) -> None:
        """Close every socket with a code of Discord's, and a word."""
        for socket in list(self._sockets):
            self._forget(socket)
            await socket.raw.close(code=code, message=b"closed by the test")

    # --- one connection ----------------------------------------------------------------------

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve a websocket until it ends."""
        if self.down:
            self.turned_away += 1
            self._changes.announce()
            return web.Response(status=503, text="no healthy upstream")
        raw = web.WebSocketResponse(compress=False, max_msg_size=4096, autoping=True)
        await raw.prepare(request)
        compressed = request.query.get("compress") == "zlib-stream"
        socket = Socket(raw, compressed=compressed, journal=self._journal)
        if request.query.get("v") not in ("9", "10") or request.query.get("encoding") != "json":
            await raw.close(code=4012, message=b"Invalid API version")
            return raw
        self._sockets.add(socket)
        try:
            await socket.send({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_interval}})
            async for message in raw:
                if message.type is not WSMsgType.TEXT:
                    await raw.close(code=4002, message=b"Decode error")
                    break
                await self._hear(socket, json.loads(message.data))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._forget(socket)
        return raw

    def _forget(self, socket: Socket) -> None:
        self._sockets.discard(socket)
        session = self.sessions.get(socket.session)
        if session is not None and session.socket is socket:
            session.socket = None
        self._changes.announce()

    async def _hear(self, socket: Socket, payload: dict[str, Any]) -> None:
        op = payload["op"]
        self._journal.frames.append(Frame(time.monotonic(), False, op, session=socket.session))
        now = time.monotonic()
        socket.sends.append(now)
        if len(socket.sends) == _SENDS_A_MINUTE and now - socket.sends[0] < 60:
            await socket.raw.close(code=4008, message=b"Rate limited")
        elif op == HEARTBEAT:
            socket.heartbeats.append(now)
            await socket.send({"op": HEARTBEAT_ACK})
        elif op == IDENTIFY:
            await self._identify(socket, payload["d"])
        elif op == RESUME:
            await self._resume(socket, payload["d"])
        elif op == REQUEST_MEMBERS:
            await self._members(socket, payload["d"])
        elif op not in (PRESENCE, VOICE):
            await socket.raw.close(code=4001, message=b"Unknown opcode")
        self._changes.announce(moved=op != HEARTBEAT)

    async def _identify(self, socket: Socket, data: dict[str, Any]) -> None:
        if socket.session:
            await socket.raw.close(code=4005, message=b"Already authenticated")
            return
        if data["token"] != self.token:
            await socket.raw.close(code=4004, message=b"Authentication failed")
            return
        wanted = {name for name, bit in PRIVILEGED.items() if data["intents"] & bit}
        if wanted - self.approved:
            await socket.raw.close(code=4014, message=b"Disallowed intent(s)")
            return
        session = Session(secrets.token_hex(16), data["intents"], socket=socket)
        # A bot that identifies anew has forgotten its old session; so does this side.
        self.sessions = {session.id: session}
        socket.session = session.id
        guilds = list(self._guilds.values())
        ready = {
            "v": 10,
            "user": wire.user(self._bot) | {"verified": True, "mfa_enabled": False, "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._address(),
            "shard": data.get("shard", [0, 1]),
            "application": {"id": str(self._bot.id), "flags": 0},
            "private_channels": [],
            "user_settings": {},
        }
        await self._tell(session, "READY", ready)
        if session.intents & GUILDS:
            for guild in guilds:
                await self._tell(session, "GUILD_CREATE", wire.guild(guild))
        session.ready = True

    async def _resume(self, socket: Socket, data: dict[str, Any]) -> None:
        session = self.sessions.get(data["session_id"] or "")
        if data["token"] != self.token:
            await socket.raw.close(code=4004, message=b"Authentication failed")
            return
        if session is None or data["seq"] is None or data["seq"] > session.sequence:
            await socket.send({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return
        if session.socket is not None:
            with contextlib.suppress(ConnectionError):
                await session.socket.raw.close(code=4000)
        socket.session = session.id
        # What is said from now on has to come after what is replayed: the socket joins last.
        replayed = data["seq"]
        while missed := [event for event in session.events if event[0] > replayed]:
            replayed = await _replay(socket, missed)
        session.socket = socket
        await self._tell(session, "RESUMED", {"_trace": []})

    async def _members(self, socket: Socket, data: dict[str, Any]) -> None:
        session = self.sessions[socket.session]
        guild = self._guilds[int(data["guild_id"])]
        wanted = {int(who) for who in data.get("user_ids") or []}
        people = [who for who, _ in guild.members.values() if not wanted or who.id in wanted]
        chunk = {
            "guild_id": str(guild.id),
            "members": [wire.member(guild, who) for who in people],
            "chunk_index": 0,
            "chunk_count": 1,
            "nonce": data.get("nonce"),
        }
        await self._tell(session, "GUILD_MEMBERS_CHUNK", chunk)


async def _replay(socket: Socket, missed: Iterable[tuple[int, dict[str, Any]]]) -> int:
    last = 0
    for sequence, payload in missed:
        await socket.send(payload)
        last = sequence
    return last
