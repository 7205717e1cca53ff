"""Beats that nothing was trained on, as Listenings, for measuring captioners as they are used."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from atl_core.audio.listening import Listening, as_bytes, packed
from atl_core.captioner.paper.proposer import PaperModel
from atl_core.captioner.protocol import Task
from atl_core.errors import UserError
from atl_core.lyrics.brief import GENRES, Genre
from atl_core.settings import load_settings
from training.captioners.store import Store

KEPT: Final = ("log-mel", "musicnn")
"""Front ends whose clip a Listening keeps."""
FIRST_SEED: Final = 1000
"""Training makes its beats with seeds below."""

Beats = dict[Genre, list[Listening]]


def listening_of(
    genre: Genre, name: str, picture: npt.NDArray[Any], patches: npt.NDArray[Any]
) -> Listening:
    """A Listening of which only the genre and the clip matter."""
    other: Genre = "country" if genre == "hip-hop" else "hip-hop"
    return Listening(
        sha256=name, duration=10.0, tempo=90.0, tempo_heard=90.0, tempo_confidence=1.0,
        beats_per_bar=4, beats=(), bar_times=(), key="", key_confidence=0.0,
        genre={genre: 0.9, other: 0.1}, tags={}, mood="chill", energy="medium", clip_start=0.0,
        clip_end=10.0, clip_picture=packed(picture),
        clip_patches=packed(patches) if len(patches) else "",
    )  # fmt: skip


def held_out_beats(data: Path | None) -> Beats:
    """Beats that nothing was trained on: the test part of the data, or new ones made here."""
    found: Beats = {genre: [] for genre in GENRES}
    if data is None:
        from atl_core.audio.clip import clip_log_mel
        from atl_core.audio.tagger import tag
        from training.captioners.beats import beat

        musicnn = load_settings().weights_home / "musicnn-msd"
        for genre in GENRES:
            for seed in range(FIRST_SEED, FIRST_SEED + 4):
                samples = beat(genre, seed)
                heard = tag(samples, musicnn).penultimate.astype(np.float16)[:3]
                picture = as_bytes(clip_log_mel(samples, 0.0, 10.0))
                found[genre].append(listening_of(genre, f"made {seed}", picture, heard))
        return found
    seen, tagged = (Store(data, "test", front) for front in KEPT)
    for number in range(len(seen)):
        named = seen.facts.genres[int(seen.clips[number][0])]
        for genre in GENRES:
            if genre != named:
                continue
            picture, patches = seen.stored(number), tagged.stored(number)
            found[genre].append(listening_of(genre, clip_name(number), picture, patches))
    return found


@dataclass(frozen=True, slots=True)
class Heard(PaperModel):
    """A captioner that has heard its beats: each once, and through any front end."""

    clips: dict[str, Tensor] = field(default_factory=dict)

    def encode_audio(self, task: Task) -> Tensor:
        assert task.listening is not None
        return self.clips[task.listening.sha256]


def having_heard(writer: PaperModel, beats: Beats, data: Path | None) -> Heard:
    """The captioner with what it hears in the beats, whichever genre is asked for.

    Raises:
        UserError: a Listening does not keep what it hears, and there is no `data` that does.
    """
    trained = writer.trained
    if trained.front in KEPT:
        found = {
            beat.sha256: beat.log_mel() if trained.front == "log-mel" else beat.patches()
            for beat in (*beats["hip-hop"], *beats["country"])
        }
    elif data is not None:
        store = Store(data, "test", trained.front)
        found = {clip_name(number): store.features(number) for number in range(len(store))}
    else:
        raise UserError(
            f"The beats made here are not kept as {trained.front}.",
            remedy="Name prepared data that has them, with --data.",
        )
    clips = {name: trained.hear(torch.from_numpy(heard))
             for name, heard in found.items() if heard is not None}  # fmt: skip
    return Heard(**{own.name: getattr(writer, own.name) for own in fields(writer)}, clips=clips)


def clip_name(number: int) -> str:
    return f"clip {number}"
