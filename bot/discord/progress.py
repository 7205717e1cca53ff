"""Showing how far a job is: its place in the queue, its stage, its lines as they are written."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import Any, Final

import discord

from atl_core.jobs.job import Job
from bot.discord.address import Address
from bot.discord.card import make_embed
from bot.discord.components import STYLE, Action, View, button
from bot.discord.escape import Markdown, escape, join
from bot.discord.interactions import is_over
from bot.discord.texts import say

log = logging.getLogger(__name__)

PAUSE: Final = 2.0
"""Seconds between two edits, at least."""
ASKED: Final = 120
LINES: Final = 3000


def embed(job: Job, locale: str, *, nobody: bool = False) -> discord.Embed:
    """What there is to see of a job that is not finished; `nobody` if no worker is there."""
    rows = [_state(job, locale)]
    if nobody and job.state == "queued":
        rows.append(say("queued.nobody", locale))
    if job.lines:
        rows += [Markdown(), join("\n", _written(job)).clip(LINES)]
    title = say("making.title", locale, asked=escape(job.asked).clip(ASKED))
    return make_embed(title, join("\n", rows))


def _written(job: Job) -> list[Markdown]:
    """The lines so far, numbered as in the draft; of a whole song with the name of each section
    over it."""
    rows, above = [], ""
    for n, line in enumerate(job.lines):
        number, section = job.places[n] if n < len(job.places) else (n + 1, "")
        if section != above:
            rows.append(Markdown(f"**{escape(section.capitalize())}**"))
            above = section
        rows.append(Markdown(f"`{number:>2}` {escape(line)}"))
    return rows


def _state(job: Job, locale: str) -> Markdown:
    if job.state == "queued":
        place = (
            say("queued.behind", locale, n=job.position)
            if job.position
            else say("queued.next", locale)
        )
        if job.wait_seconds is None:
            return place
        wait = say("queued.wait", locale, wait=duration(job.wait_seconds, locale))
        return join(" ", (place, wait))
    if job.stage == "write" and job.total:
        n = min(len(job.lines) + 1, job.total)
        return say("stage.write", locale, n=n, total=job.total)
    if job.stage == "render":
        return say("stage.render", locale, n=job.total)
    known = ("fetch", "listen", "judge", "save")
    return say(f"stage.{job.stage}" if job.stage in known else "stage.start", locale)


def duration(seconds: float, locale: str) -> Markdown:
    """Roughly how long: `40 s`, `3 min`."""
    if seconds < 55:
        return say("seconds", locale, n=max(5, 5 * math.ceil(seconds / 5)))
    return say("minutes", locale, n=math.ceil(seconds / 60))


class Progress:
    """The message in which a job is followed. It never fails: a lost edit is only not seen."""

    def __init__(self, client: discord.Client, job: Job) -> None:
        self._client = client
        self._address = Address.read(job.address)
        self._locale = self._address.locale
        self._job_id = job.id
        self._shown: dict[str, Any] | None = None
        self._wanted: discord.Embed | None = None
        self._last_edit = -PAUSE
        self._later: asyncio.TimerHandle | None = None
        self._editing: asyncio.Task[None] | None = None
        self._closed = False
        self.nobody = False
        """Whether no worker is there to begin."""

    def show(self, job: Job) -> None:
        """Show a snapshot: now, or when the pause since the last one is over. The last wins."""
        self._wanted = embed(job, self._locale, nobody=self.nobody)
        if self._later is not None or (self._editing and not self._editing.done()):
            return
        loop = asyncio.get_running_loop()
        left = self._last_edit + PAUSE - loop.time()
        if left <= 0:
            self._begin()
        else:
            self._later = loop.call_later(left, self._begin)

    def _begin(self) -> None:
        self._later = None
        if not self._closed:
            self._editing = asyncio.get_running_loop().create_task(self._edit_wanted())

    async def _edit_wanted(self) -> None:
        wanted = self._wanted
        loop = asyncio.get_running_loop()
        self._last_edit = loop.time()
        if wanted is not None and wanted.to_dict() != self._shown:
            self._shown = dict(wanted.to_dict())
            cancel = button(
                say("cancel", self._locale), Action("cancel", self._job_id), STYLE.danger
            )
            await self._edit(embed=wanted, view=View(cancel))
        if self._wanted is not wanted and not self._closed and self._later is None:
            left = max(0.0, self._last_edit + PAUSE - loop.time())
            self._later = loop.call_later(left, self._begin)

    async def close(self) -> None:
        """Show nothing more; what is on its way has arrived."""
        self._closed = True
        if self._later is not None:
            self._later.cancel()
        if self._editing is not None:
            await asyncio.wait({self._editing})

    async def end(self, text: Markdown) -> bool:
        """Say how it ended, without buttons; whether that could be said."""
        await self.close()
        return await self._edit(content=text, embed=None, view=None)

    async def remove(self) -> None:
        """Take the message away, where it is one of ours in the channel."""
        await self.close()
        if self._address.token or not self._address.progress:
            return
        try:
            await self._message().delete()
        except discord.HTTPException as error:
            log.info("A progress message could not be removed: %s.", error.code)

    async def _edit(self, **changes: Any) -> bool:
        if not self._address.progress:
            return False
        try:
            if self._address.token:
                webhook = self._address.webhook(self._client)
                if webhook is None:
                    return False
                await webhook.edit_message(int(self._address.progress), **changes)
            else:
                await self._message().edit(**changes)
        except discord.HTTPException as error:
            if not is_over(error):
                log.info("A progress message could not be changed: %s.", error.code)
            return False
        except (OSError, TimeoutError) as error:
            log.info("A progress message could not be changed: %s.", type(error).__name__)
            return False
        return True

    def _message(self) -> discord.PartialMessage:
        channel = self._address.messageable(self._client)
        return channel.get_partial_message(int(self._address.progress))
