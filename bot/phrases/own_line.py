"""`line 5: 12:30 and I'm still up`: what stands after the first colon is the writer's, letter for
letter, whatever numbers and signs are in it. The grammar reads only what stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from atl_core.edits.lines import Replace
from atl_core.errors import DraftError
from bot.phrases.parts import unquoted
from bot.phrases.readers import read_line, starts_song
from bot.phrases.tokens import tokenize

_COLON: Final = re.compile(r"\s*(?:[:=\uff1a\ufe55\ua789\u2236\uff1d]|->|=>|\u2192)\s*")
_EMOTICON: Final = re.compile(r"[:=]['\u2019-]?[()\[\]DPOpo3/\\|*](?!\w)")
"""Its colon is a part of the line: "change line 4 to :) and smile"."""
_BEFORE: Final = re.compile(
    r"(?:(?:please|pls|ok|okay|hey|so|now|and|,|can you|could you"
    r"|replace|swap out|change|set"
    r"|make|let|have|edit|update|overwrite|rewrite|write|redo|turn|put|here's|here is|my|your|new"
    r"|for|as) )*"
)
_AFTER: Final = re.compile(
    r"(?: (?:to|into|with|by|as|say|read|be|should|must|is|now|reads|says|goes|go|please|instead"
    r"|-))*"
)
_SAID_NUMBER: Final = re.compile(
    r"\s*(?:(?:please|now|and|ok)\s+)?"
    r"(?:change|set|edit|update|turn|make|let|have|rewrite|replace|swap)\s+"
    r"(?P<head>(?:the\s+)?(?:line|bar)\s+\w+)\s+"
    r"(?:to\s+say|to\s+read|to|into|with|by|as|say|read|be|for)\s+"
    r"(?P<text>(?:[$\u20ac\u00a3#]\s?\d|\d+(?:[:/.,%]|-\d|['\u2019]|[a-z])).*)",
    re.IGNORECASE | re.DOTALL,
)
"""A line that begins with a time, a price or a date: no number of it is that of a line."""
_NO_LINE: Final = re.compile(
    r"(?:my (?:own )?(?:words|text|line)|this|these words)\s*:"
    r"|(?:to )?(?:rhymes? (?:with|on)|use|mention|include) ",
    re.IGNORECASE,
)
SURELY_WORDS: Final = 4
"""Words from which on a text that would be a request elsewhere, and is none here, is a line."""
_NAMED: Final = re.compile(r"\b(?:line|bar|ln|l|number|no|nr)\b")


def read_own_line(
    text: str, lines: int, is_request: Callable[[str], bool], *, whatever: bool = False
) -> Replace | None:
    """The line that a writer puts in, in a draft of `lines` lines; None if that is not asked for.

    What would be a request by itself ("line 5: sadder", "line 5: use fire") is left to the
    grammar. Where the grammar made nothing of it, `whatever` stands there is the line.

    Raises:
        DraftError: there is no such line.
    """
    if (said := _SAID_NUMBER.fullmatch(text)) and (line := _line(said["head"], lines)):
        if starts_song(said["head"].casefold(), said["text"]):
            return None
        return _replace(line, said["text"], is_request)
    colon = _COLON.search(text)
    if colon is None:
        return None
    head, own = text[: colon.start()], text[colon.end() :]
    if _EMOTICON.match(face := text[colon.start() :].lstrip()) and colon[0][:1].isspace():
        own = face
    said_head = " ".join(token.said for token in tokenize(head))
    said_head = _BEFORE.sub("", f"{said_head} ", count=1).strip()
    named = said_head[: len(said_head) - len(_AFTER_END.search(said_head)[0])]  # type: ignore[index]
    is_bare = not _NAMED.search(named)
    if is_bare and (not named.isdecimal() or text[colon.start() : colon.end()] == ":"):
        # "12:30" is a time, and a name before a colon no line.
        return None
    if starts_song(named, own):
        return None
    line = read_line(named, lines)
    return _replace(line, own, is_request, whatever) if line is not None else None


_AFTER_END: Final = re.compile(_AFTER.pattern + "$")


def _line(head: str, lines: int) -> int | None:
    return read_line(" ".join(token.said for token in tokenize(head)), lines)


def _replace(
    line: int, own: str, is_request: Callable[[str], bool], whatever: bool = False
) -> Replace | None:
    typed = unquoted(own.strip())
    whatever = whatever and len(typed.split()) >= SURELY_WORDS
    if not typed or (_NO_LINE.match(typed) and not whatever):
        return None
    is_quoted = typed != own.strip()
    if not is_quoted and not any(map(str.isalnum, typed)):
        raise DraftError(
            "A line needs a word.", "Add a word to it, put it in quotes, or delete the line."
        )
    is_plain = not is_quoted and not whatever and _PLAIN.fullmatch(typed)
    return None if is_plain and is_request(typed) else Replace(line, typed)


_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w\s,.'!?;-]|\u2019)*|\d{1,2} [^\W\d_][\w\s]*")
"""What may be a request in the place of a line: words, without times, emoji and other signs."""
