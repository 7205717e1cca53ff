"""Rhymes inside lines against the rhyme marks of MCFlow: python benchmarks/inner_rhymes.py FOLDER

FOLDER holds `.rap` files (MCFlow, Condit-Schultz 2016). Every second song, by name, is held out;
the finder was fitted on the others. A word counts as rhymed if one of its syllables is marked.
Beside it: "equal last vowel", a word whose last stressed vowel one of the 15 words before it or
after it has as well. `--fit` prints the other half.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from atl_core.lyrics.dictionary import is_vowel
from atl_core.lyrics.inner_rhymes import rhyme_chains
from atl_core.lyrics.pronunciation import pronounce
from atl_core.lyrics.wordlists import FUNCTION_WORDS
from benchmarks.flow_songs import rap_words

NEAR = 15


def found(lines: list[list[str]]) -> list[bool]:
    """Whether each word is part of a rhyme, by the project's finder."""
    texts = [" ".join(words) for words in lines]
    marked: dict[int, set[int]] = {}
    for chain in rhyme_chains(texts):
        for stretch in chain.stretches:
            marked.setdefault(stretch.line, set()).update(range(stretch.start, stretch.end))
    answer = []
    for number, words in enumerate(lines):
        at = 0
        for word in words:
            answer.append(at in marked.get(number, ()))
            at += len(word) + 1
    return answer


def same_last_vowel(lines: list[list[str]]) -> list[bool]:
    """Whether each word has its last stressed vowel in common with another one near it."""
    words = [word for line in lines for word in line]
    vowels = [_last_vowel(word) for word in words]
    return [
        bool(vowel)
        and any(
            vowels[other] == vowel and words[other].casefold() != words[n].casefold()
            for other in range(max(0, n - NEAR), min(len(words), n + NEAR + 1))
        )
        for n, vowel in enumerate(vowels)
    ]


def _last_vowel(word: str) -> str:
    ways = pronounce(word)
    if not ways or word.casefold() in FUNCTION_WORDS:
        return ""
    stressed = [sound for sound in ways[0] if is_vowel(sound) and sound[-1] != "0"]
    return stressed[-1].rstrip("012") if stressed else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fit", action="store_true", help="the other half")
    asked = parser.parse_args()
    files = sorted(asked.folder.glob("*.rap"))
    songs = files[0::2] if asked.fit else files[1::2]
    counts = {"inside lines": [0, 0, 0], "equal last vowel": [0, 0, 0]}
    for file in songs:
        lines, truth = rap_words(file)
        for name, guess in (
            ("inside lines", found(lines)),
            ("equal last vowel", same_last_vowel(lines)),
        ):
            for is_rhyme, said in zip(truth, guess, strict=True):
                counts[name][0] += is_rhyme and said
                counts[name][1] += said
                counts[name][2] += is_rhyme
    print(f"{len(songs)} songs")
    for name, (hits, guessed, there) in counts.items():
        precision, recall = hits / max(1, guessed), hits / max(1, there)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{name:<18} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")


if __name__ == "__main__":
    main()
