"""A line as the words that are sung: signs, money, shorthand and initials read out.

The tables are in `data/kinds.txt`, one a kind, each with its source.
"""

from __future__ import annotations

import re
from typing import Final

from atl_core.lyrics.dictionary import slang
from atl_core.lyrics.pronunciation import listed
from atl_core.lyrics.saying import cached_by_word, own_capitals
from atl_core.lyrics.tables import table
from atl_core.lyrics.text import plain, without_adlibs, words


@cached_by_word(maxsize=16384)
def sung(line: str) -> tuple[str, ...]:
    """The lower-case words in which `line` is sung, in order.

    As `text.words`, but what stands for other words is read out ("w/o" is "without", "€50" is
    "50 euros", "#1" is "number 1", "Dr." is "doctor"), and initials come as "l.a.". Only here does
    it matter that "LA" is written in capitals and "la" is not. Ad-libs in brackets are left out.
    """
    line = in_own_capitals(plain(without_adlibs(line)))
    if not _UNUSUAL.search(line):
        return tuple(words(line))
    line = _initials_marked(_SIGN_FOR_S.sub("s", line))
    line = _CAMEL.sub(_parted, line)
    for pattern, replacement in _RULES:
        line = pattern.sub(replacement, line)
    return tuple(words(_SHORT.sub(_read_out, line)))


def in_own_capitals(line: str) -> str:
    """`line` with a dot after each letter of the words that the writer spells out, as in "LA"."""
    for own in own_capitals():
        line = re.sub(rf"(?<![\w'.]){re.escape(own.word)}(?!\w)", _dotted(own.word), line)
    return line


def _dotted(word: str) -> str:
    return "".join(f"{letter}." for letter in word.lower())


_UNUSUAL: Final = re.compile(
    r"[^a-z' ,!?;:()\"-]|\b(?:u|ur|pls|plz|thx|ppl|luv|ft|feat|vs|dr|mr|jr)\b"
)
"""What a line has that may need to be read out; the others are spared the work."""

_SIGN_FOR_S: Final = re.compile(r"(?<=[^\W\d_])\$(?![\d.])|(?<!\S)\$(?=[a-z]{2})", re.IGNORECASE)
"""A sign of money that is a letter: "A$AP", "Ke$ha", "$ign"."""
_CAMEL: Final = re.compile(r"(?<![\w'])[A-Z]?[a-z]+(?:[A-Z][a-z]+)+(?![\w'])")


def _parted(match: re.Match[str]) -> str:
    """ "CashApp" as "Cash App", where the whole is no word and its parts are."""
    parts = re.findall("[A-Z]?[a-z]+", match[0])
    is_word = listed(match[0].lower())
    return match[0] if is_word or not all(map(listed, parts)) else " ".join(parts)


_NUMBER: Final = r"\d[\d,]*(?:\.\d+)?"
_SCALE: Final = r"(?:[kKmM]|bn|[bB]|mil|million|billion|thousand)?"


def _amount(sign: str, number: str, scale: str) -> str:
    one, several = table("money")[sign].split()
    scaled = {"b": " billion", "bn": " billion"}.get(scale.lower(), scale)
    return f" {number}{scaled} {one if number == '1' and not scale else several} "


def _money(match: re.Match[str]) -> str:
    if match["before"]:
        return _amount(match["before"], match["after_number"], match["after_scale"] or "")
    return _amount(match["behind"], match["number"], match["scale"] or "")


def _money_pattern() -> re.Pattern[str]:
    signs = "".join(table("money"))
    return re.compile(
        rf"(?P<before>[{signs}])\s?(?P<after_number>{_NUMBER})(?P<after_scale>{_SCALE})(?![a-z])"
        rf"|(?P<number>{_NUMBER})(?P<scale>{_SCALE})\s?(?P<behind>[{signs}])"
    )


def _called(match: re.Match[str]) -> str:
    """A telephone number: "1-800" is a word of its own, of the rest each digit is."""
    parts = [part for part in match.groups() if part]
    said = [f"{parts.pop(0).replace('-', ' ')}"] if parts[0] == "1-800" else []
    # Digits of every script are digits.
    digits = [str(int(digit) or "oh") for digit in "".join(parts)]
    return f" {' '.join([*said, *digits])} "


