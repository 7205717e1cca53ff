"""Why a text was judged as it was: a picture, on request.

Each word is shaded by what it said. A strip on the left shows the genre of every line with the
lines around it taken into account, so that it is seen where a song turns.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from atl_core.genre.judge import judge
from atl_core.genre.verdict import GenreVerdict, LineVerdict, likelier
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
STRIP: Final = 2
"""Columns of the strip."""
WORDS: Final = 6
"""Words named for each genre."""


def picture(text: str, verdict: GenreVerdict | None = None) -> bytes:
    """A PNG of the first lines, each word shaded by what it said and each line with its verdict.

    Of a text without English words it shows what that is and the lines alone.

    `verdict` is the one on the text, where it is known already.

    Raises:
        UserError: there is nothing to judge; see `judge`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    verdict = verdict or judge(text)
    lines = verdict.lines[:PICTURE_LINES]
    headings = {part.first: part for part in verdict.parts if part.first < len(lines)}
    spoke = [] if verdict.is_foreign else _named(verdict)
    said = [remark for remark in (_neither(verdict), *spoke) if remark]
    left_edge = 1 + STRIP
    columns = min(PICTURE_WIDTH, max(40, *(len(line.text) for line in lines))) + LABEL + 2 + STRIP
    columns = max([columns, *(min(len(remark), PICTURE_WIDTH + LABEL) + 2 for remark in said)])
    rows = (
        len(lines)
        + len(headings)
        + 3
        - verdict.is_foreign
        + len(said)
        + (len(verdict.lines) > len(lines))
    )
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

    def judged(line: LineVerdict, row: float) -> None:
        share = line.in_context[left]
        genre, sure = (left, share) if share >= 0.5 else (right, 1 - share)
        strength = FAINTEST + (1 - FAINTEST) * (2 * sure - 1)
        where = (1, row - 0.02)
        strip = Rectangle(where, 1, 1.04, color=COLOURS[genre], alpha=strength, linewidth=0)
        axes.add_patch(strip)
        for mark in line.marks:
            width = min(mark.end, PICTURE_WIDTH) - mark.start
            if width > 0:
                strength = FAINTEST + (LOUDEST - FAINTEST) * mark.strength
                shade(left_edge + mark.start, row, width, mark.genre, strength)
        write(end + 1, row, _likely(line.genre), color=SOFT, fontsize=8)

    left, right = GENRES
    share = verdict.genre[left]
    end = columns - 1 - LABEL
    bar = end - 1 - LABEL
    row = 1.0
    if not verdict.is_foreign:
        write(1, 0.5, f"{left} {share:.0%}", weight="bold")
        shade(1 + LABEL, 0.5, bar * share, left, 1.0)
        shade(1 + LABEL + bar * share, 0.5, bar * (1 - share), right, 1.0)
        write(end + 1, 0.5, f"{right} {1 - share:.0%}", weight="bold")
        row = 2.0
    for remark in said:
        write(1, row - 0.5, _shortened(remark, columns - 2), color=SOFT)
        row += 1
    for index, line in enumerate(lines):
        if part := headings.get(index):
            name = part.name or part.lines
            write(left_edge, row, _shortened(name, PICTURE_WIDTH), weight="bold")
            if not verdict.is_foreign:
                write(end + 1, row, _likely(part.genre), fontsize=8)
            row += 1
        if not verdict.is_foreign:
            judged(line, row)
        shown = _shortened(line.text, PICTURE_WIDTH)
        if shown.isascii():
            write(left_edge, row, shown)
        else:
            # Letter by letter: a script with wider letters keeps its words on their marks.
            for column, letter in enumerate(shown):
                write(left_edge + column, row, letter)
        row += 1
    if len(verdict.lines) > len(lines):
        write(left_edge, row, f"and {len(verdict.lines) - len(lines)} more lines", color=SOFT)
    target = BytesIO()
    with catch_warnings():
        # A script that the font lacks is drawn as boxes, which needs no warning.
        simplefilter("ignore", UserWarning)
        figure.savefig(target, format="png")
    return target.getvalue()


def _neither(verdict: GenreVerdict) -> str:
    if verdict.confident:
        return f"It could as well be {verdict.might_be}." if verdict.might_be else ""
    if verdict.kind == "too short":
        return "Too short to tell."
    return f"Neither: this reads like {verdict.kind}."


def _named(verdict: GenreVerdict) -> list[str]:
    """The words that spoke, a row for each genre."""
    rows = []
    for genre in GENRES:
        words = [word.word for word in verdict.words if word.genre == genre][:WORDS]
        if words:
            rows.append(f"{genre}: {', '.join(words)}")
    return rows


def _likely(genre: dict[Genre, float]) -> str:
    label = likelier(genre)
    return f"{label} {min(genre[label], 0.99):.0%}"


def _shortened(said: str, longest: int) -> str:
    """What a font can draw: anything else becomes a space, so that columns stay in place."""
    if len(said) > longest:
        said = f"{said[: longest - 1]}…"
    return "".join(letter if letter.isprintable() else " " for letter in said)
