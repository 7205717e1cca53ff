"""One file that plays the beat and lights every syllable; works from disk and offline."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from importlib.resources import files
from itertools import accumulate
from string import Template

from atl_core.drafts.draft import Draft
from atl_core.drafts.timed.lines import TimedLine, bar_length, bar_times, timed_lines
from atl_core.drafts.timed.sound import Stereo, opus


def page(draft: Draft, about: str, beat: Stereo) -> bytes:
    """The page with the beat inside. `about` is shown under the title."""
    sound = opus(beat)
    template = files("atl_core.drafts.timed").joinpath("player.html").read_text("utf-8")
    # `<` is written otherwise so that no text can close the element that the song lies in.
    song = json.dumps(_song(draft, about, sound), ensure_ascii=True).replace("<", "\\u003c")
    whole = Template(template)
    return whole.substitute(title=html.escape(draft.title), song=song).encode("utf-8", "replace")


def _song(draft: Draft, about: str, sound: bytes) -> dict[str, object]:
    bars = bar_times(draft)
    length = bar_length(draft)
    lines = timed_lines(draft)
    rhymes = _rhymes(draft, lines)
    return {
        "title": draft.title,
        "about": about,
        "audio": "data:audio/webm;base64," + base64.b64encode(sound).decode(),
        "duration": draft.listening.duration,
        "beats_per_bar": draft.brief.beats_per_bar,
        "bars": [round(time, 4) for time in bars],
        "bar_length": round(length, 4),
        "end": max((line.end for line in lines), default=draft.listening.duration),
        "lines": [
            {
                "text": line.text,
                "section": line.section,
                "start": round(line.start, 3),
                "end": round(line.end, 3),
                "bar": line.bar,
                "bar_start": round(min(line.start, original.start), 3),
                "bars": max(1, round((original.end - original.start) / length)),
                "syllables": [
                    [
                        one.text,
                        round(one.start, 3),
                        round(one.end, 3),
                        one.stress,
                        one.bar,
                        round(one.position, 4),
                        rhyme,
                    ]
                    for one, rhyme in zip(line.syllables, rhymes[number], strict=True)
                ],
            }
            for number, (line, original) in enumerate(zip(lines, draft.lines, strict=True))
        ],
    }


def _rhymes(draft: Draft, lines: Sequence[TimedLine]) -> list[list[int]]:
    """For each syllable of each line the number of the rhyme that it is part of; -1: of none."""
    marked: dict[tuple[int, int], int] = {}
    for chain, found in enumerate(draft.rhymes()):
        for stretch in found.stretches:
            marked |= {(stretch.line, at): chain for at in range(stretch.start, stretch.end)}
    numbers = []
    for number, line in enumerate(lines):
        ends = accumulate(len(one.text) for one in line.syllables)
        starts = [0, *ends][:-1] if line.syllables else []
        numbers.append(
            [
                next((marked[number, at] for at in range(start, start + len(one.text))
                      if (number, at) in marked), -1)
                for start, one in zip(starts, line.syllables, strict=True)
            ]
        )  # fmt: skip
    return numbers
