"""The notation of the grammar (see `rules.py`) as regular expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from atl_core.edits.export import ExportFormat, RehearsalFormat
from atl_core.lyrics.brief import MOODS
from atl_core.lyrics.song_form import FILLERS
from bot.phrases.readers import (
    NTH,
    NUMBERS,
    PLACE,
    SECTION,
    SECTIONS,
    N,
    one_of,
)
from bot.phrases.tokens import Phrase

FORMATS: Final[dict[str, ExportFormat | RehearsalFormat]] = {
    "txt": "txt",
    "text": "txt",
    "lrc": "lrc",
    "elrc": "elrc",
    "enhanced lrc": "elrc",
    "srt": "srt",
    "subtitles": "srt",
    "ass": "ass",
    "ttml": "ttml",
    "midi": "midi",
    "labels": "labels",
    "audacity labels": "labels",
    "csv": "csv",
    "chordpro": "chordpro",
    "chords": "chordpro",
    "chord sheet": "chordpro",
    "chord chart": "chordpro",
    "karaoke": "lrc",
    "pdf": "pdf",
    "lyric sheet": "pdf",
    "json": "json",
    "mp4": "mp4",
    "video": "mp4",
    "rehearsal video": "mp4",
    "karaoke video": "mp4",
    "lyric video": "mp4",
    "html": "html",
    "web page": "html",
    "webpage": "html",
}
FORM_WORDS: Final = (
    r"\d+", "[abcdx]{4,8}", *FILLERS, *MOODS, "syllables", "twice", "couplets", ",", "-",
)  # fmt: skip
"""What may stand between the sections of a form."""
_PARTS: Final = {
    "place": PLACE,
    "line": PLACE,
    "other": PLACE,
    "n": N,
    "m": N,
    "nth": NTH,
    "clock": r"(?:\d+ : )?\d+(?:\.\d+)? ",
    "metre": "(?:12 8|[236] [48]|4 4) ",
    "beat": f"(?:the |beat )*(?:(?:e|and|a) of (?:the |beat )*)?(?:{N}|{NTH}beat )",
    "half": "half a ",
    "tempo": one_of((r"\d+(?:\.\d+)?", *NUMBERS)),
    "manner": "(?:[^:= ]+ )+?",
    "words": "(?:[^:= ]+ )+?",
    "text": ".+",
    "quoted": '" .+ " ',
    "tags": r"(?:\#[\w-]+ (?:(?:,|and) )?)+",
    "section": one_of(SECTIONS),
    "part": SECTION,
    "beside": SECTION,
    "form": f"{one_of(SECTIONS)}(?:{one_of((*SECTIONS, *FORM_WORDS))})+",
    "shape": f"(?:{one_of(FORM_WORDS)})+",
    "scheme": "(?:[abcdx]{4}|[abcdx]{8}) ",
    "genre": one_of(("hiphop", "country", "rap")),
    "mood": one_of(MOODS),
    "format": one_of(FORMATS),
    "twice": "twice ",
}
POLITE_BEFORE: Final = (
    "[please|pls|plz|hey|hi|yo|ok|okay|now|then|just|so|and|also|kindly|maybe|bro|man|atl|um|uh"
    "|alright|cool|nice|great|hmm|,|lets|let's|let us|go ahead and|actually|wait|nah|sorry|oh"
    "|oh no|no wait|i think (we|you) should|(we|you) should|instead|perhaps|alternatively|finally"
    "|(can|could|would|will) (you|u|we|i)"
    "|i (want|wanna|need|would like) [you] [to]|i'd like [you] [to]"
    "|(nah|nope|no|hmm|meh|well|oh) ,|(i don't like|not feeling|i hate) (it|this|that) ,"
    "|i didn't (want|mean|ask for) (it|this|that) ,"
    "|(it's|that's|this is|that was|this was) (wrong|bad|worse|awful|terrible|not it|not good) ,]"
)
POLITE_AFTER: Final = (
    "[please|pls|plz|thanks|thank you|thx|ty|now|for me|bro|man|ok|okay|then|instead|?|,]"
)
_PIECE: Final = re.compile(r"<\w+>|[()\[\]| ]|[^()\[\]|<> ]+")
WORD: Final = re.compile(r"(?<![<\w])[a-z']+(?![>\w])")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to say something, over words with a blank after each."""

    source: str
    """A regular expression. All of them together take a second to compile, so that each is compiled
    when a phrase first gets so far."""
    needs: tuple[frozenset[str], ...]
    """One word of each of these is in every phrase that fits; to pass over the others quickly."""

    def match(self, phrase: Phrase) -> re.Match[str] | None:
        for words in self.needs:
            if words.isdisjoint(phrase.words):
                return None
        return compiled_once(self.source).fullmatch(phrase.said)


@cache
def compiled_once(source: str) -> re.Pattern[str]:
    return re.compile(source)


def compiled(phrase: str) -> str:
    """A phrase in the grammar's notation as a regular expression."""

    def convert(match: re.Match[str]) -> str:
        piece = match.group()
        if piece[0] == "<":
            return f"(?P{piece}{_PARTS[piece[1:-1]]})"
        signs = {"(": "(?:", "[": "(?:", "]": ")?", " ": ""}
        return signs.get(piece, piece if piece in ")|" else f"{re.escape(piece)} ")

    return _PIECE.sub(convert, phrase)


def needed(phrase: str) -> tuple[frozenset[str], ...]:
    """Of each word and choice that a phrase cannot do without, the words that may start it."""
    needs: list[frozenset[str]] = []
    first: set[str] = set()
    depth, optional, starting = 0, 0, False
    for piece in _PIECE.findall(phrase):
        if piece in "([":
            optional += piece == "[" and depth == 0
            if depth == 0:
                first, starting = set(), True
            elif starting:
                # A choice that starts with another has too many beginnings to be of use.
                first.add(piece)
            depth += 1
        elif piece in ")]":
            depth -= 1
            if depth == 0 and not optional and not first & {"(", "["}:
                needs.append(frozenset(first))
            optional = optional if depth else 0
        elif piece == "|":
            starting = depth == 1 or starting
        elif piece != " ":
            if depth == 0 and piece[0] != "<":
                needs.append(frozenset({piece}))
            elif starting and depth == 1:
                first.add("(" if piece[0] == "<" else piece)
                starting = False
    return tuple(needs)


BEFORE: Final = f"{compiled(POLITE_BEFORE)[:-1]}*"
AFTER: Final = f"{compiled(POLITE_AFTER)[:-1]}*"
"""Polite words before and after a phrase, any number of them."""
