"""Lines of charted songs with the place of every syllable: MCFlow (rap) and CoCoPops (sung).

Both are Humdrum text. MCFlow (Condit-Schultz, 2016) gives every syllable its duration, its stress
and where phrases break. CoCoPops gives melodies: durations in **kern, or, in the part from Rolling
Stone, rows of an even time base (`*tb8`: eighths).
"""

from __future__ import annotations

import glob
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from atl_core.flow.network import FAR, Around
from atl_core.lyrics.syllables import word_syllables
from atl_core.lyrics.vocabulary import is_common, log_frequency

SPLIT_PART = 3
"""Of every third song by name the lines are kept for measuring, the others for fitting."""
REST = 1.0
"""Quarter notes of silence that end a sung line."""


@dataclass(frozen=True)
class Word:
    text: str
    syllables: int


@dataclass(frozen=True)
class ChartedLine:
    """One line as its artist put it."""

    song: str
    words: tuple[Word, ...]
    places: tuple[float, ...]
    """Quarter notes from the first beat of the line's bar, one a syllable."""
    stresses: tuple[bool, ...]
    """As charted; empty where the chart has none."""
    rhymes: tuple[bool, ...]
    """Whether the syllable opens or is a charted rhyme."""
    beats_per_bar: int
    bars: int
    bar: float = 0.0
    """Of the song, at which the line's bars start."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass
class _Note:
    at: Fraction
    """Quarter notes from the start of the song."""
    end: Fraction
    text: str
    stress: bool
    rhyme: bool
    breaks: bool


def is_held_out(song: str, songs: list[str]) -> bool:
    """Whether a song is for measuring: every third by name."""
    return songs.index(song) % SPLIT_PART == 0


def has_fitted_artist(song: str, songs: list[str]) -> bool:
    """Whether another song of a song's artist is fitted."""
    artist = song.split("_")[0]
    return any(
        one.split("_")[0] == artist and not is_held_out(one, songs) for one in songs if one != song
    )


def rap_lines(folder: Path) -> list[ChartedLine]:
    found: list[ChartedLine] = []
    for path in sorted(folder.glob("*.rap")):
        notes, downbeats = _rap_notes(path.read_text(encoding="utf-8").splitlines())
        found += _lines(path.stem, notes, downbeats, 4, bars=1)
    return found


def sung_lines(folder: Path) -> list[ChartedLine]:
    found: list[ChartedLine] = []
    for path in sorted(folder.glob("*.hum")):
        rows = path.read_text(encoding="utf-8").splitlines()
        metres = {int(m) for m in re.findall(r"\*M(\d+)/4", "\n".join(rows))}
        if metres not in ({4}, {3}) or re.search(r"\*M\d+/8", "\n".join(rows)):
            continue
        metre = metres.pop()
        notes, downbeats = _sung_notes(rows, metre)
        found += _lines(path.stem, notes, downbeats, metre, bars=2)
    return found


def _duration(token: str) -> Fraction | None:
    """Quarter notes of a **recip or **kern token; None where it has no duration."""
    match = re.search(r"(\d+)(?:%(\d+))?(\.*)", token)
    if match is None or not int(match[1]):
        return None
    if "q" in token.lower():
        return Fraction(0)  # a grace note takes no time of its own
    length = Fraction(4 * int(match[2] or 1), int(match[1]))
    return length * (2 - Fraction(1, 2 ** len(match[3])))


def _rap_notes(rows: list[str]) -> tuple[list[_Note], list[float]]:
    notes, downbeats, now = [], [], Fraction(0)
    for row in rows:
        if row.startswith("="):
            downbeats.append(float(now))
        if not row or row[0] in "!*=":
            continue
        recip, stress, _, breaks, rhyme, ipa, lyric, *_ = row.split("\t")
        length = _duration(recip)
        if length is None:
            continue
        if lyric != "." and ipa != "R":
            notes.append(
                _Note(
                    now, now + length, lyric, stress == "1", rhyme.strip("()") != ".",
                    breaks in ("3", "4"),
                )
            )  # fmt: skip
        now += length
    return notes, _even_bars(downbeats)


