"""Blind reading: which of two sets of drafts do readers prefer?

    python benchmarks/reading.py write a.jsonl --briefs 30 --seed 1 --captioner lm
    python benchmarks/reading.py sheet a.jsonl b.jsonl --out sheets --readers 3
    python benchmarks/reading.py score sheets

`write` drafts a verse for each of some briefs, drawn by the seed. `sheet` pairs the drafts of two
files by brief and writes one sheet for each reader: the order of a pair is drawn for one reader and
turned round for the next, and nothing names the sets. A reader answers in a file beside the sheet,
`reader-1.answers.txt`, one line a pair: the number, then X, Y or =, then the reason in a few words.
`score` prints how often the second set was preferred, with a 95 % interval by bootstrap over
briefs, by genre and by scheme, and the words that reasons have most. A tie counts a half.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
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
You read pairs of verses that were written to the same order. For each pair say which one a
songwriter would rather keep. Read for sense (does it hang together, does it say something), for
language (grammar, natural ends of lines) and for images; rhyme and length are alike by
construction. Answer one line a pair: its number, then X, Y or = (only if you truly cannot choose),
then the reason in at most ten words.
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
        chosen.captioner, settings.weights_home, settings.device, ranker, settings.lm_folder
    )
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
    first, second = read(chosen.first), read(chosen.second)
    pairs = [
        (a, b)
        for a, b in zip(first, second, strict=False)
        if (a["subject"], a["random_seed"]) == (b["subject"], b["random_seed"])
    ]
    chosen.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(chosen.seed)
    turned = [rng.random() < 0.5 for _ in pairs]
    key: dict[str, Any] = {"pairs": [[a["genre"], a["scheme"]] for a, _ in pairs], "second_is": {}}
    for reader in range(1, chosen.readers + 1):
        # Every other reader sees each pair in the other order.
        order = [way != (reader % 2 == 0) for way in turned]
        key["second_is"][str(reader)] = ["X" if way else "Y" for way in order]
        text = [INSTRUCTIONS]
        for number, ((a, b), way) in enumerate(zip(pairs, order, strict=True), 1):
            asked = f"{a['genre']}, {a['mood']}, rhymes {a['scheme']}, from: {a['subject']}"
            x, y = (b, a) if way else (a, b)
            text += [f"--- {number} --- {asked}", "X", *x["lines"], "", "Y", *y["lines"], ""]
        (chosen.out / f"reader-{reader}.txt").write_text("\n".join(text), encoding="utf-8")
    (chosen.out / "key.json").write_text(json.dumps(key), encoding="utf-8")
    print(f"{len(pairs)} pairs for {chosen.readers} readers in {chosen.out}")


def share(scores: Sequence[Sequence[float]]) -> str:
    """Mean over briefs in percent, with a 95 % interval by bootstrap over briefs."""
    means = np.array([np.mean(row) for row in scores])
    draws = np.random.default_rng(1).choice(means, (4000, len(means))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    answers = sum(len(row) for row in scores)
    return f"{100 * means.mean():.0f} % [{100 * low:.0f}, {100 * high:.0f}] of {answers}"


def score(chosen: argparse.Namespace) -> None:
    """Print how often the second set was preferred."""
    key = json.loads((chosen.folder / "key.json").read_text())
    scores: dict[int, list[float]] = {}
    reasons: Counter[str] = Counter()
    for reader, places in key["second_is"].items():
        file = chosen.folder / f"reader-{reader}.answers.txt"
        if not file.exists():
            continue
        own = []
        for row in file.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"\s*(\d+)\W+([XY=])\b?(.*)", row):
                number = int(match[1]) - 1
                worth = 0.5 if match[2] == "=" else float(match[2] == places[number])
                scores.setdefault(number, []).append(worth)
                own.append([worth])
                said = set(re.findall(r"[a-z]+", match[3].lower())) - FUNCTION_WORDS
                reasons.update(said)
        print(f"reader {reader}: second preferred {share(own)}")
    print(f"all: second preferred {share(list(scores.values()))}")
    for place in (0, 1):
        for kind in sorted({pair[place] for pair in key["pairs"]}):
            rows = [row for n, row in scores.items() if key["pairs"][n][place] == kind]
            if rows:
                print(f"  {kind}: {share(rows)}")
    print("reasons: " + ", ".join(f"{word} {count}" for word, count in reasons.most_common(20)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("write")
    verb.add_argument("file", type=Path)
    verb.add_argument("--briefs", type=int, default=30)
    verb.add_argument("--seed", type=int, default=1)
    verb.add_argument("--captioner", default="lm")
    verb.set_defaults(run=write)
    verb = verbs.add_parser("sheet")
    verb.add_argument("first", type=Path)
    verb.add_argument("second", type=Path)
    verb.add_argument("--out", type=Path, required=True)
    verb.add_argument("--readers", type=int, default=3)
    verb.add_argument("--seed", type=int, default=0)
    verb.set_defaults(run=sheet)
    verb = verbs.add_parser("score")
    verb.add_argument("folder", type=Path)
    verb.set_defaults(run=score)
    chosen = parser.parse_args()
    chosen.run(chosen)


if __name__ == "__main__":
    main()
