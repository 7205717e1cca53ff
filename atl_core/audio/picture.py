"""One picture of what was heard, to be read on a phone and posted."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from atl_core.audio.decode import clock
from atl_core.audio.features import HOP_LENGTH, N_MELS, Samples, decibels, mel_blocks
from atl_core.audio.listening import Listening

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 12.0, 6.75  # inches at 100 dots: 1200 x 675
DOTS: Final = 100
COLUMNS: Final = 1000
PATCH_SECONDS: Final = 3.0
"""What the tagger hears at a time."""
FULL_ROW: Final = 0.5
"""Probability of a tag that fills its row, if no more of it is heard; hardly any is surer."""
LABEL_SHARE: Final = 0.17
"""Of the picture's width that the clip's label takes: it stays inside, wherever the clip is."""

# A card of its own colour, so that it looks the same on Discord's dark and light themes.
CARD: Final = "#16151f"
PANEL: Final = "#211f2e"
INK: Final = "#f4f1ea"
SOFT: Final = "#a7a3b8"
HIP_HOP: Final = "#ff7a59"
COUNTRY: Final = "#f2c14e"
CLIP: Final = "#4fd1c5"
TAG: Final = "#7065dd"
# Silence is the panel, so that a pause looks like a pause and not like a hole in the card.
SOUND: Final = (PANEL, "#3b1c63", "#8c2981", "#de4968", "#fe9f6d", "#fcfdbf")
FONT: Final = "DejaVu Sans"


def draw(samples: Samples, heard: Listening, title: str) -> bytes:
    """A PNG of a beat's mel spectrogram with its bars, tempo, key, tags and genre.

    Needs no display. The size is 1200 x 675 pixels. `samples` are mono at 16 kHz.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS, facecolor=CARD)
    FigureCanvasAgg(figure)
    _headline(figure, printable(title), heard)
    _spectrogram(figure.add_axes((0.045, 0.335, 0.91, 0.375)), mel_columns(samples), heard)
    _genre(figure.add_axes((0.045, 0.065, 0.40, 0.17)), heard)
    _tags(figure.add_axes((0.545, 0.055, 0.41, 0.19)), heard)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", facecolor=CARD)
    return drawn.getvalue()


def mel_columns(samples: Any) -> Any:
    """Log-mel in decibels over the whole beat, averaged to at most 1000 columns: (64, columns)."""
    frames = 1 + len(samples) // HOP_LENGTH
    count = min(COLUMNS, frames)
    column = np.arange(frames) * count // frames
    total = np.zeros((count, N_MELS))
    at = 0
    for power in mel_blocks(samples):
        here = column[at : at + len(power)]
        np.add.at(total, here, decibels(power).numpy())
        at += len(power)
    return (total / np.bincount(column)[:, None]).T


def printable(name: str) -> str:
    """A name as far as the font has its letters, on one line of at most 44 of them."""
    from matplotlib.font_manager import findfont, get_font

    known = get_font(findfont(FONT)).get_charmap()
    name = re.sub(r"\.(wav|flac|mp3|ogg|aiff?|m4a|aac|opus|webm|mp4)$", "", name, flags=re.I)
    words = "".join(c if ord(c) in known else " " for c in name.replace("_", " ")).split()
    line = " ".join(words) or "A beat"
    return line if len(line) <= 44 else line[:43] + "…"


def _headline(figure: Any, title: str, heard: Listening) -> None:
    # A$AP and Ca$h are names, not formulas.
    figure.text(0.045, 0.925, title, color=INK, size=20, family=FONT, va="center", parse_math=False)
    figure.text(
        0.955, 0.925, "ATL heard", color=SOFT, size=15, family=FONT, va="center", ha="right"
    )
    sure = heard.tempo_confidence >= 0.5
    note = "" if sure else "not sure"
    if sure and abs(heard.tempo_heard / heard.tempo - 1) > 0.1:
        note = f"made at {heard.tempo_heard:.0f}"
    facts = (
        (f"{heard.tempo:.0f}", "BPM", note),
        (heard.key.split()[0].replace("b", "♭").replace("#", "♯"), heard.key.split()[1], ""),
        (str(heard.bars), f"bar{'s'[: heard.bars != 1]} of {heard.beats_per_bar}/4", ""),
        (clock(heard.duration), "long", ""),
        (heard.mood, f"{heard.energy} energy", ""),
    )
    for place, (value, unit, note) in zip((0.045, 0.245, 0.40, 0.60, 0.775), facts, strict=True):
        figure.text(
            place, 0.825, value, color=INK, size=34, weight="bold", family=FONT, va="center"
        )
        words = f"{unit} · {note}" if note else unit
        figure.text(place, 0.752, words, color=SOFT, size=15, family=FONT, va="center")


