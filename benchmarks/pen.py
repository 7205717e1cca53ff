"""How good the pen is: drafts over held-out seed words, beside what people wrote.

    python benchmarks/pen.py --drafts 40 --data DIR --save drafts.json

Prints one table. `--data` is a folder with `test.jsonl.gz`; without it the column of human
lyrics is left out. The genre is judged by a classifier that takes no part in writing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explicit_terms import hits
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sense import (
    Reader,
    share_of_the_way,
    untuned,
    with_ends_dealt_anew,
    with_lines_above_of_another,
)

from atl_core.captioner.load import load
from atl_core.captioner.protocol import Captioner, Task
from atl_core.genre.judge import JUDGE, RANKER, classifier
from atl_core.lyrics import metrics
from atl_core.lyrics.brief import GENRES, MOODS, Brief
from atl_core.lyrics.form import Slot, plan, syllables_for
from atl_core.lyrics.originality import load_index
from atl_core.lyrics.text import words
from atl_core.settings import load_settings

SEEDS: Final = (
    "midnight train, river stone, city lights, broken radio, sunday morning, paper crown, old "
    "truck, corner store, cold coffee, summer rain, empty chair, gold chain, back porch, "
    "subway, wedding ring, fireflies, basement tapes, hometown, mirror, prayer, gasoline, bus "
    "stop, letters, harvest moon, skyline, whiskey, brother, concrete, wildflower, lottery, "
    "winter coat, playground, freight yard, lullaby, crossroads, champion, screen door, "
    "satellite, diner, kingdom, dust, bicycle, thunder, hallway, shoulder, lighthouse, pocket "
    "change, tomorrow, birthday, anchor"
).split(", ")
SCHEMES: Final = ("AABB", "ABAB", "ABCB", "AAAA")
TEMPOS: Final = {
    "hip-hop": (70.0, 82.0, 88.0, 95.0, 110.0),
    "country": (76.0, 92.0, 104.0, 120.0),
}
LINES: Final = 8


@dataclass(frozen=True)
class Written:
    """A draft and how long it took."""

    brief: Brief
    slots: tuple[Slot, ...]
    lines: list[str]
    first_line: float
    """Seconds until the first line was there."""
    seconds: float


def briefs(count: int) -> list[Brief]:
    """`count` briefs, the genres in turn, the rest drawn with a fixed seed."""
    rng = random.Random(2026)
    made = []
    for number, genre in zip(range(count), itertools.cycle(GENRES), strict=False):
        tempo = rng.choice(TEMPOS[genre])
        made.append(
            Brief(
                genre=genre,
                mood=rng.choice(MOODS),
                energy=rng.choice(("low", "medium", "high")),
                seed_words=tuple(SEEDS[number // 2 % len(SEEDS)].split()),
                lines=LINES,
                scheme=rng.choice(SCHEMES),
                syllables=syllables_for(genre, tempo),
                tempo=tempo,
                random_seed=number,
            )
        )
    return made


def write(captioner: Captioner, brief: Brief) -> Written:
    slots = plan(brief, [], 0.0, first=0, count=brief.lines)
    started = time.perf_counter()
    lines, first = [], 0.0
    for line in captioner.write(Task(brief, slots)):
        first = first or time.perf_counter() - started
        lines.append(line)
    return Written(brief, slots, lines, first, time.perf_counter() - started)


def human_sections(data: Path, count: int) -> list[tuple[str, list[str]]]:
    """Genre and first eight lines of clean sections of held-out artists, the genres in turn."""
    from training.lm.sections import read_sections

    long_enough = [
        (section.genre, list(section.lines[:LINES]))
        for section in read_sections(data / "test.jsonl.gz")
        if len(section.lines) >= LINES and not section.explicit
    ]
    random.Random(2026).shuffle(long_enough)
    each = {genre: [row for row in long_enough if row[0] == genre] for genre in GENRES}
    return [row for pair in zip(*each.values(), strict=False) for row in pair][:count]


def share(flags: Sequence[bool]) -> str:
    return f"{100 * sum(flags) / len(flags):.1f} %"


def judged_right(genres: Sequence[str], texts: Sequence[Sequence[str]]) -> str:
    odds = classifier(JUDGE).score(["\n".join(text) for text in texts])
    return share([(g == "hip-hop") == (o > 0) for g, o in zip(genres, odds, strict=True)])


def text_figures(genres: Sequence[str], texts: Sequence[Sequence[str]]) -> dict[str, str]:
    """The figures that drafts and human lyrics share."""
    flat = [line for text in texts for line in text]
    matches = load_index().longest_matches(texts)
    words_said = sum(len(words(line)) for line in flat)
    figures = {
        "judged to be of its genre": judged_right(genres, texts),
        "lines repeated within a text": share([metrics.repeated_lines(t) > 0 for t in texts]),
        "self-BLEU-4": f"{metrics.self_bleu(texts):.3f}",
        "words a line": f"{words_said / len(flat):.1f}",
        "unfinished lines": share([metrics.is_unfinished(line) for line in flat]),
        "lines that name a section, or with broken words": share(
            [metrics.names_a_section(line) or bool(metrics.broken_words(line)) for line in flat]
        ),
        "4-grams that stand in the training lyrics": (
            f"{100 * load_index().share_known(flat, 4):.1f} %"
        ),
        "rhyme density, lift over shuffled": f"{metrics.rhyme_density_lift(flat):+.3f}",
        "longest match with training, 99th percentile": (
            f"{sorted(matches)[int(0.99 * (len(matches) - 1))]} words"
        ),
    }
    if words_said >= 500:
        for order in (1, 2):
            value = metrics.distinct(flat, order)
            figures[f"distinct-{order} at 500 words"] = f"{value:.3f}"
    return figures


def sense_figures(
    reader: Reader, texts: Sequence[Sequence[str]], people: Sequence[Sequence[str]]
) -> dict[str, str]:
    """Naturalness and coherence, and how far they are from shuffled to human lyrics."""
    ends, above = with_ends_dealt_anew(people), with_lines_above_of_another(people)
    natural = reader.naturalness(texts), reader.naturalness(ends), reader.naturalness(people)
    coherent = reader.coherence(texts), reader.coherence(people, above), reader.coherence(people)
    return {
        "naturalness of ends, log p (way from shuffled to human)": share_of_the_way(*natural),
        "coherence, nats a token (way from shuffled to human)": share_of_the_way(*coherent),
    }


def follows_the_genre(drafts: Sequence[Written]) -> str:
    """The share of pairs that share seed words, of which both are judged to be of their genre."""
    odds = classifier(JUDGE).score(["\n".join(draft.lines) for draft in drafts])
    right = [(d.brief.genre == "hip-hop") == (o > 0) for d, o in zip(drafts, odds, strict=True)]
    return share([a and b for a, b in zip(right[::2], right[1::2], strict=True)])


def draft_figures(drafts: Sequence[Written]) -> dict[str, str]:
    """The figures that only a draft with a brief has."""
    rhymed = [
        metrics.rhymes_kept(draft.lines, [slot.rhyme for slot in draft.slots]) for draft in drafts
    ]

    def kept(tolerance: int) -> str:
        shares = [
            metrics.syllables_kept(d.lines, [slot.target for slot in d.slots], tolerance)
            for d in drafts
        ]
        return f"{100 * statistics.fmean(shares):.1f} %"

    seeds = [metrics.seeds_used(d.lines, d.brief.seed_words) == 1 for d in drafts]
    return {
        "requested rhymes kept": f"{100 * statistics.fmean(rhymed):.1f} %",
        "lines within 1 syllable of target": kept(1),
        "lines exactly on target": kept(0),
        "all seed words used": share(seeds),
        "opens with the seed words": share(
            [metrics.opens_with(d.lines, d.brief.seed_words) for d in drafts]
        ),
        "hits of an independent explicit list": str(
            sum(len(hits(line)) for d in drafts for line in d.lines)
        ),
        "verdict follows when the genre alone is swapped": follows_the_genre(drafts),
        "first line, median seconds": f"{statistics.median(d.first_line for d in drafts):.1f}",
        "8 lines, median seconds": f"{statistics.median(d.seconds for d in drafts):.1f}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--drafts", type=int, default=20)
    parser.add_argument("--data", type=Path, help="folder with test.jsonl.gz")
    parser.add_argument("--save", type=Path, help="write the drafts here as JSON")
    chosen = parser.parse_args()
    settings = load_settings()
    captioner = load("lm", settings.weights_home, settings.device, classifier(RANKER).score)
    drafts = [
        write(captioner, brief)
        for brief in track(briefs(chosen.drafts), description="writing", transient=True)
    ]
    if chosen.save:
        rows = [{"genre": d.brief.genre, "brief": d.brief.to_json(), "lines": d.lines}
                for d in drafts]  # fmt: skip
        chosen.save.write_text(json.dumps(rows, indent=1))

    columns = {
        f"ATL, {len(drafts)} drafts": draft_figures(drafts)
        | text_figures([d.brief.genre for d in drafts], [d.lines for d in drafts])
    }
    if chosen.data:
        people = human_sections(chosen.data, chosen.drafts)
        name = f"held-out human lyrics, {len(people)} sections"
        human = [text for _, text in people]
        columns[name] = text_figures([g for g, _ in people], human)
        reader = Reader(untuned(settings))
        for name, texts in zip(columns, ([d.lines for d in drafts], human), strict=True):
            columns[name] |= sense_figures(reader, texts, human)
    table = Table("", *columns)
    for row in next(iter(columns.values())):
        table.add_row(row, *(figures.get(row, "") for figures in columns.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
