"""Which lines are sung in which clip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.datasets.songs import Line


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a song, in seconds, and the lines sung in it."""

    start: float
    end: float
    lines: tuple[Line, ...]


def clips(lines: Sequence[Line], seconds: float, length: float = 10.0) -> Iterator[Clip]:
    """Clips of `length` seconds that together hold every timed line of a song of `seconds`.

    A clip starts with the first line that no clip holds yet, and earlier where the song would end
    before the clip does. It holds every line of which the middle is sung in it, and the line that
    it starts with however long that is. Lines that begin beyond the end of the audio are of
    another recording and are left out. A song shorter than `length` is one clip.
    """
    timed = [line for line in lines if line.text and line.start is not None]
    timed = [line for line in timed if _start(line) < seconds]
    at = 0
    while at < len(timed):
        start = max(0.0, min(_start(timed[at]), seconds - length))
        end = min(start + length, seconds)
        held = [n for n, line in enumerate(timed) if n == at or start <= _middle(line) < end]
        yield Clip(start, end, tuple(timed[n] for n in held))
        while at < len(timed) and at in held:
            at += 1


def _start(line: Line) -> float:
    assert line.start is not None
    return line.start


def _middle(line: Line) -> float:
    start = _start(line)
    return (start + max(start, line.end if line.end is not None else start)) / 2
