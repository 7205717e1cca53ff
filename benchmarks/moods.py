"""Do lines that are rewritten "sadder", "happier" or "darker" move to that mood?

    python benchmarks/moods.py write drafts.jsonl moods.jsonl --captioner lm
    python benchmarks/moods.py sheet moods.jsonl --out sheets --readers 3
    python benchmarks/moods.py score sheets

`write` takes the drafts of `benchmarks/reading.py write`, draws one line and one mood for each, and
has the line rewritten as a writer's request has it. `sheet` shows a reader the line before and
after in random order, without saying which is which, with the two lines above. The answer is a line
each: the number, the letter of the line that has more of the mood (`=` for neither), then how much
of the subject they share: 2 the same thing, 1 partly, 0 nothing. `score` prints the shares.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from atl_core.lyrics.brief import Mood
from benchmarks.reading import LINES, add_sheet_and_score, read, share

MOODS: Final[dict[Mood, str]] = {"sad": "sadder", "happy": "happier", "dark": "darker"}
INSTRUCTIONS: Final = """\
Each number shows two lines above for context, then two versions of the next line, A and B. Say
which version has more of the mood asked for, as a listener would hear it: answer
the number, then A or B, or = if neither has, then 2 if both versions speak of the same thing, 1 if
partly, 0 if not. One line a number, nothing else. Example: 7 B 1
"""


def write(chosen: argparse.Namespace) -> None:
    from atl_core.audio.listening import no_beat
    from atl_core.captioner.load import load
    from atl_core.drafts.draft import Section
    from atl_core.edits.arrange import written
    from atl_core.genre.judge import RANKER, classifier
    from atl_core.lyrics.brief import Brief
    from atl_core.lyrics.form import plan as slots_for
    from atl_core.plans.plan import Plan
    from atl_core.settings import load_settings

    settings = load_settings()
    captioner = load(
        chosen.captioner, settings.weights_home, settings.device, classifier(RANKER).score,
        effort=settings.effort,
    )  # fmt: skip
    rng = random.Random(chosen.seed)
    for draft in read(chosen.drafts)[: chosen.count]:
        mood = rng.choice([one for one in MOODS if one != draft["mood"]])
        index = rng.randrange(2, LINES)
        brief = Brief(
            genre=draft["genre"], mood=mood, energy="medium",
            seed_words=tuple(draft["subject"].split()), lines=LINES, scheme=draft["scheme"],
            syllables=12 if draft["genre"] == "hip-hop" else 9, tempo=92.0,
            random_seed=draft["random_seed"],
        )  # fmt: skip
        slots = slots_for(brief, [], 0.0, first=0, count=LINES)
        lines: list[Any] = [
            written(text, slot) for text, slot in zip(draft["lines"], slots, strict=True)
        ]
        before = lines[index]
        lines[index] = slots[index]
        turn = None if chosen.plain else mood
        plan = Plan(
            tuple(lines), (Section("Verse", LINES),), brief, brief, no_beat(), chosen.captioner,
            avoid=(before.text,), turn=turn,
        )  # fmt: skip
        began = time.monotonic()
        after = plan.filled(captioner, lambda _: None, threading.Event())[index].text
        row = {
            "mood": mood, "above": draft["lines"][index - 2 : index], "before": before.text,
            "after": after, "seconds": round(time.monotonic() - began, 2),
        }  # fmt: skip
        with chosen.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(f"{mood}: {before.text} -> {after}", flush=True)


def sheet(chosen: argparse.Namespace) -> None:
    rows = read(chosen.file)
    chosen.out.mkdir(parents=True, exist_ok=True)
    key: dict[str, Any] = {"moods": [row["mood"] for row in rows], "after": {}}
    for reader in range(1, chosen.readers + 1):
        rng = random.Random(reader)
        text, after = [INSTRUCTIONS], []
        for number, row in enumerate(rows, 1):
            after.append(rng.choice("AB"))
            pair = [row["before"], row["after"]]
            first, second = pair if after[-1] == "B" else reversed(pair)
            text += [
                f"--- {number} --- which is {MOODS[row['mood']]}?",
                *(f"    {line}" for line in row["above"]), f"[A] {first}", f"[B] {second}", "",
            ]  # fmt: skip
        key["after"][str(reader)] = after
        (chosen.out / f"reader-{reader}.txt").write_text("\n".join(text), encoding="utf-8")
    (chosen.out / "key.json").write_text(json.dumps(key), encoding="utf-8")


def score(chosen: argparse.Namespace) -> None:
    key = json.loads((chosen.folder / "key.json").read_text())
    moved: defaultdict[int, list[float]] = defaultdict(list)
    kept: defaultdict[int, list[float]] = defaultdict(list)
    away = answers = 0
    for reader, letters in key["after"].items():
        file = chosen.folder / f"reader-{reader}.answers.txt"
        for row in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            match = re.match(r"\s*(\d+)\W+([AB=])\s+([012])", row)
            if match is None:
                continue
            number = int(match[1]) - 1
            moved[number].append(float(match[2] == letters[number]))
            kept[number].append(int(match[3]) / 2)
            answers += 1
            away += match[2] not in ("=", letters[number])
    majority = [[float(sum(row) * 2 > len(row))] for row in moved.values()]
    print(f"moved, by most readers: {share(majority)}; by answers: {share(list(moved.values()))}")
    print(f"moved the other way: {100 * away / answers:.0f} % of answers")
    print(f"subject kept: {share(list(kept.values()))}")
    for mood, said in MOODS.items():
        rows = [row for number, row in moved.items() if key["moods"][number] == mood]
        if rows:
            print(f"  {said}: {share(rows)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("write")
    verb.add_argument("drafts", type=Path)
    verb.add_argument("file", type=Path)
    verb.add_argument("--captioner", default="lm")
    verb.add_argument("--count", type=int, default=45)
    verb.add_argument("--seed", type=int, default=1)
    verb.add_argument("--plain", action="store_true", help="by the mood of the header alone")
    verb.set_defaults(run=write)
    add_sheet_and_score(verbs, sheet, score).add_argument("file", type=Path)
    chosen = parser.parse_args()
    chosen.run(chosen)


if __name__ == "__main__":
    main()
