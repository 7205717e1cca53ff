"""Blind reading: which of several sets of drafts do readers prefer?

    python benchmarks/reading.py write old.jsonl --briefs 60 --seed 1 --captioner lm
    python benchmarks/reading.py write new.jsonl --briefs 60 --seed 1 --captioner large
    python benchmarks/reading.py sheet old.jsonl new.jsonl --out sheets --readers 3
    python benchmarks/reading.py score sheets

`write` drafts a verse for each of some briefs, drawn by the seed. `sheet` puts the drafts of two or
more files together by brief and writes one sheet for each reader: the order is drawn anew for each
brief and reader, and nothing names the sets. A reader answers in a file beside the sheet,
`reader-1.answers.txt`, one line a brief: the number, then the letters from best to worst, then the
reason in a few words. `score` prints for each pair of sets how often the second was preferred, with
a 95 % interval by bootstrap over briefs, by genre and by scheme, and the words that reasons have
most.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final

import numpy as np

from atl_core.lyrics.wordlists import FUNCTION_WORDS

LINES: Final = 8
SUBJECTS: Final = (
    "paper plane, empty chair, corner store, county line, rearview mirror, cigarette smoke, "
    "kitchen light, gold chain, school bus, old dog, payphone, church bells, parking lot, "
    "summer rain, broken radio, back porch, bus ticket, wedding ring, night shift, river "
    "bridge, red dress, bank account, front row, radio tower, pickup truck, street light, "
    "sunday morning, basketball court, fishing line, rooftop, grandma, gas station, small town, "
    "subway, motel, barber shop, first snow, spare key, hospital, neon sign, train tracks, last "
    "dollar, borrowed car, window seat, lake house, fireworks, mailbox, winter boots, dance "
    "floor, tattoo, cornfield, elevator, laundromat, passport"
).split(", ")
SCHEMES: Final = {"hip-hop": ("AABB", "AABB", "ABAB", "AAAA"), "country": ("ABAB", "AABB", "ABCB")}
INSTRUCTIONS: Final = """\
You read verses that were written to the same order by several writers, in random order. For each
order rank them (best first) by which one a songwriter would rather keep. Read for sense (does it
hang together, does it say something), for language (grammar, natural ends of lines), for images,
and for the mood that was asked for. Rhyme and length are alike by construction. Answer one line an
order: its number, then the letters from best to worst, then the reason in at most fifteen words.
Example: 7 CAB the only one that tells a story
"""


def briefs(count: int, seed: int) -> list[dict[str, Any]]:
    """What is ordered: genres in turn, subjects without repetition, moods and schemes drawn."""
    rng = random.Random(seed)
    subjects = rng.sample(SUBJECTS, len(SUBJECTS))
    found = []
    for number in range(count):
        genre = ("hip-hop", "country")[number % 2]
        found.append(
            {
                "genre": genre,
                "subject": subjects[number % len(subjects)],
                "mood": rng.choice(("happy", "sad", "dark", "love", "party", "chill")),
                "scheme": rng.choice(SCHEMES[genre]),
                "random_seed": rng.randrange(2**31),
            }
        )
    return found


def write(chosen: argparse.Namespace) -> None:
    """Draft a verse for each brief; a file that has some already is gone on with."""
    from atl_core.captioner.load import load
    from atl_core.captioner.protocol import Task
    from atl_core.genre.judge import RANKER, classifier
    from atl_core.lyrics.brief import Brief
    from atl_core.lyrics.form import plan
    from atl_core.settings import load_settings

    settings = load_settings()
    ranker = classifier(RANKER).score
    captioner = load(
        chosen.captioner, settings.weights_home, settings.device, ranker, settings.lm_folder,
        effort=settings.effort,
    )  # fmt: skip
    done = len(chosen.file.read_text().splitlines()) if chosen.file.exists() else 0
    for order in briefs(chosen.briefs, chosen.seed)[done:]:
        rap = order["genre"] == "hip-hop"
        brief = Brief(
            genre=order["genre"], mood=order["mood"], energy="medium",
            seed_words=tuple(order["subject"].split()), lines=LINES, scheme=order["scheme"],
            syllables=12 if rap else 9, tempo=92.0, random_seed=order["random_seed"],
        )  # fmt: skip
        began = time.monotonic()
        lines = list(captioner.write(Task(brief, plan(brief, [], 0.0, first=0, count=LINES))))
        row = {**order, "lines": lines, "seconds": round(time.monotonic() - began, 2)}
        with chosen.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(f"{order['genre']}, {order['subject']}: {row['seconds']} s", flush=True)


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in file.read_text(encoding="utf-8").splitlines()]


def sheet(chosen: argparse.Namespace) -> None:
    """Write one sheet a reader, and the key that `score` needs."""
    names = [file.stem for file in chosen.files]
    sets = [{(a["subject"], a["random_seed"]): a for a in read(file)} for file in chosen.files]
    found = [[one.get(brief) for one in sets] for brief in sets[0]]
    rows = [row for row in found if sum(draft is not None for draft in row) > 1]
    chosen.out.mkdir(parents=True, exist_ok=True)
    first = [next(draft for draft in row if draft) for row in rows]
    key: dict[str, Any] = {
        "sets": names,
        "briefs": [[draft["genre"], draft["scheme"]] for draft in first],
        "orders": {},
    }
    for reader in range(1, chosen.readers + 1):
        rng = random.Random(f"{chosen.seed} {reader}")
        text, orders = [INSTRUCTIONS], []
        for number, (row, asked) in enumerate(zip(rows, first, strict=True), 1):
            order = [place for place, draft in enumerate(row) if draft]
            rng.shuffle(order)
            orders.append(order)
            text.append(
                f"--- {number} --- {asked['genre']}, {asked['mood']}, rhymes {asked['scheme']},"
                f" from: {asked['subject']}"
            )
            for letter, place in zip(ascii_uppercase, order, strict=False):
                text += [f"[{letter}]", *(row[place] or {})["lines"], ""]
        key["orders"][str(reader)] = orders
        (chosen.out / f"reader-{reader}.txt").write_text("\n".join(text), encoding="utf-8")
    (chosen.out / "key.json").write_text(json.dumps(key), encoding="utf-8")
    print(f"{len(rows)} briefs for {chosen.readers} readers in {chosen.out}")


def share(scores: Sequence[Sequence[float]]) -> str:
    """Mean over briefs in percent, with a 95 % interval by bootstrap over briefs."""
    means = np.array([np.mean(row) for row in scores])
    draws = np.random.default_rng(1).choice(means, (4000, len(means))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    answers = sum(len(row) for row in scores)
    return f"{100 * means.mean():.0f} % [{100 * low:.0f}, {100 * high:.0f}] of {answers}"


def score(chosen: argparse.Namespace) -> None:
    """Print how often each set was preferred to each before it."""
    key = json.loads((chosen.folder / "key.json").read_text())
    preferred: defaultdict[tuple[int, int], defaultdict[int, list[float]]] = defaultdict(
        lambda: defaultdict(list)
    )
    reasons: Counter[str] = Counter()
    for reader, orders in key["orders"].items():
        file = chosen.folder / f"reader-{reader}.answers.txt"
        if not file.exists():
            continue
        for row in file.read_text(encoding="utf-8").splitlines():
            match = re.match(r"\s*(\d+)\W+([A-Z]+)\b(.*)", row)
            if match is None:
                continue
            number = int(match[1]) - 1
            ranked = [orders[number][ascii_uppercase.index(letter)] for letter in match[2]]
            for better, worse in itertools.combinations(ranked, 2):
                first, second = sorted((better, worse))
                preferred[first, second][number].append(float(better == second))
            reasons.update(set(re.findall(r"[a-z]+", match[3].lower())) - FUNCTION_WORDS)
    names = key["sets"]
    for (first, second), briefs_read in sorted(preferred.items()):
        print(f"{names[second]} over {names[first]}: {share(list(briefs_read.values()))}")
        for place in (0, 1):
            for kind in sorted({brief[place] for brief in key["briefs"]}):
                rows = [row for n, row in briefs_read.items() if key["briefs"][n][place] == kind]
                if rows:
                    print(f"  {kind}: {share(rows)}")
    print("reasons: " + ", ".join(f"{word} {count}" for word, count in reasons.most_common(20)))


def add_sheet_and_score(
    verbs: Any, sheet: Callable[..., None], score: Callable[..., None]
) -> argparse.ArgumentParser:
    """The commands of a blind reading; the parser of `sheet`, which lacks what is to be read."""
    verb = verbs.add_parser("score")
    verb.add_argument("folder", type=Path)
    verb.set_defaults(run=score)
    verb = verbs.add_parser("sheet")
    verb.add_argument("--out", type=Path, required=True)
    verb.add_argument("--readers", type=int, default=3)
    verb.set_defaults(run=sheet)
    parser: argparse.ArgumentParser = verb
    return parser


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("write")
    verb.add_argument("file", type=Path)
    verb.add_argument("--briefs", type=int, default=30)
    verb.add_argument("--seed", type=int, default=1)
    verb.add_argument("--captioner", default="lm")
    verb.set_defaults(run=write)
    verb = add_sheet_and_score(verbs, sheet, score)
    verb.add_argument("files", type=Path, nargs="+")
    verb.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    chosen.run(chosen)


if __name__ == "__main__":
    main()
