"""Syllables and stress of words and lines."""

from __future__ import annotations

from atl_core.lyrics.dictionary import is_vowel
from atl_core.lyrics.pronunciation import pronounce
from atl_core.lyrics.saying import cached_by_word
from atl_core.lyrics.spoken import sung


@cached_by_word(maxsize=65536)
def word_stresses(word: str) -> str:
    """Stress digits of the usual way to say `word`: "tonight" is "01"; empty if it has no sound."""
    ways = pronounce(word)
    if not ways:
        return ""
    digits = "".join(phoneme[-1] for phoneme in ways[0] if is_vowel(phoneme))
    return digits or "0"


@cached_by_word(maxsize=65536)
def word_syllables(word: str) -> int:
    """Syllables of the usual way to say `word`."""
    return len(word_stresses(word))


def count_syllables(text: str) -> int:
    """Syllables of `text`, which may have several lines, each word said the usual way."""
    # Line by line: what is an ad-lib depends on what else the line holds.
    return sum(word_syllables(word) for line in text.splitlines() for word in sung(line))
