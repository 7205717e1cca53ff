"""Half-written songs: is the shape read off right, and do the gaps that are filled keep it?

`python -m benchmarks.half_written scheme LYRICS`: the first four lines of 60 verses of held-out
artists (`LYRICS/test.jsonl.gz`). The scheme that is read off them is set against `BY_EAR`, which
one reader wrote down before it was run. (Another 60, drawn before these, served for tuning.)

`python -m benchmarks.half_written syllables COCOPOPS`: verses of charted songs (CoCoPops); the
syllables of each line are set against the notes that it is sung on.

`python -m benchmarks.half_written gaps LYRICS [VERSES [AFTER]]` (50, 30): verses of 8 lines of
held-out artists, two lines of each taken out and written by `lm` without a beat. Are the writer's
own lines kept to the byte, and has each gap the rhyme and the syllables of its place? The first
AFTER verses are left out: what failed in the first 30 was looked at and mended.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from atl_core.drafts.names import LOCAL
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.lyrics.form import UNRHYMED
from atl_core.lyrics.own_text import (
    STANZA,
    OwnSection,
    OwnText,
    read_own_text,
    rhymes_here,
    scheme_here,
    shape_of,
)
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from training.lm.sections import Section, read_sections

SHORTEST = 4
"""Syllables that a charted line has at least, where a word in capitals begins the next."""
GAPS = (3, 6)
"""The lines of a verse that are taken out, by their numbers."""


BY_EAR = tuple(
    "XAXA XAAA AXXA AAAA XXXX XAXA AABB AABB AAAA AABB AABB ABBA AABB AXAX ABAB AABB AAAX ABAB "
    "AAXA AXAA AABB XAXA AAXX AAAA XXXX AABB AABB AABB XAXA AAAA XAXA XAXA XAXA AAAA ABBA AABB "
    "XXAA XAAX AABB AABB XXXX AABB AAXX AAAX AABB XXXX XAAX AABB ABAB AABB AABB AABB ABAB XAAA "
    "AAAA XAAA AAXX AAAA XAXA ABBA".split()
)
"""Schemes of the first four lines of the verses, near rhymes and repeated words among them."""


@dataclass(frozen=True)
class ChartedVerse:
    lines: tuple[str, ...]
    notes: tuple[int, ...]
    """Syllables of each line, as charted."""


def verses(file: Path) -> Iterator[ChartedVerse]:
    """The verses of a chart. A line ends with a charted rhyme, and before a word in capitals."""
    rows = file.read_text(encoding="utf-8").splitlines()
    header = next(row for row in rows if row.startswith("**")).split("\t")
    if "**rhyme" not in header:
        return
    text, rhyme = header.index("**silbe"), header.index("**rhyme")
    label, notes = "", list[tuple[str, str]]()
    for row in [*rows, "*>Label>End"]:
        cells = row.split("\t")
        if cells[0].startswith("*>Label>"):
            if "verse" in label.casefold() and notes:
                yield _verse(notes)
            label, notes = cells[0].removeprefix("*>Label>"), []
        if len(cells) != len(header) or row[0] in "!*=":
            continue
        if cells[text] not in (".", "_", "|"):
            notes.append((cells[text].replace("|", ""), cells[rhyme].strip("()").upper()))


def _verse(notes: list[tuple[str, str]]) -> ChartedVerse:
    lines: list[list[tuple[str, str]]] = [[]]
    for syllable, mark in notes:
        line = lines[-1]
        rhymed = bool(line) and line[-1][1] != "." and mark != line[-1][1]
        opens = syllable[0].isupper() and not re.match(r"I\b", syllable) and len(line) >= SHORTEST
        if (rhymed or opens) and not syllable.startswith("-"):
            lines.append(line := [])
        line.append((syllable, mark))
    said = [" ".join(syllable for syllable, _ in line).replace("- -", "") for line in lines]
    return ChartedVerse(tuple(said), tuple(map(len, lines)))


def scheme(folder: Path) -> None:
    """Print how often the scheme that is read off is the one by ear, whole and by pairs."""
    pool = [
        section
        for section in read_sections(folder / "test.jsonl.gz")
        if len(section.lines) % STANZA == 0 and not section.explicit
    ]
    random.Random(3).shuffle(pool)
    whole = both = only_ours = only_ear = 0
    for section, by_ear in zip(pool[len(BY_EAR) :], BY_EAR, strict=False):
        stanza = section.lines[:STANZA]
        usual = shape_of(OwnText((OwnSection("verse 1", (tuple(section.lines),)),))).scheme
        ours, ear = rhyming(scheme_here(stanza, usual)), rhyming(by_ear)
        whole += ours == ear
        both += len(ours & ear)
        only_ours += len(ours - ear)
        only_ear += len(ear - ours)
    print(f"{len(BY_EAR)} verses, the scheme as by ear: {whole / len(BY_EAR):.0%}")
    precision, recall = both / (both + only_ours), both / (both + only_ear)
    print(f"pairs of lines that rhyme: precision {precision:.0%}, recall {recall:.0%}")


def rhyming(scheme: str) -> set[tuple[int, int]]:
    """The pairs of lines that rhyme by a scheme."""
    pairs = combinations(range(STANZA), 2)
    return {(i, j) for i, j in pairs if scheme[i] == scheme[j] != UNRHYMED}


def syllables(folder: Path) -> None:
    """Print how often the syllables of a line are as charted."""
    found = [verse for file in sorted(folder.glob("*.hum")) for verse in verses(file)]
    away = [
        abs(count_syllables(line) - notes)
        for verse in found
        for line, notes in zip(verse.lines, verse.notes, strict=True)
    ]
    exactly, within = (sum(a <= most for a in away) / len(away) for most in (0, 1))
    print(f"{len(away)} lines of {len(found)} verses")
    print(f"syllables as charted: {exactly:.0%}, within one {within:.0%}")


def with_gaps(section: Section) -> str:
    lines = list(section.lines)
    for number in GAPS:
        lines[number - 1] = "..."
    return "\n".join(lines)


async def gaps(folder: Path, wanted: int, after: int) -> None:
    """Print how many gaps that are filled keep the scheme and the length."""
    pool = [
        section
        for section in read_sections(folder / "test.jsonl.gz")
        if len(section.lines) == 8 and not section.explicit
    ]
    random.Random(2).shuffle(pool)
    kept = own = filled = rhymed = asked = fit = 0
    async with open_studio(load_settings()) as studio:
        for section in pool[after : after + wanted]:
            text = with_gaps(section)
            written = read_own_text(text).written
            wish = Wish.parse(random_seed=1)
            draft = await studio.pipeline.run(Write("", wish, text), owner=LOCAL, captioner="lm")
            now = [line.text for number, line in enumerate(draft.lines, 1) if number not in GAPS]
            own += len(written)
            kept += sum(a == b for a, b in zip(written, now, strict=True))
            for number in GAPS:
                line = draft.lines[number - 1]
                filled += 1
                fit += abs(line.syllables - line.target) <= 1
                partners = [
                    other
                    for other in draft.lines
                    if other is not line and other.rhyme == line.rhyme != UNRHYMED
                ]
                asked += bool(partners)
                kept_rhyme = any(rhymes_here(line.text, other.text) for other in partners)
                rhymed += kept_rhyme
                if partners and not kept_rhyme:
                    ends = ", ".join(end_word(other.text) for other in partners)
                    print(f"no rhyme: {end_word(line.text)} with {ends}", file=sys.stderr)
            await studio.drafts.delete(draft.id, LOCAL)
    print(f"own lines kept to the byte: {kept} of {own}")
    print(f"gaps within one syllable of their place: {fit} of {filled}")
    print(f"gaps that rhyme where the scheme asks for it: {rhymed} of {asked}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("scheme").add_argument("folder", type=Path)
    parts.add_parser("syllables").add_argument("folder", type=Path)
    filled = parts.add_parser("gaps")
    filled.add_argument("folder", type=Path)
    filled.add_argument("verses", type=int, nargs="?", default=50)
    filled.add_argument("after", type=int, nargs="?", default=30)
    asked = parser.parse_args()
    if asked.part == "scheme":
        scheme(asked.folder)
    elif asked.part == "syllables":
        syllables(asked.folder)
    else:
        asyncio.run(gaps(asked.folder, asked.verses, asked.after))
