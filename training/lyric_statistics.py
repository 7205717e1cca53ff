"""Statistics of the training lyrics that ship with the project: counts, genre lean, neighbours.

    python -m training prepare statistics --data DIR

reads `DIR/train.jsonl.gz` (sections of songs, one JSON object a line) and writes into
`atl_core/lyrics/data`:

- `words.xz`: words sung at least 5 times by at least 3 artists, commonest first, with count,
  number of sections, lean towards country in hundredths of a logit, and whether it is a name;
- `near.safetensors`: for each of the commonest content words, the words sung near it most
  often beyond chance.

Only numbers and single words leave the data set; no line does.
"""

from __future__ import annotations

import gzip
import json
import lzma
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
from safetensors.numpy import save_file
from scipy.sparse import coo_matrix, csr_matrix, diags
from scipy.sparse.linalg import svds

from atl_core.lyrics.text import clean_line, plain, words
from atl_core.lyrics.wordlists import is_clean, is_content_word

OUTPUT = Path("atl_core/lyrics/data")
MIN_COUNT = 5
MIN_GROUPS = 3
HEADWORDS = 5000
NEIGHBOURS = 10
WINDOW = 4
"""Lines in which two words count as near."""
DIMENSIONS = 200
COUNTRY_WEIGHT = 4.0
"""A country window counts for so many others: country is the smaller half."""
NAME_SHARE = 0.5
"""A word capitalised more often than this within a line is taken for a name."""
# Names that are images in their own right; the neighbours may hold them.
KEPT_NAMES = frozenset(
    {
        "god", "lord", "jesus", "heaven", "christmas", "sunday", "monday", "friday", "saturday",
        "july", "december", "june", "bible", "angel", "texas", "tennessee", "mississippi", "dixie",
        "carolina", "georgia", "chevy", "cadillac", "ford", "jeep", "hollywood", "vegas", "west",
        "east", "south", "north", "earth", "satan", "cupid", "rodeo", "southern", "western", "jack",
    }
)  # fmt: skip


@dataclass
class WordCounts:
    """Everything counted in one pass over the sections."""

    count: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)
    groups: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_genre: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    within: Counter[str] = field(default_factory=Counter)
    capitalised: Counter[str] = field(default_factory=Counter)
    total_sections: int = 0
    windows: list[tuple[float, list[str]]] = field(default_factory=list)


