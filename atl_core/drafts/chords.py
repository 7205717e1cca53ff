"""Chords that suggest themselves: the common ones of a key, one for each bar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LETTERS: Final = "CDEFGAB"
_NATURAL: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS: Final = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
_STEPS: Final = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_QUALITIES: Final = {
    "major": ("", "m", "m", "", "", "m", "dim"),
    "minor": ("m", "dim", "", "m", "m", "", ""),
}
_COMMON: Final = {"major": (1, 5, 6, 4), "minor": (1, 6, 3, 7)}
"""Degrees of the progression that is at home in both rap and country: I V vi IV, i VI III VII."""
_USUAL: Final = {
    "major": {"C#": "Db", "D#": "Eb", "G#": "Ab", "A#": "Bb"},
    "minor": {"Db": "C#", "D#": "Eb", "Gb": "F#", "Ab": "G#", "A#": "Bb"},
}
"""Keys that nobody reads gladly under their other name."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the tonic spelt as musicians would."""

    tonic: str
    mode: str
    """`major` or `minor`."""

    @property
    def symbol(self) -> str:
        """As ChordPro writes it: `Am`, `Bb`."""
        return f"{self.tonic}{'m' if self.mode == 'minor' else ''}"

    def chord(self, degree: int) -> str:
        """The triad on a degree from 1, made of notes of the (natural) scale."""
        letter = _LETTERS[(_LETTERS.index(self.tonic[0]) + degree - 1) % 7]
        pitch = _pitch(self.tonic) + _STEPS[self.mode][degree - 1]
        sign = (pitch - _NATURAL[letter] + 6) % 12 - 6
        return f"{letter}{_SIGNS[sign]}{_QUALITIES[self.mode][degree - 1]}"

    def progression(self) -> tuple[str, ...]:
        """Four chords that go round."""
        return tuple(self.chord(degree) for degree in _COMMON[self.mode])


def read_key(name: str) -> Key | None:
    """A key such as `A minor`, `Bb major`, `F♯ minor`; None when it is not one."""
    plain = name.replace("♯", "#").replace("♭", "b").strip()
    match = re.fullmatch(r"([A-Ga-g])([#b]?)\s*(major|maj|minor|min|m)?", plain)
    if not match:
        return None
    mode = "minor" if (match[3] or "major") in ("minor", "min", "m") else "major"
    tonic = match[1].upper() + match[2]
    return Key(_USUAL[mode].get(tonic, tonic), mode)


def _pitch(note: str) -> int:
    return _NATURAL[note[0]] + {"": 0, "#": 1, "b": -1}[note[1:]]
