"""A writer's half-written song: its sections, its lines to the letter, and the gaps in it.

A gap is a line of dots (`...`), a number without words (`3.`), or a section with nothing under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from atl_core.errors import BriefError
from atl_core.lyrics.checks import MAX_LINES
from atl_core.lyrics.form import UNRHYMED
from atl_core.lyrics.inner_rhymes import rhyme_chains
from atl_core.lyrics.rhyme import end_word, is_close, rhyme, same_word
from atl_core.lyrics.saying import cached_by_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import is_section_line, received, words

MAX_TEXT: Final = 100_000
"""Characters of a text that is read: some thirty songs."""
LONGEST_LINE: Final = 200
"""Characters of a line, as in `edits.lines`."""
GAP: Final = ""
"""A line that is still to be written."""
STANZA: Final = 4
"""Lines of a stanza where nothing says otherwise."""
SCHEMES: Final = ("AABB", "ABAB", "ABCB", "AAAA", "ABBA", "AABA")
"""What a stanza of four is read as, the likelier first."""
HALF_SCHEMES: Final = ("AAXX", "XXAA", "AAAX", "AXAX", "XAAX", "AXXA", "XAAA")
"""What one is read as as well where none of its lines is still to be written."""

_AFTER_END: Final = ' .,;:!?"”)…-'
_GAP: Final = re.compile(r"\s*(?:[-*•]\s*)?(?:\.{2,}|…+|_{2,}|\?+|-{2,}|\(\.\.\.\)|\[\.\.\.\])\s*")
_NUMBERED_GAP: Final = re.compile(r"\s*\d{1,3}\s*[.):]\s*(?:(?:\.{2,}|…|_{2,})\s*)?")
_NUMBERED: Final = re.compile(r"\s*\d{1,3}\s*[.)]\s+(?=\S)")
_HEADING: Final = 40
"""Most letters of what names a section."""
_PRE: Final = re.compile(r"\bpre ?-?(?:chorus|hook)\b")
_NAMES: Final = {"chorus": "hook", "refrain": "hook", "ending": "outro", "coda": "outro"}
_PAST: Final = frozenset(
    "was were had did went said came knew saw made took gave got told thought found left felt kept"
    " lost held heard ran stood broke wrote drove rode fell grew met sat spoke woke wore burned"
    " learned dreamed swore sang drank drew flew froze led lay paid sent slept spent shot shook"
    " stole taught threw won wasn't weren't didn't couldn't wouldn't".split()
)
_PRESENT: Final = frozenset(
    "is are am i'm you're we're they're he's she's it's that's do does don't doesn't isn't aren't"
    " ain't got's has have gets goes says comes knows sees makes takes gives keeps feels stands"
    " runs rides drives falls know see feel keep need want love hate wanna gonna gotta".split()
)
_PERSONS: Final = {
    "I": frozenset("i me my mine myself i'm i've i'll i'd".split()),
    "you": frozenset("you your yours you're you've you'll you'd ya yo' yourself".split()),
    "we": frozenset("we us our ours we're we've we'll".split()),
    "he/she": frozenset("he him his she her hers he's she's himself herself".split()),
    "they": frozenset("they them their theirs they're they've".split()),
}


@dataclass(frozen=True, slots=True)
class OwnSection:
    """A part of the text. Without lines it is to be written whole."""

    name: str
    """In lower case, such as `verse 1`; empty where the writer named none."""
    stanzas: tuple[tuple[str, ...], ...]
    """Runs of lines without an empty line between them; a `GAP` is still to be written."""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for stanza in self.stanzas for line in stanza)

    @property
    def kind(self) -> str:
        """`verse` of `verse 2`."""
        return self.name.split(" ")[0] or "verse"


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text that a writer brought, taken apart."""

    sections: tuple[OwnSection, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def written(self) -> tuple[str, ...]:
        """The writer's own lines."""
        return tuple(line for line in self.lines if line != GAP)

    def of_kind(self, kind: str) -> OwnText:
        return OwnText(tuple(section for section in self.sections if section.kind == kind))

    @property
    def has_gaps(self) -> bool:
        return any(not section.lines or GAP in section.lines for section in self.sections)


@dataclass(frozen=True, slots=True)
class Shape:
    """What is read off a text, for the writer to correct."""

    scheme: str
    """Of a stanza, such as `ABAB`; `X` marks a line that rhymes with none."""
    syllables: tuple[int, ...]
    """A line, by its place in the stanza: (8, 6, 8, 6)."""
    person: str
    """Who speaks and to whom: `I/you`; empty if the text does not say."""
    tense: str
    """`past`, `present`, or empty if neither is clear."""

    @property
    def rhymes(self) -> bool:
        return self.scheme.strip(UNRHYMED) != ""

    def describe(self) -> str:
        """Such as `ABAB, 8 and 6 syllables, I/you, past`."""
        counts = dict.fromkeys(map(str, self.syllables))
        said = " and ".join(counts) if len(counts) < 3 else ", ".join(map(str, self.syllables))
        scheme = self.scheme if self.rhymes else "no rhymes yet"
        parts = (scheme, f"{said} syllables", self.person, self.tense)
        return ", ".join(filter(None, parts))


def read_own_text(text: str) -> OwnText:
    """Take a half-written song apart. Its lines are kept to the letter, but for the space around
    them and for numbers before them.

    Raises:
        BriefError: no line of it is written, or it is too long.
    """
    if len(text) > MAX_TEXT:
        raise BriefError(
            f"That text has {len(text):,} characters.",
            f"Up to {MAX_TEXT:,} are read, and {MAX_LINES} lines.",
            "Send a verse or a song.",
        )
    found = OwnText(tuple(_sections(received(text))))
    if not any(any(map(str.isalnum, line)) for line in found.written):
        raise BriefError("There is no line of yours in that.", remedy="Paste a verse of your own.")
    if len(found.lines) > MAX_LINES:
        raise BriefError(
            f"That text has {len(found.lines)} lines.",
            f"A draft has up to {MAX_LINES}.",
            "Send a part of it.",
        )
    for line in found.written:
        if len(line) > LONGEST_LINE:
            raise BriefError(
                f"A line of that has {len(line)} characters.",
                f"A line may have up to {LONGEST_LINE}.",
                "Break it in two.",
            )
    return found


def _sections(text: str) -> Iterator[OwnSection]:
    name, stanzas, lines = "", [], list[str]()
    numbered = _is_numbered(text.splitlines())
    for raw in [*text.splitlines(), None]:
        heading = _heading(raw) if raw is not None else None
        if lines and (raw is None or heading is not None or not raw.strip()):
            stanzas.append(tuple(lines))
            lines = []
        if raw is None or heading is not None:
            if stanzas or name:
                yield OwnSection(name, tuple(stanzas))
            name, stanzas = heading or "", []
        elif raw.strip():
            lines.append(_line(raw, numbered))


def _line(raw: str, numbered: bool) -> str:
    if _GAP.fullmatch(raw) or (numbered and _NUMBERED_GAP.fullmatch(raw)):
        return GAP
    line = _NUMBERED.sub("", raw, count=1) if numbered else raw
    return " ".join(line.split()) if "\t" in line else line.strip()


def _is_numbered(rows: Sequence[str]) -> bool:
    """Whether the lines of a text bear numbers: a line "2. " alone is a gap only among such."""
    marked = [row for row in rows if _NUMBERED.match(row) or _NUMBERED_GAP.fullmatch(row)]
    said = [row for row in rows if row.strip() and _heading(row) is None]
    return len(marked) >= 2 and 2 * len(marked) >= len(said)


def _heading(raw: str) -> str | None:
    """The name of a section, where a line is no more than that: `[Verse 2]`, `Chorus:`."""
    if _GAP.fullmatch(raw):
        return None
    if is_section_line(raw):
        said = raw
    else:
        said = _marked(raw).partition(":")[0]
        if not is_section_line(said):
            return None
    name = _PRE.sub("pre-chorus", " ".join(words(said)))
    kind, _, rest = name.partition(" ")
    return f"{_NAMES.get(kind, kind)} {rest}".strip()


def _marked(raw: str) -> str:
    """What stands in brackets, in braces or after #, alone in its line; empty for other lines."""
    text = raw.strip().removesuffix(":").rstrip()
    said, around = text[1:-1], text[:1] + text[-1:]
    if text.startswith("#"):
        said = text.lstrip("#").strip()
    elif around not in ("[]", "{}") or {*said} & {*around}:
        return ""
    return said if len(said) <= _HEADING else ""


def stanzas_of(lines: Sequence[str], size: int = STANZA) -> Iterator[tuple[str, ...]]:
    """Runs of up to `size` lines."""
    for first in range(0, len(lines), size):
        yield tuple(lines[first : first + size])


def rhymes_here(a: str, b: str) -> bool:
    """Whether the ends of two lines rhyme to the ear, by any listed way to say them."""
    ends = end_word(a), end_word(b)
    return all(ends) and (is_close(*ends) or rhyme(*ends) is not None)


@cached_by_word(maxsize=4096)
def end_alike(a: str, b: str) -> bool:
    """Whether two lines end alike to whoever reads them: in a rhyme, one of several words too
    ("poet" and "know it"), or in the same word."""
    if rhymes_here(a, b) or same_word(end_word(a), end_word(b)):
        return True
    ends = (len(a.rstrip(_AFTER_END)), len(b.rstrip(_AFTER_END)))
    return any(
        {(s.line, s.end) for s in chain.stretches} >= {(0, ends[0]), (1, ends[1])}
        for chain in rhyme_chains([a, b])
    )


def shape_of(text: OwnText) -> Shape:
    """What is read off a text: the shape of its longest kind of section, the verses as a rule."""
    kinds = {section.kind: text.of_kind(section.kind) for section in text.sections}
    longest = max(kinds.values(), key=lambda part: len(part.written))
    return _shape(longest, text.written)


def shape_of_kind(text: OwnText, kind: str) -> Shape:
    """The shape of the sections of a kind; of the whole where they have too few lines."""
    part = text.of_kind(kind)
    return _shape(part, text.written) if len(part.written) > 1 else shape_of(text)


def _shape(part: OwnText, every_line: Sequence[str]) -> Shape:
    size = _size(part)
    stanzas = [
        stanza
        for section in part.sections
        for run in section.stanzas
        for stanza in stanzas_of(run, size)
    ]
    places = [
        [
            count_syllables(stanza[place])
            for stanza in stanzas
            if place < len(stanza) and stanza[place] != GAP
        ]
        for place in range(size)
    ]
    usual = round(median(count_syllables(line) for line in part.written))
    scheme = scheme_of(stanzas, size)
    # Where no line is written yet, a line is as long as the one that it rhymes with.
    partners = [
        [count for other, letter in zip(places, scheme, strict=True) for count in other
         if letter == scheme[place] != UNRHYMED]
        for place in range(size)
    ]  # fmt: skip
    counts = tuple(
        round(median(own or like)) if own or like else usual
        for own, like in zip(places, partners, strict=True)
    )
    return Shape(scheme, _even(counts), person_of(every_line), tense_of(every_line))


def _even(counts: tuple[int, ...]) -> tuple[int, ...]:
    """One number where places hardly differ: (8, 9, 8, 8) is eight a line."""
    if max(counts) - min(counts) <= 1:
        return (round(median(counts)),) * len(counts)
    return counts


def _size(text: OwnText) -> int:
    """Lines of a stanza: as the writer parts them, where they do so evenly; else four."""
    sizes = {len(stanza) for section in text.sections for stanza in section.stanzas}
    return sizes.pop() if len(sizes) == 1 and sizes <= {2, 3, 4, 5, 6} else STANZA


def scheme_of(stanzas: Sequence[Sequence[str]], size: int = STANZA) -> str:
    """The scheme that the end rhymes of some stanzas speak for, gaps left out of account."""
    if size != STANZA:
        return _own_scheme(stanzas, size)
    best, best_score = "XXXX", 0.0
    whole = not any(GAP in stanza for stanza in stanzas)
    for scheme in (*SCHEMES, *(HALF_SCHEMES if whole else ())):
        score = sum(_spoken_for(scheme, stanza) for stanza in stanzas)
        if score > best_score:
            best, best_score = scheme, score
    return best


def scheme_here(stanza: Sequence[str], usual: str) -> str:
    """The scheme of one stanza: that of the others, unless its own rhymes speak against it."""
    if len(stanza) != STANZA or len(usual) != STANZA:
        return usual
    own = scheme_of([stanza])
    better = _spoken_for(own, stanza) - _spoken_for(usual, stanza) >= 1
    return own if better else usual


def _spoken_for(scheme: str, stanza: Sequence[str]) -> float:
    """How much the end rhymes of a stanza speak for a scheme; negative: against it."""
    score = 0.0
    for i, j in _pairs(stanza):
        expected = scheme[i] == scheme[j] != UNRHYMED
        found = end_alike(stanza[i], stanza[j])
        # A rhyme that is not asked for is less of a mark than one that is missing.
        score += found if expected else -0.5 * found
        score -= expected and not found
    return score


def _own_scheme(stanzas: Sequence[Sequence[str]], size: int) -> str:
    """The scheme of the first whole stanza of an unusual size."""
    whole = next((s for s in stanzas if len(s) == size and GAP not in s), None)
    if whole is None:
        return "AA" if size == 2 else "X" * size
    letters: list[str] = []
    fresh = iter("ABCDEFGH")
    for i, line in enumerate(whole):
        known = next((letters[j] for j in range(i) if rhymes_here(whole[j], line)), None)
        letters.append(known or next(fresh))
    return "".join(letter if letters.count(letter) > 1 else UNRHYMED for letter in letters)


def _pairs(stanza: Sequence[str]) -> Iterator[tuple[int, int]]:
    written = [i for i, line in enumerate(stanza) if line != GAP]
    for n, i in enumerate(written):
        for j in written[n + 1 :]:
            yield i, j


def person_of(lines: Sequence[str]) -> str:
    """Who speaks and to whom, by pronouns: `I/you`, `we`; empty where there are none."""
    said = [word for line in lines for word in words(line)]
    counts = {name: sum(word in forms for word in said) for name, forms in _PERSONS.items()}
    total = sum(counts.values())
    order = sorted(counts, key=lambda name: -counts[name])
    named = [name for name in order if counts[name] and counts[name] >= 0.25 * total][:2]
    return "/".join(sorted(named, key=list(_PERSONS).index))


def tense_of(lines: Sequence[str]) -> str:
    """`past` or `present`, by verbs; empty where neither has twice as many."""
    said = [word for line in lines for word in words(line)]
    past = sum(word in _PAST or _is_past(word, before) for before, word in pairwise(["", *said]))
    present = sum(word in _PRESENT for word in said)
    if past > present:
        return "past" if past >= 2 * present else ""
    return "present" if present and present >= 2 * past else ""


def _is_past(word: str, before: str) -> bool:
    """ "walked", but not the "tired" of "I'm tired"."""
    after_be = before in _PRESENT or before in ("be", "been", "a", "the", "my", "so", "too")
    return len(word) > 4 and word.endswith("ed") and not after_be
