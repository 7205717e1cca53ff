"""The slash commands and the message menus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.discord.commands import about, judging, menus, settings, shelf, writing

if TYPE_CHECKING:
    from discord import app_commands


def add_to(tree: app_commands.CommandTree[Any]) -> None:
    """Enter every command into a tree."""
    for module in (writing, shelf, about, judging, settings, menus):
        for command in module.COMMANDS:
            tree.add_command(command)
