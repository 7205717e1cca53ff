"""What a Brief may ask for, checked in one place; every refusal is a `BriefError`."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Sequence
from typing import Final

from atl_core.errors import BriefError, shown
from atl_core.lyrics.brief import GENRES, MOODS, Brief, Genre, Mood
from atl_core.lyrics.form import MAX_SYLLABLES, MIN_SYLLABLES, parse_scheme
from atl_core.lyrics.text import plain, words
from atl_core.lyrics.wordlists import FUNCTION_WORDS, is_clean

MAX_LINES: Final = 64
CLICHES: Final = "cliches"
"""Among the words to avoid: all cliches of the list."""
MAX_SEED_WORDS: Final = 8
MAX_SEED_LETTERS: Final = 24
_MOST_SEED_TEXT: Final = 400
TEMPOS: Final = (20.0, 400.0)
_BEATS_PER_BAR: Final = (1, 16)
MOST_DENSITY: Final = 2
"""Of a Brief, upwards and downwards."""
_GENRE_NAMES: Final[dict[str, Genre]] = {
    "hip-hop": "hip-hop", "hiphop": "hip-hop", "hip hop": "hip-hop", "rap": "hip-hop",
    "trap": "hip-hop", "country": "country",
}  # fmt: skip


def _or(options: Sequence[str]) -> str:
    return f"{', '.join(options[:-1])} or {options[-1]}"


def _near(word: str, options: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, options, n=1)
    return f'Did you mean "{near[0]}"?' if near else ""


def parse_genre(text: str) -> Genre:
    """Raises `BriefError` for anything but hip-hop (rap, trap) and country."""
    name = re.sub(r"[\s_]+", " ", text.strip().lower())
    if genre := _GENRE_NAMES.get(name):
        return genre
    raise BriefError(
        f'"{shown(text)}" is not a genre that I write.',
        f"I write {_or(GENRES)}.",
        _near(name, GENRES),
    )


def parse_mood(text: str) -> Mood:
    """Raises `BriefError` for anything but one of the moods."""
    name = text.strip().lower()
    for mood in MOODS:
        if mood == name:
            return mood
    raise BriefError(
        f'"{shown(text)}" is not a mood that I know.', f"Moods: {_or(MOODS)}.", _near(name, MOODS)
    )


def parse_seed_words(text: str) -> tuple[str, ...]:
    """Seed words as a writer types them: parted by spaces, commas or both, quoted or not.

    They come back in lower case, in the order given, each once. Markup, emoji and punctuation
    fall away, and so does "x2". Any word is a seed: "bridge" and "(love)" too.

    Raises:
        BriefError: it is a link, no word is left, or there are more than `MAX_SEED_WORDS`.
    """
    if not text.strip():
        raise BriefError(
            "There is no seed word.", f"Give me 1 to {MAX_SEED_WORDS}, such as: midnight train."
        )
    if _LINK.search(text):
        raise BriefError(
            "That is a link, and a seed is a word to write about.",
            f"Give me 1 to {MAX_SEED_WORDS} words, such as: midnight train.",
            "Give the link as the beat.",
        )
    # Enough for any eight words; what comes after cannot make a list that is too long shorter.
    seeds = _seeds_in(text[: 20 * _MOST_SEED_TEXT])
    # Read again as they are kept: "X.2" has become "x 2", the mark of a line that is sung twice.
    # Each round only drops or parts what is there, so there is a last one.
    while (again := _seeds_in(" ".join(seeds))) != seeds:
        seeds = again
    if not seeds:
        raise BriefError(
            f'I find no word in "{shown(text)}".',
            f"Give me 1 to {MAX_SEED_WORDS} words, such as: midnight train.",
        )
    if len(seeds) > MAX_SEED_WORDS:
        raise BriefError(
            f"{len(seeds)} seed words are too many.",
            f"I work with 1 to {MAX_SEED_WORDS}.",
            f"Keep the ones that matter most, such as: {' '.join(seeds[:3])}.",
        )
    for seed in seeds:
        check_seed_word(seed)
    return seeds


MAX_AVOIDED: Final = 100
"""Words and phrases that a writer may avoid."""
MAX_AVOIDED_WORDS: Final = 6
"""Words of a phrase that is avoided."""


def parse_avoided(text: str) -> tuple[str, ...]:
    """Words and phrases to avoid as a writer names them: parted by commas, "and" or "or".

    Raises:
        BriefError: there is none, or one holds a line together ("the").
    """
    found: list[str] = []
    for part in re.split(r"\s*(?:,|;|\n|\band\b|\bor\b)\s*", text, flags=re.IGNORECASE):
        said = " ".join(words(part))
        # However it is spelt: "clichees".
        if difflib.get_close_matches(said.replace("é", "e"), ("cliche", CLICHES), 1, cutoff=0.8):
            said = CLICHES
        if said:
            found.append(said)
    for said in found:
        check_avoided(said)
    if not found:
        raise BriefError("There is no word to avoid.", remedy="Name one, such as: avoid neon.")
    return tuple(dict.fromkeys(found))


def check_avoided(said: str) -> None:
    """Raises `BriefError` for what cannot be avoided."""
    if said in FUNCTION_WORDS:
        raise BriefError(
            f'No line can do without words such as "{shown(said)}".',
            "A word that carries an image, or a phrase, can be avoided.",
            "Such as: avoid neon.",
        )
    if len(said.split()) > MAX_AVOIDED_WORDS or len(said) > MAX_SEED_LETTERS * MAX_AVOIDED_WORDS:
        raise BriefError(
            f'"{shown(said)}" is too long to be avoided.',
            f"A phrase has up to {MAX_AVOIDED_WORDS} words.",
        )


_LINK: Final = re.compile(r"(?i)\b(?:https?|ftp)://|\bwww\.\w|\b[\w-]{2,}\.[a-z]{2,6}/\S")
_TAG: Final = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_NUMBERING: Final = re.compile(r"^\s*\d{1,3}\s*[.)](?=\s)", re.MULTILINE)
_REPEAT: Final = re.compile(r"(?i)(?:^|(?<=[\s,]))(?:x\s?\d{1,2}|\d{1,2}\s?x)(?=[\s.,;:!?]|$)")


def _seeds_in(text: str) -> tuple[str, ...]:
    """The words of `text` as seeds, each once; how often something is sung is no word."""
    text = _TAG.sub(" ", html.unescape(text))
    text = _REPEAT.sub(" ", _NUMBERING.sub(" ", plain(text)).replace("_", " "))
    return tuple(dict.fromkeys(words(text.replace("/", " "))))


def check_seed_word(seed: str) -> None:
    """Raises `BriefError` for a seed word that cannot stand in a line."""
    if words(seed) != [seed]:
        raise BriefError(
            f'"{shown(seed)}" is not one word.', "A seed word is a single word in lower case."
        )
    if len(seed) > MAX_SEED_LETTERS:
        raise BriefError(
            f'"{shown(seed)}" is too long for a seed word.',
            f"It may have up to {MAX_SEED_LETTERS} letters.",
        )


def check_brief(brief: Brief) -> Brief:
    """`brief` itself, once every field is found to be one that can be written.

    Raises:
        BriefError: names the field, what it accepts and what to do.
    """
    parse_genre(brief.genre)
    parse_mood(brief.mood)
    if not 1 <= brief.lines <= MAX_LINES:
        raise BriefError(
            f"{brief.lines} lines cannot be written.",
            f"A draft has 1 to {MAX_LINES} lines.",
            "Ask for fewer, and for more of them later with continue." if brief.lines > 0 else "",
        )
    if not MIN_SYLLABLES <= brief.syllables <= MAX_SYLLABLES:
        raise BriefError(
            f"{brief.syllables} syllables a line cannot be written.",
            f"A line has {MIN_SYLLABLES} to {MAX_SYLLABLES} syllables.",
        )
    if not TEMPOS[0] <= brief.tempo <= TEMPOS[1]:
        raise BriefError(
            f"A tempo of {brief.tempo:g} beats a minute cannot be written to.",
            f"It may lie between {TEMPOS[0]:g} and {TEMPOS[1]:g}.",
        )
    if not _BEATS_PER_BAR[0] <= brief.beats_per_bar <= _BEATS_PER_BAR[1]:
        raise BriefError(
            f"A bar of {brief.beats_per_bar} beats cannot be written to.",
            f"It may have {_BEATS_PER_BAR[0]} to {_BEATS_PER_BAR[1]} beats.",
        )
    if abs(brief.density) > MOST_DENSITY:
        raise BriefError(
            f"A density of {brief.density} cannot be laid on the beat.",
            f"It may lie between -{MOST_DENSITY} and {MOST_DENSITY}.",
        )
    if parse_scheme(brief.scheme) != brief.scheme:
        raise BriefError(
            f'The rhyme scheme "{shown(brief.scheme)}" is not in its plain form.',
            f"Write {parse_scheme(brief.scheme)}.",
        )
    if len(brief.seed_words) > MAX_SEED_WORDS:
        raise BriefError(
            f"{len(brief.seed_words)} seed words are too many.",
            f"I work with 1 to {MAX_SEED_WORDS}.",
        )
    if len(brief.avoid) > MAX_AVOIDED:
        raise BriefError(
            f"{len(brief.avoid)} words to avoid are too many.", f"Up to {MAX_AVOIDED} are kept."
        )
    for said in brief.avoid:
        check_avoided(said)
        if said in brief.seed_words:
            raise BriefError(
                f'"{shown(said)}" is a seed word and a word to avoid.',
                remedy=f"Say: allow {said}. Or change the seed words.",
            )
    for seed in brief.seed_words:
        check_seed_word(seed)
        if not brief.explicit and not is_clean(seed, mild=False):
            raise BriefError(
                f'The seed word "{shown(seed)}" is explicit, and this draft is a clean one.',
                remedy="Choose another word, or ask for explicit lyrics.",
            )
    return brief
