"""Why a text was judged as it was: a picture, on request."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from atl_core.genre.judge import judge
from atl_core.genre.verdict import LineVerdict
from atl_core.lyrics.brief import GENRES, Genre

PICTURE_LINES: Final = 40
PICTURE_WIDTH: Final = 64
"""Characters of a line in the picture; longer lines are cut."""
# A card of its own colour, with the colours that a beat's picture has for the genres.
CARD: Final = "#16151f"
INK: Final = "#f4f1ea"
SOFT: Final = "#a7a3b8"
COLOURS: Final[dict[Genre, str]] = {"hip-hop": "#ff7a59", "country": "#f2c14e"}
FAINTEST, LOUDEST = 0.08, 0.5
"""How much of its genre's colour is behind a word; with more, the word would be hard to read."""
POINTS: Final = 10
"""Size of the text."""
ADVANCE: Final = 0.602
"""Width of a letter of DejaVu Sans Mono beside its size."""
LEADING: Final = 1.9
"""Height of a row beside the size of the text."""
LABEL: Final = 15
"""Columns of a line's verdict."""


def picture(text: str) -> bytes:
    """A PNG of the first lines, each word shaded by what it said and each line with its verdict.

    Raises:
        UserError: there is nothing to judge; see `judge`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    verdict = judge(text)
    lines = verdict.lines[:PICTURE_LINES]
    columns = min(PICTURE_WIDTH, max(40, *(len(line.text) for line in lines))) + LABEL + 2
    rows = len(lines) + 3 + (not verdict.confident) + (len(verdict.lines) > len(lines))
    size = (columns * POINTS * ADVANCE / 72, rows * POINTS * LEADING / 72)
    figure = Figure(figsize=size, dpi=144, facecolor=CARD)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)

    def write(column: float, row: float, said: str, **style: Any) -> None:
        options: dict[str, Any] = {"fontsize": POINTS, "va": "center", "color": INK, **style}
        options["family"] = "DejaVu Sans Mono"
        axes.text(column, row + 0.5, said, parse_math=False, **options)

    def shade(column: float, row: float, width: float, genre: Genre, strength: float) -> None:
        where = (column, row + 0.08)
        colour = COLOURS[genre]
        axes.add_patch(Rectangle(where, width, 0.84, color=colour, alpha=strength, linewidth=0))

    left, right = GENRES
    share = verdict.genre[left]
    end = columns - 1 - LABEL
    bar = end - 1 - LABEL
    write(1, 0.5, f"{left} {share:.0%}", weight="bold")
    shade(1 + LABEL, 0.5, bar * share, left, 1.0)
    shade(1 + LABEL + bar * share, 0.5, bar * (1 - share), right, 1.0)
    write(end + 1, 0.5, f"{right} {1 - share:.0%}", weight="bold")
    row = 2
    if not verdict.confident:
        write(1, row - 0.5, "This may be neither.", color=SOFT)
        row += 1
    for line in lines:
        for mark in line.marks:
            width = min(mark.end, PICTURE_WIDTH) - mark.start
            if width > 0:
                strength = FAINTEST + (LOUDEST - FAINTEST) * mark.strength
                shade(1 + mark.start, row, width, mark.genre, strength)
        # Letter by letter, so that a script with wider letters keeps its words on their marks.
        for column, letter in enumerate(_drawn(line)):
            write(1 + column, row, letter)
        probability = min(line.genre[line.label], 0.99)
        write(end + 1, row, f"{line.label} {probability:.0%}", color=SOFT, fontsize=8)
        row += 1
    if len(verdict.lines) > len(lines):
        write(1, row, f"and {len(verdict.lines) - len(lines)} more lines", color=SOFT)
    target = BytesIO()
    with catch_warnings():
        # A script that the font lacks is drawn as boxes, which needs no warning.
        simplefilter("ignore", UserWarning)
        figure.savefig(target, format="png")
    return target.getvalue()


def _drawn(line: LineVerdict) -> str:
    """What a font can draw: anything else becomes a space, so that columns stay in place."""
    said = line.text
    if len(said) > PICTURE_WIDTH:
        said = f"{said[: PICTURE_WIDTH - 1]}…"
    return "".join(letter if letter.isprintable() else " " for letter in said)