def _spectrogram(axes: Axes, mel: Any, heard: Listening) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    top = float(np.percentile(mel, 99.5))
    axes.imshow(
        mel,
        origin="lower",
        aspect="auto",
        cmap=LinearSegmentedColormap.from_list("ear", SOUND),
        vmin=top - 60,
        vmax=top,
        extent=(0, heard.duration, 0, 1),
        interpolation="bilinear",
    )
    every = next((n for n in (1, 2, 4, 8, 16, 32) if heard.bars / n <= 17), 64)
    for number, bar in enumerate(heard.bar_times):
        marked = number % every == 0
        if marked or heard.bars <= 40:
            axes.axvline(bar, color=INK, alpha=0.55 if marked else 0.2, linewidth=1)
        if marked:
            axes.text(
                bar,
                -0.035,
                str(number + 1),
                color=SOFT,
                size=14,
                family=FONT,
                va="top",
                ha="center",
            )
    start, end = heard.clip_start, heard.clip_end
    axes.plot(
        [start, start, end, end, start], [0, 1, 1, 0, 0], color=CLIP, linewidth=4, clip_on=False
    )
    whole = end - start > heard.duration - 0.5
    edge = LABEL_SHARE / 2 * heard.duration
    label = axes.text(
        min(max((start + end) / 2, edge), heard.duration - edge),
        0.9,
        "clip: all of it" if whole else f"clip {clock(start)}–{clock(end)}",
        color=CARD,
        size=13,
        weight="bold",
        family=FONT,
        ha="center",
        va="center",
    )
    label.set_bbox({"facecolor": CLIP, "edgecolor": "none", "boxstyle": "round,pad=0.3"})
    axes.set_xlim(0, heard.duration)
    axes.set_ylim(0, 1)
    axes.axis("off")


def _genre(axes: Axes, heard: Listening) -> None:
    hip_hop = heard.genre["hip-hop"]
    _bar(axes, 0, 1, 0, COUNTRY, 22)
    _bar(axes, 0, hip_hop, 0, HIP_HOP, 22)
    for place, align, name, share, colour in (
        (0, "left", "hip-hop", hip_hop, HIP_HOP),
        (1, "right", "country", 1 - hip_hop, COUNTRY),
    ):
        axes.text(place, 0.46, name, color=colour, size=18, weight="bold", family=FONT, ha=align)
        axes.text(place, -0.66, f"{100 * share:.0f} %", color=INK, size=18, family=FONT, ha=align)
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.7, 0.8)
    axes.axis("off")


def _tags(axes: Axes, heard: Listening) -> None:
    """The likeliest tags: each with its course over the beat, or a bar if it has none, and mean."""
    left, right, tall = 0.37, 0.84, 0.72
    shown = list(heard.tags.items())[:4]
    over = heard.tags_over_time()
    for row, (tag, share) in enumerate(shown):
        axes.text(0, -row, tag.lower(), color=INK, size=15, family=FONT, va="center_baseline")
        figure = f"{100 * share:.0f} %"
        axes.text(
            1, -row, figure, color=INK, size=15, family=FONT, va="center_baseline", ha="right"
        )
        if over is None or len(over.starts) == 1:
            _bar(axes, left, right, -row, PANEL, 11)
            _bar(axes, left, left + share * (right - left), -row, TAG, 11)
            continue
        courses = over.probabilities[:, [over.names.index(tag) for tag, _ in shown]]
        high = tall * courses[:, row] / max(courses.max(), FULL_ROW)
        begin, end = left + (right - left) * stretches(over.starts, heard.duration) / heard.duration
        foot = -row - tall / 2
        axes.bar(left, tall, right - left, foot, color=PANEL, align="edge")
        axes.bar(begin, high, end - begin, foot, color=TAG, align="edge")
    axes.set_xlim(0, 1)
    axes.set_ylim(-3.5, 0.5)
    axes.axis("off")


def stretches(starts: Any, duration: float) -> Any:
    """Begin and end in seconds of what each of two or more patches stands for: (2, P).

    They adjoin, but for silence, of which there is no patch.
    """
    middles = starts + PATCH_SECONDS / 2
    half = np.diff(middles).min() / 2
    return np.stack([middles - half, middles + half]).clip(0, duration)


def _bar(axes: Axes, start: float, end: float, at: float, colour: str, thick: float) -> None:
    """A bar with round ends, `thick` points high, from `start` to `end` of the width."""
    radius = thick / 2 / 72 / (axes.get_position().width * WIDTH)
    inner = min(start + radius, (start + end) / 2), max(end - radius, start + radius)
    axes.plot(inner, (at, at), color=colour, linewidth=thick, solid_capstyle="round")