def _even_bars(downbeats: Sequence[float]) -> list[float]:
    """Bar lines of 4/4 where they belong. A chart writes one after the syllable that is heard
    across it, mostly a sixteenth late."""
    phase = Counter(round(down % 4, 3) for down in downbeats).most_common(1)[0][0]
    even = [4.0 * round((down - phase) / 4) + phase for down in downbeats]
    return [
        right if abs(right - down) <= REST else down
        for right, down in zip(even, downbeats, strict=True)
    ]


def _sung_notes(rows: list[str], metre: int) -> tuple[list[_Note], list[float]]:
    header = next(row for row in rows if row.startswith("**")).split("\t")
    voice, text = header.index("**kern"), header.index("**silbe")
    rhyme = header.index("**rhyme") if "**rhyme" in header else None
    stress = header.index("**stress") if "**stress" in header else None
    based = any("*tb" in row for row in rows)
    notes: list[_Note] = []
    downbeats: list[float] = []
    now = Fraction(0)
    bar: list[list[str]] = []

    def close(cells: list[list[str]]) -> None:
        nonlocal now
        start, step = now, Fraction(metre, max(len(cells), 1))
        for number, row in enumerate(cells):
            token = row[voice]
            length = step if based else (_duration(token) if token != "." else None)
            at = start + number * step if based else now
            sung = token != "." and "r" not in token
            syllable = row[text]
            if sung and syllable not in (".", "_", "|") and length is not None:
                notes.append(
                    _Note(
                        at, at + length, syllable,
                        stress is not None and row[stress] not in (".", "0"),
                        rhyme is not None and row[rhyme] != ".",
                        False,
                    )
                )  # fmt: skip
            elif sung and notes and length is not None:
                notes[-1].end = at + length
            if not based and length is not None:
                now += length
        if based and cells:
            now = start + metre

    for line in rows:
        cells = line.split("\t")
        if len(cells) != len(header):
            continue
        if line.startswith("="):
            close(bar)
            bar = []
            downbeats.append(float(now))
        elif line[0] not in "!*":
            bar.append(cells)
    close(bar)
    _join_words(notes)
    rhymed = False
    for before, note in pairwise(notes):
        gap = note.at - before.end if not based else note.at - before.at
        # A mark lies on the syllable that rhymes, which need not be its word's last.
        rhymed |= before.rhyme
        opens = not before.text.endswith("-")
        note.breaks = (rhymed and opens) or gap >= (REST if not based else 2 * REST)
        rhymed &= not opens
    return notes, downbeats


LONGEST_WORD = 5
"""Syllables."""


def _join_words(notes: Sequence[_Note]) -> None:
    """Mark with hyphens what belongs to one word: some charts leave part of them out.

    Syllables without one are joined where the word that they spell is known, has as many
    syllables, and is sung more often than its parts are beside each other by chance.
    """
    at = 0
    while at < len(notes):
        best, gain = 1, 0.0
        for count in range(2, LONGEST_WORD + 1):
            texts = [note.text.lower() for note in notes[at : at + count]]
            if len(texts) < count or any(text.startswith("-") for text in texts):
                break
            whole = re.sub(r"[^\w']", "", "".join(texts))
            if is_common(whole) and word_syllables(whole) == count:
                parts = [re.sub(r"[^\w']", "", text) for text in texts]
                more = log_frequency(whole) - sum(map(log_frequency, parts))
                if more > gain:
                    best, gain = count, more
            if texts[-1].endswith("-"):
                break
        for before, after in pairwise(notes[at : at + best]):
            before.text = before.text.rstrip("-") + "-"
            after.text = "-" + after.text
        at += best


def _lines(
    song: str, notes: list[_Note], downbeats: list[float], metre: int, bars: int
) -> Iterator[ChartedLine]:
    """Phrases, those of one bar joined: what a writer would put on one line."""
    phrases: list[list[_Note]] = []
    for note in notes:
        inside_word = bool(phrases) and phrases[-1][-1].text.endswith("-")
        if not phrases or (note.breaks and not inside_word and not note.text.startswith("-")):
            phrases.append([])
        phrases[-1].append(note)
    lines: list[tuple[int, list[_Note]]] = []
    for phrase in phrases:
        bar = _bar_of(phrase, downbeats, metre, bars)
        if lines and lines[-1][0] == bar:
            lines[-1][1].extend(phrase)
        else:
            lines.append((bar, list(phrase)))
    for bar, line in lines:
        made = _line(song, line, downbeats[bar], metre, bars)
        if made is not None:
            yield made


