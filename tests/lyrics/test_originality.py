"""The index answers for what it was built from, and hardly for anything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atl_core.errors import WeightsError
from atl_core.lyrics.originality import (
    BloomFilter,
    OriginalityIndex,
    gram_hashes,
    line_hash,
    load_index,
    longest_match,
    word_hashes,
)
from atl_core.lyrics.text import words

SONG = [
    "the kettle sang a copper tune for no one but the cat",
    "and every spoon we ever owned was bent from digging that",
    "small garden",
    "where the parsnips lean like drunkards on the gate",
]


def index_of(song: list[str]) -> OriginalityIndex:
    spoken = word_hashes([word for line in song for word in words(line)])
    lines = [found for line in song if len(found := words(line)) >= 3]
    keys = np.array(list(map(line_hash, lines)), dtype=np.uint64)
    return OriginalityIndex(
        short=BloomFilter.of(gram_hashes(spoken, 4), 4096, 4),
        long=BloomFilter.of(gram_hashes(spoken, 8), 4096, 4),
        lines=BloomFilter.of(keys, 1024, 6),
    )


@pytest.fixture(scope="module")
def index() -> OriginalityIndex:
    return index_of(SONG)


def test_a_known_line_is_refused(index: OriginalityIndex) -> None:
    assert index.copied(SONG) == [True, True, False, True]
    assert index.known_lines(["The KETTLE sang a copper tune, for no one but the cat!"]) == [True]


def test_short_lines_are_nobodys(index: OriginalityIndex) -> None:
    assert index.known_lines(["small garden"]) == [False]


def test_eight_words_in_a_row_are_refused_and_seven_are_not(index: OriginalityIndex) -> None:
    eight = "tonight a copper tune for no one but the moon"
    seven = "tonight a copper tune for no one but a moon"
    assert index.longest_match([eight]) == 8
    assert index.longest_match([seven]) == 7
    assert index.copied([eight, seven]) == [True, False]


def test_a_match_may_run_across_lines(index: OriginalityIndex) -> None:
    first, second = "no one but the cat", "and every spoon was bought"
    assert index.longest_match([first, second]) == 8
    assert index.copied([second], before=[first]) == [True]
    assert index.copied([second]) == [False]


def test_candidates_are_judged_apart(index: OriginalityIndex) -> None:
    # Side by side the two would make a run of eight.
    assert index.longest_matches([["for no one but"], ["the cat and every"]]) == [4, 4]


@pytest.mark.parametrize("lines", [[], [""], ["..."], ["one two three"]])
def test_nothing_to_match(index: OriginalityIndex, lines: list[str]) -> None:
    assert index.longest_match(lines) == 0
    assert index.share_known(lines, 4) == 0.0


def test_the_share_that_is_known(index: OriginalityIndex) -> None:
    assert index.share_known(SONG, 4) == index.share_known(SONG, 8) == 1.0
    assert index.share_known(["blue engines hum beneath a paper sky tonight"], 8) == 0.0
    with pytest.raises(ValueError, match="6-grams"):
        index.share_known(SONG, 6)


@settings(max_examples=50)
@given(st.data())
def test_any_piece_of_the_song_is_found_whole(index: OriginalityIndex, data: st.DataObject) -> None:
    spoken = [word for line in SONG for word in words(line)]
    start = data.draw(st.integers(0, len(spoken) - 4))
    end = data.draw(st.integers(start + 4, len(spoken)))
    assert index.longest_match([" ".join(spoken[start:end])]) >= end - start


@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_may_be_asked(index: OriginalityIndex, lines: list[str]) -> None:
    total = sum(len(words(line)) for line in lines)
    assert 0 <= index.longest_match(lines) <= total
    assert len(index.copied(lines)) == len(lines)


@given(st.sets(st.integers(0, 2**64 - 1), max_size=200))
def test_a_filter_never_forgets(members: set[int]) -> None:
    hashes = np.array(sorted(members), dtype=np.uint64)
    assert BloomFilter.of(hashes, 256, 3).contains(hashes).all()


def test_it_is_saved_and_read(index: OriginalityIndex, tmp_path: Path) -> None:
    path = tmp_path / "index.safetensors"
    index.save(path, {})
    assert OriginalityIndex.load(path).copied(SONG) == index.copied(SONG)


def test_a_damaged_index_says_so(tmp_path: Path) -> None:
    path = tmp_path / "index.safetensors"
    path.write_bytes(b"not an index")
    with pytest.raises(WeightsError, match=r"restore weights/originality"):
        OriginalityIndex.load(path)


def test_the_index_that_ships_knows_common_phrases_and_not_nonsense() -> None:
    # Stock phrases that no lyric corpus of millions of words can lack.
    assert longest_match(["i don't know what to do"]) >= 4
    # One 4-gram in fourteen is imagined; a whole line is not.
    assert longest_match(["parsnips lecture umbrellas beneath fluorescent marmalade"]) < 6
    assert load_index() is load_index()
