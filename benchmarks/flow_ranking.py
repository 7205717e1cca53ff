"""What ranking by flow changes: `python benchmarks/flow_ranking.py [--drafts 4] [--lines 4]`.

Drafts are written to the briefs of `pen.py` as for a beat. Whenever candidates are ranked, the one
that wins with the term for the flow is compared with the one that would win without it: share of
stressed syllables on a beat or an eighth, share of syllables closer together than sixteenths or
outside the line's bars, and what the winner loses by the other terms.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import Any

import numpy as np

from atl_core.audio.listening import no_beat
from atl_core.captioner import captioner as loop
from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.load import load_language_model
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import rank
from atl_core.flow.flow import lay, manner_of
from atl_core.flow.sits import on_strong, sits
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.form import bars_per_line, plan
from atl_core.settings import load_settings
from benchmarks.pen import briefs


def figures(text: str, brief: Brief) -> tuple[float, float]:
    """Shares of stresses on strong places, and of syllables crowded or outside."""
    span = bars_per_line(brief.genre, brief.tempo)
    bar = 60.0 / brief.tempo * brief.beats_per_bar
    line = Line(text, 0, 0, "X", 1, bar, (1 + span) * bar)
    flow = lay(line, brief, manner_of(brief), span)
    stressed = [one for one in flow if one.stress]
    places = np.array([one.bar * brief.beats_per_bar + one.position for one in flow])
    bad = (np.diff(places) < 0.249).sum() + sum(not 1 <= one.bar < 1 + span for one in flow)
    strong = np.mean([on_strong(one, brief) for one in stressed]) if stressed else 0.0
    return float(strong), float(bad / max(1, len(flow)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=int, default=4)
    parser.add_argument("--lines", type=int, default=4)
    asked = parser.parse_args()
    settings, ranker = load_settings(), classifier(RANKER).score
    captioner = LineCaptioner(
        load_language_model(settings.weights_home, settings.device, ranker), ranker
    )
    seen: list[tuple[Any, ...]] = []

    def watched(texts: Any, *given: Any, **named: Any) -> list[float]:
        start = time.process_time()
        scores = rank(texts, *given, **named)
        seen.append((texts, given, scores, time.process_time() - start))
        return scores

    setattr(loop, "rank", watched)  # noqa: B010
    beat = replace(no_beat(), sha256="0" * 64)
    rows, changed, lost, count, spent = [], 0, [], 0, 0.0
    started = time.process_time()
    for brief in briefs(asked.drafts):
        slots = plan(brief, [], 0.0, first=0, count=asked.lines)
        writing = captioner.write(Task(brief, slots, listening=beat))
        while True:
            seen.clear()
            if next(writing, None) is None:
                break
            texts, given, scores, _ = seen[-1]
            weight = given[-1].flow
            plain = [s - weight * sits(t, brief) for t, s in zip(texts, scores, strict=True)]
            new, old = int(np.argmax(scores)), int(np.argmax(plain))
            rows.append((*figures(texts[old], brief), *figures(texts[new], brief)))
            changed += new != old
            lost.append(plain[old] - plain[new])
            spent += sum(one[3] for one in seen)
            count += len(texts)
            if new != old:
                print(f"- {texts[old]}\n+ {texts[new]}", flush=True)
    whole = time.process_time() - started
    means = np.mean(rows, axis=0)
    print(
        f"{len(rows)} lines, {count / len(rows):.1f} candidates a line, other choice in {changed}"
    )
    print(f"without: strong {means[0]:.3f}, crowded or outside {means[1]:.3f}")
    print(f"with:    strong {means[2]:.3f}, crowded or outside {means[3]:.3f}")
    print(f"lost by the other terms: mean {np.mean(lost):.2f}, most {np.max(lost):.2f}")
    print(f"ranking took {spent:.1f} s of {whole:.1f} s of processor time")


if __name__ == "__main__":
    main()
