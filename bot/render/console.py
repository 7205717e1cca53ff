"""A console for text that others wrote."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from bot.clean import clean

if TYPE_CHECKING:
    pass


def console(*, stderr: bool = False) -> Console:
    """Plain where the output is not a terminal."""
    return CleanConsole(stderr=stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)


class CleanConsole(Console):
    """A console on which no text can move the cursor, set a title or turn the reading order."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=clean(segment.text))
