"""The Wish: what a writer asks for before the beat has been heard."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from typing import Final, Self

from atl_core.audio.listening import Listening
from atl_core.errors import BriefError
from atl_core.lyrics.brief import GENRES, Brief, Energy, Genre, Mood
from atl_core.lyrics.checks import (
    check_brief,
    parse_avoided,
    parse_genre,
    parse_mood,
    parse_seed_words,
)
from atl_core.lyrics.form import parse_scheme, syllables_for
from atl_core.lyrics.song_form import FormPart, parse_form, written_sections

AUTO: Final = "auto"
DEFAULT_LINES: Final = 8
SCHEMES: Final[dict[Genre, str]] = {"hip-hop": "AABB", "country": "ABAB"}
"""What each genre rhymes like unless asked otherwise: couplets in rap, alternating in song."""
SURE_ENOUGH: Final = 0.6
"""How likely a genre must be to count as heard. The least sure of the beats that we know gets 0.65;
noise gets up to 0.59, and would else be given one genre always."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A Brief with gaps; None leaves a field to what is heard in the beat."""

    seed_words: tuple[str, ...] = ()
    genre: Genre | None = None
    lines: int = DEFAULT_LINES
    scheme: str | None = None
    syllables: int | None = None
    mood: Mood | None = None
    explicit: bool = False
    random_seed: int = 0
    avoid: tuple[str, ...] = ()
    options: bool = False
    """Whether the writer chooses each line before the next one is written."""
    form: tuple[FormPart, ...] = ()
    """The sections of a whole song, whose verses have `lines` lines; empty: one verse."""

    @classmethod
    def parse(
        cls,
        *,
        seed_words: str | None = None,
        genre: str = AUTO,
        lines: int = DEFAULT_LINES,
        scheme: str = AUTO,
        syllables: int | None = None,
        mood: str = AUTO,
        explicit: bool = False,
        random_seed: int | None = None,
        options: bool = False,
        avoid: str | None = None,
        form: str | None = None,
    ) -> Self:
        """Read what a writer typed, so that mistakes are told before anything is listened to.

        `seed_words` None means that there are none, while an empty text is a mistake. Without a
        `random_seed` one is drawn, and the Brief remembers it.

        Raises:
            BriefError: something that cannot be written.
        """
        if form and options:
            raise BriefError(
                "A form is written in one go and not line by line, since its hook comes back with "
                "the same words.",
                remedy="Leave one of the two out. Options for a line are there in every song: "
                "options for line 3.",
            )
        wish = cls(
            seed_words=() if seed_words is None else parse_seed_words(seed_words),
            genre=None if genre == AUTO else parse_genre(genre),
            lines=lines,
            scheme=None if scheme == AUTO else parse_scheme(scheme),
            syllables=syllables,
            mood=None if mood == AUTO else parse_mood(mood),
            explicit=explicit,
            random_seed=secrets.randbelow(2**31) if random_seed is None else random_seed,
            options=options,
            avoid=parse_avoided(avoid) if avoid else (),
            form=parse_form(form) if form else (),
        )
        # Any beat will do to find mistakes that do not depend on the beat.
        wish._fill("country", "chill", "medium", tempo=90.0, beats_per_bar=4)
        return wish

    @property
    def sections(self) -> tuple[tuple[str, int], ...]:
        """The name and the lines of each section that is written; empty without a form."""
        return written_sections(self.form, self.lines)

    @property
    def lines_written(self) -> int:
        """How many lines are written for it: hooks that come back are not."""
        return sum(lines for _, lines in self.sections) if self.form else self.lines

    def brief(self, listening: Listening) -> Brief:
        """The Brief for a beat. Where no genre is heard in it, `random_seed` draws one."""
        heard: Genre = max(listening.genre, key=lambda genre: listening.genre[genre])
        if listening.genre[heard] < SURE_ENOUGH:
            heard = random.Random(self.random_seed).choice(GENRES)
        return self._fill(
            heard,
            listening.mood,
            listening.energy,
            tempo=listening.tempo,
            beats_per_bar=listening.beats_per_bar,
            compound=listening.compound,
        )

    def _fill(
        self,
        genre: Genre,
        mood: Mood,
        energy: Energy,
        *,
        tempo: float,
        beats_per_bar: int,
        compound: bool = False,
    ) -> Brief:
        genre = self.genre or genre
        return check_brief(
            Brief(
                genre=genre,
                mood=self.mood or mood,
                energy=energy,
                seed_words=self.seed_words,
                lines=self.lines,
                scheme=self.scheme or SCHEMES[genre],
                syllables=syllables_for(genre, tempo, beats_per_bar)
                if self.syllables is None
                else self.syllables,
                tempo=tempo,
                beats_per_bar=beats_per_bar,
                compound=compound,
                explicit=self.explicit,
                random_seed=self.random_seed,
                avoid=self.avoid,
            )
        )
