"""The rhymes of a draft as a picture: its lines, each chain of rhymes on a colour of its own."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from atl_core.flow.lettering import drawable
from atl_core.flow.picture import CARD, INK, LEFT, RIGHT, SOFT, WIDTH, cut, font
from atl_core.lyrics.inner_rhymes import RhymeChain

ROW: Final = 40
TOP: Final = 84
SIZE: Final = 22
MOST: Final = 48
"""Lines of a picture."""
COLOURS: Final = (
    "#b5482f", "#4a45a8", "#8a6a12", "#1f7a74", "#8a3a78", "#3f7a2f", "#2f6394", "#94452f",
    "#5f3f94", "#2f8a5a",
)  # fmt: skip
"""Behind words in a light ink; chains that follow each other have different ones."""


def draw(title: str, lines: Sequence[str], chains: Sequence[RhymeChain]) -> bytes:
    """A PNG of up to 48 lines, 1280 pixels wide."""
    from PIL import Image, ImageDraw

    shown = [cut(line, SIZE, WIDTH - LEFT - RIGHT) for line in lines[:MOST]]
    page = Image.new("RGB", (WIDTH, TOP + ROW * max(1, len(shown)) + 24), CARD)
    pen = ImageDraw.Draw(page)
    pen.text((LEFT, 24), cut(title, 30, WIDTH - LEFT - RIGHT), INK, font(30))
    letters = font(SIZE)
    for number, chain in enumerate(chains):
        for stretch in chain.stretches:
            if stretch.line >= len(shown):
                continue
            line = lines[stretch.line]
            left, right = (
                LEFT + letters.getlength(drawable(line[:at]).lstrip())
                for at in (stretch.start, stretch.end)
            )
            if right > WIDTH - RIGHT:
                continue
            top = TOP + stretch.line * ROW
            colour = COLOURS[number % len(COLOURS)]
            pen.rounded_rectangle((left - 3, top + 2, right + 3, top + ROW - 6), 6, fill=colour)
    for number, line in enumerate(shown):
        middle = TOP + number * ROW + ROW // 2 - 2
        pen.text((LEFT - 14, middle), str(number + 1), SOFT, font(16), anchor="rm")
        pen.text((LEFT, middle), line, INK, letters, anchor="lm")
    stored = io.BytesIO()
    page.save(stored, "PNG", optimize=True)
    return stored.getvalue()
