"""The flow of a draft as a picture: a row a line, its bars from left to right."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from atl_core.flow.flow import Flow
from atl_core.flow.lettering import drawable
from atl_core.lyrics.brief import Line

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

WIDTH: Final = 1280
ROW: Final = 74
TOP: Final = 110
LEFT, RIGHT = 64, 28
MOST: Final = 16
"""Lines a picture."""
BEFORE, AFTER = 1.0, 0.5
"""Beats shown before and after a line's bars, for pickups and for what runs over."""
CARD, PANEL, INK, SOFT = "#16151f", "#211f2e", "#f4f1ea", "#a7a3b8"
STRESSED, PLAIN, RHYME, BAR, BEAT = "#ff7a59", "#7065dd", "#f2c14e", "#4fd1c5", "#4a4660"


def draw(
    title: str,
    about: str,
    lines: Sequence[Line],
    flows: Sequence[Flow],
    beats_per_bar: int,
    *,
    first: int = 0,
) -> bytes:
    """A PNG of at most 16 lines, 1280 pixels wide. `first` is the index of the first line shown.

    A box is a syllable, as long as it is held: orange where it is stressed, gold where it is the
    stressed syllable that the line rhymes on, violet elsewhere.
    """
    from PIL import Image, ImageDraw

    shown = list(zip(lines, flows, strict=True))[:MOST]
    page = Image.new("RGB", (WIDTH, TOP + ROW * max(1, len(shown)) + 24), CARD)
    pen = ImageDraw.Draw(page)
    pen.text((LEFT, 22), cut(title, 30, WIDTH - LEFT - RIGHT), INK, font(30))
    pen.text((LEFT, 64), about, SOFT, font(18))
    bars = max((_bars(line, flow) for line, flow in shown), default=1)
    beats = beats_per_bar * bars
    a_beat = (WIDTH - LEFT - RIGHT) / (BEFORE + beats + AFTER)
    for number, (line, flow) in enumerate(shown):
        top = TOP + number * ROW
        pen.text((LEFT - 14, top + 30), str(first + number + 1), SOFT, font(18), anchor="rm")
        left = LEFT + BEFORE * a_beat
        pen.rectangle((left, top + 6, left + beats * a_beat, top + 56), fill=PANEL)
        for beat in range(beats + 1):
            at = left + beat * a_beat
            on_one = beat % beats_per_bar == 0
            pen.line(
                (at, top + 6, at, top + 56), fill=BAR if on_one else BEAT, width=2 if on_one else 1
            )
        _syllables(pen, line, flow, beats_per_bar, left, top, a_beat)
    found = io.BytesIO()
    page.save(found, format="PNG", optimize=True)
    return found.getvalue()


def _bars(line: Line, flow: Flow) -> int:
    """Bars that a line takes: those that most of its syllables lie in."""
    inside = [one.bar for one in flow if one.bar >= line.bar]
    return max(1, len({bar for bar in inside if inside.count(bar) > 1}))


def _syllables(
    pen: ImageDraw.ImageDraw,
    line: Line,
    flow: Flow,
    beats_per_bar: int,
    left: float,
    top: int,
    a_beat: float,
) -> None:
    if not flow:
        pen.text((left + 8, top + 31), cut(line.text, 18, 900), SOFT, font(18), anchor="lm")
        return
    places = [(one.bar - line.bar) * beats_per_bar + one.position for one in flow]
    rhyme = max((at for at, one in enumerate(flow) if one.stress), default=-1)
    for number, (one, place) in enumerate(zip(flow, places, strict=True)):
        following = places[number + 1] if number + 1 < len(flow) else place + 1.0
        span = min(max(following - place, 0.12), 2.0)
        start, end = left + place * a_beat, left + (place + span) * a_beat - 2
        colour = (
            RHYME if number == rhyme and line.rhyme != "X" else STRESSED if one.stress else PLAIN
        )
        height = 12 if one.stress else 20
        pen.rounded_rectangle(
            (start + 1, top + height, max(end, start + 3), top + 50), 5, fill=colour
        )
        text = drawable(one.syllable) or "~"
        size = 19
        while size > 9 and font(size).getlength(text) > end - start - 4:
            size -= 1
        pen.text((start + 4, top + 32), text, CARD if one.stress else INK, font(size), anchor="lm")


_FONTS: dict[int, ImageFont.FreeTypeFont] = {}


def font(size: int) -> ImageFont.FreeTypeFont:
    """The font that comes with matplotlib."""
    if size not in _FONTS:
        from matplotlib import get_data_path
        from PIL import ImageFont

        path = f"{get_data_path()}/fonts/ttf/DejaVuSans-Bold.ttf"
        _FONTS[size] = ImageFont.truetype(path, size)
    return _FONTS[size]


def cut(text: str, size: int, wide: float) -> str:
    flat = " ".join(drawable(text).split())
    if font(size).getlength(flat) <= wide:
        return flat
    while flat and font(size).getlength(flat + "…") > wide:
        flat = flat[:-1]
    return flat + "…"
