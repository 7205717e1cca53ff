"""Prepare data for the paper's captioners: decode, hear, clean, count and write it to disk.

    python -m training prepare captioner --songs FOLDER --out DATA
    python -m training prepare captioner --dataset FOLDER --out DATA
    python -m training prepare captioner --lyrics DIR --clips FOLDER --beats 150 --out DATA

One song is in memory at a time. The last form makes weak pairs, for where no songs with their
lyrics are at hand: a clip goes with the lines of its genre.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
from rich.progress import track

from atl_core.audio.features import Samples
from atl_core.captioner.paper.words import UNKNOWN, Spelling, Vocabulary, tokens
from atl_core.errors import UserError
from atl_core.lyrics.brief import Genre
from training.captioners import sources
from training.captioners.sources import Problems, Seen, Song
from training.captioners.store import LENGTH, SPLITS, Front
from training.lm.sections import OLD_COWBOY_SONGS

PAPER_WORDS: Final = 5690
FEWEST_WORDS: Final = 2
"""A line of one word teaches little but to stop."""
OLD_SONGS: Final = 4
"""One section in so many of the cowboy songs of 1910 is taken."""


@dataclass(frozen=True)
class Preparing:
    """What to prepare; kept in `data.json`."""

    out: str
    songs: str = ""
    dataset: str = ""
    lyrics: str = ""
    clips: tuple[str, ...] = ()
    beats: int = 0
    spelling: Spelling = "sung"
    words: int = PAPER_WORDS
    fronts: tuple[str, ...] = ("log-mel",)
    musicnn: str = ""
    """Folder with the tagger's checkpoint, for the front end of that name."""
    seed: int = 0


FRONTS: Final = {
    "log-mel": Front(1001, 64, "uint8"),
    "slaney": Front(1001, 64, "uint8"),
    "constant-q": Front(313, 84, "uint8"),
    "musicnn": Front(3, 200, "float16"),
}


def hear(clip: Samples, front: str, musicnn: Path) -> npt.NDArray[Any]:
    """A clip through a front end, as it is stored: (frames, bins)."""
    from atl_core.audio.listening import as_bytes

    if front == "musicnn":
        from atl_core.audio.tagger import tag

        return tag(clip, musicnn).penultimate.astype(np.float16)[:3]
    if front == "constant-q":
        from training.captioners.constant_q import constant_q

        loud = constant_q(clip).clamp_min(1e-5).log10().mul(20.0)
        return as_bytes(loud.numpy())
    from atl_core.audio.features import log_mel

    return as_bytes(log_mel(clip, scale="slaney" if front == "slaney" else "htk").numpy())


@dataclass
class Writer:
    """The files of one split, open."""

    folder: Path
    split: str
    fronts: tuple[str, ...]
    files: dict[str, IO[Any]] = field(default_factory=dict)
    lines: int = 0
    clips: int = 0

    def open(self) -> None:
        for name in ("clips", "lines", *self.fronts):
            self.files[name] = (self.folder / f"{self.split}.{name}").open("wb")
        self.files["names"] = (self.folder / f"{self.split}.names.jsonl").open("w")

    def add_clip(
        self, genre: int, name: str, heard: dict[str, npt.NDArray[Any]], first: int, count: int
    ) -> None:
        self.files["clips"].write(np.array([genre, first, count], np.int64).tobytes())
        for front in self.fronts:
            self.files[front].write(heard[front].tobytes())
        self.files["names"].write(json.dumps({"name": name}) + "\n")
        self.clips += 1

    def add_line(self, row: Iterable[int]) -> None:
        self.files["lines"].write(np.array(row, np.uint16).tobytes())
        self.lines += 1

    def close(self) -> None:
        for file in self.files.values():
            file.close()


