"""`/drafts`: everything a writer has, for them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.app_commands import locale_str as _

from bot.discord import access, acting
from bot.discord.asking import by_interaction
from bot.discord.interactions import answered, defer
from bot.discord.limits import CHOICE, clip

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]

OFFERED = 25


@app_commands.command(
    name=_("drafts"), description=_("Browse, search, open, compare, export or delete your drafts")
)
@app_commands.describe(
    search=_("Words of the title, the tags, the seeds or the lines"),
    draft=_("Open this draft at once"),
)
@app_commands.rename(search=_("search"), draft=_("draft"))
async def drafts(
    interaction: Asked,
    search: Range[str, 1, 100] | None = None,
    draft: Range[str, 1, 40] | None = None,
) -> None:
    async def work() -> None:
        asking = by_interaction(interaction, progress=await defer(interaction))
        if draft:
            await acting.open_draft(asking, draft)
        else:
            await acting.show_page(asking, search or "", 1)

    await answered(interaction, work())


@drafts.autocomplete("draft")
async def titles(interaction: Asked, current: str) -> list[Choice[str]]:
    """The writer's drafts, last changed first, by what was typed of them."""
    owner = access.owner_of(interaction.user.id)
    studio = interaction.client.studio
    found: Any
    if current.strip():
        found = await studio.search(current, owner=owner, per_page=OFFERED)
    else:
        found = await studio.list(owner=owner, per_page=OFFERED)
    return [
        Choice(name=clip(f"{item.title} · {item.id} · {item.opening}", CHOICE), value=item.id)
        for item in found.items
    ]


COMMANDS: tuple[Any, ...] = (drafts,)
