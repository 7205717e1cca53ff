"""Syllables of words and phrases and rhymes of pairs, beside the truth.

`python benchmarks/syllables.py`. The words, how they were drawn, and how many were right before
anything was mended by them, are in `syllables.txt`. Tables were mended by what the written
ones and the second and third drawing showed; what is right today says that nothing was lost.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from atl_core.lyrics.rhyme import rhyme
from atl_core.lyrics.syllables import count_syllables

SAID = {"P": "perfect", "S": "slant", "N": None}


def rows() -> Iterator[tuple[str, str, str]]:
    """Heading, text and truth."""
    heading = ""
    for row in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("["):
            heading = row.strip("[]")
        elif row and not row.startswith("# ") and row != "#":
            text, truth = row.split("\t")
            yield heading, text, truth


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    right: dict[str, list[bool]] = {}
    for heading, text, truth in rows():
        if heading.startswith("rhymes"):
            one, other = text.split("/")
            found = rhyme(one, other)
            right.setdefault(f"{heading}, or none", []).append((found is None) == (truth == "N"))
            is_right = found == SAID[truth] if truth in SAID else found is not None
            if "time" not in heading:  # There the kind was not marked.
                right.setdefault(f"{heading} by kind", []).append(is_right)
            told = str(found)
        else:
            count = count_syllables(text)
            is_right = str(count) in truth.split("/")
            right.setdefault(f"syllables, {heading}", []).append(is_right)
            told = str(count)
        if not is_right:
            print(f"wrong: {text}: {told} for {truth}")
    for name, results in right.items():
        share = sum(results) / len(results)
        print(f"{name:32} {sum(results):3} of {len(results)}, {share:.1%}")


if __name__ == "__main__":
    main()