def _sign_for_i(match: re.Match[str]) -> str:
    """ "P!nk": an exclamation mark that is a letter, where a word comes of it."""
    read = match[0].replace("!", "i")
    return read if listed(read.lower()) else match[0]


def _spelt_before_digit(match: re.Match[str]) -> str:
    token = match.string[match.start() : match.end() + 1].lower()  # "STR8" is "straight".
    return match[0] if token in table("abbreviations") else f" {'.'.join(match[1]).lower()}. "


_RULES: Final = (
    (re.compile(r"(?<![\w!])[A-Za-z]+!(?:[a-z]+!?)+(?![\w])"), _sign_for_i),
    (re.compile(r"(?i)(?<!\w)w/o(?!\w)"), "without"),
    (re.compile(r"(?i)(?<!\w)w/(?=\s|\w|$)"), "with "),
    (re.compile(r"(?i)(?<!\w)b/c(?!\w)"), "because"),
    (re.compile(r"(?i)(?<!\w)n/a(?!\w)"), "n.a."),
    (_money_pattern(), _money),
    (re.compile(r"\$(\d[\d,]*)\.(\d\d)(?!\d)"), r"\1 \2"),
    (re.compile(r"\$(\d[\d,]*)[bB](?!\w)"), r"\1 billion dollars"),
    (re.compile(r"(?<!\w)#\s?(?=\d)"), "number "),
    (re.compile(r"(?i)\bno\. (?=\d)"), "number "),
    (re.compile(r"(?<=\d)°(?:\s?[FC]\b)?"), " degrees"),
    (re.compile(r"(?<=\d)'s(?!\w)"), "s"),
    (re.compile(r"(?<![\w/])1/2(?![\w/])|½"), " one half "),
    (re.compile(r"(?<![\w/])1/4(?![\w/])|¼"), " one fourth "),
    (re.compile(r"(?<![\w/])3/4(?![\w/])|¾"), " three fourths "),
    (re.compile(r"(?<!\w)(\d)-0(?![\w-])"), r"\1 oh"),
    (re.compile(r"(?<=[\w)])\s*=\s*(?=[\w(])"), " equals "),
    (re.compile(r"(?<=\w)\s+\+\s+(?=\w)|(?<=\d)\+(?=\d)"), " plus "),
    (re.compile(r"(?<!\S)@(?=\s)"), "at"),
    # "22Gz": a plural.
    (re.compile(r"(?<![A-Za-z'])([A-Z]{1,3})z(?!\w)"), r" \1's"),
    # "867-5309": a number that is called is read digit by digit.
    (re.compile(r"(?<![\w-])(?:(\d{3})[- ])?(\d{3})-(\d{4})(?![\w-])"), _called),
    (re.compile(r"(?<![\w-])(1-800)-(\d{3})-(\d{4})(?![\w-])"), _called),
    # "RS7" and "MP3": capitals before a single digit are spelt, but not "TEC-9", which can be said.
    (
        re.compile(r"(?<![\w'-])(?!(?:TO|NO|OF|BY|AT|IN|ON|OR|SO|MY|UP|GO)\b|(?:TO|NO|IN|ON|UP|GO)\d)([A-Z]{2}|[B-DF-HJ-NP-TV-XZ]{3})-?(?=\d(?!\d))"),
        _spelt_before_digit,
    ),
    # "4PF": so are consonants after a number, if they make no ordinal and no unit.
    (
        re.compile(r"(?<!\w)(\d+)(?!(?:STS?|[NR]DS?|THS?|KM|KG|LBS?|MM|CM|FT|MPH|GB|TB|MB|HRS?"
                   r"|[KMG]?HZ|KWH?|MG|ML)\b)"
                   r"([B-DF-HJ-NP-TV-XZ]{2,3})(?!\w)"),
        lambda match: f" {match[1]} {'.'.join(match[2]).lower()}. ",
    ),
    # "AR-15" and "F-150": one or two letters before a number are spelt.
    (
        re.compile(r"(?i)(?<![\w'-])(?!(?:to|no|of|by|at|in|on|or|so|my|up|i'm)-)([a-z]{1,2})-?(?=\d{2})"),
        lambda match: f" {'.'.join(match[1])}. " if len(match[1]) > 1 else f"{match[1]}-",
    ),
)  # fmt: skip

