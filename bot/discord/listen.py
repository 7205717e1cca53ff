"""`/listen`: what is heard in a beat, with a picture."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from atl_core.edits.beat import Listen
from bot.discord import beats
from bot.discord.client import Feature, Interaction
from bot.discord.context import acknowledge
from bot.discord.perform import submit
from bot.discord.permissions import check_may_submit


@app_commands.command(
    name=_("listen"), description=_("Say what is heard in a beat, with a picture")
)
@app_commands.describe(
    beat=_("The beat: an audio file, or a video with sound"),
    link=_("Or a link to it on YouTube"),
    private=_("Show the answer to you alone"),
)
@app_commands.rename(beat=_("beat"), link=_("link"), private=_("private"))
async def listen(
    interaction: Interaction,
    beat: discord.Attachment | None = None,
    link: str | None = None,
    private: bool = False,
) -> None:
    context = await acknowledge(interaction)
    context.private = private or context.absent
    await check_may_submit(context)
    heard, name = await beats.beat_of(context, beat, link)
    await submit(context, Listen(heard), beat=name)


FEATURE: Final = Feature(commands=(listen,))
