"""Measure the verdict as a whole, quick and thorough, on artists that it has never seen.

    python -m training evaluate verdict --data DIR --neither FILE

Which of two genres, by the words, by the language model and by both; and what texts of four genres,
prose, code and other languages are called. Intervals are by bootstrap over artists or sources.
Writes `table.md` and the reliability figure to the run folder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from atl_core.genre.judge import classifier, detector, kind_of
from atl_core.genre.others import SONG_GENRES
from atl_core.genre.text import words
from atl_core.genre.thorough import Reading, shipped
from training.genre import figures, other_texts
from training.genre.measures import (
    Bools,
    Floats,
    auc,
    balanced_accuracy,
    calibration_by_chance,
    report,
)
from training.genre.readings import TESTED, Text, held_out_texts, read_texts, readings_of
from training.genre.thorough import whole

CALLED = (*SONG_GENRES, "prose", "code", "another language", "too short")
PARTS = ("words", "model", "both")
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Judged:
    """What the parts of a verdict say of a text: log-odds of hip-hop over country, and the kind."""

    words: float
    model: float
    both: float
    quick: str
    thorough: str
    likeliest: str
    """Of four genres, whatever the verdict is sure enough to say; by the words."""
    likeliest_thorough: str


def judged(text: str, state: NDArray[np.float32] | None) -> Judged:
    """The verdict by its own code.

    Args:
        state: the mean state of the language model over the text; None leaves it out.
    """
    found = words(text)
    features = classifier().features(found)
    by_words = classifier().log_odds(found)
    if not detector().is_lyrics(found):
        kind = detector().kind(found)
        by_model, both = by_words, by_words
        if state is not None:
            by_model, both = parts(by_words, whole(shipped(), state), len(found))
        return Judged(by_words, by_model, both, kind, kind, kind, kind)
    quick, kinds = kind_of(found, features, by_words, None)
    likeliest = max(kinds, key=kinds.__getitem__)
    if state is None:
        return Judged(by_words, by_words, by_words, quick, quick, likeliest, likeliest)
    read = whole(shipped(), state)
    by_model, both = parts(by_words, read, len(found))
    thorough, kinds = kind_of(found, features, both, read)
    by_both = max(kinds, key=kinds.__getitem__)
    return Judged(by_words, by_model, both, quick, thorough, likeliest, by_both)


def parts(by_words: float, read: Reading, length: int) -> tuple[float, float]:
    """Log-odds by the language model alone, and together with the words'."""
    evidence, *_ = read.evidence()
    thorough = read.thorough
    return (
        thorough.log_odds_alone(evidence, length),
        thorough.log_odds(by_words, evidence, length),
    )


