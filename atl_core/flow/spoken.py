"""A line as syllables that are spoken: their letters, their stress and the word they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from atl_core.lyrics.spoken import in_own_capitals
from atl_core.lyrics.syllables import word_stresses
from atl_core.lyrics.text import ADLIB, plain, without_adlibs, words

JOINED: Final = "\ue000"
"""In place of a space inside brackets, which are one token."""
VOWELS: Final = "aeiouyàáâãäåèéêëìíîïòóôõöùúûüýæœø"
ONSETS: Final = frozenset(
    "bl br ch cl cr dr dw fl fr gh gl gr kn ph pl pr qu sc sh sk sl sm sn sp st sw th tr tw "
    "wh wr sch scr shr spl spr squ str thr".split()
)
"""Groups of consonants that an English syllable opens with."""
WEAK: Final = frozenset(
    """a an the and or but if as at by for from in into of off on onto to up with than that this
    i'm i you he she it we they me him her us them my your his its our their is are was were be
    been am do does did has have had will would can could should may might must shall not don't
    i'll you'll he'll she'll we'll they'll i'd you'd he'd she'd we'd they'd i've you've we've
    they've you're we're they're he's she's it's that's there's let's so just 'cause cause when
    while where who what how""".split()
)
"""Words of one syllable that are spoken without stress unless the beat asks for it."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One syllable of a line."""

    text: str
    """Its letters as written, without punctuation; empty where the spelling shows no letters."""
    written: str
    """Its stretch of the line with spaces and punctuation: all of them joined are the line."""
    stress: int
    """0 none, 1 primary, 2 secondary."""
    word: int
    """Which word of the line it belongs to, from 0."""
    function: bool
    """Whether it is a word of one syllable that is usually unstressed."""


def spoken(line: str) -> tuple[Spoken, ...]:
    """The syllables of a line in order; empty when nothing in it is spoken.

    Ad-libs in brackets have none: another voice says them.
    """
    found: list[Spoken] = []
    unspoken = ""
    number = 0
    has_adlibs = without_adlibs(line) != line
    if has_adlibs:
        line = ADLIB.sub(lambda match: match[0].replace(" ", JOINED), line)
    for marked in re.findall(r"\s*\S+\s*", line):
        token = marked.replace(JOINED, " ")
        parts = _token(token, number, ADLIB.sub("", token) if has_adlibs else token)
        if not parts:
            if found:
                found[-1] = replace(found[-1], written=found[-1].written + token)
            else:
                unspoken += token
            continue
        if unspoken:
            parts[0] = replace(parts[0], written=unspoken + parts[0].written)
            unspoken = ""
        found += parts
        number = found[-1].word + 1
    return tuple(found)


def _token(token: str, first: int, said: str) -> list[Spoken]:
    """The syllables of what stands between spaces; its words are numbered from `first`.

    Args:
        said: the token without ad-libs.
    """
    inside = [(word, word_stresses(word)) for word in words(in_own_capitals(said))]
    inside = [(word, digits) for word, digits in inside if digits]
    found: list[Spoken] = []
    for number, (stretch, (word, digits)) in enumerate(
        zip(_stretches(token, [word for word, _ in inside]), inside, strict=True)
    ):
        weak = len(digits) == 1 and word in WEAK
        for part, digit in zip(_cut_up(stretch, len(digits)), digits, strict=True):
            stress = 0 if weak else int(digit)
            found.append(Spoken(_bare(part), part, stress, first + number, weak))
    return found


def _stretches(token: str, inside: list[str]) -> list[str]:
    """The token cut into as many pieces as it has words, at the start of each but the first."""
    lower = plain(token).lower()
    cuts, cursor = [0], 0
    for number, word in enumerate(inside):
        at = lower.find(word, cursor) if len(lower) == len(token) else -1
        if at < 0:
            at = max(cursor, len(token) * number // max(len(inside), 1))
        if number:
            cuts.append(at)
        cursor = at + (len(word) if lower.startswith(word, at) else 0)
    return [token[a:b] for a, b in zip(cuts, [*cuts[1:], len(token)], strict=True)][: len(inside)]


def _cut_up(stretch: str, count: int) -> tuple[str, ...]:
    """A word with what stands around it, cut into its syllables."""
    match = re.search(r"\w(?:.*\w)?", stretch)
    if match is None or count <= 1:
        return (stretch, *[""] * (count - 1))
    parts = list(split_word(match[0], count))
    parts[0] = stretch[: match.start()] + parts[0]
    last = max(at for at, part in enumerate(parts) if part)
    parts[last] += stretch[match.end() :]
    return tuple(parts)


def _bare(part: str) -> str:
    return re.sub(r"^[^\w']+|[^\w']+$", "", part)


def split_word(word: str, count: int) -> tuple[str, ...]:
    """A word's letters cut into `count` syllables: at hyphens and between vowels.

    English spelling does not say how many syllables are spoken. Where it shows fewer, a syllable
    is an empty string that its neighbour's letters stand for; where it shows more, the last ones
    are joined.
    """
    if count <= 1:
        return (word,) * count
    lower = word.lower()
    # The u of "qu" is no vowel.
    groups = [match.span() for match in re.finditer(f"[{VOWELS}]+", lower.replace("qu", "qw"))]
    # A single e is the vowel that is left out most: mad(e), lov(e)d, ev(e)ry.
    for span in reversed(groups[1:]):
        if len(groups) > count and lower[slice(*span)] == "e":
            groups.remove(span)
    while len(groups) < count:
        widest = max(range(len(groups)), key=lambda at: groups[at][1] - groups[at][0], default=None)
        if widest is None or groups[widest][1] - groups[widest][0] < 2:
            break
        start, end = groups[widest]
        groups[widest : widest + 1] = [(start, start + 1), (start + 1, end)]
    cuts = [_cut(word.lower(), before[1], after[0]) for before, after in pairwise(groups)]
    cuts = cuts[: count - 1]
    edges = [0, *cuts, len(word)]
    parts = [word[a:b] for a, b in pairwise(edges)]
    return tuple(parts + [""] * (count - len(parts)))


def _cut(word: str, start: int, end: int) -> int:
    """Where the consonants between two vowels, word[start:end], are divided."""
    if "-" in word[start:end]:
        return word.index("-", start) + 1
    for at in range(start, end):
        if end - at == 1 or word[at:end] in ONSETS:
            return at
    return end
