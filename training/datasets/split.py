"""`split`: songs into train, valid and test, by artist and balanced by genre, and the files."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from atl_core.errors import UserError
from atl_core.lyrics.text import clean_line
from atl_core.lyrics.wordlists import is_clean
from training.datasets.align import clips
from training.datasets.config import Config
from training.datasets.config import Split as Shares
from training.datasets.manifest import Manifest, Row
from training.datasets.matching import first_artist
from training.datasets.paper import sentences, vocabulary
from training.lyric_text import clean_for_singing

SPLITS: Final = ("train", "valid", "test")
UNUSED: Final = "unused"
"""The split of songs left out for balance."""
USABLE: Final = "state = 'done' AND duplicate_of = ''"

Counts = dict[str, dict[str, int]]
"""Split -> genre -> songs."""


class SplitError(UserError):
    """The set cannot be split."""


def split(config: Config, manifest: Manifest) -> Counts:
    """Assign every usable song, write the files, and return the counts.

    Raises:
        ManifestError: nothing is fetched.
        SplitError: it was not checked, or a genre has too few artists.
    """
    manifest.need_songs()
    if not manifest.fact("checked"):
        raise SplitError(
            "The set is not checked since the last fetch.",
            "",
            "Run `python -m training dataset check` first.",
        )
    shares = config.split
    places = _assign(_artists(manifest), config.genres, shares)
    with manifest.transaction():
        manifest.database.execute("UPDATE song SET split = ''")
        for row in manifest.rows(USABLE):
            # A genre may have been taken out of the configuration since the plan.
            wanted = row.genre in config.genres
            manifest.update(row.key, split=places[first_artist(row.artist)] if wanted else UNUSED)
        if shares.balance:
            _balance(manifest, config.genres, shares.random_seed)
    export(config, manifest)
    return split_counts(config, manifest)


def split_counts(config: Config, manifest: Manifest) -> Counts:
    """Usable songs of each genre in each split, as they were last assigned."""
    counts: Counts = {name: dict.fromkeys(config.genres, 0) for name in (*SPLITS, UNUSED)}
    for name, genre, songs in manifest.count_by(
        "split", "genre", where=f"{USABLE} AND split <> ''"
    ):
        counts[name][genre] = songs
    return counts


def _artists(manifest: Manifest) -> dict[str, dict[str, int]]:
    """Artist -> genre -> songs. Grows with the artists, not with the songs."""
    songs: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for artist, genre, count in manifest.count_by("artist", "genre", where=USABLE):
        songs[first_artist(artist)][genre] += count
    return songs


def _assign(
    artists: dict[str, dict[str, int]], genres: list[str], shares: Shares
) -> dict[str, str]:
    """Artist -> split, the same on every machine.

    For each genre in turn, artists in an order drawn by hash fill test, then valid, until each
    has its share of the genre's songs; the rest train. An artist of two genres is placed once.
    """
    held = [("test", shares.test), ("valid", shares.valid)]
    needed = 1 + sum(share > 0 for _, share in held)
    places: dict[str, str] = {}
    for genre in genres:
        own = sorted(
            (artist for artist, songs in artists.items() if genre in songs),
            key=lambda artist: _draw(shares.random_seed, artist),
        )
        if len(own) < needed:
            raise SplitError(
                f"{genre} has songs of {len(own)} artists; a split by artist needs {needed}.",
                "",
                "Fetch more artists, or set split.valid or split.test to 0.",
            )
        total = sum(artists[artist][genre] for artist in own)
        filled = dict.fromkeys(SPLITS, 0)
        for artist in own:
            if artist in places:
                filled[places[artist]] += artists[artist][genre]
        free = [artist for artist in own if artist not in places]
        for name, share in held:
            # At least one artist stays for every split that is still to be filled.
            while share and filled[name] < share * total and len(free) > 1:
                artist = free.pop()
                places[artist] = name
                filled[name] += artists[artist][genre]
        for artist in free:
            places[artist] = "train"
    return places


def _balance(manifest: Manifest, genres: list[str], seed: int) -> None:
    """In each split, leave out songs of the larger genres, drawn by hash."""
    manifest.database.create_function("draw", 1, lambda key: _draw(seed, key), deterministic=True)
    for name in SPLITS:
        least = min(manifest.count("split = ? AND genre = ?", name, genre) for genre in genres)
        for genre in genres:
            manifest.database.execute(
                "UPDATE song SET split = ? WHERE number IN (SELECT number FROM song "
                "WHERE split = ? AND genre = ? ORDER BY draw(key) LIMIT -1 OFFSET ?)",
                (UNUSED, name, genre, least),
            )


def _draw(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


# --- files ---------------------------------------------------------------------------------------


def export(config: Config, manifest: Manifest) -> None:
    """Write, for each split, `SPLIT.jsonl.gz` (sections), `clips-SPLIT.jsonl.gz` and, for the
    paper's form, `paper-SPLIT.csv.gz`; and `vocabulary.txt` of the training part."""
    length, folder = config.split.clip_seconds, config.folder
    for name in SPLITS:
        counts: Counter[str] = Counter()
        with (
            _written(folder / f"{name}.jsonl.gz") as section_file,
            _written(folder / f"clips-{name}.jsonl.gz") as clip_file,
            _written(folder / f"paper-{name}.csv.gz") as paper_file,
        ):
            table = csv.writer(paper_file, lineterminator="\n")
            table.writerow(["audio", "start", "end", "sentence"])
            for row in manifest.rows("split = ?", name):
                text = clean_for_singing("\n".join(line.text for line in row.lyrics))
                for section in sections(row, text):
                    print(json.dumps(section, ensure_ascii=False), file=section_file)
                if row.form == "bag":
                    continue
                found = list(song_clips(row, text, length))
                for clip in found:
                    print(json.dumps(clip, ensure_ascii=False), file=clip_file)
                if config.split.paper:
                    table.writerows(paper_rows(found, text))
                    counts.update(word for line in sentences(text) for word in line.split())
        if name == "train" and config.split.paper:
            with _written(folder / "vocabulary.txt") as file:
                file.writelines(f"{word}\n" for word in vocabulary(counts))
        if not config.split.paper:
            (folder / f"paper-{name}.csv.gz").unlink()


