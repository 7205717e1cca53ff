"""The paper's figures 3 and 4: loss and BLEU along the training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def curves(rows: Sequence[dict[str, Any]], folder: Path) -> None:
    """Write `loss.png` and, where BLEU was taken, `bleu.png`."""
    steps = [row["step"] for row in rows]
    loss = {
        "training": [row["loss"] for row in rows],
        "held out": [row["held_out"] for row in rows],
    }
    _draw(folder / "loss.png", steps, loss, "cross-entropy a word")
    if rows and all("bleu" in row for row in rows):
        bleu = {f"BLEU-{n + 1}": [row["bleu"][n] for row in rows] for n in range(4)}
        _draw(folder / "bleu.png", steps, bleu, "BLEU, greedy lines from a held-out starting word")


def _draw(path: Path, steps: list[int], lines: dict[str, list[float]], label: str) -> None:
    figure = Figure(figsize=(5, 3.4))
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for name, values in lines.items():
        axes.plot(steps, values, marker=".", label=name)
    axes.set_xlabel("step")
    axes.set_ylabel(label, fontsize=8)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=130)