def read_sections(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def count_words(path: Path) -> WordCounts:
    result = WordCounts()
    for section in read_sections(path):
        lines = [(raw, words(clean_line(raw))) for raw in section["lines"]]
        # A line sung again adds nothing but weight.
        spoken = list(dict.fromkeys(tuple(found) for _, found in lines if found))
        result.total_sections += 1
        seen: set[str] = set()
        for found in spoken:
            result.count.update(found)
            result.by_genre[section["genre"]].update(found)
            seen.update(found)
        result.sections.update(seen)
        for word in seen:
            result.groups[word].add(section["group"])
        for raw, _ in lines:
            _count_capitals(raw, result)
        weight = COUNTRY_WEIGHT if section["genre"] == "country" else 1.0
        for start in range(0, max(1, len(spoken) - WINDOW + 1), WINDOW // 2):
            window = {word for found in spoken[start : start + WINDOW] for word in found}
            result.windows.append((weight, sorted(window)))
    return result


def _count_capitals(raw: str, result: WordCounts) -> None:
    tokens = re.findall(r"[A-Za-z']+", plain(raw))[1:]
    capitals = sum(token[0].isupper() for token in tokens)
    # Lines set in capitals or title case say nothing about names.
    if len(tokens) > 1 and capitals <= 0.6 * len(tokens):
        for token in tokens:
            word = token.lower().strip("'")
            result.within[word] += 1
            result.capitalised[word] += token[0].isupper()


def is_name(word: str, counts: WordCounts) -> bool:
    seen = counts.within[word]
    return (
        word != "i"
        and seen > 0
        and counts.capitalised[word] / (seen + 1) > NAME_SHARE
        and word[:2] != "i'"
    )


def lean(word: str, counts: WordCounts) -> float:
    """Log-odds of country against hip-hop, with a prior of five of each (Dirichlet)."""
    country, hiphop = counts.by_genre["country"], counts.by_genre["hip-hop"]
    share = (country[word] + 5) / (country.total() + 5 * len(country))
    other = (hiphop[word] + 5) / (hiphop.total() + 5 * len(hiphop))
    return math.log(share / other)


def neighbours(vocabulary: list[str], heads: list[str], counts: WordCounts) -> np.ndarray:
    """Row i: indices in `vocabulary` of the words nearest to `heads[i]`, best first; (H, N) int."""
    index = {word: i for i, word in enumerate(heads)}
    rows, columns, values = [], [], []
    for number, (weight, window) in enumerate(counts.windows):
        for word in window:
            if word in index:
                rows.append(number)
                columns.append(index[word])
                values.append(math.sqrt(weight))
    shape = (len(counts.windows), len(heads))
    incidence = csr_matrix(coo_matrix((values, (rows, columns)), shape=shape))
    together = coo_matrix(incidence.T @ incidence)
    off = together.row != together.col
    row, col, value = together.row[off], together.col[off], together.data[off]
    single = np.asarray(incidence.multiply(incidence).sum(axis=0)).ravel()
    total = single.sum()
    # Smoothed contexts (Levy, Goldberg and Dagan 2015) keep rare words from ruling the list.
    context = single**0.75 / (single**0.75).sum()
    pmi = np.log(value / total) - np.log(single[row] / total) - np.log(context[col])
    shrunk = pmi * value / (value + 5.0)
    keep = pmi > 0
    ppmi = csr_matrix((pmi[keep], (row[keep], col[keep])), shape=(len(heads),) * 2)
    left, strength, _ = svds(ppmi, k=DIMENSIONS, random_state=0)
    vectors = left * np.sqrt(strength)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    direct = csr_matrix((shrunk[keep], (row[keep], col[keep])), shape=(len(heads),) * 2)
    direct = diags(1 / (direct.max(axis=1).toarray().ravel() + 1e-9)) @ direct
    allowed = np.array([_may_be_offered(word, counts) for word in heads])
    position = {word: i for i, word in enumerate(vocabulary)}
    result = np.zeros((len(heads), NEIGHBOURS), dtype=np.uint16)
    for i, head in enumerate(heads):
        score = vectors @ vectors[i] + direct[i].toarray().ravel()
        score[~allowed] = -1.0
        chosen: list[str] = [head]
        for j in np.argsort(-score)[: 8 * NEIGHBOURS]:
            if not any(_one_stem(heads[j], other) for other in chosen):
                chosen.append(heads[j])
            if len(chosen) > NEIGHBOURS:
                break
        found = [position[word] for word in chosen[1:]]
        result[i, : len(found)] = found
    return result


def _may_be_offered(word: str, counts: WordCounts) -> bool:
    return (
        is_clean(word)
        and word.isalpha()
        and len(word) > 2
        and len(counts.groups[word]) >= 10
        and (word in KEPT_NAMES or not is_name(word, counts))
    )


def _one_stem(a: str, b: str) -> bool:
    """Whether two words are likely forms of one: "train" and "trains", "ride" and "riding"."""
    short, long = sorted((a.strip("'"), b.strip("'")), key=len)
    return long.startswith(short[: max(3, len(short) - 1)]) and len(long) - len(short) < 4


def build(data: Path, output: Path) -> None:
    counts = count_words(data / "train.jsonl.gz")
    vocabulary = [
        word
        for word, count in counts.count.most_common()
        if count >= MIN_COUNT and len(counts.groups[word]) >= MIN_GROUPS
    ]
    table = [f"{counts.total_sections}"] + [
        f"{word}\t{counts.count[word]}\t{counts.sections[word]}"
        f"\t{round(100 * lean(word, counts))}\t{int(is_name(word, counts))}"
        for word in vocabulary
    ]
    (output / "words.xz").write_bytes(lzma.compress("\n".join(table).encode(), preset=9))
    heads = [word for word in vocabulary if is_content_word(word) and is_clean(word)][:HEADWORDS]
    position = {word: i for i, word in enumerate(vocabulary)}
    tensors = {
        "heads": np.array([position[word] for word in heads], dtype=np.uint16),
        "near": neighbours(vocabulary, heads, counts),
    }
    save_file(tensors, output / "near.safetensors")
    (output / "near.safetensors").chmod(0o644)
    click.echo(
        f"{len(vocabulary)} words of {counts.total_sections} sections, {len(heads)} headwords"
    )


@click.command("statistics")
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True
)
@click.option("--output", type=click.Path(path_type=Path), default=OUTPUT, show_default=True)
def prepare(data: Path, output: Path) -> None:
    """Counts, genre lean and neighbours of the words of the training lyrics."""
    build(data, output)


if __name__ == "__main__":
    prepare()
