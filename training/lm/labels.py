"""Lyric sections with the labels that the prompt shows, computed once and kept in one file.

    python -m training prepare sections --data DIR --out runs/sections.jsonl.gz

Counting syllables and reading moods takes minutes, training on a GPU takes minutes as well: so the
labels are made beforehand, on any machine, and training needs nothing but this file and the base.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from atl_core.captioner.prompt import header, line_plan
from atl_core.lyrics.brief import Energy, Mood
from atl_core.lyrics.mood import mood_counts
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from training.lm.sections import OLD_COWBOY_SONGS, Keywords, Section, read_sections

Part = Literal["tune", "prefer", "valid", "test"]
"""Training artists are parted once more: an eighth of them is kept from tuning, so that preferences
and the critic are learnt where the writer has not seen the person's line."""

GENRES = ("hip-hop", "country", "pop", "rock")
FREE_LINES = 0.4
"""Share of lines that show no end word, so that the model also writes freely."""


HIGH_ENERGY: Final = frozenset(
    "run running jump fight fire burn burning shout scream wild fast loud rock bounce crazy hit"
    " kick bang boom fly flying explode hot party dance race hustle grind go pop shake roll rush"
    " thunder lightning blow attack crowd ready bomb hard power".split()
)
LOW_ENERGY: Final = frozenset(
    "slow slowly quiet soft softly sleep sleeping still gentle easy calm alone lonely tired rest"
    " lay lie dream night moon silence whisper low cry tears rain cold fade old wait waiting"
    " memory goodbye lonesome river pray peace sad".split()
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A section as training sees it."""

    part: Part
    genre: str
    mood: str | None
    energy: str
    explicit: bool
    old: bool
    """Whether it is one of the cowboy songs of 1910."""
    worth: float
    """How much it teaches: rhymed, and not one line again and again; 0 to 3."""
    keywords: tuple[str, ...]
    """Up to ten content words, the rarest first, that the topic is drawn from."""
    lines: tuple[tuple[str, int, str], ...]
    """Text, syllables, end word."""

    def header(self, topic: tuple[str, ...]) -> str:
        return header(self.genre, self.mood, self.energy, self.explicit, topic)  # type: ignore[arg-type]

    def topic(self, rng: random.Random) -> tuple[str, ...]:
        """At least one of the section's content words, where there is any."""
        if not self.keywords:
            return ()
        return tuple(rng.sample(self.keywords, k=rng.randint(1, min(6, len(self.keywords)))))

    def pieces(self, rng: random.Random) -> list[tuple[str, bool]]:
        """The section in the prompt's format as pieces of text, each with whether it is learnt.

        Headers and syllable counts are given at writing time and need not be predicted; end words
        and lines do.
        """
        pieces = [(self.header(self.topic(rng)), False)]
        for text, syllables, end in self.lines:
            if rng.random() < FREE_LINES:
                pieces.append((line_plan(syllables), False))
            else:
                pieces.append((f"{syllables}", False))
                pieces.append((f" {end}:", True))
            pieces.append((f" {text}\n", True))
        return pieces


def mood_of(words: Iterable[str]) -> Mood | None:
    """The mood that most words carry; None when fewer than two do or two moods tie."""
    first_two = mood_counts(words).most_common(2)
    if not first_two or first_two[0][1] < 2:
        return None
    if len(first_two) == 2 and first_two[0][1] == first_two[1][1]:
        return None
    return first_two[0][0]


def energy_of(words: Iterable[str]) -> Energy:
    """High or low when such words lead by two, else medium."""
    lead = sum((word in HIGH_ENERGY) - (word in LOW_ENERGY) for word in words)
    return "high" if lead >= 2 else "low" if lead <= -2 else "medium"


def label(section: Section, part: Part, keywords: Keywords) -> Labelled:
    spoken = [word for line in section.lines for word in words(line)]
    return Labelled(
        part=part,
        genre=section.genre,
        mood=mood_of(spoken),
        energy=energy_of(spoken),
        explicit=section.explicit,
        old=section.source == OLD_COWBOY_SONGS,
        worth=round(section.rhymed + 2 * section.fresh, 3),
        keywords=tuple(keywords.of(section)[:10]),
        lines=tuple((line, count_syllables(line), end_word(line)) for line in section.lines),
    )


def part_of(group: str) -> Part:
    """The part of a training artist, by a hash: the same on every machine."""
    return "prefer" if hashlib.sha256(group.encode()).digest()[0] % 8 == 0 else "tune"


def write_labels(data: Path, out: Path) -> None:
    """Label every section of the data and write them as JSON lines."""
    pool = list(read_sections(data / "train.jsonl.gz", GENRES))
    keywords = Keywords(pool)
    out.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(out, "wt", encoding="utf-8") as file:
        for section in pool:
            found = label(section, part_of(section.group or section.source), keywords)
            file.write(json.dumps(asdict(found)) + "\n")
        for part in ("valid", "test"):
            for section in read_sections(data / f"{part}.jsonl.gz", GENRES):
                file.write(json.dumps(asdict(label(section, part, keywords))) + "\n")


def read_labels(file: Path) -> Iterator[Labelled]:
    """What `write_labels` wrote."""
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            row["keywords"] = tuple(row["keywords"])
            row["lines"] = tuple(tuple(line) for line in row["lines"])
            yield Labelled(**row)
