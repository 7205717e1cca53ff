"""How good the pen is: drafts over held-out seed words, beside what people wrote.

    python benchmarks/pen.py --drafts 40 --data DIR --save drafts.jsonl
    python benchmarks/pen.py --drafts 40 --data DIR --beside 12

Prints one table. `--save` keeps each draft as it is written; a run that finds some goes on from
these. `--data` is a folder with `train` and `test.jsonl.gz`; without it the column of human lyrics
is left out. `--beside` adds what the untuned base writes when it is driven by the same
plan, guard and ranking, and what the paper's captioner writes to beats of the genre (synthesised,
none of them trained on). The genre is judged by a classifier that takes no part in writing; a draft
that was refused counts as of the wrong one. Intervals are of 95 %, by bootstrap over the texts.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from atl_core.audio.listening import Listening
from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.load import load, load_language_model
from atl_core.captioner.protocol import Captioner, Task
from atl_core.errors import BriefError
from atl_core.genre.judge import JUDGE, RANKER, classifier
from atl_core.lyrics.brief import GENRES, MOODS, Brief
from atl_core.lyrics.form import Slot, plan, syllables_for
from atl_core.lyrics.metrics import rhymes_kept, syllables_kept
from atl_core.lyrics.originality import Hashes, gram_hashes, load_index, word_hashes
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import mask_explicit
from atl_core.settings import load_settings
from benchmarks.explicit_terms import hits
from benchmarks.sense import (
    Reader,
    share_of_the_way,
    untuned,
    with_ends_dealt_anew,
    with_lines_above_of_another,
    with_untuned_base,
)
from training import metrics

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
DRAWS: Final = 2000
"""Of the bootstrap."""


@dataclass(frozen=True)
class Written:
    """A draft and how long it took."""

    brief: Brief
    slots: tuple[Slot, ...]
    lines: list[str]
    """None if the captioner refused."""
    first_line: float
    """Seconds until the first line was there."""
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {
            "genre": self.brief.genre,
            "brief": self.brief.to_json(),
            "lines": self.lines,
            "first_line": self.first_line,
            "seconds": self.seconds,
        }


def briefs(count: int, skip: int = 0) -> list[Brief]:
    """`count` briefs after the first `skip`: the genres in turn, the rest by a fixed seed."""
    rng = random.Random(2026)
    made = []
    for number, genre in zip(range(skip + count), itertools.cycle(GENRES), strict=False):
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
    return made[skip:]


def write(captioner: Captioner, brief: Brief, beat: Listening | None = None) -> Written:
    slots = plan(brief, [], 0.0, first=0, count=brief.lines)
    started = time.perf_counter()
    lines, first = [], 0.0
    try:
        for line in captioner.write(Task(brief, slots, listening=beat)):
            first = first or time.perf_counter() - started
            lines.append(line)
    except BriefError:
        lines = []
    return Written(brief, slots, lines, first, time.perf_counter() - started)


def write_all(
    captioner: Captioner,
    wanted: Sequence[Brief],
    *,
    to_beats: bool = False,
    kept: Path | None = None,
) -> list[Written]:
    """A draft of each brief, to beats of their genres if the captioner hears any.

    Those in the file `kept` are not written again, and those that were not in it are added.
    """
    drafts = read_kept(kept, wanted) if kept and kept.is_file() else []
    beats = {}
    if to_beats:
        from training.captioners.held_out import held_out_beats

        beats = {genre: itertools.cycle(heard) for genre, heard in held_out_beats(None).items()}
    left = wanted[len(drafts) :]
    for brief in track(left, description=captioner.name, transient=True):
        drafts.append(write(captioner, brief, next(beats[brief.genre]) if beats else None))
        if kept:
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(drafts[-1].to_json()) + "\n")
    return drafts


def read_kept(file: Path, wanted: Sequence[Brief]) -> list[Written]:
    """The drafts of a file, which have to be of these briefs and in their order."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    drafts = []
    for brief, row in zip(wanted, rows, strict=False):
        if row["brief"] != brief.to_json():
            raise SystemExit(f"{file} holds drafts of other briefs. Name another file.")
        slots = plan(brief, [], 0.0, first=0, count=brief.lines)
        drafts.append(Written(brief, slots, row["lines"], row["first_line"], row["seconds"]))
    return drafts


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