def sections(row: Row, text: str) -> Iterator[dict[str, Any]]:
    """The stanzas of a song's cleaned text, in the shape that `training` reads."""
    for number, stanza in enumerate(filter(None, text.split("\n\n"))):
        yield {
            "genre": row.genre,
            "explicit": not is_clean(stanza),
            "group": first_artist(row.artist),
            "song": row.key,
            "section": number,
            "source": row.lyrics_source,
            "form": row.form,
            "lines": stanza.split("\n"),
        }


def song_clips(row: Row, text: str, length: float) -> Iterator[dict[str, Any]]:
    """The clips of a song that has audio; one without times, for the whole song, if the lines
    have none."""
    if not row.audio_file or row.audio_seconds is None:
        return
    about = {"song": row.key, "genre": row.genre, "audio": row.audio_file}
    if not row.timed:
        lines = [line for line in text.split("\n") if line]
        yield {**about, "start": None, "end": None, "lines": lines}
        return
    for clip in clips(row.lyrics, row.audio_seconds, length):
        lines = [line for heard in clip.lines if (line := clean_line(heard.text))]
        if lines:
            times = {"start": round(clip.start, 3), "end": round(clip.end, 3)}
            yield {**about, **times, "lines": lines}


def paper_rows(
    found: list[dict[str, Any]], text: str
) -> Iterator[tuple[str, float | None, float | None, str]]:
    """Audio, start and end of each clip with each sentence in it; the text alone with no clips."""
    for clip in found or [{"audio": "", "start": None, "end": None, "lines": [text]}]:
        for sentence in sentences("\n".join(clip["lines"])):
            yield clip["audio"], clip["start"], clip["end"], sentence


@contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    """A text file that is there whole or not at all; gzipped if it is called so, with no date,
    so that equal content is equal bytes."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as raw:
        packed = (
            gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0)
            if path.suffix == ".gz"
            else raw
        )
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        yield text
        text.flush()
        if packed is not raw:
            packed.close()
        raw.flush()
        os.fsync(raw.fileno())
    partial.replace(path)
