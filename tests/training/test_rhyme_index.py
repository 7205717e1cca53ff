"""The stored index of rhymes says what the pronouncing dictionary says."""

from __future__ import annotations

import lzma

from training.rhyme_index import OUTPUT, rows


def test_the_stored_index_is_up_to_date() -> None:
    stored = lzma.decompress(OUTPUT.read_bytes()).decode().split("\n")
    assert stored == rows(), "run `python -m training prepare rhymes`"