def grams_of_training(data: Path, order: int) -> Hashes:
    """Hashes of every `order` words in a row of the training lyrics, sorted."""
    from training.originality import read_lines

    sections = read_lines(data / "train.jsonl.gz")
    spoken = (word_hashes([word for line in lines for word in line]) for lines in sections)
    return np.unique(np.concatenate([gram_hashes(hashes, order) for hashes in spoken]))


def share(flags: Sequence[float]) -> str:
    """A dash where nothing was counted, as in very few drafts."""
    return f"{100 * sum(flags) / len(flags):.1f} %" if flags else "-"


def share_between(flags: Sequence[float]) -> str:
    """The share and its 95 % interval."""
    drawn = np.random.default_rng(0).choice(flags, (DRAWS, len(flags))).mean(axis=1)
    low, high = 100 * np.percentile(drawn, [2.5, 97.5])
    return f"{share(flags)} [{low:.0f}, {high:.0f}]"


def of_its_genre(
    genres: Sequence[str],
    texts: Sequence[Sequence[str]],
    dress: Callable[[str], str] = str,
) -> list[bool]:
    """Whether the judge finds the genre of each text; of a draft that was refused it does not."""
    odds = classifier(JUDGE).score([dress("\n".join(text)) for text in texts])
    return [
        bool(text) and (genre == "hip-hop") == (score > 0)
        for genre, text, score in zip(genres, texts, odds, strict=True)
    ]


def genre_figures(genres: Sequence[str], texts: Sequence[Sequence[str]]) -> dict[str, str]:
    return {
        "judged to be of its genre": share_between(of_its_genre(genres, texts)),
        "the same with profanity masked": share_between(of_its_genre(genres, texts, mask_explicit)),
    }


