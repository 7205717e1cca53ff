"""Figures of lyrics that need no model. Each is a plain function of lines of text.

Quote none of them alone: most have a floor (shuffled words, unrelated songs) or a human value that
must stand beside them.
"""

from __future__ import annotations

import math
import random
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from statistics import fmean
from typing import Final

from atl_core.lyrics.dictionary import is_vowel
from atl_core.lyrics.pronunciation import listed, pronounce
from atl_core.lyrics.rhyme import Rhyme, end_word, rhyme
from atl_core.lyrics.text import clean_line, words
from atl_core.lyrics.vocabulary import is_common
from atl_core.lyrics.wordlists import FUNCTION_WORDS, SECTION_WORDS

Gram = tuple[str, ...]
PERFECT: Final[tuple[Rhyme, ...]] = ("perfect",)

# --- Craft ---------------------------------------------------------------------------------------


def rhyme_rate(lines: Sequence[str], within: int = 1, kinds: Collection[Rhyme] = PERFECT) -> float:
    """The share of lines that rhyme with one of the `within` lines before them.

    Human rap: perfect 6 % with the line before and 11 % within three; slant or better 24 % and
    36 %, against 8 % and 20 % when the words are shuffled.
    """
    ends = [end_word(line) for line in lines]
    rhymed = [
        any(rhyme(ends[i], ends[j]) in kinds for j in range(max(0, i - within), i))
        for i in range(1, len(ends))
    ]
    return fmean(rhymed) if rhymed else 0.0


RHYME_WINDOW: Final = 15
"""Words before a word in which its rhyme is sought."""


def rhyme_density(lines: Iterable[str]) -> float:
    """Average length of assonant rhymes, in vowels a word (Malmi et al. 2016, "DopeLearning").

    For each word the longest run of equal vowels, counted backwards from its end and across word
    boundaries, against any of the 15 words before it; not the same word, runs of 1 count 0, and
    the two runs do not overlap. Duplicate and bracketed lines are left out first. Depends on the
    phonetiser (here the usual pronunciation of CMUdict) and is high for any English: print
    `rhyme_density_lift` beside it.
    """
    return _density(_spoken(lines))


def rhyme_density_lift(lines: Iterable[str], shuffles: int = 5, seed: int = 0) -> float:
    """`rhyme_density` minus its mean over `shuffles` random orders of the same words.

    Human rap: +0.09 to +0.18.
    """
    spoken = _spoken(lines)
    chance = random.Random(seed)
    floor = [_density(chance.sample(spoken, len(spoken))) for _ in range(shuffles)]
    return _density(spoken) - fmean(floor)


def _spoken(lines: Iterable[str]) -> list[str]:
    kept = dict.fromkeys(tuple(words(clean_line(line))) for line in lines)
    return [word for line in kept for word in line]


def _density(spoken: Sequence[str]) -> float:
    vowels: list[str] = []
    ends: list[int] = []
    for word in spoken:
        ways = pronounce(word)
        vowels += [phoneme[:-1] for phoneme in (ways[0] if ways else ()) if is_vowel(phoneme)]
        ends.append(len(vowels))
    longest = []
    for i, word in enumerate(spoken):
        runs = (
            _run_back(vowels, ends[j], ends[i])
            for j in range(max(0, i - RHYME_WINDOW), i)
            if spoken[j] != word
        )
        best = max(runs, default=0)
        longest.append(best if best > 1 else 0)
    return fmean(longest) if longest else 0.0


def _run_back(vowels: Sequence[str], first: int, second: int) -> int:
    """Length of the equal runs that end before `first` and before `second`, without overlap."""
    most = min(first, second - first)
    run = 0
    while run < most and vowels[first - 1 - run] == vowels[second - 1 - run]:
        run += 1
    return run


# --- Variety -------------------------------------------------------------------------------------


def grams(spoken: Sequence[str], order: int) -> list[Gram]:
    return [tuple(spoken[i : i + order]) for i in range(len(spoken) - order + 1)]


def distinct(lines: Iterable[str], order: int, tokens: int = 500) -> float:
    """Distinct-n (Li et al. 2016) at a fixed length: mean over whole blocks of `tokens` words.

    The share falls with length, so only values at the same `tokens` may be compared.

    Raises:
        ValueError: there are fewer than `tokens` words.
    """
    spoken = [word for line in lines for word in words(line)]
    blocks = [spoken[i : i + tokens] for i in range(0, len(spoken) - tokens + 1, tokens)]
    if not blocks:
        raise ValueError(f"distinct-{order} at {tokens} words cannot be taken of {len(spoken)}")
    return fmean(len(set(grams(block, order))) / (tokens - order + 1) for block in blocks)


