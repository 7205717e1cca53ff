"""Options for a line: how long five take, and in how many sets four of five really differ.

`python benchmarks/options.py [SETS]` (10), with the captioner `lm` and no beat. Each set is for a
line of a draft that was written before, the third or the fourth in turn; "differ" is the project's
own measure (`atl_core.lyrics.sameness`). The draft at hand is written first and not timed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from itertools import combinations
from statistics import median

from atl_core.drafts.names import LOCAL
from atl_core.edits.choices import Options
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.lyrics.rhyme import end_word, same_word
from atl_core.lyrics.sameness import differ
from atl_core.settings import load_settings
from atl_core.studio import open_studio

TEXT = """\
I left my home in the pouring rain
With a dollar and a dream
I rode all night on a southbound train
And nothing's what it seems
"""
WANTED = 4


async def main(sets: int) -> None:
    seconds: list[float] = []
    different = ends = 0
    async with open_studio(load_settings()) as studio:
        wish = Wish.parse(random_seed=1)
        draft = await studio.pipeline.run(Write("", wish, TEXT), owner=LOCAL, captioner="lm")
        for number in range(sets):
            start = time.perf_counter()
            line = 5 + number % len(draft.lines[4:])
            await studio.pipeline.run(Options(line), owner=LOCAL, draft=draft)
            seconds.append(time.perf_counter() - start)
            (offered, *_) = await studio.drafts.options(draft.id, LOCAL)
            texts = [option.text for option in offered.options]
            different += any(differ(some) for some in combinations(texts, WANTED))
            last = [end_word(text) for text in texts]
            ends += not any(same_word(a, b) for a, b in combinations(last, 2))
    print(f"{sets} sets: median {median(seconds):.1f} s, slowest {max(seconds):.1f} s")
    print(f"at least {WANTED} differ in {different} of {sets}; all end words differ in {ends}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
