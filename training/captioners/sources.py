"""Where clips and lines come from: a folder of songs, a built data set, or weak pairs.

Each source yields songs one at a time and keeps none. What cannot be used is counted by its
reason and passed over; nothing stops a run.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from atl_core.audio.decode import decode
from atl_core.audio.features import SAMPLE_RATE, Samples
from atl_core.errors import BeatError, UserError
from atl_core.lyrics.brief import GENRES, Genre
from training.datasets.corpora import genre_of
from training.datasets.files import LYRICS, SOUNDS, name_of, walk
from training.datasets.lyrics import read_file
from training.datasets.matching import FEWEST_WORDS, language
from training.datasets.songs import SourceError, UnavailableError

CLIP: Final = 10.0
CLIPS_A_SONG: Final = 6
"""Most clips taken of one song, spread over it."""
MOST_SECONDS: Final = 1200.0
MOST_MEGABYTES: Final = 200.0


@dataclass(frozen=True)
class Song:
    """Audio and the lines that go with it; no lines where pairs are weak."""

    genre: str
    group: str
    """Artist, or beat: what is held out as a whole."""
    name: str
    audio: Path | None
    """None: `samples` are at hand."""
    lines: tuple[str, ...] = ()
    samples: Samples | None = None
    starts: tuple[float, ...] = ()
    """Where its clips begin; none: spread over the song."""
    split: str = ""
    """Where the source has decided it."""


@dataclass
class Problems:
    """What was left out and why, by number."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, example: str = "", number: int = 1) -> None:
        self.counts[reason] += number
        self.examples.setdefault(reason, example)


class Seen:
    """What was met before, as 8 bytes each."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def again(self, content: bytes) -> bool:
        found = int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")
        known = found in self._hashes
        self._hashes.add(found)
        return known


# --- pairs ---------------------------------------------------------------------------------------


def songs_in(folder: Path, problems: Problems) -> Iterator[Song]:
    """`GENRE/Artist - Title.mp3` with its lyrics beside it (`.lrc`, `.txt`), as `dataset` reads.

    Raises:
        SourceError: there is no such folder.
    """
    audio = {path.with_suffix("") for path in walk(folder, SOUNDS)}
    for path in walk(folder, set(LYRICS)):
        if path.with_suffix("") not in audio:
            problems.add("lyrics without audio", path.name)
    for path in walk(folder, SOUNDS):
        artist, title = name_of(path)
        genre = genre_of(path.relative_to(folder).parts[0], {}) if path.parent != folder else ""
        beside = next((p for s in LYRICS if (p := path.with_suffix(s)).is_file()), None)
        if beside is None:
            problems.add("a song without lyrics", path.name)
            continue
        try:
            lines = tuple(line.text for line in read_file(beside, "").lines)
        except UnavailableError:
            problems.add("lyrics that are not text", beside.name)
            continue
        yield Song(genre or "any", artist, f"{artist} - {title}", path, lines)


def built_set(folder: Path, problems: Problems) -> Iterator[Song]:
    """The clips of a set made by `python -m training dataset split`, as they were split.

    Raises:
        SourceError: there is none.
    """
    if not (folder / "clips-train.jsonl.gz").is_file():
        raise SourceError(
            f"There is no clips-train.jsonl.gz in {folder}.",
            "A set built by `python -m training dataset split` is accepted.",
        )
    for split in ("train", "valid", "test"):
        path = folder / f"clips-{split}.jsonl.gz"
        if not path.is_file():
            continue
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, row in enumerate(file):
                try:
                    clip = json.loads(row)
                    audio = folder / clip["audio"]
                    starts = () if clip["start"] is None else (float(clip["start"]),)
                    song, genre, lines = clip["song"], clip["genre"], tuple(clip["lines"])
                except (ValueError, KeyError, TypeError):
                    problems.add("a damaged row of the set", f"{path.name}, row {number + 1}")
                    continue
                yield Song(genre, song, song, audio, lines, starts=starts, split=split)


# --- weak pairs ----------------------------------------------------------------------------------


def beats_in(folder: Path, problems: Problems) -> Iterator[Song]:
    """Beats of a folder: by its `index.csv` (file, genre), else `GENRE/...`. One split by beat."""
    index = folder / "index.csv"
    if index.is_file():
        with index.open(encoding="utf-8", newline="") as file:
            rows = [(folder / row["file"], row.get("genre") or "") for row in csv.DictReader(file)]
    else:
        rows = [(p, genre_of(p.relative_to(folder).parts[0], {})) for p in walk(folder, SOUNDS)]
    rank: Counter[str] = Counter()
    for path, genre in sorted(rows, key=lambda row: hashlib.sha256(row[0].name.encode()).digest()):
        if genre not in GENRES:
            problems.add("a beat of another genre", f"{path.name} ({genre})")
            continue
        yield Song(genre, path.stem, path.stem, path, split=_place(rank[genre]))
        rank[genre] += 1


def made_beats(genre: Genre, count: int) -> Iterator[Song]:
    """`count` synthesised beats."""
    from training.captioners.beats import beat

    for seed in range(count):
        name = f"synthesised {genre} {seed}"
        yield Song(genre, name, name, None, samples=beat(genre, seed), split=_place(seed))


def _place(rank: int) -> str:
    """One beat in five is held out; the first one is, where there are only a few."""
    return {0: "test", 5: "valid"}.get(rank % 10, "train")


def weak_sections(folder: Path, split: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Genre, source and lines of the cleaned sections of `SPLIT.jsonl.gz`."""
    from training.lm.sections import read_sections

    try:
        for section in read_sections(folder / f"{split}.jsonl.gz"):
            yield section.genre, section.source, section.lines
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise UserError(f"{folder / split}.jsonl.gz cannot be read as lyrics: {error}.") from error


