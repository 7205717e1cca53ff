"""Build and measure the index of known lyrics.

    python -m training prepare originality --data DIR

reads `DIR/train.jsonl.gz` and writes `weights/originality/index.safetensors`; then measures on
`DIR/valid.jsonl.gz` and `DIR/test.jsonl.gz` how often the filters see what is not there.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from atl_core.lyrics.originality import (
    INDEX,
    SHORT,
    SHORTEST_LINE,
    TOO_LONG,
    BloomFilter,
    Hashes,
    OriginalityIndex,
    gram_hashes,
    line_hash,
    word_hashes,
)
from atl_core.lyrics.text import clean_line, words

SHORT_BYTES, SHORT_PROBES = 1_760_000, 4
LONG_BYTES, LONG_PROBES = 1_800_000, 4
LINE_BYTES, LINE_PROBES = 400_000, 6


def read_lines(path: Path) -> Iterator[list[list[str]]]:
    """The words of each line, section by section."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for row in stream:
            lines = (words(clean_line(line)) for line in json.loads(row)["lines"])
            yield [line for line in lines if line]


def _unique(hashes: list[Hashes]) -> Hashes:
    return np.unique(np.concatenate(hashes))


def build(sections: list[list[list[str]]]) -> tuple[OriginalityIndex, dict[str, Hashes]]:
    """The index of `sections`, and the exact sets that it stands for."""
    spoken = [word_hashes([word for line in section for word in line]) for section in sections]
    exact = {
        "short": _unique([gram_hashes(hashes, SHORT) for hashes in spoken]),
        "long": _unique([gram_hashes(hashes, TOO_LONG) for hashes in spoken]),
        "lines": np.unique(
            np.array(
                [
                    line_hash(line)
                    for section in sections
                    for line in section
                    if len(line) >= SHORTEST_LINE
                ],
                dtype=np.uint64,
            )
        ),
    }
    index = OriginalityIndex(
        short=BloomFilter.of(exact["short"], SHORT_BYTES, SHORT_PROBES),
        long=BloomFilter.of(exact["long"], LONG_BYTES, LONG_PROBES),
        lines=BloomFilter.of(exact["lines"], LINE_BYTES, LINE_PROBES),
    )
    return index, exact


def held(hashes: Hashes, known: Hashes) -> NDArray[np.bool_]:
    """Which of `hashes` are in the sorted array `known`."""
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return known[places] == hashes


def measure(index: OriginalityIndex, exact: dict[str, Hashes], data: Path) -> dict[str, float]:
    """Shares of unseen things that the index takes for known, and the time of an answer."""
    unseen = [
        section for name in ("valid", "test") for section in read_lines(data / f"{name}.jsonl.gz")
    ]
    figures: dict[str, float] = {}
    spoken = [word_hashes([word for line in section for word in line]) for section in unseen]
    for name, order, known in (
        ("4-grams", SHORT, exact["short"]),
        ("8-grams", TOO_LONG, exact["long"]),
    ):
        grams = np.concatenate([gram_hashes(hashes, order) for hashes in spoken])
        fresh = grams[~held(grams, known)]
        filter_ = index.short if order == SHORT else index.long
        figures[f"{name} of unseen lyrics that are known"] = 1 - len(fresh) / len(grams)
        figures[f"fresh {name} that the filter alone takes for known"] = float(
            filter_.contains(fresh).mean()
        )
    lines = [line for section in unseen for line in section if len(line) >= SHORTEST_LINE]
    known_lines = held(
        np.array([line_hash(line) for line in lines], dtype=np.uint64), exact["lines"]
    )
    said = np.array(index.known_lines([" ".join(line) for line in lines]))
    figures["lines of unseen lyrics that are known"] = float(known_lines.mean())
    figures["fresh lines taken for known"] = float(
        (said & ~known_lines).sum() / (~known_lines).sum()
    )
    figures["known lines missed"] = float((known_lines & ~said).sum())
    refused = np.array(
        [most >= TOO_LONG for most in index.longest_matches([[" ".join(line)] for line in lines])]
    )
    truly = np.array(
        [held(gram_hashes(word_hashes(line), TOO_LONG), exact["long"]).any() for line in lines]
    )
    figures["lines with 8 known words in a row"] = float(truly.mean())
    figures["fresh lines refused for 8 words in a row"] = float(
        (refused & ~truly).sum() / (~truly).sum()
    )
    figures["lines with 8 known words missed"] = float((truly & ~refused).sum())
    shuffled = []
    chance = random.Random(0)
    for line in lines:
        mixed = list(line)
        chance.shuffle(mixed)
        shuffled.append([" ".join(mixed)])
    figures["shuffled lines refused for 8 words in a row"] = float(
        np.mean([most >= TOO_LONG for most in index.longest_matches(shuffled)])
    )
    return figures


@click.command("originality")
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True
)
@click.option("--output", type=click.Path(path_type=Path), default=INDEX, show_default=False)
def prepare(data: Path, output: Path) -> None:
    """The index of known lyrics, as hashes."""
    index, exact = build(list(read_lines(data / "train.jsonl.gz")))
    output.parent.mkdir(parents=True, exist_ok=True)
    index.save(output, {"content": "Bloom filters over the training lyrics; hashes only"})
    output.chmod(0o644)
    for name, hashes in exact.items():
        click.echo(f"{name}: {len(hashes)} members")
    for name, value in measure(index, exact, data).items():
        click.echo(f"{name}: {value:.5f}")


if __name__ == "__main__":
    prepare()
