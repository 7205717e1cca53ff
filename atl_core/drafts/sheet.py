"""The lyric sheet: one A4 page for the music stand."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from atl_core.lyrics.brief import Line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 8.27, 11.69
"""A4 in inches."""
MARGIN: Final = 0.75
HEAD: Final = 1.1
"""Height of title and particulars, in inches."""
LARGEST, SMALLEST = 13.0, 5.0
"""Size of the lyrics, in points."""
LEADING: Final = 1.45
"""From line to line, in sizes."""
FONTS: Final = ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans", "Noto Emoji")
"""The first comes with matplotlib; the others fill in for other scripts where installed."""


def lyric_sheet(
    title: str,
    particulars: str,
    sections: Sequence[tuple[str, Sequence[Line]]],
    *,
    syllables: bool = False,
) -> bytes:
    """A PDF of one page: title, key and tempo, then the sections, as large as fits.

    With `syllables` each line has its count beside it. Long drafts go into two columns.
    """
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    page = io.BytesIO()
    with _print_style(), warnings.catch_warnings():
        # A script that no font here covers comes out as boxes; there is nothing better to print.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = drawn(title, particulars, sections, syllables=syllables)
        about = {"Title": title, "Creator": "ATL", "CreationDate": None}
        FigureCanvasPdf(figure).print_figure(page, metadata=about)
    return page.getvalue()


def drawn(
    title: str,
    particulars: str,
    sections: Sequence[tuple[str, Sequence[Line]]],
    *,
    syllables: bool = False,
) -> Figure:
    """The page as matplotlib draws it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT))
    columns = _columns([row for section in sections for row in _rows(*section)])
    size = min(_size_for_height(columns), _size_for_width(columns))
    top = HEIGHT - MARGIN
    _write(figure, MARGIN, top - 0.25, title, _title_size(title), weight="bold")
    _write(figure, MARGIN, top - 0.55, particulars, 10, color="0.35")
    for column, rows in enumerate(columns):
        left = MARGIN + column * (WIDTH - 2 * MARGIN) / len(columns)
        y = top - HEAD
        for row in rows:
            if isinstance(row, str):
                _write(figure, left, y, row, size * 0.85, weight="bold", color="0.25")
            elif row is not None:
                _write(figure, left, y, row.text, size)
                if syllables:
                    count = str(row.syllables)
                    _write(figure, left - 0.1, y, count, size * 0.65, ha="right", color="0.5")
            y -= size * LEADING / 72
    return figure


@contextmanager
def _print_style() -> Iterator[None]:
    from matplotlib import font_manager, rc_context

    installed = set(font_manager.get_font_names())
    fonts = [font for font in FONTS if font in installed]
    # Type 42 keeps the text searchable; "$" in a lyric is a dollar, not mathematics.
    with rc_context({"pdf.fonttype": 42, "font.family": fonts, "text.parse_math": False}):
        yield


def _rows(heading: str, lines: Sequence[Line]) -> list[str | Line | None]:
    return [heading, *lines, None]


def _columns(rows: Sequence[str | Line | None]) -> list[Sequence[str | Line | None]]:
    """One column, or two when one would be too small to read from a music stand."""
    if _size_for_height([rows]) >= 9:
        return [rows]
    gaps = [index + 1 for index, row in enumerate(rows) if row is None]
    middle = min(gaps, key=lambda index: abs(index - len(rows) / 2))
    return [rows[:middle], rows[middle:]] if middle < len(rows) else [rows]


def _size_for_height(columns: Sequence[Sequence[object]]) -> float:
    room = (HEIGHT - 2 * MARGIN - HEAD) * 72
    return min(LARGEST, room / (LEADING * max(1, *map(len, columns))))


def _size_for_width(columns: Sequence[Sequence[str | Line | None]]) -> float:
    room = ((WIDTH - 2 * MARGIN) / len(columns) - 0.2) * 72
    texts = [row.text if isinstance(row, Line) else row or "" for part in columns for row in part]
    widest = max((_ems(text) for text in texts), default=1.0)
    return max(SMALLEST, min(LARGEST, room / max(widest, 1.0)))


def _title_size(title: str) -> float:
    return max(9.0, min(20.0, (WIDTH - 2 * MARGIN) * 72 / max(1.0, _ems(title))))


def _ems(text: str) -> float:
    """Width of a text in sizes, on the safe side: DejaVu's letters average 0.6, others 1."""
    return sum(0.62 if ord(letter) < 0x2E80 else 1.05 for letter in text)


def _write(figure: Figure, x: float, y: float, text: str, size: float, **style: Any) -> None:
    """Write at inches from the lower left corner, on the baseline."""
    figure.text(x / WIDTH, y / HEIGHT, text, size=size, va="baseline", **style)
