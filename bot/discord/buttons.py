"""Buttons and selects that outlive the process: all that they mean is in their id.

An id is `atl:<verb>` with what the verb is about, as `atl:more:k7m2qd:3` (continue draft k7m2qd,
seen at version 3) or `atl:cancel:<job>`; a select's begins with `atl=`. Nothing is kept in
memory, so they work after a restart and on messages a month old.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import discord
from discord import ui

from atl_core.drafts.draft import Draft
from atl_core.drafts.listing import Page
from bot.discord.interactions import answered, tell
from bot.discord.limits import CHOICE, clip
from bot.discord.server_settings import CAPS, ServerSettings
from bot.discord.texts import count, say

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]

STYLE: Final = discord.ButtonStyle
FORMATS: Final = ("txt", "lrc", "chordpro", "pdf", "json")
WORDS_IN_ID: Final = 60


@dataclass(frozen=True, slots=True)
class Pressed:
    """What an id says."""

    verb: str
    about: str = ""
    """A draft, a job, the number of a page."""
    rest: str = ""
    """The version that was seen, or words that were searched for."""

    @classmethod
    def read(cls, custom_id: str) -> Self:
        verb, _, rest = custom_id[4:].partition(":")
        about, _, rest = rest.partition(":")
        return cls(verb, about, rest)

    def id(self, kind: str = ":") -> str:
        told = [part for part in (self.verb, self.about, self.rest) if part]
        return f"atl{kind}{':'.join(told)}"

    @property
    def version(self) -> int | None:
        return int(self.rest) if self.rest.isdecimal() else None


Handler = Callable[["Asked", Pressed], Awaitable[None]]
handlers: dict[str, Handler] = {}
"""By verb; the modules that do the work enter theirs."""


def handles(*verbs: str) -> Callable[[Handler], Handler]:
    """Enter a handler for the verbs of buttons, selects and forms."""

    def enter(handler: Handler) -> Handler:
        handlers.update(dict.fromkeys(verbs, handler))
        return handler

    return enter


async def handle(interaction: Asked, custom_id: str) -> None:
    """Do what an id says; one that nobody knows any more is told to be old."""
    pressed = Pressed.read(custom_id)
    handler = handlers.get(pressed.verb) if custom_id.startswith("atl") else None
    if handler is None:
        await answered(interaction, tell(interaction, say("button.old", interaction.locale.value)))
        return
    await answered(interaction, handler(interaction, pressed))


class Press(ui.DynamicItem[ui.Button[ui.View]], template=r"atl:[\s\S]+"):
    """Any button of ours."""

    def __init__(self, button: ui.Button[ui.View]) -> None:
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], _match: Any, /
    ) -> Self:
        assert isinstance(item, ui.Button)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await handle(interaction, self.custom_id)


class Choose(ui.DynamicItem[ui.Select[ui.View]], template=r"atl=[\s\S]+"):
    """Any select of ours."""

    def __init__(self, select: ui.Select[ui.View]) -> None:
        super().__init__(select)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], _match: Any, /
    ) -> Self:
        return cls(item)  # type: ignore[arg-type]  # user and channel selects as well

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await handle(interaction, self.custom_id)


def chosen(interaction: Asked) -> list[str]:
    """What was chosen in a select."""
    data: Any = interaction.data
    return list(data.get("values", []))


def is_ours(custom_id: str) -> bool:
    """Whether a button or select is dispatched by `Press` or `Choose`."""
    return custom_id.startswith(("atl:", "atl="))


def button(
    label: str, pressed: Pressed, style: discord.ButtonStyle = STYLE.secondary, row: int = 0
) -> Press:
    return Press(ui.Button(label=label, custom_id=pressed.id(), style=style, row=row))


def view(*items: ui.Item[Any]) -> ui.View:
    made = ui.View(timeout=None)
    for item in items:
        made.add_item(item)
    return made


def of_draft(draft: Draft, locale: str, *, opened: bool = False) -> ui.View:
    """The buttons under a draft, in rows that a phone does not break."""
    rows: list[tuple[str, ...]] = [
        ("more", "take", "rewrite"),
        ("lock", "undo", "details"),
        ("export", "share"),
    ]
    if opened:
        rows.append(("post", "history", "compare", "delete"))
    styles = {"more": STYLE.primary, "delete": STYLE.danger}
    return view(
        *(
            button(
                say(f"button.{verb}", locale),
                Pressed(verb, draft.id, str(draft.revision)),
                styles.get(verb, STYLE.secondary),
                number,
            )
            for number, verbs in enumerate(rows)
            for verb in verbs
        )
    )


def of_job(job_id: str, locale: str) -> ui.View:
    return view(button(say("cancel", locale), Pressed("cancel", job_id), STYLE.danger))


def of_jobs(jobs: Sequence[tuple[str, str]], locale: str) -> ui.View:
    """A button to cancel each of up to five jobs, given by id and by what was asked."""
    word = say("cancel", locale)
    return view(
        *(
            button(clip(f"{word}: {asked}", 80), Pressed("cancel", job), STYLE.danger, row)
            for row, (job, asked) in enumerate(jobs[:5])
        )
    )


def of_page(page: Page, locale: str, words: str) -> ui.View:
    """A select of the drafts on a page, and buttons to turn it."""
    select = ui.Select[ui.View](
        custom_id="atl=open",
        placeholder=say("drafts.open", locale),
        options=[
            discord.SelectOption(
                label=clip(item.title, CHOICE),
                value=item.id,
                description=clip(
                    f"{item.id} · {count(item.lines, 'line', locale)} · {item.opening}", CHOICE
                ),
            )
            for item in page.items
        ],
        row=0,
    )
    items: list[ui.Item[Any]] = [Choose(select)]
    kept = words[:WORDS_IN_ID]
    for key, number in (("drafts.newer", page.page - 1), ("drafts.older", page.page + 1)):
        if 1 <= number <= page.pages:
            turn = Pressed("page", str(number), kept)
            items.append(button(say(key, locale), turn, row=1))
    return view(*items)


def of_export(draft: Draft, locale: str) -> ui.View:
    options = [
        discord.SelectOption(label=say(f"export.{kind}", locale), value=kind) for kind in FORMATS
    ]
    select = ui.Select[ui.View](
        custom_id=Pressed("file", draft.id).id("="),
        placeholder=say("export.pick", locale),
        options=options,
    )
    return view(Choose(select))


def of_share(draft: Draft, locale: str) -> ui.View:
    """Whom to let edit, and to stop sharing here."""
    people = ui.UserSelect[ui.View](
        custom_id=Pressed("edit", draft.id).id("="),
        placeholder=say("share.pick", locale),
        max_values=5,
        row=0,
    )
    stop = button(say("button.unshare", locale), Pressed("unshare", draft.id), row=1)
    return view(Choose(people), stop)  # type: ignore[arg-type]


def of_verdict(key: str, locale: str) -> ui.View:
    return view(button(say("button.picture", locale), Pressed("picture", key)))


def of_deleted(draft: Draft, locale: str) -> ui.View:
    return view(button(say("button.restore", locale), Pressed("restore", draft.id)))


def of_forget(user: int, locale: str) -> ui.View:
    return view(button(say("button.forget", locale), Pressed("forget", str(user)), STYLE.danger))


def of_settings(settings: ServerSettings, locale: str, *, chosen: Sequence[str]) -> ui.View:
    """What a server's managers can change; `chosen` are the channels that are still there."""
    channels = ui.ChannelSelect[ui.View](
        custom_id="atl=channels",
        placeholder=say("settings.pick", locale),
        channel_types=[
            discord.ChannelType.text,
            discord.ChannelType.news,
            discord.ChannelType.forum,
            discord.ChannelType.media,
            discord.ChannelType.voice,
            discord.ChannelType.stage_voice,
        ],
        min_values=0,
        max_values=25,
        default_values=[
            discord.SelectDefaultValue(id=int(id_), type=discord.SelectDefaultValueType.channel)
            for id_ in chosen
        ],
        row=0,
    )
    caps = ui.Select[ui.View](
        custom_id="atl=cap",
        options=[
            discord.SelectOption(
                label=say("settings.cap.pick", locale, n=n),
                value=str(n),
                default=n == settings.cap,
            )
            for n in CAPS
        ],
        row=1,
    )

    def switch(name: str, on: bool) -> Press:
        state = say("settings.on" if on else "settings.off", locale)
        label = say(f"settings.{name}.switch", locale, state=state)
        return button(label, Pressed("switch", name), STYLE.success if on else STYLE.secondary, 2)

    items: list[ui.Item[Any]] = [
        Choose(channels),  # type: ignore[arg-type]
        Choose(caps),
        switch("links", settings.links),
        switch("explicit", settings.explicit),
    ]
    if settings.channels:
        items.append(button(say("settings.all", locale), Pressed("everywhere"), row=2))
    return view(*items)
