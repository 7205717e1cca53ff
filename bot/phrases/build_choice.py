"""From the parts of a phrase about a choice to its request.

All raise `NotThisError` for parts that fit the pattern and yet do not make the request.
"""

from __future__ import annotations

import re
from typing import Final

from atl_core.edits.choices import LineByLine, Options, Take
from atl_core.edits.request import Request
from atl_core.edits.writing import MORE_LINES
from bot.phrases.parts import Parts, refuse

OPTION: Final = re.compile(
    r"(?:(?:option|number|choice|suggestion|alternative|nr|no) )?\d{1,4}"
    r"|the (?:first|second|third|fourth|fifth|\dth) (?:one|option|choice|suggestion)"
)
"""`option 2`, which is nobody's line."""
_NUMBER: Final = re.compile(r"\d")


def options(parts: Parts) -> Request:
    if not parts.named("line"):
        refuse()
    return Options(parts.line(), parts.manner())


def other_options(parts: Parts) -> Request:
    return Options(manner=parts.manner())


def more_like(parts: Parts) -> Request:
    return Options(_line(parts), like=_option(parts))


def take(parts: Parts) -> Request:
    return Take(_option(parts), _line(parts))


def line_by_line(parts: Parts) -> Request:
    return LineByLine(parts.count(MORE_LINES))


def _line(parts: Parts) -> int | None:
    return parts.line() if parts.has("line") else None


def _option(parts: Parts) -> int:
    if parts.has("nth"):
        return parts.nth()
    said = parts.said("n")
    if not _NUMBER.match(said) and not parts.mentions(
        "option", "number", "choice", "suggestion", "alternative"
    ):
        # "Take two" is said of a second try, and "give me two" of lines.
        refuse()
    # "Use 120" is said of a tempo; "take 300" is answered by how many there are.
    named = parts.mentions("take", "pick", "choose", "option")
    return parts.number() if len(said) < 3 or not said.isdecimal() or named else refuse()