def prepare(wanted: Preparing) -> dict[str, Any]:
    """Make the folder `wanted.out`; returns what `data.json` says.

    Raises:
        UserError: there is nothing to prepare, or nothing of it can be used.
    """
    print(json.dumps(asdict(wanted), indent=2))
    if sum(map(bool, (wanted.songs, wanted.dataset, wanted.lyrics))) != 1:
        raise UserError(
            "It has to be said what to prepare.",
            "One of --songs FOLDER, --dataset FOLDER and --lyrics DIR (with --clips or --beats).",
        )
    out = Path(wanted.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "data.json").unlink(missing_ok=True)  # an unfinished folder is no folder
    problems = Problems()
    writers = {split: Writer(out, split, wanted.fronts) for split in SPLITS}
    for writer in writers.values():
        writer.open()
    try:
        made = _weak if wanted.lyrics else _pairs
        facts = made(wanted, writers, problems)
    finally:
        for writer in writers.values():
            writer.close()
    facts |= {
        "spelling": wanted.spelling,
        "fronts": {name: list(FRONTS[name]) for name in wanted.fronts},
        "splits": {s: {"clips": w.clips, "lines": w.lines} for s, w in writers.items()},
        "problems": dict(problems.counts),
        "made_with": asdict(wanted),
    }
    if not writers["train"].clips or not writers["train"].lines:
        raise UserError(
            "Nothing that was found can be trained on: "
            + ("; ".join(f"{k}: {v}" for k, v in problems.counts.items()) or "it is empty")
            + "."
        )
    (out / "data.json").write_text(json.dumps(facts, indent=2) + "\n")
    for reason, count in problems.counts.most_common():
        print(f"left out: {reason}: {count} (such as {problems.examples[reason]!r})")
    print(json.dumps(facts["splits"]))
    return facts


# --- pairs ---------------------------------------------------------------------------------------


def _pairs(wanted: Preparing, writers: dict[str, Writer], problems: Problems) -> dict[str, Any]:
    """Each clip with the lines of its song. Two passes: first the words, then sound and ids."""

    def songs(problems: Problems) -> Iterator[Song]:
        if wanted.songs:
            return sources.songs_in(Path(wanted.songs), problems)
        return sources.built_set(Path(wanted.dataset), problems)

    groups: dict[str, Counter[str]] = defaultdict(Counter)
    seen = Seen()
    with tempfile.TemporaryFile("w+") as kept:
        for song in songs(problems):
            lines = sources.usable_lines(song, problems, seen)
            kept.write(json.dumps(lines) + "\n")
            if lines and not song.split:
                groups[song.group][song.genre] += 1
        places = sources.split_by_group(groups, wanted.seed)
        few = Counter(genre for found in groups.values() for genre in found.elements())
        for genre, count in few.items():
            if count == 1:
                problems.add("a genre with one song", genre)
        kept.seek(0)
        counts: Counter[str] = Counter()
        for song, row in zip(songs(Problems()), kept, strict=True):
            if (song.split or places.get(song.group)) == "train":
                counts.update(w for line in json.loads(row) for w in tokens(line, wanted.spelling))
        vocabulary = _vocabulary(counts, wanted)
        kept.seek(0)
        genres = sorted({song.genre for song in songs(Problems())})
        heard_before = Seen()
        # Clips lie genre by genre, as the store reads them.
        for number, genre in enumerate(genres):
            kept.seek(0)
            pairs = zip(songs(Problems()), kept, strict=True)
            for song, row in track(pairs, description=f"hearing {genre}", transient=True):
                lines = json.loads(row)
                if song.genre != genre or not lines:
                    continue
                found = sources.clips_of(song, problems, heard_before)
                writer = writers[song.split or places[song.group]]
                _add_song(song, lines, found, number, writer, wanted, vocabulary, problems)
    held_out = "artists"
    if not writers["valid"].clips or not writers["valid"].lines:
        held_out = "lines"
        problems.add("too few artists to hold any out", "the curves are of lines seen in training")
        _copy(writers["train"], writers["valid"])
    if not writers["test"].clips:
        _copy(writers["valid"], writers["test"])
    return {"kind": "pairs", "genres": genres, "held_out": held_out}


def _add_song(
    song: Song, lines: list[str], found: list[Samples], genre: int, writer: Writer,
    wanted: Preparing, vocabulary: Vocabulary, problems: Problems,
) -> None:  # fmt: skip
    rows = list(_rows(lines, wanted.spelling, vocabulary, problems))
    if not found or not rows:
        return
    first = writer.lines
    for row in rows:
        writer.add_line(row)
    for clip in found:
        heard = {front: hear(clip, front, Path(wanted.musicnn)) for front in wanted.fronts}
        writer.add_clip(genre, song.name, heard, first, len(rows))


def _copy(source: Writer, target: Writer) -> None:
    """What could not be held out stands in for it, and the facts say so."""
    for name, file in source.files.items():
        file.flush()
        with Path(file.name).open(file.mode.replace("w", "r")) as whole:
            target.files[name].write(whole.read())
    target.clips, target.lines = source.clips, source.lines


