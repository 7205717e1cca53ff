"""A shelf of songs of our own making, good ones and bad ones, to prepare and train on."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import soundfile

RATE = 16_000
WHO = "the river,my mama,an old friend,the city,a stranger,the band,your letter,my truck".split(",")
DOES = "is waiting by,keeps on singing to,was running from,never left,will call,can see".split(",")
WHAT = "the open road,the morning light,the money,a quiet town,the corner,the midnight train".split(
    ","
)


def lyrics(seed: int, lines: int = 12) -> str:
    """Some lines that no song has."""
    rng = random.Random(seed)
    sung = [f"{rng.choice(WHO)} {rng.choice(DOES)} {rng.choice(WHAT)}" for _ in range(lines)]
    return "[Verse 1]\n" + "\n".join(line.capitalize() for line in sung)


def sound(seed: int, seconds: float = 11.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    tone = np.sin(2 * np.pi * rng.uniform(100, 900) * t) * (1 + np.sin(2 * np.pi * 2 * t))
    return (0.3 * tone + 0.01 * rng.standard_normal(len(t))).astype(np.float32)


def add_song(
    shelf: Path, genre: str, name: str, seed: int, *, words: str | None = None, audio: bool = True
) -> Path:
    """One song: `GENRE/NAME.wav` and its `.txt`."""
    path = shelf / genre / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    if audio:
        soundfile.write(path, sound(seed), RATE)
    path.with_suffix(".txt").write_text(lyrics(seed) if words is None else words)
    return path


def good_shelf(folder: Path, artists: int = 4) -> Path:
    """Two genres, one song of each artist."""
    for number in range(artists):
        for genre in ("hip-hop", "country"):
            seed = 2 * number + (genre == "country")
            add_song(folder, genre, f"{genre} artist {number} - Song {number}", seed)
    return folder
