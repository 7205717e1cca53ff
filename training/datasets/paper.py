"""The paper's form of a song (section 2.1.1): cleaned sentences and next-word pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from atl_core.lyrics.text import clean_for_paper

START: Final = "startseq"
END: Final = "endseq"


def sentences(text: str) -> list[str]:
    """Lyrics as the paper's sentences: `startseq black leather glove endseq`.

    Lower case, no punctuation, no words of one letter or with a digit. Section tags, credits and
    "x2", which the paper does not mention, must be out already (`clean_for_singing`).
    """
    return [f"{START} {line} {END}" for line in clean_for_paper(text).splitlines()]


def pairs(sentence: str) -> Iterator[tuple[str, str]]:
    """The words so far and the next one, as in the paper's table 2."""
    spoken = sentence.split()
    for at in range(1, len(spoken)):
        yield " ".join(spoken[:at]), spoken[at]


def vocabulary(counts: Mapping[str, int]) -> list[str]:
    """Every word, commonest first, ties by the alphabet; `startseq` and `endseq` among them."""
    return sorted(counts, key=lambda word: (-counts[word], word))
