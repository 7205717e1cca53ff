"""`/settings`: what a server's managers decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from atl_core.errors import UserError
from bot.discord import access, buttons
from bot.discord.asking import ByInteraction, by_interaction
from bot.discord.buttons import Pressed, handles
from bot.discord.cards import QUIET, Card
from bot.discord.interactions import answered, defer
from bot.discord.server_settings import CAPS, ServerSettings, server_settings
from bot.discord.texts import say

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]


@app_commands.command(
    name=_("settings"), description=_("For managers: links, explicit words, channels, caps")
)
@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
async def settings(interaction: Asked) -> None:
    async def work() -> None:
        asking = by_interaction(interaction, progress=await defer(interaction))
        await asking.tell(card=_panel(asking, await _current(asking)))

    await answered(interaction, work())


@handles("switch", "channels", "cap", "everywhere")
async def change(interaction: Asked, pressed: Pressed) -> None:
    await defer(interaction, update=True)
    asking = by_interaction(interaction, in_place=True)
    now = await _current(asking)
    match pressed.verb, pressed.about:
        case "switch", "links":
            after = replace(now, links=not now.links)
        case "switch", "explicit":
            after = replace(now, explicit=not now.explicit)
        case "channels", _:
            after = replace(now, channels=tuple(buttons.chosen(interaction)))
        case "cap", _:
            (chosen,) = buttons.chosen(interaction)
            after = replace(now, cap=int(chosen) if int(chosen) in CAPS else now.cap)
        case _:
            after = replace(now, channels=())
    assert asking.scene.server is not None
    servers = await server_settings(asking.client.studio)
    await servers.set(access.server_name(asking.scene.server), after)
    await asking.show(_panel(asking, after))


async def _current(asking: ByInteraction) -> ServerSettings:
    """The settings, for somebody who may change them."""
    scene = asking.scene
    if scene.server is None:
        raise UserError(say("settings.server", scene.locale))
    if not scene.manager:
        raise UserError(say("settings.only", scene.locale))
    return await access.settings_of(asking.client, scene)


def _panel(asking: ByInteraction, now: ServerSettings) -> Card:
    locale, operator = asking.scene.locale, asking.client.settings
    embed = discord.Embed(title=say("settings.title", locale), colour=QUIET)

    def state(here: bool, allowed: bool) -> str:
        if not allowed:
            return say("settings.operator", locale)
        return say("settings.on" if here else "settings.off", locale)

    channels = " ".join(f"<#{id_}>" for id_ in now.channels)
    for key, value in (
        ("settings.links", state(now.links, operator.links)),
        ("settings.explicit", state(now.explicit, operator.explicit)),
        ("settings.channels", channels or say("settings.everywhere", locale)),
        ("settings.cap", str(now.cap)),
    ):
        embed.add_field(name=say(key, locale), value=value, inline=False)
    # A select that begins with a channel that is gone is refused as a whole.
    guild = asking.interaction.guild
    there = tuple(id_ for id_ in now.channels if guild is None or guild.get_channel(int(id_)))
    return Card([embed], buttons.of_settings(now, locale, chosen=there))


COMMANDS: tuple[Any, ...] = (settings,)
