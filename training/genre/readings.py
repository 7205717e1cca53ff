"""Lyrics as the verdict's language model reads them, kept in a folder so that none is read twice.

A reading is the mean of the model's last states over a text (`atl_core.captioner.genre_reader`). It
is kept under a hash of the normalised words, which are all that the model sees.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from atl_core.captioner.genre_reader import GenreReader, tuned
from atl_core.captioner.load import LM, load_language_model
from atl_core.genre.judge import RANKER, classifier
from atl_core.genre.others import SONG_GENRES
from atl_core.genre.text import words
from atl_core.genre.thorough import ADAPTER, FOLDER
from atl_core.genre.verdict import Reader
from atl_core.lyrics.wordlists import mask_explicit
from atl_core.settings import load_settings
from training.genre.data import GENRES, Section, excerpt, read
from training.genre.others import at_most

AT_ONCE = 256
"""Readings in a file."""
MOST_WEIGHED = 350
"""Sections of a genre on which both parts of the verdict are weighed."""
CUTS = (1, 2, 4, 8, 99)
"""Lines of the excerpts of each."""
TESTED = {"sections": 350, "12 lines": 90, "8 lines": 100, "4 lines": 200, "masked": 350}
"""Most texts of a genre. Those that are masked are the sections of hip-hop and country."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a song."""

    condition: str
    genre: str
    group: str
    text: str


def weighing_texts(data: Path) -> list[Text]:
    """Excerpts of the sections of the valid split, whose artists neither part has seen."""
    rng = random.Random(11)
    sections = read(data, "valid", SONG_GENRES)
    rng.shuffle(sections)
    return [
        Text("excerpts", s.genre, s.group, excerpt(s, cut, rng))
        for s in at_most(sections, MOST_WEIGHED)
        for cut in CUTS
        if cut == 99 or len(s.lines) > cut
    ]


def held_out_texts(data: Path, split: str = "test") -> list[Text]:
    """Texts of all four genres by length. The 12 lines are of songs, since sections are short."""
    from training.genre.evaluate import songs

    sections = read(data, split, SONG_GENRES)
    found = []
    for condition, most in TESTED.items():
        rng = random.Random(12)
        source = songs(sections) if condition == "12 lines" else sections
        lines = int(condition.split()[0]) if condition[0].isdigit() else 0
        for genre in GENRES if condition == "masked" else SONG_GENRES:
            chosen = [s for s in source if s.genre == genre and len(s.lines) >= lines]
            rng.shuffle(chosen)
            found += [
                Text(condition, genre, s.group, _piece(s, condition, lines, rng))
                for s in chosen[:most]
            ]
    return found


def _piece(section: Section, condition: str, lines: int, rng: random.Random) -> str:
    if condition == "masked":
        return mask_explicit(section.text)
    return excerpt(section, lines, rng) if lines else section.text


def load_reader(folder: Path = FOLDER) -> GenreReader:
    """The verdict's language model, with its adapter in a folder."""
    settings = load_settings()
    ranker = classifier(RANKER).score
    model = load_language_model(settings.weights_home, settings.device, ranker, model=LM)
    assert model.adapter is not None, "the shipped writer has one"
    return tuned(model.sampler.model, model.sampler.tokenizer, model.adapter, folder / ADAPTER)


def readings_of(readings: Path, folder: Path = FOLDER) -> Path:
    """Where among the readings those of the adapter in a folder lie."""
    return readings / hashlib.sha256((folder / ADAPTER).read_bytes()).hexdigest()[:12]


def mean_state(reader: Reader, found: Sequence[str]) -> NDArray[np.float32]:
    """Of normalised words, (width,)."""
    read = reader.read(found)
    mean: NDArray[np.float32] = read.states.sum(axis=0) / max(1, int(read.tokens.sum()))
    return mean


def key(text: str) -> str:
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()[:24]


def read_texts(
    folder: Path, texts: Sequence[str], load: Callable[[], Reader] = load_reader
) -> NDArray[np.float32]:
    """The mean state of each text, (texts, width). What is not in the folder yet is read first.

    Args:
        folder: of one model's readings.
        load: called for the model if anything is to be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, NDArray[np.float16]] = {}
    for file in sorted(folder.glob("*.npz")):
        with np.load(file, allow_pickle=False) as stored:
            known |= dict(zip(stored["keys"].tolist(), stored["states"], strict=True))
    wanted = {key(text): text for text in texts}
    missing = [(name, text) for name, text in wanted.items() if name not in known]
    if missing:
        reader = load()
        for first in track(range(0, len(missing), AT_ONCE), description="reading"):
            some = missing[first : first + AT_ONCE]
            states = np.array([mean_state(reader, words(t)) for _, t in some], np.float16)
            names = np.array([name for name, _ in some])
            np.savez(folder / f"{names[0]}.npz", keys=names, states=states)
            known |= dict(zip(names.tolist(), states, strict=True))
    return np.array([known[key(text)] for text in texts], np.float32)
