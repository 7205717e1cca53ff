"""The words that the paper's captioners know: lines of lyrics to rows of ids, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from atl_core.lyrics.text import clean_for_paper, clean_line, words

PAD: Final = 0
UNKNOWN: Final = 1
START: Final = 2
END: Final = 3
SPECIAL: Final = ("<pad>", "<unknown>", "startseq", "endseq")

Spelling = Literal["sung", "paper"]
"""`paper`: its section 2.1.1, without punctuation and without words of one letter, so that no
line can say "I" or "a". `sung`: words as they are sung, apostrophes and short words kept."""


def tokens(line: str, spelling: Spelling) -> list[str]:
    """The words of a line, cleaned of what is not sung."""
    line = clean_line(line)
    return clean_for_paper(line).split() if spelling == "paper" else words(line)


@dataclass(frozen=True)
class Vocabulary:
    """Known words, commonest first; their ids begin after the four special ones."""

    names: tuple[str, ...]
    spelling: Spelling = "sung"

    def __len__(self) -> int:
        return len(self.names) + len(SPECIAL)

    @cached_property
    def ids(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names, start=len(SPECIAL))}

    @cached_property
    def all_names(self) -> tuple[str, ...]:
        """The name of every id."""
        return (*SPECIAL, *self.names)

    def encode(self, spoken: Sequence[str], length: int) -> list[int] | None:
        """`startseq`, the words, `endseq` and padding: `length` + 1 ids; None if too long.

        Row[:n] -> row[n] are the teacher-forced pairs of the paper's Table 2.
        """
        if len(spoken) > length - 1:
            return None
        row = [START, *(self.ids.get(word, UNKNOWN) for word in spoken), END]
        return row + [PAD] * (length + 1 - len(row))

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The words of a row, special ones left out."""
        return [self.all_names[number] for number in ids if number >= len(SPECIAL)]


def as_line(spoken: Sequence[str]) -> str:
    """Words as a line is written: "I'm rollin' down".

    Capitals open the line, "I" and names; the classifier of names is the counts of songs.
    """
    from atl_core.lyrics.vocabulary import figures

    written = []
    for word in spoken:
        known = figures(word)
        if word == "i" or word.startswith("i'") or (known is not None and known.is_name):
            word = word[:1].upper() + word[1:]
        written.append(word)
    text = " ".join(written)
    first = next((at for at, char in enumerate(text) if char.isalpha()), 0)
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]
