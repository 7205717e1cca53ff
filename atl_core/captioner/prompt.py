"""The text format that the language model was tuned on: one function a part.

A song section reads

    country, sad, low energy, clean
    about: river, mama, rain
    8 rain: Mama stood out in the rain
    9: And watched the river come again

Each line is preceded by its number of syllables and, unless the line may end where it likes, by
its end word ("last word first", Pasini et al. 2024): length and rhyme become steerable while the
pretrained model keeps writing from left to right. Control tokens are plain words, since the base
already knows what they mean and its embeddings stay frozen.
"""

from __future__ import annotations

from collections.abc import Sequence

from atl_core.lyrics.brief import Energy, Genre, Mood


def style(genre: Genre, mood: Mood | None, energy: Energy, explicit: bool) -> str:
    """The header up to the list of what the section is about."""
    parts = (genre, mood, f"{energy} energy", "explicit" if explicit else "clean")
    return f"{', '.join(part for part in parts if part)}\nabout:"


def header(
    genre: Genre, mood: Mood | None, energy: Energy, explicit: bool, topic: Sequence[str]
) -> str:
    """The two opening lines that say what the section is to be."""
    return f"{style(genre, mood, energy, explicit)} {', '.join(topic) or 'anything'}\n"


def line_plan(syllables: int, end_word: str | None = None) -> str:
    """What stands before a line: its length and, if it is set, its end word."""
    return f"{syllables} {end_word}:" if end_word else f"{syllables}:"


def planned_line(text: str, syllables: int, end_word: str | None = None) -> str:
    """A finished line with its plan, as it stands in the context of the lines after it."""
    return f"{line_plan(syllables, end_word)} {text}\n"