def _bar_of(notes: list[_Note], downbeats: list[float], metre: int, bars: int) -> int:
    """The bar from which on most of the notes lie within `bars` bars; of equals, the last one
    that no note but a pickup comes before."""
    reach = bars * metre
    places = [float(note.at) for note in notes]
    # No other bar can hold the most of them.
    near = [
        bar for bar, down in enumerate(downbeats) if places[0] - reach - metre < down <= places[-1]
    ] or [0]
    inside = {
        bar: sum(float(downbeats[bar]) <= place < downbeats[bar] + reach for place in places)
        for bar in near
    }
    best = max(inside.values())
    equal = [bar for bar in near if inside[bar] == best]
    before = [bar for bar in equal if downbeats[bar] <= places[0]]
    return max(before) if before else min(equal)


def _line(song: str, notes: list[_Note], down: float, metre: int, bars: int) -> ChartedLine | None:
    words: list[list[str]] = []
    before = ""
    for note in notes:
        bare = note.text.strip("-")
        if words and (note.text.startswith("-") or before.endswith("-")):
            words[-1].append(bare)
        else:
            words.append([bare])
        before = note.text
    places = [float(note.at) - down for note in notes]
    inside = sum(-1 <= place < bars * metre for place in places)
    if (
        len(notes) < 4
        or inside < 0.75 * len(notes)
        or places[0] < -metre
        or places[-1] > (bars + 1) * metre
    ):
        return None
    return ChartedLine(
        song,
        tuple(Word(re.sub(r"[^\w']", "", "".join(parts)), len(parts)) for parts in words),
        tuple(places),
        tuple(note.stress for note in notes),
        tuple(note.rhyme for note in notes),
        metre,
        bars,
        down / metre,
    )


def rap_words(file: Path) -> tuple[list[list[str]], list[bool]]:
    """The words of a `.rap` file by phrases, and for each word whether a rhyme is marked on it."""
    notes, _ = _rap_notes(file.read_text(encoding="utf-8").splitlines())
    lines: list[list[str]] = []
    marked: list[bool] = []
    before = ""
    for note in notes:
        bare = re.sub(r"[^\w']", "", note.text)
        inside = bool(lines) and (note.text.startswith("-") or before.endswith("-"))
        if inside:
            lines[-1][-1] += bare
            marked[-1] |= note.rhyme
        elif bare:
            if not lines or note.breaks:
                lines.append([])
            lines[-1].append(bare)
            marked.append(note.rhyme)
        before = note.text
    return lines, marked


def songs_of(lines: Sequence[ChartedLine]) -> list[list[ChartedLine]]:
    """The lines of each song, in the order in which they are heard."""
    songs: dict[str, list[ChartedLine]] = defaultdict(list)
    for line in lines:
        songs[line.song].append(line)
    return [sorted(song, key=lambda one: one.bar) for song in songs.values()]


def lines_around(lines: Sequence[ChartedLine]) -> list[Around]:
    """What is around each line in its song."""
    songs: dict[str, list[ChartedLine]] = defaultdict(list)
    for line in lines:
        songs[line.song].append(line)
    found = []
    for line in lines:
        song = sorted(songs[line.song], key=lambda one: one.bar)
        at = song.index(line)
        before = song[at - 1] if at else None
        after = song[at + 1] if at + 1 < len(song) else None
        found.append(
            Around(
                len(before.places) if before else 0,
                min(line.bar - before.bar, FAR) if before else FAR,
                len(after.places) if after else 0,
                min(after.bar - line.bar, FAR) if after else FAR,
                sum(len(one.places) for one in song) / len(song),
            )
        )
    return found


def tempo_of(folder: Path, song: str) -> float:
    """Beats a minute by the chart; 0 where it names none."""
    (path,) = [*folder.glob(f"{glob.escape(song)}.rap"), *folder.glob(f"{glob.escape(song)}.hum")]
    found = re.search(r"\*MM(\d+(?:\.\d+)?)", path.read_text(encoding="utf-8", errors="replace"))
    return float(found[1]) if found else 0.0
