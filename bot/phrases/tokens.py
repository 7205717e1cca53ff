"""Splitting what was typed into tokens that remember where they stood."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign as the grammar reads it, and the span of text it stands for."""

    said: str
    start: int
    end: int


_TOKEN: Final = re.compile(
    r"""(?P<mention> <[@\#][!&]?\d+> | @[\w.\-]+ )
      | (?P<tag> \#[^\W\d_][\w\-]* )
      | (?P<number> \d{1,9} (?:st|nd|rd|th)\b | \d+ (?:\.\d+)? )
      | (?P<word> [^\W\d_]+ (?: ['’ʼ] [^\W\d_]+ )* )
      | (?P<quote> ["“”„«»] | (?<!\w)['‘’] | ['‘’](?!\w) )
      | (?P<arrow> -> | => | → )
      | (?P<sign> [-‐‑–—:=,&+?] )
      | (?P<other> [^\w\s.!;…] )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SIGNS: Final = {"‐": "-", "‑": "-", "–": "-", "—": "-", "&": "and", "+": "and"}
OTHER: Final = "*"
"""What the grammar reads for an emoji."""
_JOINED: Final = {
    ("hip", "hop"): "hiphop",
    ("re", "write"): "rewrite",
    ("re", "do"): "redo",
    ("un", "do"): "undo",
    ("un", "lock"): "unlock",
    ("un", "share"): "unshare",
    ("un", "delete"): "undelete",
    ("laid", "back"): "laidback",
    ("chord", "pro"): "chordpro",
    ("over", "write"): "overwrite",
    ("mp", "4"): "mp4",
    ("pre", "chorus"): "prechorus",
    ("pre", "hook"): "prechorus",
}
"""Words that people write apart or with a hyphen."""


_SHORT: Final = {
    "dont": "don't", "doesnt": "doesn't", "isnt": "isn't", "arent": "aren't", "cant": "can't",
    "didnt": "didn't", "im": "i'm", "id": "i'd", "whats": "what's", "lets": "let's", "u": "you",
    "w": "with", "ive": "i've",
}  # fmt: skip
"""Words as thumbs write them."""


def tokenize(text: str, *, emoji: bool = False) -> tuple[Token, ...]:
    """The tokens of a text. Emoji and signs without a meaning to the grammar are skipped,
    or with `emoji` each of them is a token of its own."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        match match.lastgroup:
            case "other":
                if not emoji:
                    continue
                said = OTHER
            case "quote":
                said = '"'
            case "arrow":
                said = ":"
            case "sign":
                said = _SIGNS.get(match.group(), match.group())
            case "number":
                said = _plain(match["number"])
            case _:
                said = _plain(match.group())
        tokens.append(Token(said, *match.span()))
    return tuple(_join(tokens))


def _plain(word: str) -> str:
    """In small plain letters: `Ｕｎｄｏ` is `undo`, and every apostrophe the same."""
    plain = unicodedata.normalize("NFKC", word).casefold().replace("’", "'").replace("ʼ", "'")
    plain = plain.replace(" ", "")
    return _SHORT.get(plain, plain)


def _join(tokens: list[Token]) -> list[Token]:
    joined: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        after = index + 1
        if after + 1 < len(tokens) and tokens[after].said == "-":
            after += 1
        pair = (token.said, tokens[after].said) if after < len(tokens) else ("", "")
        if pair in _JOINED:
            joined.append(Token(_JOINED[pair], token.start, tokens[after].end))
            index = after + 1
        else:
            joined.append(token)
            index += 1
    return joined


class Phrase:
    """Tokens as one string for the rules, with the way back to the text as it was typed."""

    def __init__(self, text: str, tokens: tuple[Token, ...]) -> None:
        self.text = text
        self.tokens = tokens
        self._starts: list[int] = []
        length = 0
        for token in tokens:
            self._starts.append(length)
            length += len(token.said) + 1
        self.said = "".join(f"{token.said} " for token in tokens)
        self.words = frozenset(token.said for token in tokens)

    def typed(self, start: int, end: int, *, tight: bool = False) -> str:
        """What was typed between two offsets of `said`.

        With what the tokens leave out, such as emoji, unless `tight` cuts that off at the ends.
        """
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        if tight:
            return self.text[self.tokens[first].start : self.tokens[last - 1].end] if last else ""
        begin = self.tokens[first - 1].end if first else 0
        finish = self.tokens[last].start if last < len(self.tokens) else len(self.text)
        return self.text[begin:finish]
