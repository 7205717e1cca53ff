"""Text as words, as the paper wants it, and as a singer wants it."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_QUOTES: Final = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "′": "'",
        "＇": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"', "＂": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": " - ", "—": " - ", "―": " - ", "…": "...",
        "\u00ad": None, "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None,
        "\ufeff": None, "\u180e": None,
    }
)  # fmt: skip

_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

_WORD: Final = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:'?s(?!\w))?"  # initials: a.m., o.g.s
    r"|\$?\d+(?:[.,:]\d+)*[^\W\d_]*%?"  # numbers: 808s, 10:30, $1,000
    r"|'?[^\W_]+(?:'+[^\W_]+)*'?"
    r"|&"
)

CLIPPED_HEADS: Final = frozenset(
    {
        "'cause", "'cuz", "'cos", "'til", "'till", "'em", "'bout", "'round", "'n", "'tis",
        "'twas", "'twill", "'fore", "'neath", "'gainst", "'nother", "'less", "'fraid", "'bove",
        "'long", "'side", "'kay", "'ere", "'im", "'er", "'e", "'fro", "'hood", "'scuse",
        "'member", "'specially", "'nuff", "'course", "'ight", "'lil", "'magine", "'posed",
        "'til'", "'n'", "'am", "'m", "'s", "'d", "'ll", "'ve", "'re",
    }
)  # fmt: skip
"""Words whose first apostrophe is part of them; before any other word it is a quotation mark."""

CLIPPED_TAILS: Final = frozenset(
    {
        "ol'", "o'", "an'", "wit'", "lil'", "mo'", "fo'", "po'", "sho'", "yo'", "tha'", "th'",
        "t'", "jus'", "mus'", "las'", "pas'", "bes'", "res'", "wes'", "eas'", "gon'", "wan'",
        "han'", "lan'", "stan'", "tol'", "ole'", "col'", "hol'", "ya'", "ma'", "da'", "nuthin'",
        "'n'", "'til'", "les'", "le'", "aroun'", "'roun'", "roun'", "foun'", "groun'", "kin'",
        "min'", "fin'", "behin'", "frien'", "en'", "sen'", "worl'", "chil'", "chile'", "cuz'",
        "tho'", "thru'", "doe'", "mos'", "almos'", "trus'", "fas'", "firs'", "nex'", "kep'",
        "slep'", "lef'", "sof'", "wha'", "ha'", "bu'", "i'", "ne'", "e'",
    }
)  # fmt: skip
"""Words whose last apostrophe stands for a sound left out; so does any `-in'`."""


def received(text: str) -> str:
    """`text` as it is taken from outside: no half of a character pair, no control characters.

    Bytes of a command line that are no UTF-8 arrive as such halves (PEP 383). They are shown as
    U+FFFD; kept as they are they would break whatever writes the text later. Control characters
    become spaces, but for tabs and ends of lines.
    """
    if text.isprintable():
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROLS.sub(" ", whole)


def plain(text: str) -> str:
    """`text` with plain quotes and dashes, composed letters and no invisible characters."""
    if text.isascii():
        return text.replace("`", "'") if "`" in text else text
    return unicodedata.normalize("NFC", text).translate(_QUOTES)


ADLIB: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
"""What stands in brackets beside a line: said by another voice, and not counted."""


def without_adlibs(line: str) -> str:
    """`line` without what stands in brackets; all of it where nothing else is left."""
    if "(" not in line and "[" not in line:
        return line
    bare = ADLIB.sub(" ", line)
    return bare if any(map(str.isalnum, bare)) else line


def _trim(word: str) -> str:
    if word[0] == "'" and word not in CLIPPED_HEADS and word[:-1] not in CLIPPED_HEADS:
        word = word[1:]
    if word[-1:] == "'" and not ((word.endswith("in'") and len(word) > 4) or word in CLIPPED_TAILS):
        word = word[:-1]
    return word


def words(line: str) -> list[str]:
    """Lower-case words of `line`, in order.

    Inner apostrophes stay ("don't"), and so do those that stand for a sound left out ("ridin'",
    "'cause"). Hyphens part words, numbers and initials are words, "&" is "and".
    """
    line = plain(line).lower()
    if not line.isascii():
        line = unicodedata.normalize("NFC", line)
    found = _WORD.findall(line)
    if "'" in line or "&" in line:
        return [_trim(word) if "'" in word else "and" if word == "&" else word for word in found]
    return found


def clean_for_paper(text: str) -> str:
    """The paper's cleaning (section 2.1.1), line by line.

    Lower case, punctuation removed (so "I'm sayin'" becomes "im sayin"), words of one character
    and words with a number removed, lines that are left without a word too.
    """
    return "\n".join(filter(None, map(_clean_line_for_paper, text.splitlines())))


def _clean_line_for_paper(line: str) -> str:
    letters = "".join(
        char
        for char in unicodedata.normalize("NFC", plain(line).lower().replace("-", " "))
        if char.isalnum() or char.isspace()
    )
    return " ".join(
        word for word in letters.split() if len(word) > 1 and not any(map(str.isnumeric, word))
    )


_SECTION: Final = (
    r"(?:pre[\s-]*|post[\s-]*)?(?:intro|outro|verse|chorus|hook|bridge|refrain|interlude|skit|"
    r"breakdown|break|instrumental|solo|coda|vamp|ad[\s-]?libs?|couplet|stanza)"
)
# In patterns for text from outside no two neighbours that repeat may take the same letters: a
# pattern that goes back over what it has read takes longer than anybody waits.
_SECTION_LINE: Final = re.compile(
    rf"^\W*(?:(?:\d+(?:st|nd|rd|th)|first|second|third|final|last|repeat)\s+)?{_SECTION}"
    r"(?:\W|[\divx]|one|two|three|four|repeat(?:s|ed)?)*$",
    re.IGNORECASE,
)
_SECTION_LABEL: Final = re.compile(
    rf"^\W*{_SECTION}\s*(?:\d+\s*)?(?:\([^)]*\)\s*)?:\s*", re.IGNORECASE
)
_NO_NAME: Final = (
    r"(?:the|an?|my|your|his|her|our|their|its|this|that|these|those|every|no|some|me|you|him|"
    r"us|them|all|now|then)\b"
)
"""What no name of a songwriter begins with: "written by the moon" is sung."""
_CREDIT: Final = re.compile(
    r"^\W*(?:(?:(?:song|lyrics|music|words|track|beat)\s+)?"
    r"(?:written|produced|composed|performed|arranged|mixed|recorded|transcribed|prod\.?)\s+by\b"
    rf"(?!\s+{_NO_NAME})"
    r"|(?:lyrics|words|music)(?:\s+and\s+(?:lyrics|words|music))?\s+by\b"
    rf"(?!\s+{_NO_NAME})(?=\s*:|\s*$|\s+(?-i:[A-Z@]))"
    r"|(?:song)?writers?(?:\(s\))?\s*:|(?:producers?|artists?|album|title|label|year)\s*:"
    r"|copyright\s*(?:$|[:©(\d]|by\b)|©|\(c\)\s*\d|all rights reserved"
    r"|lyrics (?:powered by|licensed|provided)"
    r"|you might also like\W*$|see .{1,60} live\W*$|\d+\s+contributors?\b|\d*\s*embed\W*$)",
    re.IGNORECASE,
)
_BRACKETED: Final = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\}")
_STRAY_BRACKET: Final = re.compile(r"[\[\](){}]")
_MARKUP: Final = re.compile(r"<[^<>]*>|https?://\S+|www\.\S+|[*_~#|\\^=<>]+")
_REPEAT: Final = re.compile(
    r"(?:^|(?<=\s))(?:(?:x\s?\d{1,2}|\d{1,2}\s?x)(?=[\s.,;:!?]*$)|"
    r"repeat(?:ed)?\s+(?:\d+\s*(?:x|times)|twice)|\d{1,2}\s+times\s*$)(?=[\s.,;:!?]|$)",
    re.IGNORECASE,
)
_TIMES_BACKWARDS: Final = re.compile(
    r"(?:([\s.,;:!?]*)(?:\d{1,2}\s?x|x\s?\d{1,2}(?!\s+(?:de)?taeper(?:\s|$)))"
    r"|\s*semit\s+\d{1,2}(?!\s+(?:de)?taeper(?:\s|$)))(?=\s|$)",
    re.IGNORECASE,
)
"""A last "x2", "2x" or "2 times" of a line that is read from its end."""
_NUMBERING: Final = re.compile(r"^\s*(?:\d{1,3}\s*[.):](?=\s|[^\W\d])|[-•–*>]+\s+)\s*")
_NUMBERINGS: Final = re.compile(r"^(?:(?:\d{1,3}\s*[.):](?=\s|[^\W\d])|[-•–*>]+\s)\s*)+")
_SPACES: Final = re.compile(r"\s+")
_SPACE_BEFORE: Final = re.compile(r"(?<!\s)\s+([,.;:!?])")
_STRAY_EDGES: Final = re.compile(r"^[\s,.;:!?\-/\"]+(?=\S)|(?<![\s,;:\-/])[\s,;:\-/]+$")


def _is_sung(char: str) -> bool:
    """Whether a character may stand in a line: letters, marks, digits, ASCII punctuation."""
    return (char.isascii() and char.isprintable()) or unicodedata.category(char)[0] in "LMN"


def clean_line(line: str) -> str:
    """One line with all that is not sung removed; empty when nothing is left."""
    previous = None
    while line != previous:
        previous = line
        line = _clean_once(line)
    return line


def _clean_once(line: str) -> str:
    line = plain(html.unescape(line) if "&" in line else line)
    line = _SPACES.sub(" ", line)
    if _SECTION_LINE.match(line) or _CREDIT.match(line):
        return ""
    line = _MARKUP.sub(" ", line)
    while (shorter := _BRACKETED.sub(" ", line)) != line:
        line = shorter
    line = _STRAY_BRACKET.sub(" ", _SECTION_LABEL.sub("", line))
    line = "".join(char if _is_sung(char) else " " for char in line)
    line = _REPEAT.sub(" ", _NUMBERING.sub("", line))
    line = _STRAY_EDGES.sub("", _SPACE_BEFORE.sub(r"\1", _SPACES.sub(" ", line)))
    # One of each is gone; with a pass for each of the others some lines would take seconds.
    line = _without_times(_NUMBERINGS.sub("", line.strip()))
    return line.strip() if any(map(str.isalnum, line)) else ""


def _without_times(line: str) -> str:
    """`line` without each "x2" that it ends with; punctuation between them stays."""
    back, at, kept = line[::-1], 0, ""
    while found := _TIMES_BACKWARDS.match(back, at):
        if found[1] is None and kept.strip():
            break  # "2 times!" stays.
        kept += f"{found[1] or ''} "
        at = found.end()
    return (kept + back[at:])[::-1] if at else line


def is_credit_line(line: str) -> bool:
    """Whether a line says who made a song, or is of the page that it stood on."""
    return _CREDIT.match(line) is not None


def is_section_line(line: str) -> bool:
    """Whether a line names a part of the song and nothing else: "Verse 2", "(Chorus)", "HOOK:"."""
    return _SECTION_LINE.match(line) is not None
