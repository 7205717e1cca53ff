"""One picture of what was heard, to be read on a phone and posted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from atl_core.audio.decode import clock, decode
from atl_core.audio.features import HOP_LENGTH, N_MELS, decibels, mel_blocks
from atl_core.audio.listening import Listening

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 12.0, 6.75  # inches at 100 dots: 1200 x 675
DOTS: Final = 100
COLUMNS: Final = 1000

# A card of its own colour, so that it looks the same on Discord's dark and light themes.
CARD: Final = "#16151f"
PANEL: Final = "#211f2e"
INK: Final = "#f4f1ea"
SOFT: Final = "#a7a3b8"
HIP_HOP: Final = "#ff7a59"
COUNTRY: Final = "#f2c14e"
CLIP: Final = "#4fd1c5"
TAG: Final = "#5b4fc4"
# Silence is the panel, so that a pause looks like a pause and not like a hole in the card.
SOUND: Final = (PANEL, "#3b1c63", "#8c2981", "#de4968", "#fe9f6d", "#fcfdbf")
FONT: Final = "DejaVu Sans"


def draw(beat: Path, heard: Listening, output: Path) -> None:
    """Draw a beat's mel spectrogram with its bars, tempo, key, tags and genre, as a PNG.

    Needs no display. The size is 1200 x 675 pixels.

    Raises:
        BeatError: the beat cannot be decoded any more.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sound = decode(beat, max_seconds=heard.duration + 60, max_megabytes=1e6)
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS, facecolor=CARD)
    FigureCanvasAgg(figure)
    _headline(figure, beat.stem, heard)
    _spectrogram(figure.add_axes((0.045, 0.335, 0.91, 0.375)), mel_columns(sound.samples), heard)
    _genre(figure.add_axes((0.045, 0.065, 0.40, 0.17)), heard)
    _tags(figure.add_axes((0.53, 0.055, 0.425, 0.19)), heard)
    figure.savefig(output, format="png", facecolor=CARD)


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


def _headline(figure: Any, name: str, heard: Listening) -> None:
    name = " ".join(name.replace("_", " ").split())
    title = name if len(name) <= 34 else name[:33] + "…"
    figure.text(0.045, 0.925, title, color=INK, size=20, family=FONT, va="center")
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
        (str(heard.bars), f"bars of {heard.beats_per_bar}/4", ""),
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
    label = axes.text(
        (start + end) / 2,
        0.9,
        f"clip {clock(start)}–{clock(end)}",
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
    axes.barh(0, hip_hop, color=HIP_HOP, height=0.34)
    axes.barh(0, 1 - hip_hop, left=hip_hop, color=COUNTRY, height=0.34)
    axes.plot([0.5, 0.5], [-0.25, 0.25], color=CARD, linewidth=2)
    for place, align, name, share, colour in (
        (0, "left", "hip-hop", hip_hop, HIP_HOP),
        (1, "right", "country", 1 - hip_hop, COUNTRY),
    ):
        axes.text(place, 0.52, name, color=colour, size=18, weight="bold", family=FONT, ha=align)
        axes.text(place, -0.62, f"{100 * share:.0f} %", color=INK, size=18, family=FONT, ha=align)
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.7, 0.8)
    axes.axis("off")


def _tags(axes: Axes, heard: Listening) -> None:
    tags = list(heard.tags.items())[:4]
    for row, (tag, share) in enumerate(tags):
        axes.barh(-row, 1.0, color=PANEL, height=0.72, left=0)
        axes.barh(-row, share, color=TAG, height=0.72)
        axes.text(0.015, -row, tag.lower(), color=INK, size=15, family=FONT, va="center")
        axes.text(
            0.985,
            -row,
            f"{100 * share:.0f} %",
            color=INK,
            size=14,
            family=FONT,
            va="center",
            ha="right",
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(-3.5, 0.5)
    axes.axis("off")
