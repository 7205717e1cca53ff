"""What can be drawn of a text with the font that comes with matplotlib."""

from __future__ import annotations

from functools import cache


def drawable(text: str) -> str:
    """`text` without the characters that the font lacks: an emoji would be an empty box."""
    if text.isascii():
        return text
    known = _characters()
    kept = (char for char in text if ord(char) in known and char not in _INVISIBLE)
    return "".join(kept)


_INVISIBLE = frozenset("\u200d\ufe0e\ufe0f\u20e3")
"""What joins and turns emoji; it draws a box where they are gone."""


@cache
def _characters() -> frozenset[int]:
    """The code points that the font has."""
    from fontTools.ttLib import TTFont
    from matplotlib import get_data_path

    with TTFont(f"{get_data_path()}/fonts/ttf/DejaVuSans-Bold.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())
