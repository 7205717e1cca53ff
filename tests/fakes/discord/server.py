"""The server itself: it opens on a free port of 127.0.0.1 and plays its part until it is closed."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from aiohttp import web

from . import answering, routes, wire
from .calls import Call, read_call
from .faults import Fault, Limit
from .gateway import GUILDS, Gateway
from .journal import Entry, Journal
from .people import Person
from .refusals import RefusalError, unauthorized
from .store import Ping, Store
from .waiting import Changes
from .world import (
    EVERYDAY,
    TEXT,
    THREAD,
    Channel,
    Guild,
    Interaction,
    Role,
    User,
    bits,
    is_present,
    snowflake,
)

API: Final = "/api/v10"
Found = TypeVar("Found")


class LoopbackDiscord:
    """A whole Discord for one bot.

    Use it as an asynchronous context manager. `url` is what `ATL_DISCORD_LOOPBACK` takes, `token`
    what the bot logs in with. Servers, channels and people are made by `guild`, `channel`,
    `thread` and `person`; what people do goes through the `Person`s.
    """

    def __init__(self, *, port: int = 0) -> None:
        bot = User(snowflake(), "atl", bot=True)
        # Of the shape of a real token, so that what looks for secrets in logs finds it.
        self.token = ".".join(secrets.token_urlsafe(size) for size in (18, 4, 27))
        self.journal = Journal()
        self.changes = Changes()
        self.store = Store(bot, self.journal, self.changes)
        self.store.users[bot.id] = bot
        self.gateway = Gateway(
            token=self.token,
            bot=bot,
            guilds=self.store.guilds,
            journal=self.journal,
            changes=self.changes,
            address=lambda: self.store.root.replace("http://", "ws://") + "/gw/",
        )
        self.store.gateway = self.gateway
        self.faults: list[Fault] = []
        self.limits: list[Limit] = []
        """Rate limits that hold; `faults.discords_own()` are the real Discord's."""
        self._port = port
        self._runner: web.AppRunner | None = None

    # --- life --------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_get("/gw/", self.gateway.connect)
        app.router.add_get("/", self.gateway.connect)  # as at gateway.discord.gg
        app.router.add_get("/attachments/{channel}/{file}/{name}", self._cdn)
        for (method, path), route in routes.ROUTES.items():
            app.router.add_route(method, API + path, self._serve(route))
        for (method, path), route in answering.ROUTES.items():
            app.router.add_route(method, API + path, self._serve(route, secret=False))
        app.router.add_route("*", "/{rest:.*}", self._serve(_stranger))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.store.root = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self.gateway.close(1001)
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where it is: `http://127.0.0.1:PORT`."""
        return self.store.root

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self.store.bot

    @property
    def pings(self) -> list[Ping]:
        """Everybody whom the bot has pinged."""
        return self.store.pings

    # --- what there is -----------------------------------------------------------------------

    async def guild(
        self,
        name: str = "Songwriters",
        *,
        bot_may: int = EVERYDAY,
        owner: User | None = None,
        present: bool = True,
    ) -> Guild:
        """A server with the bot in it, whose role allows `bot_may` (everybody: the everyday); or
        not `present`, where only people who installed it bring it along."""
        owner = owner or self._user(f"owner of {name}")
        guild = Guild(snowflake(), name, owner)
        everyone = EVERYDAY if bot_may & EVERYDAY == EVERYDAY else bits("use_application_commands")
        guild.roles[guild.id] = Role(guild.id, "@everyone", everyone)
        role = Role(snowflake(), self.bot.name, bot_may)
        guild.roles[role.id] = role
        guild.members[owner.id] = (owner, set())
        if not present:
            return guild
        guild.members[self.bot.id] = (self.bot, {role.id})
        self.store.guilds[guild.id] = guild
        await self.gateway.dispatch("GUILD_CREATE", wire.guild(guild), intent=GUILDS)
        return guild

    async def channel(
        self, guild: Guild, name: str = "lyrics", *, nsfw: bool = False, bot_may_not: int = 0
    ) -> Channel:
        """A text channel, in which the bot is denied `bot_may_not`."""
        channel = Channel(snowflake(), TEXT, name, guild, nsfw=nsfw)
        if bot_may_not:
            channel.denied[self.bot.id] = bot_may_not
        guild.channels[channel.id] = self.store.channels[channel.id] = channel
        if is_present(self.bot, channel):
            await self.gateway.dispatch("CHANNEL_CREATE", wire.channel(channel), intent=GUILDS)
        return channel

    async def thread(self, parent: Channel, name: str = "a song") -> Channel:
        """A public thread under a channel."""
        assert parent.guild is not None
        thread = Channel(snowflake(), THREAD, name, parent.guild, parent=parent)
        parent.guild.channels[thread.id] = self.store.channels[thread.id] = thread
        await self.gateway.dispatch("THREAD_CREATE", wire.channel(thread), intent=GUILDS)
        return thread

    def person(self, name: str, *guilds: Guild, locale: str = "en-US", may: int = 0) -> Person:
        """Somebody; a member of these servers, who there may do `may` beside the everyday."""
        user = self._user(name)
        user.locale = locale
        for guild in guilds:
            roles = set()
            if may:
                role = Role(snowflake(), f"{name}'s role", may)
                guild.roles[role.id] = role
                roles.add(role.id)
            guild.members[user.id] = (user, roles)
        return Person(self.store, user)

    def _user(self, name: str) -> User:
        user = User(snowflake(), name)
        self.store.users[user.id] = user
        return user

    # --- waiting and accidents ---------------------------------------------------------------

    async def until(self, found: Callable[[], Found], what: str = "") -> Found:
        """The first true value of `found`; a TimeoutError that says `what` if nothing moves."""
        return await self.changes.until(found, what)

    async def gone(self) -> None:
        """Until no bot is connected: one that was killed is noticed a moment later."""
        await self.until(lambda: not self.gateway.connected, "the bot to go")

    async def ready(self) -> None:
        """Until a bot is identified and knows its servers."""
        await self.until(lambda: self.gateway.connected, "the bot to connect")

    def trouble(self, method: str, path: str, **how: Any) -> Fault:
        """Let the next requests like this fail (see `Fault`); `*` stands for one part of a path."""
        fault = Fault(method, path, **how)
        self.faults.append(fault)
        return fault

    def forget(self, interaction: Interaction) -> None:
        """Three seconds are over, and nothing has answered it: nothing may any more.

        It is the test that says so. The fake has no clock of its own, which would tell of the
        machine and not of the bot.
        """
        interaction.forgotten = True

    def expire(self, *interactions: Interaction) -> None:
        """The tokens of these interactions, or of all there have been, are too old from now on."""
        for interaction in interactions or self.store.interactions.values():
            interaction.expired = True

    # --- serving -----------------------------------------------------------------------------

    def _serve(self, route: routes.Route, *, secret: bool = True) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            began = time.monotonic()
            path = request.path.removeprefix(API)
            status, payload = 500, None
            headers: dict[str, str] = {}
            call: Call | None = None
            try:
                call = await read_call(request, path)
                status, payload, headers = await self._answer(call, route, secret=secret)
            except RefusalError as refusal:
                status, payload = refusal.status, refusal.body()
            except ConnectionError:
                status = 499  # the bot went away in the middle of it
            self.journal.requests.append(
                Entry(
                    at=began,
                    seconds=time.monotonic() - began,
                    method=request.method,
                    path=path,
                    query=dict(request.query),
                    body=call.body if call else None,
                    files=tuple(file.filename for file in call.files) if call else (),
                    status=status,
                    code=payload.get("code", 0) if isinstance(payload, dict) else 0,
                    known=route is not _stranger,
                )
            )
            self.changes.announce()
            return _respond(status, payload, headers)

        return serve

    async def _answer(
        self, call: Call, route: routes.Route, *, secret: bool
    ) -> tuple[int, Any, dict[str, str]]:
        fault = next((f for f in self.faults if f.strikes(call.method, call.path)), None)
        if fault is not None and not fault.performed:
            return fault.answer()
        if secret and call.token != f"Bot {self.token}":
            raise unauthorized()
        headers: dict[str, str] = {}
        for limit in self.limits:
            found = limit.headers(call.method, call.path)
            if found is not None:
                headers, wait = found
                if wait:
                    late = Fault(call.method, call.path, status=429, retry_after=wait)
                    status, payload, more = late.answer()
                    return status, payload, headers | more
        status, payload = await route(self.store, call)
        if fault is not None:
            return fault.answer()
        return status, payload, headers

    async def _cdn(self, request: web.Request) -> web.StreamResponse:
        attachment = self.store.files.get(request.path)
        if attachment is None or "hm" not in request.query:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=attachment.data, content_type=attachment.content_type)


async def _stranger(_: Store, __: Call) -> routes.Answer:
    raise RefusalError(404, 0, "404: Not Found")


def _respond(status: int, payload: Any, headers: dict[str, str]) -> web.StreamResponse:
    if payload is None:
        return web.Response(status=status, headers=headers)
    if isinstance(payload, str):
        return web.Response(status=status, text=payload, content_type="text/html", headers=headers)
    # Exactly `application/json`: with a charset behind it, clients take the body for text.
    body = json.dumps(payload).encode()
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)
