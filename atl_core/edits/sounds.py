"""Requests about how a writer says words: kept for all of their drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from atl_core.edits.request import Request

if TYPE_CHECKING:
    from atl_core.lyrics.saying import OwnSound

Likeness = Literal["letters", "as in", "rhymes with", "like"]


@dataclass(frozen=True, slots=True)
class SayAs(Request):
    """A word is said so from now on."""

    word: str
    likeness: Likeness | None = None
    """None: it has a number of syllables."""
    other: str = ""
    """The letters, the word or the words that it is like."""
    syllables: int = 0

    def describe(self) -> str:
        match self.likeness:
            case None:
                noun = "syllable" if self.syllables == 1 else "syllables"
                return f"{self.word} has {self.syllables} {noun}"
            case "letters":
                return f"{self.word} is {self.other}"
            case "rhymes with":
                return f"{self.word} rhymes with {self.other}"
        return f"say {self.word} {self.likeness} {self.other}"

    def sound(self) -> OwnSound:
        """What is kept.

        Raises:
            BriefError: that has no sound.
        """
        from atl_core.lyrics import own_sounds

        match self.likeness:
            case None:
                return own_sounds.of_syllables(self.word, self.syllables)
            case "letters":
                return own_sounds.spelt(self.word, self.other)
            case "as in":
                return own_sounds.as_in(self.word, self.other)
            case "rhymes with":
                return own_sounds.rhyming(self.word, self.other)
        return own_sounds.like(self.word, self.other)


@dataclass(frozen=True, slots=True)
class SayAsUsual(Request):
    """A word is said as the dictionary has it again."""

    word: str

    def describe(self) -> str:
        return f"say {self.word} as usual"


@dataclass(frozen=True, slots=True)
class ShowSounds(Request):
    def describe(self) -> str:
        return "how do I say things?"
