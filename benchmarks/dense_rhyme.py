"""Drafts asked for dense rhyme, beside people's: `python -m benchmarks.dense_rhyme LYRICS [DRAFTS]`

`lm` writes verses of 8 lines of hip-hop without a beat (10). Each is then asked for "more internal
rhymes" in all of its lines, and, from the first version again, to be made "multisyllabic". Beside
them stand as many verses of held-out artists (`LYRICS/test.jsonl.gz`), hip-hop and clean. Printed
is the rhyme density of Malmi et al. 2016 (`training.metrics`), its lift over the same words
shuffled, and the share of words that are part of a rhyme by `atl_core.lyrics.inner_rhymes`, after
each draft for all so far.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from atl_core.captioner.protocol import Rhyming
from atl_core.drafts.draft import Draft
from atl_core.drafts.names import LOCAL
from atl_core.edits.line_ranges import Whole
from atl_core.edits.rhymes import MoreRhymes
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.lyrics.inner_rhymes import rhyme_chains
from atl_core.lyrics.text import words
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from training.lm.sections import read_sections
from training.metrics import rhyme_density, rhyme_density_lift

LINES = 8
SUBJECTS = (
    "street light", "corner store", "gold chain", "bus ticket", "night shift", "rooftop", "subway",
    "spare key", "barber shop", "front row", "tattoo", "last dollar", "payphone", "elevator",
)  # fmt: skip


def rhymed_words(lines: Sequence[str]) -> float:
    """Share of the words of a verse that are part of a rhyme."""
    inside = sum(
        len(words(lines[stretch.line][stretch.start : stretch.end]))
        for chain in rhyme_chains(lines)
        for stretch in chain.stretches
    )
    return inside / sum(len(words(line)) for line in lines)


def tell(name: str, texts: Sequence[Sequence[str]]) -> None:
    every = [line for text in texts for line in text]
    density, lift = rhyme_density(every), rhyme_density_lift(every)
    share = fmean(map(rhymed_words, texts))
    rhymed = f"rhymed words {share:.0%}"
    print(f"{name:22} density {density:.3f}  lift {lift:+.3f}  {rhymed}", flush=True)


def text_of(draft: Draft) -> list[str]:
    return [line.text for line in draft.lines]


async def main(lyrics: Path, count: int) -> None:
    people = [
        section.lines
        for section in read_sections(lyrics / "test.jsonl.gz")
        if section.genre == "hip-hop" and len(section.lines) >= LINES and not section.explicit
    ]
    random.Random(1).shuffle(people)
    plain, internal, long = list[list[str]](), list[list[str]](), list[list[str]]()
    async with open_studio(load_settings()) as studio:
        run = studio.pipeline.run
        for number in range(count):
            seed = SUBJECTS[number % len(SUBJECTS)]
            wish = Wish.parse(seed_words=seed, genre="hip-hop", lines=LINES, random_seed=number)
            draft = await run(Write("", wish), owner=LOCAL, captioner="lm")
            plain.append(text_of(draft))
            asked: dict[Rhyming, list[list[str]]] = {"internal": internal, "multisyllabic": long}
            for rhyming, texts in asked.items():
                denser = await run(MoreRhymes(Whole(), rhyming), owner=LOCAL, draft=draft)
                texts.append(text_of(denser))
                draft = await studio.drafts.undo(draft.id, LOCAL)
            await studio.drafts.delete(draft.id, LOCAL)
            print(f"{number + 1} drafts", flush=True)
            tell("as written", plain)
            tell("more internal rhymes", internal)
            tell("multisyllabic", long)
    tell("people", [list(lines[:LINES]) for lines in people[:count]])
    tell("people, 100 verses", [list(lines[:LINES]) for lines in people[:100]])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lyrics", type=Path, help="folder with test.jsonl.gz")
    parser.add_argument("drafts", type=int, nargs="?", default=10)
    asked = parser.parse_args()
    asyncio.run(main(asked.lyrics, asked.drafts))
