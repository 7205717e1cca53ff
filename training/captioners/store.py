"""Clips and lines on disk, read a batch at a time: memory does not grow with the songs.

A folder made by `python -m training prepare captioner`:

    data.json            what it holds, how it was made, what was left out and why
    words.json           the vocabulary
    SPLIT.clips          (clips, 3) int64: genre, first line, number of lines
    SPLIT.names.jsonl    which beat each clip is of; for people
    SPLIT.lines          (lines, LENGTH + 1) uint16
    SPLIT.FRONT          (clips, frames, bins): uint8 decibels or float16

Files are read with `pread`, not mapped, so that what was read once is not held.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from atl_core.captioner.paper.words import Spelling, Vocabulary
from atl_core.errors import UserError

LENGTH: Final = 20
"""Positions of a prefix: `startseq` and up to 19 words."""
SPLITS: Final = ("train", "valid", "test")


class Front(NamedTuple):
    """The shape of one clip in one front end."""

    frames: int
    bins: int
    kind: str
    """`uint8` or `float16`."""

    @property
    def size(self) -> int:
        """Bytes of a clip."""
        return self.frames * self.bins * np.dtype(self.kind).itemsize


class Batch(NamedTuple):
    """Some clips and lines that go with them."""

    features: npt.NDArray[np.float32]
    """(clips, frames, bins)"""
    owners: npt.NDArray[np.int64]
    """(lines,) the clip of each line."""
    ids: npt.NDArray[np.int64]
    """(lines, LENGTH + 1)"""
    genres: npt.NDArray[np.int64]
    """(clips,)"""
    clips: npt.NDArray[np.int64]
    """(clips,) where they stand in the split."""


class Rows:
    """A file of rows of one shape, read where it is asked for."""

    def __init__(self, path: Path, shape: tuple[int, ...], kind: str) -> None:
        self.kind, self.shape = np.dtype(kind), shape
        self.size = int(np.prod(shape)) * self.kind.itemsize
        self.file = path.open("rb")
        self.count = os.fstat(self.file.fileno()).st_size // self.size

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, row: int) -> npt.NDArray[Any]:
        if not 0 <= row < self.count:
            raise IndexError(row)
        raw = os.pread(self.file.fileno(), self.size, row * self.size)
        return np.frombuffer(raw, self.kind).reshape(self.shape)

    def __del__(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


@dataclass(frozen=True)
class Facts:
    """`data.json`."""

    kind: str
    """`pairs`: each clip with the lines of its song. `weak`: with any line of its genre."""
    spelling: Spelling
    genres: tuple[str, ...]
    fronts: dict[str, Front]
    splits: dict[str, dict[str, int]]
    held_out: str
    """What the held-out parts share with training: nothing (`artists`), or all but the `lines`."""
    problems: dict[str, int]
    made_with: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Facts:
        """The facts of a folder.

        Raises:
            UserError: it holds no prepared data.
        """
        try:
            found = json.loads((folder / "data.json").read_text())
        except (OSError, ValueError):
            raise UserError(
                f"There is no prepared data in {folder}.",
                remedy="Make it with: python -m training prepare captioner --out FOLDER ...",
            ) from None
        fronts = {name: Front(*shape) for name, shape in found.pop("fronts").items()}
        return cls(genres=tuple(found.pop("genres")), fronts=fronts, **found)


def read_vocabulary(folder: Path, spelling: Spelling) -> Vocabulary:
    return Vocabulary(tuple(json.loads((folder / "words.json").read_text())), spelling)


def shuffled(index: int, count: int, seed: int) -> int:
    """The place of `index` in a fixed random order of `count` things, without a list of them.

    A Feistel network on the smallest even number of bits that holds `count`, walked until it
    lands inside.
    """
    half = max(1, (max(count - 1, 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    place = index % count
    while True:
        left, right = place >> half, place & mask
        for turn in range(4):
            mixed = (right * 0x9E3779B1 + (seed + 1) * 0x85EBCA77 + turn * 0xC2B2AE3D) & 0xFFFFFFFF
            mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
            left, right = right, left ^ ((mixed ^ (mixed >> 13)) & mask)
        place = left << half | right
        if place < count:
            return place


class Store:
    """One split of a folder, through one front end."""

    def __init__(self, folder: Path, split: str, front: str) -> None:
        self.facts = Facts.read(folder)
        if front not in self.facts.fronts:
            raise UserError(
                f"The data in {folder} has no front end {front}.",
                f"It has: {', '.join(self.facts.fronts)}.",
                "Prepare it again with --front-end.",
            )
        self.front = self.facts.fronts[front]
        self.clips = Rows(folder / f"{split}.clips", (3,), "int64")
        self.lines = Rows(folder / f"{split}.lines", (LENGTH + 1,), "uint16")
        self._features = Rows(folder / f"{split}.{front}", self.front[:2], self.front.kind)
        # Clips lie genre by genre; only where each begins is kept.
        self.ranges: dict[int, tuple[int, int]] = {}
        for number in range(len(self.clips)):
            genre = int(self.clips[number][0])
            first = self.ranges.get(genre, (number, 0))[0]
            self.ranges[genre] = (first, number - first + 1)

    def __len__(self) -> int:
        return len(self.clips)

    def stored(self, clip: int) -> npt.NDArray[Any]:
        """(frames, bins), as bytes or halves: what a Listening keeps of a clip."""
        return self._features[clip]

    def features(self, clip: int) -> npt.NDArray[np.float32]:
        """(frames, bins): decibels, or what the tagger heard."""
        found = self.stored(clip)
        if self.front.kind == "uint8":
            from atl_core.audio.listening import decibels

            return decibels(found)
        return found.astype(np.float32)

    def batch(self, number: int, clips: int, lines: int, seed: int) -> Batch:
        """Batch `number` of a run, the same whenever it is asked for.

        The genres have equal parts, whatever their numbers of clips: `clips` clips in all, each
        with lines / clips of the lines that go with it, none twice before all were seen where
        they are shared (weak pairs).
        """
        each, share = max(1, clips // len(self.ranges)), max(1, lines // clips)
        rng = np.random.default_rng([seed, number])
        features: list[npt.NDArray[Any]] = []
        owners, ids, genres, drawn_clips = [], [], [], []
        for genre, (first_clip, count) in self.ranges.items():
            for turn in range(each):
                drawn = number * each + turn
                clip = first_clip + shuffled(drawn, count, seed + drawn // count)
                _, first, pool = self.clips[clip].tolist()
                if self.facts.kind == "weak":
                    at = drawn * share
                    rows = [
                        first + shuffled(at + n, pool, seed + (at + n) // pool)
                        for n in range(share)
                    ]
                else:
                    rows = (first + rng.integers(pool, size=share)).tolist()
                ids += [self.lines[row] for row in rows]
                owners += [len(features)] * share
                features.append(self.features(clip))
                genres.append(genre)
                drawn_clips.append(clip)
        return Batch(
            np.stack(features), np.array(owners), np.stack(ids).astype(np.int64),
            np.array(genres), np.array(drawn_clips),
        )  # fmt: skip
