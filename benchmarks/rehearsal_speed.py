"""How long the rehearsal files of a minute take: `python -m benchmarks.rehearsal_speed BEAT`

BEAT is listened to, 16 lines of the project's own are laid over its first bars, and a minute of it
(less where it is shorter) is rendered as MP4 and as HTML, from the file to the bytes. Printed are
seconds of the clock and of the processor, and megabytes.
"""

from __future__ import annotations

import argparse
import asyncio
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft
from atl_core.drafts.timed.rehearsal import rehearsal
from atl_core.edits.wish import Wish
from atl_core.genre.draft_verdict import verdict_on
from atl_core.lyrics.brief import Line
from atl_core.lyrics.form import plan
from atl_core.lyrics.syllables import count_syllables
from atl_core.settings import load_settings
from atl_core.studio import open_studio

MINUTE = 60.0
TEXTS = (
    "Midnight train is rolling through my lonely town",
    "Every light I ever knew is going down",
    "Pocket full of nothing and a head of steam",
    "Somebody is singing what I used to dream",
) * 4


def draft_over(heard: Listening) -> Draft:
    """The lines over the first bars of a beat, as if they had been written to it."""
    heard = replace(heard, duration=min(heard.duration, MINUTE))
    brief = Wish.parse(lines=len(TEXTS), random_seed=1).brief(heard)
    slots = plan(brief, heard.bar_times, heard.duration, first=0, count=len(TEXTS))
    lines = tuple(
        Line(text, count_syllables(text), slot.target, slot.rhyme, slot.bar, slot.start, slot.end)
        for text, slot in zip(TEXTS, slots, strict=True)
    )
    return Draft(
        "speed1", "local", "Midnight train", 1, "", "beat", brief, heard, lines, verdict_on(lines),
        "lm", {}, datetime.now(UTC),
    )  # fmt: skip


async def main(beat: Path) -> None:
    async with open_studio(load_settings()) as studio:
        draft = draft_over(await studio.pipeline.listener.listen(str(beat)))
    for format_ in ("mp4", "html"):
        clock, processor = time.perf_counter(), time.process_time()
        made = rehearsal(draft, beat, format_, lambda _: None, threading.Event())
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        size = len(made) / 1e6
        print(f"{format_}: {clock:.1f} s, {processor:.1f} s of processor time, {size:.1f} MB")
    print(f"{draft.listening.duration:.0f} s of sound, {len(TEXTS)} lines")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("beat", type=Path)
    asyncio.run(main(parser.parse_args().beat))
