"""What sampling in waves, and rounding, cost in ranking score.

    python benchmarks/waves.py --lines 100

For each line of drafts written with 36 candidates at once, other settings write the same line after
the same lines above. Prints, for each setting, the mean ranking score of the chosen line minus that
of 36 at once (under the same exact reading), with its 95 % interval by bootstrap, candidates
sampled a line, lines that fell through to a later round, and seconds of the processor a line.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Final

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from atl_core.captioner.captioner import LineCaptioner, LineRequest, ProposerSession
from atl_core.captioner.language_model import ROUNDS, LanguageModel
from atl_core.captioner.load import load_language_model
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import rank
from atl_core.captioner.sampling import Sampler, SamplingConfig
from atl_core.errors import BriefError
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.form import plan
from atl_core.settings import load_settings
from benchmarks.pen import briefs

AT_ONCE: Final = SamplingConfig(candidates=36, wave=36, enough=36)
SETTINGS: Final = {
    "36 at once": AT_ONCE,
    "another 36 at once": AT_ONCE,
    "waves of 12, enough 3": SamplingConfig(wave=12, enough=3),
    "waves of 12, enough 6": SamplingConfig(wave=12, enough=6),
    "waves of 12, enough 9": SamplingConfig(wave=12, enough=9),
    "waves of 18, enough 9": SamplingConfig(wave=18, enough=9),
}
DRAWS: Final = 2000


@dataclass
class Measured:
    """One setting over all lines."""

    scores: list[float] = field(default_factory=list)
    sampled: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    later: int = 0


class Watched(LineCaptioner):
    """A captioner whose last choice can be looked at."""

    seen: ClassVar[dict[str, Any]] = {}

    def _ranked(
        self, passed: Sequence[str], config: SamplingConfig, task: Task, request: LineRequest,
        session: ProposerSession, *, best: int = 1,
    ) -> dict[str, float]:  # fmt: skip
        ranked = LineCaptioner._ranked(self, passed, config, task, request, session, best=best)
        constraints = replace(request.constraints, tolerance=config.tolerance)
        (chosen,) = ranked
        (fluency,) = session.fluency([chosen])
        (gain,) = session.gain([chosen])
        (score,) = rank(
            [chosen], [replace(fluency, gain=gain)], constraints, task.brief, request.above,
            request.topic, self.genre_score, self.proposer.weights,
        )  # fmt: skip
        self.seen["score"] = score
        return ranked


def write(model: LanguageModel, config: SamplingConfig, task: Task, score: Any) -> dict[str, Any]:
    """The line that a setting writes, its score, what was sampled and the seconds it took."""
    sampled = 0

    class Counting(Sampler):
        """Counts what is sampled."""

        def lines(self, prefix: Any, starts: Sequence[Any], *args: Any, **named: Any) -> list[str]:
            nonlocal sampled
            sampled += len(starts)
            return Sampler.lines(self, prefix, starts, *args, **named)

    own = {one.name: getattr(model.sampler, one.name) for one in fields(Sampler)}
    rounds = (config, *ROUNDS[1:])
    captioner = Watched(replace(model, sampler=Counting(**own), rounds=rounds), score)
    Watched.seen.clear()
    began = time.process_time()
    (line,) = captioner.write(task)
    return {"line": line, "sampled": sampled, "seconds": time.process_time() - began,
            "score": Watched.seen.get("score")}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=100)
    parser.add_argument("--skip", type=int, default=3000, help="briefs to pass over")
    chosen = parser.parse_args()
    settings, score = load_settings(), classifier(RANKER).score
    model = load_language_model(settings.weights_home, settings.device, score)
    measured = {name: Measured() for name in SETTINGS}
    drafts = -(-chosen.lines // 8)
    for brief in track(briefs(drafts, chosen.skip), description="drafts", transient=True):
        slots = plan(brief, [], 0.0, first=0, count=8)
        above: list[str] = []
        for index, slot in enumerate(slots):
            letters = tuple(one.rhyme for one in slots[:index])
            found: dict[str, dict[str, Any]] = {}
            for number, (name, config) in enumerate(SETTINGS.items()):
                own = replace(brief, random_seed=1000 * brief.random_seed + 10 * index + number)
                task = Task(own, (slot,), before=tuple(above), before_rhymes=letters)
                try:
                    found[name] = write(model, config, task, score)
                except BriefError:
                    found[name] = {"score": None}
            base = found["36 at once"]
            late = {n: one["score"] is None or one["sampled"] > 36 for n, one in found.items()}
            for name, one in found.items():
                if any(late.values()):
                    measured[name].later += late[name]
                else:
                    measured[name].scores.append(one["score"] - base["score"])
                    measured[name].sampled.append(one["sampled"])
                    measured[name].seconds.append(one["seconds"])
            if base.get("line") is None:
                break
            above.append(base["line"])
    table = Table("", "score lost or won", "candidates a line", "processor s a line",
                  "lines that took a later round", box=box.MARKDOWN)  # fmt: skip
    for name, setting in measured.items():
        scores = setting.scores
        drawn = np.random.default_rng(0).choice(scores, (DRAWS, len(scores))).mean(axis=1)
        low, high = np.percentile(drawn, [2.5, 97.5])
        table.add_row(
            name, f"{statistics.fmean(scores):+.2f} [{low:+.2f}, {high:+.2f}]",
            f"{statistics.fmean(setting.sampled):.1f}",
            f"{statistics.fmean(setting.seconds):.2f}", str(setting.later),
        )  # fmt: skip
    Console(width=120).print(table)
    print(f"{len(measured['36 at once'].scores)} lines")


if __name__ == "__main__":
    main()
