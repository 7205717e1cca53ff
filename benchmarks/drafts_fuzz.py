"""Mutated draft files: `python benchmarks/drafts_fuzz.py [COUNT] [SEED]` (1000, 1).

One to three values of an exported draft are replaced by hostile ones, or single bits are flipped.
What is imported is shown and exported to one format after another. Counts what was refused and
what became a draft; anything else (a traceback, over 20 s, over 1 GB) is printed and counted.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from typing import Any

from atl_core.drafts.export import FORMATS, export
from atl_core.drafts.import_json import import_draft
from atl_core.errors import DraftError
from bot.render.console import console
from bot.render.drafts import render_draft
from tests.drafts.examples import make_draft

VALUES: tuple[Any, ...] = (
    *(None, "", " ", "polka", "\x00", "\u202e", "x" * 100_000, "9" * 40, "NaN", True, False),
    *(-1, 0, 1, 64, 1000, 9999, 100_000, 2**31, 2**63, 10**400, 0.5, 1e-300, 1000.0, 86_400.0),
    *(-1e308, float("nan"), float("inf"), [], {}, [[]], {"text": 1}, ["x"] * 1000, [None]),
)
LONGEST_SECONDS, MOST_BYTES = 20.0, 1_000_000_000


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*here, key)
        if isinstance(item, dict | list):
            yield from places(item, (*here, key))


def mutate(whole: bytes, dice: random.Random) -> bytes:
    if dice.random() < 1 / 3:
        spoilt = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
        return bytes(spoilt)
    file = deepcopy(json.loads(whole))
    everywhere = list(places(file))
    for _ in range(dice.randint(1, 3)):
        *way, last = dice.choice(everywhere)
        # A change may have taken away what a later one wants to change.
        with suppress(KeyError, IndexError, TypeError):
            inner = file
            for step in way:
                inner = inner[step]
            if dice.random() < 0.1:
                del inner[last]
            else:
                inner[last] = dice.choice(VALUES)
    return json.dumps(file).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    asked = parser.parse_args()
    count, dice = asked.count, random.Random(asked.seed)
    resource.setrlimit(resource.RLIMIT_AS, (6 * MOST_BYTES, 6 * MOST_BYTES))
    whole = export(make_draft(), "json")
    # A PDF takes a second and has the same text as others.
    formats = sorted(FORMATS.keys() - {"pdf"})
    outcome: Counter[str] = Counter()
    slowest = 0.0
    for number in range(count):
        data = mutate(whole, dice)
        started = time.process_time()
        try:
            draft = replace(make_draft(), **import_draft(data))
            screen = console()
            with screen.capture():
                screen.print(render_draft(draft))
            export(draft, formats[number % len(formats)])
            outcome["became drafts that work"] += 1
        except DraftError:
            outcome["refused"] += 1
        except Exception as error:
            outcome["FAILED"] += 1
            print(f"{formats[number % len(formats)]}: {error!r}"[:300])
        taken = time.process_time() - started
        slowest = max(slowest, taken)
        outcome["TOO SLOW"] += taken > LONGEST_SECONDS
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    outcome["TOO LARGE"] += most > MOST_BYTES
    print(f"{count} files: {', '.join(f'{n} {what}' for what, n in outcome.items())}")
    print(f"slowest {slowest:.2f} s of CPU, {most / 1e6:.0f} MB of memory at most")


if __name__ == "__main__":
    main()
