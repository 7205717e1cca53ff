"""What tells the line that goes on from those above it from a line out of another song.

    python benchmarks/going_on.py DIR --places 150

At places in sections of held-out artists (`DIR/valid.jsonl.gz`) the line that a person wrote there
is set against six that people wrote elsewhere, of the same genre and length. Prints how often each
of the qualities that ranking weighs puts it before one of these (50 % by chance), with the 95 %
interval by bootstrap over the places.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from rich.progress import track

from atl_core.captioner.constraints import LineConstraints, is_fresh, is_showable, meets, ngrams
from atl_core.captioner.language_model import LanguageModel
from atl_core.captioner.load import load_language_model
from atl_core.captioner.prompt import header
from atl_core.captioner.rerank import Fluency, LineContext, score_fluency, score_gain
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.rhyme import end_word, is_close
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.settings import load_settings
from benchmarks.pen import share_between
from training.lm.labels import energy_of, mood_of
from training.lm.sections import Keywords, Section, read_sections, tuning_mix

STRANGERS: Final = 6
QUALITIES: Final[dict[str, Callable[[Fluency], float]]] = {
    "likelihood a token": lambda line: line.mean,
    "likelihood of the end": lambda line: line.end,
    "gain by the lines above": lambda line: line.gain,
    "critic": lambda line: line.critic,
}


@dataclass(frozen=True, slots=True)
class Context:
    """A place in a song: what stands above it, and the line that a person wrote there."""

    section: Section
    topic: tuple[str, ...]
    above: tuple[str, ...]
    line: str

    @property
    def constraints(self) -> LineConstraints:
        """What the person's line fulfils: its length, and a rhyme if it has one."""
        end = end_word(self.line)
        partners = [p for p in map(end_word, reversed(self.above[-2:])) if is_close(end, p)]
        taken = frozenset(map(end_word, self.above))
        return LineConstraints(count_syllables(self.line), tuple(partners[:1]), taken, "")


def contexts(data: Path, split: str, count: int, rng: random.Random) -> Iterator[Context]:
    """Places in clean sections whose line the guard lets pass, the genres as in tuning."""
    pool = [s for s in read_sections(data / f"{split}.jsonl.gz") if not s.explicit]
    keywords = Keywords(pool)
    for section in tuning_mix(pool, count, rng):
        place = rng.randrange(1, len(section.lines))
        found = keywords.of(section)[:10]
        topic = tuple(rng.sample(found, k=rng.randint(1, min(6, len(found))))) if found else ()
        above, line = section.lines[:place], section.lines[place]
        context = Context(section, topic, above, line)
        if passes(line, context):
            yield context


def passes(line: str, context: Context) -> bool:
    """Whether the writer could have shown this line here."""
    return (
        is_showable(line, (), explicit=False)
        and is_fresh(line, ngrams(context.above))
        and meets(line, context.constraints)
    )


def strangers(context: Context, others: list[Context]) -> list[str]:
    """Lines of other songs that could stand there, by genre, length and end word."""
    wanted = context.constraints
    return [
        other.line
        for other in others
        if other.section.genre == context.section.genre
        and other.section.lines != context.section.lines
        and abs(count_syllables(other.line) - wanted.syllables) <= 1
        and end_word(other.line) not in wanted.taken_ends
    ]


def read(writer: LanguageModel, context: Context, texts: list[str]) -> list[Fluency]:
    """The lines as ranking reads them, at the place."""
    sampler, section = writer.sampler, context.section
    spoken = [word for line in section.lines for word in words(line)]
    style = header(section.genre, mood_of(spoken), energy_of(spoken), False, context.topic)
    head = sampler.read(sampler.model.empty_prefix(), style)
    length = str(context.constraints.syllables)
    above = writer.read_lines(head, context.above)
    place = LineContext(sampler.read(above, length), sampler.read(head, length))
    found, log_probs = score_fluency(sampler, writer.critic, place, texts)
    gains = score_gain(sampler, place, texts, log_probs)
    return [replace(line, gain=gain) for line, gain in zip(found, gains, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="folder with valid.jsonl.gz")
    parser.add_argument("--places", type=int, default=150)
    chosen = parser.parse_args()
    settings = load_settings()
    ranker = classifier(RANKER).score
    writer = load_language_model(settings.weights_home, settings.device, ranker)
    rng = random.Random(12)
    places = list(contexts(chosen.data, "valid", 2 * chosen.places, rng))
    wins: dict[str, list[float]] = {name: [] for name in QUALITIES}
    for context in track(places[: chosen.places], description="reading", transient=True):
        others = strangers(context, places)
        if len(others) < STRANGERS:
            continue
        own, *theirs = read(writer, context, [context.line, *rng.sample(others, STRANGERS)])
        for name, quality in QUALITIES.items():
            wins[name].append(float(np.mean([quality(own) > quality(line) for line in theirs])))
    for name, shares in wins.items():
        print(f"{name:25} {share_between(shares)}")
    print(f"{len(next(iter(wins.values())))} places")


if __name__ == "__main__":
    main()
