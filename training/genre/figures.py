"""Figures of the genre evaluation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from training.genre.data import GENRES
from training.genre.measures import calibration_error, reliability


def confusion(
    log_odds: NDArray[np.float64], hip_hop: NDArray[np.bool_], title: str, file: Path
) -> None:
    """The paper's figures 5 and 6: each quadrant's share of all texts, in percent."""
    said = log_odds > 0
    shares = np.array(
        [
            [np.mean((hip_hop == true) & (said == answer)) for answer in (True, False)]
            for true in (True, False)
        ]
    )
    figure = Figure(figsize=(4.4, 4))
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(2):
        for column in range(2):
            share = shares[row, column]
            colour = "white" if share > 0.5 else "black"
            axes.text(column, row, f"{100 * share:.1f} %", ha="center", va="center", color=colour)
    axes.set_xticks([0, 1], GENRES)
    axes.set_yticks([0, 1], GENRES)
    axes.set_xlabel("classifier says")
    axes.set_ylabel("is" if "real" in title else "asked for")
    axes.set_title(f"{title}\nright {100 * np.trace(shares):.1f} % of {len(said)}", fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=150)


def reliability_curve(
    log_odds: NDArray[np.float64], hip_hop: NDArray[np.bool_], name: str, file: Path
) -> None:
    """How often the label is right for each probability that was given to it."""
    said, right, share = zip(*reliability(log_odds, hip_hop), strict=True)
    error = calibration_error(log_odds, hip_hop)
    figure = Figure(figsize=(4.4, 4))
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot([0.5, 1], [0.5, 1], color="grey", linewidth=1)
    axes.scatter(said, right, s=[20 + 600 * one for one in share])
    axes.set_xlabel("probability of the label")
    axes.set_ylabel("share that is right")
    axes.set_title(f"{name}: expected calibration error {100 * error:.1f} %", fontsize=9)
    figure.tight_layout()
    figure.savefig(file, dpi=150)