_SHORT: Final = re.compile(r"(?<![\w'$.])[A-Za-z0-9$]+(?![\w']|\.\w)\.?")


def _read_out(match: re.Match[str]) -> str:
    token = match[0]
    word = token.rstrip(".").lower()
    # "The end." is no abbreviation: the stop counts only where more follows.
    followed = token.endswith(".") and match.string[match.end() :].lstrip(" ")[:1].isalnum()
    # A stop ends a sentence too: "say no. I mean it", but "St. Louis" and "Ft. Worth".
    is_title = token[0].isupper() or word in ("pt", "st", "mt", "etc")
    if followed and is_title and (said := table("dotted").get(word)):
        return said
    if said := table("abbreviations").get(word):
        return said + ("." if token.endswith(".") and not followed else "")
    return token


_CAPITALS: Final = re.compile(r"(?<![\w'.])([A-Z]{2,5})(s?)(?=('s)?(?![\w']))")


def _initials_marked(line: str) -> str:
    """`line` with a dot after each letter of what is written as initials."""
    shouted = len(line.split()) > 1 and not any(map(str.islower, line))

    def mark(match: re.Match[str]) -> str:
        word = match[1].lower()
        if not _is_spelt(word, shouted, line, match):
            return match[0]
        return ".".join(word) + "." + ("'s" if match[2] else "")

    return _CAPITALS.sub(mark, line)


def _is_spelt(word: str, shouted: bool, line: str, match: re.Match[str]) -> bool:
    if word in table("initials"):
        return True
    before = line[: match.start()].split()[-1:] or [""]
    if word in table("capitals"):
        if word == "us":
            follows = line[match.end() :].lstrip()[:1]
            return before[0].lower() == "the" or (not shouted and follows.isdigit())
        if not shouted:
            return True
        # In a line all in capitals only a place that somebody is in, or comes from, is sure.
        return word == "la" and before[0].lower() in _PLACING
    # "OKC" against "NASA", "STOP" and "FUBU": a word that is known, or four letters that can be
    # said, are said; "HBCU" cannot.
    has_vowel = any(vowel in word for vowel in "aeiouy")
    # "BBL" and "GT3 RS": CMUdict reads such letters as what they are short for.
    if not has_vowel:
        return not _is_said(word, shouted)
    if shouted:
        return False
    if len(word) > 3:
        return not _SAYABLE.match(word) and not listed(word)
    return not listed(word)


_SAID_PAIRS: Final = frozenset({"dr", "hm", "jr", "mm", "mr", "sh", "vs"})


def _is_said(word: str, shouted: bool) -> bool:
    """Whether letters without a vowel are a sound ("SHH", "BRR") or short for a word ("DR")."""
    if len(word) == 2 and not shouted:
        return word in _SAID_PAIRS  # "HR", "FT" and "SS" are spelt.
    # No sound starts with a doubled letter, but a name may ("BBL").
    once = word[0] if len(set(word)) == 1 else re.sub(r"(?<=.)(.)\1+", r"\1", word)
    drawn = once in table("adlibs") and (once != word or word in table("always"))
    short = word in table("abbreviations") or word in table("dotted")
    return drawn or short or word in slang()


_SAYABLE: Final = re.compile(
    "(?:[^aeiouy]|[bcfgkps]l|[bcdfgkptvw]r|[cgpkrstw]h|[dstk]w|[gks]n|s[ckmpqt]|sc[hr]|sh[mr]|sk[r]"
    "|sp[lr]|str|[cpt]hr|ll|ps|ts)?[aeiouy]"
)
"""How English words begin, with some that it has borrowed."""


_PLACING: Final = frozenset({"outta", "in", "to", "from", "of", "through", "thru", "leave", "left"})
