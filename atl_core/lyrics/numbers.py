"""Numbers as they are sung: "808" is "eight oh eight", "1999" is "nineteen ninety nine"."""

from __future__ import annotations

import re
from typing import Final

from atl_core.lyrics.tables import table

_SMALL: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS: Final = (
    "_", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_SCALES: Final = (
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (10**3, "thousand"),
)
_ORDINALS: Final = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_NUMBER: Final = re.compile(r"(\$?)(\d+(?:[.,:]\d+)*)([^\W\d_]*)(%?)")
_LONGEST: Final = 15
_SUFFIXES: Final = {"k": ["k"], "m": ["million"], "b": ["billion"], "am": ["a.m."], "pm": ["p.m."]}


def _cardinal(number: int) -> list[str]:
    if number < 20:
        return [_SMALL[number]]
    if number < 100:
        tens, ones = divmod(number, 10)
        return [_TENS[tens], *([_SMALL[ones]] if ones else [])]
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return [_SMALL[hundreds], "hundred", *(_cardinal(rest) if rest else [])]
    scale, name = next(entry for entry in _SCALES if number >= entry[0])
    count, rest = divmod(number, scale)
    return [*_cardinal(count), name, *(_cardinal(rest) if rest else [])]


def _digits(digits: str) -> list[str]:
    return ["oh" if digit == "0" else _SMALL[int(digit)] for digit in digits]


def _pair(digits: str) -> list[str]:
    """Two digits within a longer number: "05" is "oh five"."""
    return _digits(digits) if digits[0] == "0" else _cardinal(int(digits))


def _whole(digits: str) -> list[str]:
    if len(digits) > _LONGEST or (digits[0] == "0" and len(digits) > 1):
        return _digits(digits)
    if len(digits) == 3 and digits[1:] != "00":
        if digits[1] == "0" or digits in {"911", "411", "666", "999"}:
            return _digits(digits)
        return [_SMALL[int(digits[0])], *_pair(digits[1:])]
    if len(digits) == 4 and digits[1] != "0" and digits[2:] == "00":
        return [*_pair(digits[:2]), "hundred"]
    if len(digits) == 4 and digits[1:] != "000" and digits[:2] != "20":
        return [*_pair(digits[:2]), *_pair(digits[2:])]
    if len(digits) == 4 and digits[:2] == "20" and digits[2] != "0":
        return ["twenty", *_pair(digits[2:])]
    return _cardinal(int(digits))


def _ordinal(spoken: list[str]) -> list[str]:
    last = spoken[-1]
    if last in _ORDINALS:
        return [*spoken[:-1], _ORDINALS[last]]
    return [*spoken[:-1], last[:-1] + "ieth" if last.endswith("y") else last + "th"]


def _plural(spoken: list[str]) -> list[str]:
    last = spoken[-1]
    if last.endswith("y"):
        return [*spoken[:-1], last[:-1] + "ies"]
    return [*spoken[:-1], last + ("es" if last.endswith("x") else "s")]


def spoken(token: str) -> list[str]:
    """Words in which a token with digits is sung; letters between digits stay words.

    "$100" is "one hundred dollars", "90s" is "nineties", "10:30" is "ten thirty".
    """
    result: list[str] = []
    position = 0
    for match in _NUMBER.finditer(token):
        result += [token[position : match.start()]] if match.start() > position else []
        is_first = match.start() == 0 or not token[match.start() - 1].isalpha()
        dollar, digits, letters, percent = match.groups()
        result += _spoken_number(dollar, digits, letters, percent, is_first)
        position = match.end()
    return result + ([token[position:]] if position < len(token) else [])


def _spoken_number(
    dollar: str, digits: str, letters: str, percent: str, is_first: bool
) -> list[str]:
    # int() reads every script's decimal digits; the rest of this module wants ASCII.
    digits = "".join(str(int(char)) if char.isdecimal() else char for char in digits)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
        result = _cardinal_or_digits(digits.replace(",", ""))
    elif dollar and digits.isdecimal():
        result = _cardinal_or_digits(digits)
    else:
        first, *rest = re.split(r"([.,:])", digits)
        result = _whole(first)
        for mark, part in zip(rest[::2], rest[1::2], strict=True):
            if mark == ".":
                result = [*result, "point", *_digits(part)]
            elif part != "00":
                result = [*result, *(_pair(part) if len(part) == 2 else _whole(part))]
    letters = letters.lower()
    if letters in {"st", "nd", "rd", "th"}:
        result = _ordinal(result)
    elif letters in {"sts", "nds", "rds", "ths"}:
        result = _plural(_ordinal(result))
    elif letters == "s":
        result = _plural(result)
    elif len(letters) > 1 and len(result) == 1 and result[0].endswith(letters):
        # "6ix9ine": the digit stands for the letters before.
        pass
    elif letters in _SUFFIXES and (is_first or letters in {"am", "pm"}):
        result = [*result, *_SUFFIXES[letters]]
    elif is_first and letters in table("units"):
        result = [*result, *_unit(letters, result == ["one"]).split()]
    elif letters:
        result = [*result, letters]
    if dollar:
        result = [*result, "dollar" if result == ["one"] else "dollars"]
    return [*result, "percent"] if percent else result


def _unit(letters: str, is_one: bool) -> str:
    said = table("units")[letters]
    if not is_one:
        return said
    return "foot" if said == "feet" else said.replace("miles", "mile").removesuffix("s")


def _cardinal_or_digits(digits: str) -> list[str]:
    return _cardinal(int(digits)) if len(digits) <= _LONGEST else _digits(digits)
