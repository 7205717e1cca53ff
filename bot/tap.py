"""Tapping the tempo: the space bar on every beat, in a terminal."""

from __future__ import annotations

import os
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from atl_core.errors import UserError

FEWEST: Final = 4
"""Taps from which there is a tempo."""
PAUSE: Final = 2.5
"""Times the usual distance of two taps: after such a pause a new start is meant."""
END: Final = frozenset("\r\nq")
LEAVE: Final = frozenset("\x1b")
INVITATION: Final = (
    "Play your beat and press the space bar on every beat. Enter ends, Escape leaves all as it is."
)


def tapped_tempo(show: Callable[[str], None]) -> float | None:
    """Beats a minute of what is tapped; None where that was left.

    `show` is given what is known after each tap.

    Raises:
        UserError: this is no terminal, or there were too few taps.
    """
    if not sys.stdin.isatty():
        raise UserError(
            "Taps are read in a terminal only.", remedy="Say the tempo instead: it is 92 bpm."
        )
    taps: list[float] = []
    for key, at in _keys():
        if key in LEAVE:
            return None
        if key in END:
            break
        taps.append(at)
        show(f"{tempo_of(taps):.1f} BPM" if len(taps) >= FEWEST else f"{len(taps)}")
    if len(taps) < FEWEST:
        raise UserError(f"A tempo takes {FEWEST} taps or more.", remedy="Say once more: tap.")
    return tempo_of(taps)


def _keys() -> Iterator[tuple[str, float]]:
    """Keys as they are pressed, with the time of each in seconds; Escape at the end of the input.

    Of the keys only those that mean something here: the space bar, and what ends.
    """
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    # Nothing that is typed meanwhile is thrown away.
    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        while True:
            pressed = os.read(terminal, 32).decode(errors="replace")
            at = time.monotonic()
            # Spaces that a stalled process reads at once are one tap, and the others were missed.
            # An arrow is a sequence that begins with Escape.
            key = pressed[:1] if len(pressed) < 2 or not pressed.strip(" ") else ""
            if not pressed:
                yield "\x1b", at
            elif key in END | LEAVE | {" "}:
                yield key, at
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def tempo_of(taps: Sequence[float]) -> float:
    """Beats a minute by a line through the taps since the last pause; a missed one is counted.

    Times in seconds, at least two.
    """
    times = np.asarray(taps, dtype=np.float64)
    usual = float(np.median(np.diff(times)))
    pauses = np.flatnonzero(np.diff(times) > PAUSE * usual)
    if len(pauses) and len(times) - pauses[-1] - 1 >= FEWEST:
        times = times[pauses[-1] + 1 :]
        usual = float(np.median(np.diff(times)))
    steps = np.maximum(1, np.round(np.diff(times) / usual))
    numbers = np.concatenate([[0.0], np.cumsum(steps)])
    slope = float(np.polyfit(numbers, times, 1)[0])
    return 60.0 / max(slope, 1e-3)
