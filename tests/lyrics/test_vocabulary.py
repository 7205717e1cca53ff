"""What the training lyrics' statistics say of words."""

from __future__ import annotations

from atl_core.lyrics.vocabulary import (
    common_words,
    figures,
    is_common,
    near_words,
)
from atl_core.lyrics.wordlists import is_clean, is_content_word


def test_common_words_come_first() -> None:
    assert "the" in common_words()[:5]
    assert is_common("train")
    assert not is_common("blorptastic")
    assert figures("blorptastic") is None


def test_words_lean_to_their_genre() -> None:
    def lean(word: str) -> float:
        known = figures(word)
        assert known
        return known.lean

    assert min(map(lean, ["lonesome", "cowboy", "whiskey", "guitar"])) > 1
    assert max(map(lean, ["homie", "mic", "rap", "tryna"])) < -1


def test_names_are_known() -> None:
    texas, train = figures("texas"), figures("train")
    assert texas is not None
    assert texas.is_name
    assert train is not None
    assert not train.is_name


def test_near_words() -> None:
    assert {"station", "whistle"} <= set(near_words("train"))
    assert {"beer", "bottle"} & set(near_words("whiskey", 10))
    assert near_words("TRAIN", 3) == near_words("train", 3)
    assert near_words("ridin'")
    assert near_words("blorptastic") == []


def test_near_words_are_fit_to_be_sung() -> None:
    seeds = [word for word in common_words()[:3000] if is_content_word(word)]
    found = {near for seed in seeds for near in near_words(seed, 10)}
    assert all(is_clean(word) for word in found)
    assert all(is_content_word(word) for word in found)
