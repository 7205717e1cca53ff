"""Beat -> Listening: everything between the bytes and what was heard."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from atl_core.audio.child import CancelledError
from atl_core.audio.clip import choose_clip, clip_log_mel
from atl_core.audio.decode import DECODING, Sound, decode
from atl_core.audio.listening import Listening, as_bytes, packed, packed_tags
from atl_core.audio.musicnn import TAGS
from atl_core.audio.onsets import onset_bands
from atl_core.audio.rhythm import hear_rhythm
from atl_core.audio.tagger import energy, genre, genres, mood, tag
from atl_core.audio.tonality import chroma_frames, find_key


def listen(
    beat: Path,
    *,
    max_seconds: float,
    max_megabytes: float,
    musicnn: Path,
    progress: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None,
) -> Listening:
    """Decode the file `beat` and hear it. See `decode` and `hear`."""
    if progress is not None:
        progress(DECODING)
    sound = decode(beat, max_seconds=max_seconds, max_megabytes=max_megabytes, cancel=cancel)
    with beat.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return hear(sound, sha256, musicnn=musicnn, progress=progress, cancel=cancel)


def hear(
    sound: Sound,
    sha256: str,
    *,
    musicnn: Path,
    device: str = "cpu",
    progress: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None,
) -> Listening:
    """Hear a beat. Heavy on the CPU: call it in a worker or a thread, never on an event loop.

    `sha256` is that of the beat's bytes. `musicnn` is the folder with the tagger's checkpoint,
    `MSD_musicnn.index` and `.data`. `progress` gets a few words at the start of each stage. Setting
    `cancel` stops the work within a second.

    Raises:
        WeightsError: the tagger's weights are missing or damaged.
        CancelledError: `cancel` was set.
    """

    def stage(words: str) -> None:
        if cancel is not None and cancel.is_set():
            raise CancelledError
        if progress is not None:
            progress(words)

    stage("finding the beat")
    chroma = chroma_frames(sound.samples)
    bands = onset_bands(sound.samples)
    rhythm = hear_rhythm(sound.samples, bands, chroma)
    key = find_key(chroma)
    stage("listening for style and mood")
    tagging = tag(sound.samples, musicnn, device=device, cancel=cancel)
    clip_start, clip_end = choose_clip(bands, chroma, rhythm.bars, sound.seconds)
    nearest = np.abs(tagging.starts + 1.5 - (clip_start + clip_end) / 2).argsort()[:3]
    patches = tagging.penultimate[np.sort(nearest)].astype(np.float16)
    return Listening(
        sha256=sha256,
        duration=round(sound.seconds, 3),
        tempo=round(rhythm.tempo, 2),
        tempo_heard=round(rhythm.heard, 2),
        tempo_confidence=round(rhythm.confidence, 3),
        bar_confidence=round(rhythm.bar_confidence, 3),
        beats_per_bar=rhythm.beats_per_bar,
        compound=rhythm.compound,
        intro=round(rhythm.intro, 3),
        sound_end=round(sound.sound_end, 3),
        beats=tuple(np.round(rhythm.beats, 3).tolist()),
        bar_times=tuple(np.round(rhythm.bars, 3).tolist()),
        key=key.name,
        key_confidence=round(key.confidence, 3),
        genre={name: round(p, 4) for name, p in genre(tagging).items()},
        tags={name: round(p, 4) for name, p in tagging.tags.items()},
        mood=mood(tagging, key.minor),
        energy=energy(sound.samples, rhythm.onsets_a_second),
        clip_start=round(clip_start, 2),
        clip_end=round(clip_end, 2),
        peak=round(sound.peak, 4),
        features=tuple(np.round(tagging.penultimate.mean(axis=0), 4).tolist()),
        clip_picture=packed(as_bytes(clip_log_mel(sound.samples, clip_start, clip_end))),
        clip_patches=packed(patches),
        genres={name: round(p, 4) for name, p in genres(tagging).items()},
        patch_tags=packed_tags(tagging.starts, tagging.probabilities, TAGS),
    )