# --- sound ---------------------------------------------------------------------------------------


def clips_of(song: Song, problems: Problems, seen: Seen) -> list[Samples]:
    """The clips of a song, ten seconds each (a shorter song is repeated); empty if unusable."""
    samples = song.samples
    if samples is None:
        assert song.audio is not None
        try:
            sound = decode(song.audio, max_seconds=MOST_SECONDS, max_megabytes=MOST_MEGABYTES)
        except (BeatError, OSError) as error:
            problems.add("unreadable audio", f"{song.name}: {error}")
            return []
        # The builder's clips of one song share its file; a whole song comes once.
        if not song.starts and seen.again(hashlib.sha256(song.audio.read_bytes()).digest()):
            problems.add("the same audio again", song.name)
            return []
        samples = sound.samples
    seconds = len(samples) / SAMPLE_RATE
    starts = song.starts
    if not starts:
        last = max(0.0, seconds - CLIP)
        count = max(1, min(CLIPS_A_SONG, int(seconds // CLIP)))
        starts = tuple(np.linspace(0, last, count + 2)[1:-1]) if count > 1 else (last / 2,)
    from atl_core.audio.clip import cut_clip

    cut = [cut_clip(samples, start, start + CLIP) for start in starts if start < seconds]
    if not cut:
        problems.add("a clip beyond the end of its audio", song.name)
    return cut


def usable_lines(song: Song, problems: Problems, seen: Seen) -> list[str]:
    """The lines of a song that can be learnt; none if it is empty, foreign or known."""
    from atl_core.lyrics.text import clean_line

    lines = [cleaned for line in song.lines if (cleaned := clean_line(line))]
    text = "\n".join(lines)
    if not lines:
        problems.add("empty lyrics", song.name)
        return []
    spoken = language(text)
    if spoken not in ("en", "") or (not spoken and len(text.split()) >= 5 * FEWEST_WORDS):
        problems.add("lyrics that are not English", song.name)
        return []
    if not song.split and seen.again(text.lower().encode()):
        problems.add("the same lyrics again", song.name)
        return []
    return list(dict.fromkeys(lines))


def split_by_group(groups: dict[str, Counter[str]], seed: int) -> dict[str, str]:
    """Group -> split. One in ten of a genre's groups is held out for each part, at least one
    where there are three; with fewer, all train."""
    by_genre: dict[str, list[str]] = defaultdict(list)
    for group, genres in groups.items():
        by_genre[max(genres, key=lambda genre: (genres[genre], genre))].append(group)
    places: dict[str, str] = {}
    for own in by_genre.values():
        own.sort(key=lambda group: hashlib.sha256(f"{seed}\n{group}".encode()).digest())
        held = max(1, round(len(own) / 10)) if len(own) >= 3 else 0
        for rank, group in enumerate(own):
            places[group] = "test" if rank < held else "valid" if rank < 2 * held else "train"
    return places
