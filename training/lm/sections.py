"""From raw song sections to the text that the language model is tuned on."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atl_core.lyrics.brief import Genre
from atl_core.lyrics.rhyme import end_word, rhyme
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import FUNCTION_WORDS, is_clean
from training.lyric_text import clean_for_singing

MIN_LINES, MAX_LINES = 4, 12
MIN_SYLLABLES, MAX_SYLLABLES = 3, 18
OLD_COWBOY_SONGS = "pd_cowboy_songs_lomax"


@dataclass(frozen=True, slots=True)
class Section:
    """A cleaned section of one song."""

    genre: Genre
    explicit: bool
    source: str
    lines: tuple[str, ...]
    group: str = ""
    """The artist, where known: what splits are made by."""

    @property
    def rhymed(self) -> float:
        """Share of lines that rhyme with one of the two lines before."""
        ends = [end_word(line) for line in self.lines]
        hits = sum(
            any(rhyme(ends[i], earlier) for earlier in ends[max(0, i - 2) : i])
            for i in range(1, len(ends))
        )
        return hits / (len(ends) - 1)

    @property
    def fresh(self) -> float:
        """Share of different lines and of different end words, the lower of the two."""
        count = len(self.lines)
        ends = len({end_word(line) for line in self.lines})
        return min(len({line.lower() for line in self.lines}), ends) / count


def singable(line: str) -> str:
    """One way to write a line, whatever its source: capital first, no stray marks at the end."""
    line = clean_for_singing(line).strip(" ,.;:-\"'")
    line = " ".join("I" if word == "i" else word for word in line.split())
    return line[:1].upper() + line[1:]


def read_sections(
    path: Path, genres: Collection[str] = ("hip-hop", "country")
) -> Iterator[Section]:
    """The sections of `{train,valid,test}.jsonl.gz` in these genres, cleaned.

    A section ends at the first line that cannot be sung to a bar (a digit, too long, too short);
    what is left counts if it has at least four lines.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row["genre"] in genres:
                yield from _runs(row)


def _runs(row: dict[str, Any]) -> Iterator[Section]:
    run: list[str] = []
    for raw in [*row["lines"], ""]:
        line = singable(raw)
        fits = (
            line.isascii()
            and not any(character.isdigit() for character in line)
            and len(words(line)) >= 3
            and MIN_SYLLABLES <= count_syllables(line) <= MAX_SYLLABLES
        )
        if fits and len(run) < MAX_LINES:
            run.append(line)
            continue
        if len(run) >= MIN_LINES:
            explicit = not all(is_clean(line) for line in run)
            yield Section(row["genre"], explicit, row["source"], tuple(run), row.get("group") or "")
        run = [line] if fits else []


class Keywords:
    """The content words of a section, rarest in the collection first."""

    def __init__(self, sections: list[Section]) -> None:
        self._sections = len(sections)
        self._found_in = Counter(
            word
            for section in sections
            for word in {w for line in section.lines for w in words(line)}
        )

    def of(self, section: Section) -> list[str]:
        found = {word for line in section.lines for word in words(line)}
        useful = [
            word
            for word in found
            if word not in FUNCTION_WORDS and len(word) > 2 and self._found_in[word] >= 8
        ]
        return sorted(useful, key=lambda word: (self._found_in[word], word))


def tuning_mix(sections: list[Section], size: int, rng: random.Random) -> list[Section]:
    """A balanced choice of the sections that teach most.

    Half country and half hip-hop; one in six hip-hop sections explicit, behind its own control
    word. Rhymed and fresh sections come first, and the cowboy songs of 1910 are held to one
    section in eight of the country half, since nobody asks for "o'er" today.
    """

    def worth(section: Section) -> float:
        return section.rhymed + 2 * section.fresh + rng.random()

    ranked = sorted(sections, key=worth, reverse=True)
    quotas = {
        ("country", False, False): size * 7 // 16,
        ("country", False, True): size // 16,
        ("hip-hop", False, False): size * 5 // 12,
        ("hip-hop", True, False): size // 12,
    }
    chosen: list[Section] = []
    taken: Counter[tuple[str, bool, bool]] = Counter()
    for section in ranked:
        kind = (section.genre, section.explicit, section.source == OLD_COWBOY_SONGS)
        if taken[kind] < quotas.get(kind, 0):
            taken[kind] += 1
            chosen.append(section)
    rng.shuffle(chosen)
    return chosen