def self_bleu(texts: Sequence[Iterable[str]], order: int = 4) -> float:
    """Self-BLEU (Zhu et al. 2018): the mean BLEU of each text (its lines) against all others.

    Uniform weights up to `order`, brevity penalty against the closest length, a count of 0.1 where
    no n-gram matches (NLTK's first smoothing). Depends on the number of texts: compare equal
    numbers only.

    Raises:
        ValueError: there are fewer than two texts with words.
    """
    spoken = [found for text in texts if (found := [w for line in text for w in words(line)])]
    if len(spoken) < 2:
        raise ValueError("self-BLEU compares at least two texts")
    logs = [0.0] * len(spoken)
    for n in range(1, order + 1):
        counts = [Counter(grams(text, n)) for text in spoken]
        # The largest count of each n-gram in any text, and in any other than that one.
        first: dict[Gram, tuple[int, int]] = {}
        second: Counter[Gram] = Counter()
        for number, count in enumerate(counts):
            for gram, times in count.items():
                most, holder = first.get(gram, (0, -1))
                if times > most:
                    first[gram] = (times, number)
                    second[gram] = max(second[gram], most) if holder >= 0 else 0
                else:
                    second[gram] = max(second[gram], times)
        for number, count in enumerate(counts):
            total = max(1, count.total())
            matched = sum(
                min(times, second[gram] if first[gram][1] == number else first[gram][0])
                for gram, times in count.items()
            )
            logs[number] += math.log((matched or 0.1) / total) / order
    lengths = [len(text) for text in spoken]
    scores = []
    for number, length in enumerate(lengths):
        others = lengths[:number] + lengths[number + 1 :]
        closest = min(others, key=lambda other: (abs(other - length), other))
        penalty = min(0.0, 1 - closest / length)
        scores.append(math.exp(logs[number] + penalty))
    return fmean(scores)


def repeated_lines(lines: Iterable[str]) -> float:
    """The share of lines that equal an earlier one, in words; empty lines are left out."""
    spoken = [found for line in lines if (found := tuple(words(line)))]
    return 1 - len(set(spoken)) / len(spoken) if spoken else 0.0


def compression(lines: Iterable[str]) -> float:
    """Bytes of the text over its bytes after zlib; the higher, the more repetitive.

    Short texts compress badly: compare texts of one length only.
    """
    text = "\n".join(lines).encode()
    return len(text) / len(zlib.compress(text, 9)) if text else 0.0


# --- Novelty -------------------------------------------------------------------------------------


def seeds_used(lines: Iterable[str], seeds: Sequence[str]) -> float:
    """The share of seed words that are sung; 1 when there are none."""
    sung = {word for line in lines for word in words(line)}
    return fmean(seed in sung for seed in seeds) if seeds else 1.0


def opens_with(lines: Sequence[str], seeds: Sequence[str]) -> bool:
    """Whether the first line opens with the seed words, in order (the paper's starting word)."""
    return bool(lines) and words(lines[0])[: len(seeds)] == list(seeds)


_DANGLING: Final = frozenset(
    {
        "a", "an", "the", "my", "your", "our", "their", "its", "his", "and", "or", "but", "nor",
        "because", "than", "of", "from", "with", "at", "into", "onto", "upon", "between", "during",
        "whose", "every", "i'm", "you're", "we're", "they're", "he's", "she's", "it's", "i've",
        "you've", "we've", "they've", "i'll", "you'll", "we'll", "they'll", "he'll", "she'll",
        "i'd", "am", "very", "tryna", "finna", "gonna", "wanna", "gotta", "i'ma", "gon'", "an'",
        "there's", "that's", "what's", "let's", "if", "as", "unless", "whether", "who's", "'cause",
    }
)  # fmt: skip


def is_unfinished(line: str) -> bool:
    """Whether a line breaks off: it ends on an article, a conjunction, "I'm" and their like."""
    return end_word(line) in _DANGLING


def ends_weakly(line: str) -> bool:
    """Whether a line ends on a function word, where a rhyme lands softly if at all."""
    return end_word(line) in FUNCTION_WORDS


def names_a_section(line: str) -> bool:
    """Whether a line holds "outro", "verse" and their like, or is a tag or a credit."""
    return not clean_line(line) or not SECTION_WORDS.isdisjoint(words(line))


def broken_words(line: str) -> list[str]:
    """Words that no dictionary, rule or song knows."""
    return [word for word in words(line) if not is_common(word) and not listed(word)]
