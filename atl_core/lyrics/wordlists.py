"""Word lists: what clean mode keeps out, cliches, and words that carry no image of their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from atl_core.lyrics.text import plain, words


def _groups(name: str) -> dict[str, list[str]]:
    """The lines of a data file by their `[group]`; comments left out."""
    text = (files("atl_core.lyrics") / "data" / name).read_text(encoding="utf-8")
    groups: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            entries = groups.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            entries.append(line)
    return groups


_LISTS: Final = _groups("lists.txt")


def _words_of(group: str) -> frozenset[str]:
    return frozenset(" ".join(_LISTS[group]).split())


FUNCTION_WORDS: Final = _words_of("function")
"""Words that hold a sentence together and carry no image: articles, pronouns, auxiliaries, ..."""
SECTION_WORDS: Final = _words_of("section")
"""Words that name a part of a song and are not sung."""
INTERJECTIONS: Final = _words_of("interjection")
CLICHES: Final = tuple(_LISTS["cliche"])
"""Words and phrases that writers are tired of, in lower case."""

_CLICHE: Final = re.compile(r"\b(?:" + "|".join(sorted(CLICHES, key=len, reverse=True)) + r")\b")


def is_spoken_word(word: str) -> bool:
    """Whether a lower-case word is one of speech: no letter by itself, no "ooh", no number."""
    return len(word) > 1 and word not in INTERJECTIONS and not any(map(str.isdigit, word))


def is_content_word(word: str) -> bool:
    """Whether a lower-case word may carry an image: one of speech, but no function word."""
    return is_spoken_word(word) and word not in FUNCTION_WORDS


def cliches(line: str) -> list[str]:
    """The cliches in `line`, in order."""
    return _CLICHE.findall(" ".join(words(line)))


# --- Clean mode ----------------------------------------------------------------------------------

STRONG: Final = ("profanity", "sexual", "slurs")
MILD: Final = ("drugs", "mild")
"""Groups that some clean versions let pass: hard drugs, "damn" and "hell"."""

_PLURAL: Final = "[sz]?"
_ENDING: Final = "(?:e?s|e?d|er|ers|a|as|az|ah|y|ies|ier|iest|in|ins|ing|ings|z|ish)?"
_TOKEN: Final = re.compile(r"[^\W_](?:[\w@$!*+.'\-]*[\w@$!*+])?|[@$](?:[\w@$!*+.'\-]*[\w@$!*+])")
_LEET: Final = str.maketrans("013457@$!+", "oieastasit")
_CLITIC: Final = re.compile(r"'(?:ll|d|re|ve|m|s)$")
_STARRED: Final = re.compile(r"[a-z]+[*@#$%!]+[a-z]+|[a-z]+-[a-z]+|[a-z][*]{2,}|[a-z]{2,}[*]+")


def _stem_pattern(stem: str) -> str:
    """A stem as it may be drawn out: "shiiit", "shitttt"; but a "rapper" is no "raper"."""
    if len(stem) < 3:
        return stem
    return "".join(
        f"{char}+" if char in "aeiou" and len(stem) > 3 else f"{char}(?:{char}{{2,}})?"
        for char in stem
    )


def _entry_pattern(entry: str) -> str:
    stem = entry.strip("*+").replace("'", "")
    body = _stem_pattern(stem)
    before = "[a-z]*" if entry.startswith("*") else ""
    if entry.endswith("*"):
        return f"{before}{body}[a-z]*"
    if entry.endswith("+"):
        return f"{before}{body}{_ENDING}"
    return f"{before}{body}{_PLURAL}"


@cache
def _pattern(groups: tuple[str, ...]) -> re.Pattern[str]:
    explicit = _groups("explicit.txt")
    entries = sorted({entry for group in groups for entry in explicit[group]})
    return re.compile("|".join(f"(?:{_entry_pattern(entry)})" for entry in entries))


@cache
def _phrases() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(_groups("explicit.txt")["phrases"]) + r")(?!\S)")


@cache
def _never() -> frozenset[str]:
    return frozenset(entry.strip("!") for entry in _groups("explicit.txt")["never"])


@cache
def _stems(groups: tuple[str, ...]) -> tuple[str, ...]:
    explicit = _groups("explicit.txt")
    return tuple(
        {entry.strip("*+").replace("'", "") for group in groups for entry in explicit[group]}
    )


@lru_cache(maxsize=65536)
def _is_explicit(token: str, groups: tuple[str, ...]) -> bool:
    if token in _never():
        return False
    pattern = _pattern(groups)
    bare = _CLITIC.sub("", token).replace("'", "")
    # "mother-fucking", "mother.fucking" and "f.u.c.k": as one word and part by part.
    joined = re.sub(r"[^a-z]", "", bare)
    if pattern.fullmatch(joined) and (joined == bare or len(joined) > 3) and joined not in _never():
        return True
    parts = re.split(r"[^a-z0-9@$!*+]+", bare)
    for part in parts:
        if (
            re.search("[a-z]", part)
            and not part.isalpha()
            and pattern.fullmatch(re.sub("[^a-z]", "", part.translate(_LEET)))
        ):
            return True
        if len(parts) > 1 and part not in _never() and pattern.fullmatch(part):
            return True
    if _STARRED.fullmatch(bare):
        # A hyphen stands for one vowel ("sh-t"), stars for any letters.
        gap = "[aeiou]" if "-" in bare else "[a-z]*"
        masked = re.compile(gap.join(re.split(r"[^a-z]+", bare)))
        return any(masked.fullmatch(stem) for stem in _stems(groups) if len(stem) > 2)
    return False


def _tokens(text: str) -> Iterable[re.Match[str]]:
    return _TOKEN.finditer(text)


def _plain_text(text: str) -> str:
    """`text` in lower case without accents, each character still in its place."""
    if text.isascii():
        return text.lower()
    return "".join(map(_plain_char, text))


@lru_cache(maxsize=4096)
def _plain_char(char: str) -> str:
    char = plain(char)
    if len(char) != 1:
        # An invisible character goes the way of an apostrophe, a dash parts words.
        return " " if char else "'"
    return unicodedata.normalize("NFKD", char)[0].lower()[:1]


_SPELT_OUT: Final = re.compile(r"(?<![\w'])(?:[^\W\d_][ .*_-]+){2,}[^\W\d_](?![\w'])")


def explicit_words(text: str, *, mild: bool = True) -> list[str]:
    """The explicit words in `text`, in lower case and in order; explicit phrases come last.

    Inflections, clipped endings, drawn out letters, leetspeak ("sh1t"), masked ("f**k") and
    spelt-out words ("f u c k") count. Without `mild`, hard drugs and words such as "damn" pass.
    """
    groups = STRONG + MILD if mild else STRONG
    lowered = _plain_text(text)
    found = [
        (match.start(), match.group())
        for match in _tokens(lowered)
        if _is_explicit(match.group(), groups)
    ]
    for match in _SPELT_OUT.finditer(lowered):
        joined = re.sub(r"[\W_]", "", match.group())
        # Three letters in a row are as likely "a s s" as an initial or a stammer; four are not.
        if len(joined) > 3 and _is_explicit(joined, groups):
            found.append((match.start(), match.group()))
    if " " in lowered:
        spoken = " ".join(words(lowered))
        found += [(len(lowered), phrase) for phrase in _phrases().findall(spoken)]
    return [word for _, word in sorted(found)]


def is_clean(text: str, *, mild: bool = True) -> bool:
    """Whether `text` has no explicit words."""
    return not explicit_words(text, mild=mild)


def mask_explicit(text: str, mask: str = "***", *, mild: bool = True) -> str:
    """`text` with every explicit word replaced by `mask` (but for phrases and spelt-out ones)."""
    groups = STRONG + MILD if mild else STRONG
    lowered = _plain_text(text)
    result: list[str] = []
    position = 0
    for match in _tokens(lowered):
        if _is_explicit(match.group(), groups):
            result += [text[position : match.start()], mask]
            position = match.end()
    return "".join(result) + text[position:]