# --- weak pairs ----------------------------------------------------------------------------------


def _weak(wanted: Preparing, writers: dict[str, Writer], problems: Problems) -> dict[str, Any]:
    """Each clip with all lines of its genre."""
    genres: tuple[Genre, ...] = ("country", "hip-hop")
    folder = Path(wanted.lyrics)

    def sections(split: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        old = 0
        for genre, source, lines in sources.weak_sections(folder, split):
            old += source == OLD_COWBOY_SONGS
            if source != OLD_COWBOY_SONGS or old % OLD_SONGS == 0:
                yield genre, lines

    counts: dict[str, Counter[str]] = {genre: Counter() for genre in genres}
    for genre, lines in track(sections("train"), description="counting words", transient=True):
        counts[genre].update(w for line in lines for w in tokens(line, wanted.spelling))
    # Each genre has the same say, however much there is of it.
    shares: dict[str, float] = defaultdict(float)
    for found in counts.values():
        total = max(1, found.total())
        for word, count in found.items():
            shares[word] += count / total if count > 1 else 0
    vocabulary = _vocabulary(shares, wanted)
    ranges: dict[tuple[str, str], tuple[int, int]] = {}
    for split, writer in writers.items():
        for genre in genres:
            first = writer.lines
            described = f"writing {split} lines, {genre}"
            for _, lines in track(
                (s for s in sections(split) if s[0] == genre), described, transient=True
            ):
                for row in _rows(lines, wanted.spelling, vocabulary, problems):
                    writer.add_line(row)
            ranges[split, genre] = (first, writer.lines - first)
    seen = Seen()
    for number, genre in enumerate(genres):
        own = problems if number == 0 else Problems()
        beats = [sources.beats_in(Path(clips), own) for clips in wanted.clips]
        beats.append(sources.made_beats(genre, wanted.beats))
        for song in track(chain(*beats), description=f"hearing {genre}", transient=True):
            if song.genre != genre:
                continue
            first, count = ranges[song.split, genre]
            for clip in sources.clips_of(song, problems, seen) if count else []:
                heard = {front: hear(clip, front, Path(wanted.musicnn)) for front in wanted.fronts}
                writers[song.split].add_clip(number, song.name, heard, first, count)
    for split in ("valid", "test"):
        if not writers[split].clips:
            problems.add(f"no beat left to hold out ({split})", "those of training stand in")
            for number, genre in enumerate(genres):
                _borrow(writers["train"], writers[split], number, *ranges[split, genre])
    return {"kind": "weak", "genres": list(genres), "held_out": "artists"}


def _borrow(source: Writer, target: Writer, genre: int, first: int, count: int) -> None:
    """Training clips of a genre with held-out lines, where no beat could be held out."""
    from training.captioners.store import Rows

    for file in source.files.values():
        file.flush()
    clips = Rows(Path(source.files["clips"].name), (3,), "int64")
    for number in range(len(clips)):
        if clips[number][0] == genre:
            heard = {
                front: Rows(Path(source.files[front].name), FRONTS[front][:2], FRONTS[front].kind)[
                    number
                ]
                for front in source.fronts
            }
            target.add_clip(genre, "of training", heard, first, count)


# --- words ---------------------------------------------------------------------------------------


def _vocabulary(counts: Mapping[str, float], wanted: Preparing) -> Vocabulary:
    names = sorted(counts, key=lambda word: (-counts[word], word))[: wanted.words]
    (Path(wanted.out) / "words.json").write_text(json.dumps(names, ensure_ascii=False, indent=0))
    return Vocabulary(tuple(names), wanted.spelling)


def _rows(
    lines: Iterable[str], spelling: Spelling, vocabulary: Vocabulary, problems: Problems
) -> Iterator[list[int]]:
    count: Callable[[str, str, int], None] = problems.add
    for line in dict.fromkeys(lines):
        spoken = tokens(line, spelling)
        row = vocabulary.encode(spoken, LENGTH) if len(spoken) >= FEWEST_WORDS else None
        if row is None:
            count("a line too short or too long", line[:20], 1)
            continue
        if unknown := row.count(UNKNOWN):
            count("a word outside the vocabulary", "", unknown)
        yield row
