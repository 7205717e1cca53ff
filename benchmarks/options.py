"""Options for a line: how long five take, and in how many sets four of five really differ.

`python -m benchmarks.options [SETS] [FILE]` (10), with the captioner `lm` and no beat. Each set is
for a line of a verse of four that was written before, the third and the fourth in turn, a new verse
for every four sets, which is gone on with by two lines, line by line. "Differ" is the project's own
measure (`atl_core.lyrics.sameness`). Writing the verse is not timed. FILE gets the sets as text,
for readers.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from itertools import combinations
from pathlib import Path
from statistics import fmean, median

from atl_core.drafts.draft import Draft
from atl_core.drafts.names import LOCAL
from atl_core.drafts.options import OptionSet
from atl_core.edits.choices import LineByLine, Options
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.lyrics.rhyme import end_word, same_word
from atl_core.lyrics.sameness import SAME, sameness
from atl_core.settings import load_settings
from atl_core.studio import open_studio

WANTED = 4
LINES = (3, 4, 3, 4)
"""Lines of a verse that options are asked for; the second time none of the first are offered."""
NEXT = 2
"""Lines that each verse is gone on with, line by line."""
SUBJECTS = ("southbound train", "corner store", "kitchen light", "gold chain", "river bridge")
GENRES = ("country", "hip-hop")


def as_text(number: int, draft: Draft, offered: OptionSet) -> str:
    above = [line.text for line in draft.lines[: offered.line - 1]]
    options = [f"{place}  {option.text}" for place, option in enumerate(offered.options, 1)]
    return "\n".join((f"Set {number}. After:", *above, "one of:", *options, ""))


async def main(sets: int, file: Path | None) -> None:
    seconds: list[float] = []
    next_lines: list[float] = []
    processor: list[float] = []
    shown: list[str] = []
    alike: list[float] = []
    different = ends = 0
    async with open_studio(load_settings()) as studio:
        for number in range(sets):
            if number % len(LINES) == 0:
                subject = SUBJECTS[number // len(LINES) % len(SUBJECTS)]
                genre = GENRES[number // len(LINES) % len(GENRES)]
                wish = Wish.parse(seed_words=subject, genre=genre, lines=4, random_seed=number)
                draft = await studio.pipeline.run(Write("", wish), owner=LOCAL, captioner="lm")
            line = LINES[number % len(LINES)]
            start, spent = time.perf_counter(), time.process_time()
            await studio.pipeline.run(Options(line), owner=LOCAL, draft=draft)
            seconds.append(time.perf_counter() - start)
            processor.append(time.process_time() - spent)
            (offered, *_) = await studio.drafts.options.of_draft(draft.id, LOCAL)
            shown.append(as_text(number + 1, draft, offered))
            texts = [option.text for option in offered.options]
            shared = {pair: sameness(*pair) for pair in combinations(texts, 2)}
            alike += shared.values()
            different += any(
                all(shared[pair] < SAME for pair in combinations(some, 2))
                for some in combinations(texts, WANTED)
            )
            last = [end_word(text) for text in texts]
            ends += not any(same_word(a, b) for a, b in combinations(last, 2))
            if number % len(LINES) == len(LINES) - 1:
                for _ in range(NEXT):
                    start = time.perf_counter()
                    draft = await studio.pipeline.run(LineByLine(NEXT), owner=LOCAL, draft=draft)
                    next_lines.append(time.perf_counter() - start)
    if file:
        await asyncio.to_thread(file.write_text, "\n".join(shown), encoding="utf-8")
    print(f"{sets} sets: median {median(seconds):.1f} s, slowest {max(seconds):.1f} s")
    if next_lines:
        by_line = f"median {median(next_lines):.1f} s, slowest {max(next_lines):.1f} s"
        print(f"line by line, {len(next_lines)} lines: {by_line}")
    print(f"processor time: median {median(processor):.1f} s")
    print(f"at least {WANTED} differ in {different} of {sets}; all end words differ in {ends}")
    print(f"sameness of two options: mean {fmean(alike):.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=int, nargs="?", default=10)
    parser.add_argument("file", type=Path, nargs="?", help="the sets as text")
    asked = parser.parse_args()
    asyncio.run(main(asked.sets, asked.file))