def evaluate(data: Path, others: Path | None, readings: Path, out: Path, split: str) -> None:
    """Measure and write to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    texts = held_out_texts(data, split)
    states = read_texts(readings_of(readings), [text.text for text in texts])
    found = [judged(text.text, state) for text, state in zip(texts, states, strict=True)]
    rows = two_genres(texts, found, out)
    for name in ("quick", "thorough", "likeliest", "likeliest_thorough"):
        rows += ["", *confusions(texts, found, name)]
    if others:
        rows += ["", *other_kinds(others)]
    table = "\n".join(rows) + "\n"
    print(table)
    (out / "table.md").write_text(table, encoding="utf-8")


def two_genres(texts: Sequence[Text], found: Sequence[Judged], out: Path) -> list[str]:
    """Hip-hop or country, by each part."""
    rows = [
        "| text | country texts | part | both genres equal | ROC-AUC | calibration error | "
        "by chance |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for condition in TESTED:
        chosen = [
            (text, one)
            for text, one in zip(texts, found, strict=True)
            if text.condition == condition and text.genre in ("hip-hop", "country")
        ]
        hip_hop = np.array([text.genre == "hip-hop" for text, _ in chosen])
        artists = [text.group for text, _ in chosen]
        log_odds = {part: np.array([getattr(one, part) for _, one in chosen]) for part in PARTS}
        for part in PARTS:
            made = report(log_odds[part], hip_hop, artists, DRAWS)
            rows.append(
                f"| {condition} | {int((~hip_hop).sum())} | {part} | {made.balanced} | "
                f"{made.auc} | {made.calibration_error} | {calibration_by_chance(log_odds[part])} |"
            )
        right, ranked = (
            gain(measure, log_odds["both"], log_odds["words"], hip_hop, artists)
            for measure in (balanced_accuracy, auc)
        )
        rows.append(f"| {condition} | | both less words | {right} | {ranked} | | |")
        if condition == "sections":
            title = "words and language model"
            figures.reliability_curve(log_odds["both"], hip_hop, title, out / "reliability.png")
            title = f"{title}: real lyrics, sections"
            figures.confusion(log_odds["both"], hip_hop, title, out / "confusion.png")
    return rows


def gain(
    measure: Callable[[Floats, Bools, Floats], float],
    one: Floats,
    other: Floats,
    hip_hop: Bools,
    artists: Sequence[str],
) -> str:
    """How much higher a measure is for one part than for another, by bootstrap over artists."""
    names, group = np.unique(np.array(artists), return_inverse=True)
    rng = np.random.default_rng(0)
    drawn: list[Floats] = [np.ones(len(hip_hop))]
    for _ in range(DRAWS):
        counts = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))
        drawn.append(counts[group].astype(np.float64))
    with np.errstate(invalid="ignore"):
        value, *sample = [measure(one, hip_hop, w) - measure(other, hip_hop, w) for w in drawn]
    low, high = np.nanpercentile(sample, [2.5, 97.5])
    return f"{100 * value:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


def confusions(texts: Sequence[Text], found: Sequence[Judged], name: str) -> list[str]:
    """What texts of each genre are called, in percent, by length."""
    rows = [
        f"| {name}: text | texts | {' | '.join(CALLED[:5])} | code, language, too short | "
        "neither hip-hop nor country |",
        f"| --- | --- | {'--- | ' * 7}",
    ]
    for condition in ("sections", "12 lines", "8 lines", "4 lines"):
        for genre in SONG_GENRES:
            chosen = [
                (text.group, getattr(one, name))
                for text, one in zip(texts, found, strict=True)
                if text.condition == condition and text.genre == genre
            ]
            if chosen:
                rows.append(row(f"{genre}, {condition}", chosen))
    return rows


def other_kinds(file: Path) -> list[str]:
    """What prose, code and other languages are called, by length."""
    rows = [
        f"| other texts | texts | {' | '.join(CALLED[:5])} | code, language, too short | "
        "neither hip-hop nor country |",
        f"| --- | --- | {'--- | ' * 7}",
    ]
    texts = other_texts.read(file, "test")
    for kind, low, high in (
        ("prose", 8, 20),
        ("prose", 20, 40),
        ("prose", 40, 80),
        ("prose", 80, 999),
        ("prose", 0, 999),
        ("code", 0, 999),
        ("language", 0, 999),
    ):
        chosen = [
            (text.source, judged(text.text, None).quick)
            for text in texts
            if text.kind == kind and low <= len(words(text.text)) < high
        ]
        size = f", {low} to {high} words" if low and high < 999 else f", {low} words and more"
        rows.append(row(f"{kind}{size if low else ''}", chosen))
    return rows


def row(name: str, called: Sequence[tuple[str, str]]) -> str:
    """A row of a table of confusions.

    Args:
        called: for each text its artist or source, and its kind.
    """
    kinds = np.array([kind for _, kind in called])
    shares = [np.mean(kinds == kind) for kind in CALLED[:5]]
    shares.append(np.mean(np.isin(kinds, CALLED[5:])))
    neither = interval([group for group, _ in called], ~np.isin(kinds, ("hip-hop", "country")))
    percent = " | ".join(f"{100 * share:.1f}" for share in shares)
    return f"| {name} | {len(called)} | {percent} | {neither} |"


def interval(groups: Sequence[str], true: NDArray[np.bool_], draws: int = DRAWS) -> str:
    """A share in percent with its 95 % interval by bootstrap over groups."""
    names, group = np.unique(np.array(groups), return_inverse=True)
    totals, hits = np.bincount(group), np.bincount(group, true)
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(names), size=(draws, len(names)))
    shares = hits[drawn].sum(axis=1) / totals[drawn].sum(axis=1)
    low, high = 100 * np.percentile(shares, [2.5, 97.5])
    return f"{100 * true.mean():.1f} [{low:.1f}, {high:.1f}]"
