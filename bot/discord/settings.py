"""`/settings`: what a server's managers decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import discord
from discord import app_commands, ui
from discord.app_commands import locale_str as _

from atl_core.errors import UserError
from bot.discord.card import Card, Field, make_embed
from bot.discord.client import Feature, Interaction
from bot.discord.components import SELECT, STYLE, Action, View, button, chosen
from bot.discord.context import Context, acknowledge
from bot.discord.escape import Markdown, join
from bot.discord.limits import CHOICES
from bot.discord.server_settings import CAPS, ServerSettings

ON: Final = "on"
OFF: Final = "off"
"""What a switch leads to, in its `custom_id`."""


@app_commands.command(
    name=_("settings"), description=_("For managers: links, explicit words, channels, caps")
)
@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
async def settings(interaction: Interaction) -> None:
    context = await acknowledge(interaction)
    _check_manager(context)
    card = _panel(context, await context.server_settings(), interaction.guild)
    await context.respond.send(card=card)


async def change(interaction: Interaction, action: Action) -> None:
    """A switch was pressed, or something was chosen.

    Only that is changed, and a switch leads to what it promised: another manager may have changed
    the settings since the panel was shown. The panel is shown anew, with what they changed.
    """
    context = await acknowledge(interaction, in_place=True)
    server = _check_manager(context)

    def step(before: ServerSettings) -> ServerSettings:
        match action.verb, action.subject:
            case "switch", "links":
                return replace(before, links=_switched(action, before.links))
            case "switch", "explicit":
                return replace(before, explicit=_switched(action, before.explicit))
            case "channels", _:
                return replace(before, channels=tuple(chosen(interaction)))
            case "cap", _:
                (cap,) = map(int, chosen(interaction))
                return replace(before, cap=cap if cap in CAPS else before.cap)
            case _:
                return replace(before, channels=())

    after = await (await context.client.servers()).change(server, step)
    await context.respond.show(_panel(context, after, interaction.guild))


def _switched(action: Action, before: bool) -> bool:
    """What a switch leads to. Those of older panels do not say it."""
    return action.detail == ON if action.detail else not before


def _check_manager(context: Context) -> int:
    """The server, for somebody who may change its settings.

    Raises:
        UserError: they may not.
    """
    if context.server is None:
        raise UserError(context.say("settings.server"))
    if not context.manager:
        raise UserError(context.say("settings.only"))
    return context.server


def _panel(context: Context, settings: ServerSettings, guild: discord.Guild | None) -> Card:
    say, operator = context.say, context.client.settings

    def state(here: bool, allowed: bool) -> Markdown:
        if not allowed:
            return say("settings.operator")
        return say("settings.on" if here else "settings.off")

    channels = join(" ", (Markdown(f"<#{channel}>") for channel in settings.channels))
    rows = (
        ("settings.links", state(settings.links, operator.links)),
        ("settings.explicit", state(settings.explicit, operator.explicit)),
        ("settings.channels", channels or say("settings.everywhere")),
        ("settings.cap", str(settings.cap)),
    )
    embed = make_embed(
        say("settings.title"), fields=[Field(say(key), value, inline=False) for key, value in rows]
    )
    # A select that begins with a channel that is gone is refused as a whole.
    there = [id_ for id_ in settings.channels if guild is None or guild.get_channel(int(id_))]
    return Card([embed], _components(context, settings, there))


def _components(context: Context, settings: ServerSettings, there: list[str]) -> View:
    say = context.say
    kind = discord.SelectDefaultValueType.channel
    channels = ui.ChannelSelect[ui.View](
        custom_id=Action("channels").custom_id(SELECT),
        placeholder=say("settings.pick"),
        channel_types=[
            discord.ChannelType.text,
            discord.ChannelType.news,
            discord.ChannelType.forum,
            discord.ChannelType.media,
            discord.ChannelType.voice,
            discord.ChannelType.stage_voice,
        ],
        min_values=0,
        max_values=CHOICES,
        default_values=[discord.SelectDefaultValue(id=int(id_), type=kind) for id_ in there],
        row=0,
    )
    caps = ui.Select[ui.View](
        custom_id=Action("cap").custom_id(SELECT),
        options=[
            discord.SelectOption(
                label=say("settings.cap.pick", n=n), value=str(n), default=n == settings.cap
            )
            for n in CAPS
        ],
        row=1,
    )

    def switch(name: str, on: bool) -> ui.Button[ui.View]:
        label = say(f"settings.{name}.switch", state=say("settings.on" if on else "settings.off"))
        style = STYLE.success if on else STYLE.secondary
        return button(label, Action("switch", name, OFF if on else ON), style, 2)

    items = [switch("links", settings.links), switch("explicit", settings.explicit)]
    if settings.channels:
        items.append(button(say("settings.all"), Action("everywhere"), row=2))
    return View(channels, caps, *items)


FEATURE: Final = Feature(
    commands=(settings,),
    handlers=dict.fromkeys(("switch", "channels", "cap", "everywhere"), change),
)
