"""Measure the genre classifiers on artists that they have never seen.

    python -m training evaluate genre --data DIR [--neither FILE] [--drafts FILE] [--classical]

Writes to the run folder: `table.md`, `results.json`, the confusion matrices and the reliability
figure as PNG, and for generated drafts `drafts.csv` with a probability for each (the paper's
appendix 6.1.6).
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from atl_core.genre.files import WEIGHTS
from atl_core.genre.judge import detector
from atl_core.genre.text import words
from atl_core.lyrics.wordlists import mask_explicit
from training.genre import figures, other_texts
from training.genre.data import GENRES, Section, excerpt, is_hip_hop, read
from training.genre.measures import DRAWS, Report, report

Scorer = Callable[[Sequence[str]], NDArray[np.float32]]

COUNTRY_DRESS = "country dress"
HIP_HOP_DRESS = "hip-hop dress"


@dataclass(frozen=True, slots=True)
class Condition:
    """One kind of text: the same songs, more or less of them, or in another dress."""

    name: str
    texts: list[str]
    hip_hop: NDArray[np.bool_]
    artists: list[str]


def conditions(sections: Sequence[Section], seed: int = 0) -> Iterator[Condition]:
    """All conditions in the order of the table."""
    rng = random.Random(seed)

    def of(name: str, chosen: Sequence[Section], text: Callable[[Section], str]) -> Condition:
        groups = [section.group for section in chosen]
        return Condition(name, [text(s) for s in chosen], is_hip_hop(chosen), groups)

    yield of("whole songs", songs(sections), lambda section: section.text)
    yield of("whole sections", sections, lambda section: section.text)
    for count in (8, 4, 1):
        chosen = [section for section in sections if len(section.lines) >= count]
        name = f"{count} line{'s' * (count > 1)}"
        yield of(name, chosen, partial(excerpt, lines=count, rng=rng))
    yield of("sections, masked", sections, lambda section: mask_explicit(section.text))
    yield of("sections, own dress swapped", sections, swap_dress)


def songs(sections: Sequence[Section]) -> list[Section]:
    """The sections of each song put together again."""
    together: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for section in sections:
        together[section.genre, section.group, section.song].extend(section.lines)
    return [Section(*key, tuple(lines)) for key, lines in together.items()]


def swap_dress(section: Section) -> str:
    """The section as the sites of the other genre would have typed it."""
    if section.genre == "hip-hop":
        return dress_as_country(section.lines)
    return dress_as_hip_hop(section.lines)


def dress_as_hip_hop(lines: Sequence[str]) -> str:
    """Section tags, dropped g's, capitals, curly quotes, two lines run into one."""
    joined = [", ".join(lines[first : first + 2]) for first in range(0, len(lines), 2)]
    text = "[Verse 1: Feature]\n" + "\n".join(line[:1].upper() + line[1:] for line in joined)
    return re.sub(r"(?<=\w\w\w)ing\b", "in'", text).replace("'", "’")


