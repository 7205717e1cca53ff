"""The button that removes all that is stored about a person. `perform` asks for it."""

from __future__ import annotations

from typing import Final

from atl_core.errors import DraftError
from bot.discord.client import Feature, Interaction
from bot.discord.components import Action
from bot.discord.context import acknowledge


async def forget(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction)
    if action.subject != str(interaction.user.id):
        raise DraftError(context.say("card.not_yours"))
    gone = await context.client.studio.forget_me(context.owner)
    await context.respond.send(gone.describe())


FEATURE: Final = Feature(handlers={"forget": forget})