def text_figures(texts: Sequence[Sequence[str]]) -> dict[str, str]:
    """The figures that drafts and human lyrics share."""
    flat = [line for text in texts for line in text]
    matches = load_index().longest_matches(texts)
    words_said = sum(len(words(line)) for line in flat)
    figures = {
        "lines repeated within a text": share([metrics.repeated_lines(t) > 0 for t in texts]),
        "self-BLEU-4": f"{metrics.self_bleu(texts):.3f}",
        "zlib ratio of a text": f"{statistics.fmean(map(metrics.compression, texts)):.2f}",
        "words a line": f"{words_said / len(flat):.1f}",
        "unfinished lines": share([metrics.is_unfinished(line) for line in flat]),
        "lines that name a section, or with broken words": share(
            [metrics.names_a_section(line) or bool(metrics.broken_words(line)) for line in flat]
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


def seen_figures(texts: Sequence[Sequence[str]], sixes: Hashes | None) -> dict[str, str]:
    """How many words in a row stand in the training lyrics; six only where these are at hand."""
    flat = [line for text in texts for line in text]
    found = {order: load_index().share_known(flat, order) for order in (4, 8)}
    if sixes is not None:
        hashes = word_hashes([word for line in flat for word in words(line)])
        found[6] = float(np.isin(gram_hashes(hashes, 6), sixes).mean())
    return {
        f"{order}-grams that stand in the training lyrics": f"{100 * found[order]:.1f} %"
        for order in sorted(found)
    }


def sense_scale(reader: Reader, people: Sequence[Sequence[str]]) -> dict[str, tuple[float, float]]:
    """What shuffled and what human lyrics have of each figure of sense."""
    ends, above = with_ends_dealt_anew(people), with_lines_above_of_another(people)
    return {
        "naturalness": (reader.naturalness(ends), reader.naturalness(people)),
        "coherence": (reader.coherence(people, above), reader.coherence(people)),
    }


def sense_figures(
    natural: float, coherent: float, scale: dict[str, tuple[float, float]]
) -> dict[str, str]:
    """Naturalness and coherence, and how far they are from shuffled to human lyrics."""
    return {
        "naturalness of ends, log p (way from shuffled to human)": (
            share_of_the_way(natural, *scale["naturalness"])
        ),
        "coherence, nats a token (way from shuffled to human)": (
            share_of_the_way(coherent, *scale["coherence"])
        ),
    }


def follows_the_genre(drafts: Sequence[Written]) -> str:
    """The share of pairs that share seed words, of which both are judged to be of their genre."""
    right = of_its_genre([d.brief.genre for d in drafts], [d.lines for d in drafts])
    return share_between([a and b for a, b in zip(right[::2], right[1::2], strict=False)])


def draft_figures(drafts: Sequence[Written], swap: str) -> dict[str, str]:
    """The figures that only a draft with a brief has; none of these was refused."""
    rhymed = [rhymes_kept(draft.lines, [slot.rhyme for slot in draft.slots]) for draft in drafts]

    def kept(tolerance: int) -> str:
        shares = [
            syllables_kept(d.lines, [slot.target for slot in d.slots], tolerance) for d in drafts
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
        "genre follows: both of a pair with the same seed words right": swap,
        "first line, median seconds": f"{statistics.median(d.first_line for d in drafts):.1f}",
        "8 lines, median seconds": f"{statistics.median(d.seconds for d in drafts):.1f}",
    }


def column(drafts: Sequence[Written], sixes: Hashes | None) -> dict[str, str]:
    """Every figure but those of sense."""
    written = [draft for draft in drafts if draft.lines]
    texts = [draft.lines for draft in written]
    genres = genre_figures([d.brief.genre for d in drafts], [d.lines for d in drafts])
    refused = {"refused": str(len(drafts) - len(written))}
    own = draft_figures(written, follows_the_genre(drafts))
    return own | refused | genres | text_figures(texts) | seen_figures(texts, sixes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--drafts", type=int, default=20)
    parser.add_argument(
        "--skip",
        type=int,
        default=0,
        help="briefs to pass over: the settings were chosen by them",
    )
    parser.add_argument("--data", type=Path, help="folder with train and test.jsonl.gz")
    parser.add_argument("--save", type=Path, help="keep the drafts in this file, JSON a line")
    parser.add_argument(
        "--beside", nargs="?", type=int, const=12, default=0, metavar="N",
        help="N drafts (12) of the untuned base and of the paper's captioner as well",
    )  # fmt: skip
    chosen = parser.parse_args()
    settings = load_settings()
    ranker = classifier(RANKER).score
    model = load_language_model(settings.weights_home, settings.device, ranker)
    captioner = LineCaptioner(model, ranker)
    wanted = briefs(chosen.drafts, chosen.skip)
    all_anew = not (chosen.save and chosen.save.is_file())
    drafts = {"ATL": write_all(captioner, wanted, kept=chosen.save)}
    most_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if chosen.beside:
        beside = wanted[: chosen.beside]
        base = LineCaptioner(with_untuned_base(model, settings), ranker)
        drafts["the untuned base, driven alike"] = write_all(base, beside)
        paper = load("lstm", settings.weights_home, settings.device, ranker)
        drafts["the paper's LSTM, driven alike"] = write_all(paper, beside, to_beats=True)

    sixes = grams_of_training(chosen.data, 6) if chosen.data else None
    columns = {f"{name}, {len(d)} drafts": column(d, sixes) for name, d in drafts.items()}
    if all_anew:
        columns[next(iter(columns))]["most memory while writing"] = f"{most_memory} MB"
    if chosen.data:
        people = human_sections(chosen.data, chosen.drafts)
        human = [text for _, text in people]
        genres = genre_figures([genre for genre, _ in people], human)
        name = f"held-out human lyrics, {len(people)} sections"
        columns[name] = genres | text_figures(human) | seen_figures(human, sixes)
        reader = Reader(untuned(settings))
        scale = sense_scale(reader, human)
        columns[name] |= sense_figures(scale["naturalness"][1], scale["coherence"][1], scale)
        for column_name, d in zip(columns, drafts.values(), strict=False):
            texts = [draft.lines for draft in d if draft.lines]
            sense = reader.naturalness(texts), reader.coherence(texts)
            columns[column_name] |= sense_figures(*sense, scale)
    table = Table(Column("", no_wrap=True), *columns, box=box.MARKDOWN)
    for row in next(iter(columns.values())):
        table.add_row(row, *(figures.get(row, "") for figures in columns.values()))
    console = Console()
    Console(width=max(console.width, 64 + 32 * len(columns))).print(table)


if __name__ == "__main__":
    main()
