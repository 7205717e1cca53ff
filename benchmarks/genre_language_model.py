"""What a language model would add to the genre classifier, for a hundred times its time.

    python benchmarks/genre_language_model.py DIR --learn 2000 --held-out 400

Reads sections with the writer's own model: once plainly, and a linear classifier learns genre from
its last states (their mean, their largest and the last one); and once under the header of either
genre, whose difference in likelihood is a sign too. A logistic regression on the validation split
weighs them beside the default classifier. Prints the share of right answers on the test split,
whose artists are in none of the others, with 95 % intervals by bootstrap over its sections.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from atl_core.captioner.kv_cache import SequenceCache
from atl_core.captioner.load import load_language_model
from atl_core.captioner.prompt import header, line_plan
from atl_core.captioner.sampling import Sampler
from atl_core.genre.judge import DEFAULT, RANKER, classifier
from atl_core.lyrics.brief import GENRES
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.settings import load_settings
from training.lm.labels import energy_of, mood_of
from training.lm.sections import Section, read_sections

MOST_LINES: Final = 12
PENALTY: Final = 0.1
DRAWS: Final = 2000
"""Of the bootstrap."""


class Looked(NamedTuple):
    """What is known of some sections."""

    hip_hop: npt.NDArray[np.bool_]
    states: npt.NDArray[np.float32]
    odds: npt.NDArray[np.float32]
    """Log-likelihood under hip-hop's header less that under country's; none where not asked for."""
    default: npt.NDArray[np.float32]
    """The default classifier's log-odds."""


def drawn(data: Path, split: str, count: int) -> list[Section]:
    """Sections of four lines and more, the genres in turn."""
    rng = random.Random(5)
    found = [s for s in read_sections(data / f"{split}.jsonl.gz") if len(s.lines) >= 4]
    each = {genre: [s for s in found if s.genre == genre] for genre in GENRES}
    return [rng.choice(each[GENRES[n % len(GENRES)]]) for n in range(count)]


def states_of(sampler: Sampler, section: Section) -> torch.Tensor:
    ids = sampler.ids("\n".join(section.lines[:MOST_LINES]) + "\n")
    model = sampler.model
    cache = SequenceCache(model.empty_prefix(), 1, len(ids))
    read = model.forward(cache, torch.tensor([ids]))[0].float()
    return torch.cat([read.mean(dim=0), read.amax(dim=0), read[-1]])


def odds_of(sampler: Sampler, section: Section) -> float:
    lines = section.lines[:MOST_LINES]
    spoken = [word for line in lines for word in words(line)]
    text = "".join(f"{line_plan(count_syllables(line))} {line}\n" for line in lines)
    found = []
    for genre in ("hip-hop", "country"):
        style = header(genre, mood_of(spoken), energy_of(spoken), section.explicit, ())
        (row,) = sampler.log_probs(sampler.read(sampler.model.empty_prefix(), style), [text])
        found.append(float(row.sum()))
    return found[0] - found[1]


def look(sampler: Sampler, sections: Sequence[Section], what: str, *, odds: bool) -> Looked:
    following = track(sections, description=what, transient=True)
    rows = [(states_of(sampler, s), odds_of(sampler, s) if odds else 0.0) for s in following]
    return Looked(
        np.array([section.genre == "hip-hop" for section in sections]),
        torch.stack([states for states, _ in rows]).numpy(),
        np.array([value for _, value in rows], np.float32),
        np.asarray(classifier(DEFAULT).score(["\n".join(s.lines) for s in sections]), np.float32),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="folder with train, valid and test.jsonl.gz")
    parser.add_argument("--learn", type=int, default=2000, help="sections of the training split")
    parser.add_argument("--held-out", type=int, default=400, help="sections of either other split")
    chosen = parser.parse_args()
    settings = load_settings()
    ranker = classifier(RANKER).score
    writer = load_language_model(settings.weights_home, settings.device, ranker)
    sampler = writer.sampler
    learnt = look(sampler, drawn(chosen.data, "train", chosen.learn), "learning", odds=False)
    weighing = look(sampler, drawn(chosen.data, "valid", chosen.held_out), "weighing", odds=True)
    started = time.perf_counter()
    asked = look(sampler, drawn(chosen.data, "test", chosen.held_out), "asking", odds=True)
    seconds = (time.perf_counter() - started) / chosen.held_out

    probe = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=2000))
    probe.fit(learnt.states, learnt.hip_hop)

    def signs(looked: Looked) -> dict[str, npt.NDArray[np.float32]]:
        return {
            "default": looked.default,
            "states": probe.decision_function(looked.states),
            "likelihood": looked.odds / 10,
        }

    draws = np.random.default_rng(0)
    for names in (["default"], ["states"], ["likelihood"], ["default", "states"],
                  ["default", "states", "likelihood"]):  # fmt: skip
        known, new = (np.stack([signs(part)[n] for n in names], 1) for part in (weighing, asked))
        right = LogisticRegression().fit(known, weighing.hip_hop).predict(new) == asked.hip_hop
        shares = draws.choice(right, (DRAWS, len(right))).mean(axis=1)
        low, high = 100 * np.percentile(shares, [2.5, 97.5])
        print(f"{' + '.join(names):32} {100 * right.mean():.1f} % [{low:.1f}, {high:.1f}]")
    print(f"{len(asked.hip_hop)} test sections, {1000 * seconds:.0f} ms each")


if __name__ == "__main__":
    main()
