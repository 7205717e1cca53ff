"""Why a text was judged as it was: marked words, a bar, and a picture on request."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final
from warnings import catch_warnings, simplefilter

from atl_core.genre.judge import READ, classifier, judge, read
from atl_core.genre.verdict import GenreVerdict

LOUD: Final = 0.35
"""Share of the loudest word's weight from which on a word is marked."""
PICTURE_LINES: Final = 40
PICTURE_WIDTH: Final = 64
"""Characters of a line in the picture; longer lines are cut."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word within the text, and what it said."""

    start: int
    end: int
    """`text[start:end]` is the word as written."""
    weight: float
    """Contribution to the log-odds: positive for hip-hop, negative for country."""
    strength: float
    """Beside the loudest word of the text, -1 (country) to 1 (hip-hop)."""


def marks(text: str, loud: float = LOUD) -> tuple[Mark, ...]:
    """The words that spoke loudly, in the order of the text, for a front end to highlight.

    Raises:
        UserError: there is nothing to judge; see `judge`.
    """
    found = read(text)
    weights = classifier().contributions(found).tolist()
    loudest = max(map(abs, weights)) or 1.0
    return tuple(
        Mark(token.start, token.end, weight, weight / loudest)
        for token, weight in zip(found, weights, strict=True)
        if abs(weight) >= loud * loudest
    )


def bar(verdict: GenreVerdict, width: int = 20) -> str:
    """A short bar in plain text: `country 83 % ███░░░░░░░ hip-hop 17 %`, country on the left."""
    country = verdict.genre["country"]
    filled = round(country * width)
    return (
        f"country {100 * country:.0f} % {'█' * filled}{'░' * (width - filled)} "
        f"hip-hop {100 - round(100 * country):.0f} %"
    )


def picture(text: str) -> bytes:
    """A PNG of the first lines, each word shaded by what it said and each line with its verdict.

    Raises:
        UserError: there is nothing to judge; see `judge`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    verdict = judge(text)
    weights = {mark.start: mark for mark in marks(text, loud=0.05)}
    starts, offset = [], 0
    for line in text[:READ].splitlines(keepends=True):
        if line.strip():
            starts.append((offset, line.rstrip("\r\n")))
        offset += len(line)
    starts = starts[:PICTURE_LINES]

    height = 0.26 * len(starts) + 0.9
    figure = Figure(figsize=(9.5, height), dpi=120)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    axes.set_axis_off()
    axes.set_xlim(0, PICTURE_WIDTH + 14)
    axes.set_ylim(len(starts) + 0.5, -2.6)
    title = bar(verdict) if verdict.confident else f"{bar(verdict)}   (neither?)"
    axes.text(0, -1.6, title, family="monospace", fontsize=11, weight="bold")
    # Lines without words have no verdict, so verdicts are matched to lines by their text.
    verdicts = iter(verdict.lines)
    following = next(verdicts, None)
    for row, (start, line) in enumerate(starts):
        for column, letter in enumerate(_printable(line)[:PICTURE_WIDTH]):
            axes.text(column, row, letter, family="monospace", fontsize=9, va="center")
        for mark in (weights[at] for at in range(start, start + PICTURE_WIDTH) if at in weights):
            if mark.start - start < min(len(line), PICTURE_WIDTH):
                left, right = mark.start - start, min(mark.end - start, PICTURE_WIDTH)
                shade = Rectangle(
                    (left - 0.1, row - 0.45),
                    right - left,
                    0.9,
                    color="tab:blue" if mark.weight > 0 else "tab:orange",
                    alpha=min(0.75, 0.1 + 0.65 * abs(mark.strength)),
                    linewidth=0,
                )
                axes.add_patch(shade)
        if following and following.text == line.strip():
            hip_hop = following.genre["hip-hop"]
            label = f"hip-hop {hip_hop:.0%}" if hip_hop >= 0.5 else f"country {1 - hip_hop:.0%}"
            axes.text(PICTURE_WIDTH + 1, row, label, fontsize=8, va="center", color="dimgrey")
            following = next(verdicts, None)
    target = BytesIO()
    with catch_warnings():
        # A script that the font lacks is drawn as boxes, which needs no warning.
        simplefilter("ignore", UserWarning)
        figure.savefig(target, format="png")
    return target.getvalue()


def _printable(line: str) -> str:
    """What a font can draw: anything else becomes a space, so that columns stay in place."""
    return "".join(letter if letter.isprintable() else " " for letter in line)