def dress_as_country(lines: Sequence[str]) -> str:
    """Lower case, g's written out, punctuation at every end, each line broken in two."""
    broken = []
    for line in lines:
        spaced = re.sub(r"(?<=\w\w)in['’]", "ing", line.lower()).split()
        broken += [" ".join(spaced[: len(spaced) // 2]), " ".join(spaced[len(spaced) // 2 :]) + ";"]
    return "\n".join(line for line in broken if line.strip(";"))


def scorers(names: Sequence[str]) -> dict[str, Scorer]:
    """The stored classifiers by name."""
    from atl_core.genre import linear

    found: dict[str, Scorer] = {}
    for name in names:
        folder = WEIGHTS / name
        if "network" in json.loads((folder / "config.json").read_text()):
            from training.genre import networks

            found[name] = networks.load(folder).score
        else:
            found[name] = linear.load(folder).score
    return found


def evaluate(
    data: Path,
    out: Path,
    names: Sequence[str],
    split: str = "test",
    classical_too: bool = False,
    neither_file: Path | None = None,
    drafts: Path | None = None,
    draws: int = DRAWS,
) -> None:
    """Run everything and write it to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    judged = scorers(names)
    if classical_too:
        from training.genre import classical

        judged |= classical.fit(data)
    results: dict[str, dict[str, Report]] = {}
    rows = [
        "| classifier | text | texts | both genres equal | mixture | macro F1 | ROC-AUC | ECE |"
    ]
    rows.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for condition in conditions(read(data, split)):
        for name, score in judged.items():
            log_odds = score(condition.texts).astype(np.float64)
            found = report(log_odds, condition.hip_hop, condition.artists, draws)
            results.setdefault(name, {})[condition.name] = found
            rows.append(
                f"| {name} | {condition.name} | {found.texts} | {found.balanced} | "
                f"{found.accuracy} | {found.macro_f1} | {found.auc} | "
                f"{found.calibration_error} |"
            )
            print(rows[-1], flush=True)
            if condition.name == "whole sections":
                title = f"{name}: real lyrics, {split} split, whole sections"
                file = out / f"confusion-real-{name.replace(' ', '-')}.png"
                figures.confusion(log_odds, condition.hip_hop, title, file)
                file = out / f"reliability-{name.replace(' ', '-')}.png"
                figures.reliability_curve(log_odds, condition.hip_hop, name, file)
    table = "\n".join(rows) + "\n"
    if neither_file:
        table += "\n" + neither_table(data, neither_file, split)
    if drafts:
        table += "\n" + judge_drafts(drafts, judged, out)
    (out / "table.md").write_text(table, encoding="utf-8")
    plain = {name: {c: asdict(r) for c, r in found.items()} for name, found in results.items()}
    (out / "results.json").write_text(json.dumps(plain, indent=2) + "\n")
    print(f"written to {out}")


def neither_table(data: Path, file: Path, split: str) -> str:
    """How often the default says "neither", to texts that are and to texts that are not."""
    rows = ["| text | texts | called neither |", "| --- | --- | --- |"]

    def row(name: str, texts: Sequence[str]) -> None:
        share = np.mean([not detector().is_lyrics(words(text)) for text in texts])
        rows.append(f"| {name} | {len(texts)} | {100 * share:.1f} % |")
        print(rows[-1], flush=True)

    others = other_texts.read(file, "test")
    for kind in ("prose", "code", "language"):
        row(f"{kind}, sources not learnt", [text.text for text in others if text.kind == kind])
    long = [t.text for t in others if t.kind == "prose" and len(t.text.split()) >= 40]
    row("prose of 40 words and more", long)
    row("all prose, code and languages", [text.text for text in others])
    rng = random.Random(0)
    for genre in ("pop", "rock", *GENRES):
        for lines in (99, 4):
            texts = [excerpt(section, lines, rng) for section in read(data, split, (genre,))]
            row(f"{genre}, {'whole sections' if lines == 99 else f'{lines} lines'}", texts)
    row("two words", [" ".join(text.text.split()[:2]) for text in others if text.kind == "prose"])
    return "\n".join(rows) + "\n"


def read_drafts(file: Path) -> list[tuple[str, str]]:
    """(intended genre, text) of each draft.

    JSON: a list of objects, or one object a line, with `genre` (or `brief.genre`) and `text` or
    `lines` (strings, or objects with `text`) as `atl write --json` prints. CSV: columns `genre`
    and `text`.
    """
    content = file.read_text(encoding="utf-8")
    if file.suffix == ".csv":
        return [(row["genre"], row["text"]) for row in csv.DictReader(content.splitlines(True))]
    if content.lstrip().startswith("["):
        rows = json.loads(content)
    else:
        rows = [json.loads(line) for line in content.splitlines() if line.strip()]
    found = []
    for row in rows:
        genre = row.get("genre") or row["brief"]["genre"]
        lines = row["lines"] if "lines" in row else [row["text"]]
        text = "\n".join(line if isinstance(line, str) else line["text"] for line in lines)
        found.append((genre, text))
    return found


def judge_drafts(file: Path, judged: dict[str, Scorer], out: Path) -> str:
    """Judge generated drafts; write the CSV and the paper's second confusion matrix."""
    drafts = read_drafts(file)
    hip_hop = np.array([genre == "hip-hop" for genre, _ in drafts])
    texts = [text for _, text in drafts]
    rows = ["| classifier | drafts | of the genre asked for |", "| --- | --- | --- |"]
    columns: dict[str, list[float]] = {}
    for name, score in judged.items():
        log_odds = score(texts).astype(np.float64)
        columns[name] = (1 / (1 + np.exp(-log_odds))).round(4).tolist()
        share = np.mean((log_odds > 0) == hip_hop)
        rows.append(f"| {name} | {len(drafts)} | {100 * share:.1f} % |")
        target = out / f"confusion-generated-{name.replace(' ', '-')}.png"
        figures.confusion(log_odds, hip_hop, f"{name}: generated lyrics", target)
    with (out / "drafts.csv").open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(["asked", *(f"hip-hop by {name}" for name in columns), "text"])
        for index, (genre, text) in enumerate(drafts):
            writer.writerow([genre, *(column[index] for column in columns.values()), text])
    print("\n".join(rows), flush=True)
    return "\n".join(rows) + "\n"
