"""What to build: one TOML file, typed, that can print itself."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from atl_core.errors import UserError
from training.datasets.matching import VERSIONS, genre_name

Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, lt=1)]


class ConfigError(UserError):
    """The configuration cannot be used."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Artists(_Table):
    """Step 1, whose songs: Billboard's year-end charts, or a list."""

    source: Literal["billboard", "list"]
    count: Positive = 10
    """Artists a genre, of a chart; a list is taken whole."""
    charts: dict[str, str] = {}
    """Genre -> the chart's path, such as `2019/top-country-artists`."""
    names: dict[str, list[str]] = {}
    """Genre -> artists, best first."""


class Tracks(_Table):
    """Step 2, which songs of each artist. A CSV names its artists itself."""

    source: Literal["spotify", "musicbrainz", "csv"]
    count: Positive = 10
    """Songs an artist."""
    market: str = "US"
    path: Path | None = None


class Audio(_Table):
    """Step 3, the sound. `address` follows the addresses in the column `audio` of the CSV."""

    source: Literal["youtube", "folder", "address", "none"] = "none"
    path: Path | None = None
    licence: str = ""
    """What the audio may be used for, if all of it has one licence."""
    max_seconds: float = Field(default=900.0, gt=0)
    max_megabytes: float = Field(default=50.0, gt=0)
    candidates: Positive = 5
    """Search results looked at a song."""


class Lyrics(_Table):
    """Step 4, the words: sources in the order in which they are asked."""

    sources: list[Literal["genius", "beside", "tags"]] = ["genius"]
    path: Path | None = None
    """Where `beside` looks, when the audio is elsewhere: `Artist - Title.lrc` or `.txt`."""
    licence: str = ""


class Corpus(_Table):
    """A whole corpus that is already on disk, instead of the four steps."""

    source: Literal["metrolyrics", "musixmatch", "jamendolyrics", "folder"]
    path: Path
    tracks: Path | None = None
    """musiXmatch: CSV with track_id, artist, title, genre, since the bags name no genre."""
    genres: dict[str, str] = {}
    """Genre as the corpus writes it -> genre here, besides the usual spellings."""
    licence: str = ""


class Match(_Table):
    """Which finds are taken for the song that was wanted."""

    seconds: float = Field(default=3.0, ge=0)
    """Most that the durations may differ by."""
    allow: list[str] = []
    """Versions to let through: live, cover, remix, karaoke, instrumental, acoustic, ..."""
    language: str = "en"
    """Of the lyrics, in two letters; empty to take any."""

    @field_validator("allow")
    @classmethod
    def _known(cls, allow: list[str]) -> list[str]:
        if unknown := [kind for kind in allow if kind not in VERSIONS]:
            raise ValueError(f"no version is called {unknown[0]!r}; there are {_names(VERSIONS)}")
        return allow

    @field_validator("language")
    @classmethod
    def _code(cls, language: str) -> str:
        if not re.fullmatch("([a-z]{2})?", language):
            raise ValueError("write two letters, such as 'en', or '' for any language")
        return language


class Split(_Table):
    """Shares held out, by artist."""

    valid: Share = 0.1
    test: Share = 0.1
    balance: bool = True
    """Leave songs out of the larger genre until all have as many."""
    clip_seconds: float = Field(default=10.0, gt=0)
    duplicate: float = Field(default=0.4, gt=0, le=1)
    """Songs that share more than this part of their 6-grams are one song."""
    paper: bool = True
    """Also write the paper's form: cleaned sentences and a vocabulary."""
    random_seed: int = 0


class Pace(_Table):
    """Seconds between two requests to a service. MusicBrainz asks for one at least."""

    billboard: float = Field(default=3.0, ge=0)
    spotify: float = Field(default=0.5, ge=0)
    musicbrainz: float = Field(default=1.0, ge=1)
    genius: float = Field(default=1.0, ge=0)
    youtube: float = Field(default=5.0, ge=0)
    address: float = Field(default=0.5, ge=0)
    retries: int = Field(default=5, ge=0)


class Config(_Table):
    name: str = Field(min_length=1)
    folder: Path
    """Where the set is built. Relative paths are relative to the TOML file."""
    genres: list[str] = Field(default=["hip-hop", "country"], min_length=1)
    contact: str = ""
    """Sent to the services, so that they can write to whoever asks."""
    artists: Artists | None = None
    tracks: Tracks | None = None
    audio: Audio = Audio()
    lyrics: Lyrics = Lyrics()
    corpus: Corpus | None = None
    match: Match = Match()
    split: Split = Split()
    pace: Pace = Pace()

    @field_validator("genres")
    @classmethod
    def _plainly_written(cls, genres: list[str]) -> list[str]:
        if len(set(genres)) != len(genres):
            raise ValueError("each may stand once")
        for genre in genres:
            if genre != genre_name(genre) or not genre:
                raise ValueError(f"write {genre_name(genre) or 'a name'!r} for {genre!r}")
        return genres

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.corpus is None) == (self.tracks is None):
            raise ValueError("give either [tracks] (the four steps) or [corpus] (a set on disk)")
        if self.split.valid + self.split.test >= 1:
            raise ValueError("split: valid and test leave nothing to train on")
        if self.corpus is not None:
            self._on_disk(self.corpus)
        if self.tracks is not None:
            self._four_steps(self.tracks)
        return self

    def _on_disk(self, corpus: Corpus) -> None:
        if corpus.source == "musixmatch" and corpus.tracks is None:
            raise ValueError("corpus.tracks: musiXmatch needs a CSV that names each track's genre")
        self._has_genres("corpus.genres", corpus.genres.values())
        for name, given in (
            ("artists", self.artists is not None),
            ("audio.source", self.audio.source != "none"),
            ("lyrics", self.lyrics != Lyrics()),
        ):
            if given:
                raise ValueError(f"{name}: leave it out, since a [corpus] brings its own")

    def _has_genres(self, key: str, named: Iterable[str]) -> None:
        for genre in named:
            if genre not in self.genres:
                raise ValueError(f"{key}: {genre!r} is none of the genres {_names(self.genres)}")

    def _four_steps(self, tracks: Tracks) -> None:
        if tracks.source == "csv":
            if tracks.path is None:
                raise ValueError("tracks.path: name the CSV file")
        elif self.artists is None:
            raise ValueError("artists: say whose songs to look for")
        else:
            given = self.artists.names if self.artists.source == "list" else self.artists.charts
            key = "names" if self.artists.source == "list" else "charts"
            self._has_genres(f"artists.{key}", given)
            for genre in self.genres:
                if not given.get(genre):
                    raise ValueError(f"artists.{key}: nothing for the genre {genre}")
        if self.audio.source == "folder" and self.audio.path is None:
            raise ValueError("audio.path: name the folder of songs")
        if self.audio.source == "address" and tracks.source != "csv":
            raise ValueError("audio: addresses come from a CSV; use tracks.source = 'csv'")
        if self.audio.source == "none" and "tags" in self.lyrics.sources:
            raise ValueError("lyrics: tags are read from audio, and audio.source is 'none'")
        beside = "beside" in self.lyrics.sources
        if beside and self.lyrics.path is None and self.audio.source != "folder":
            raise ValueError("lyrics.path: name the folder of lyrics; no audio of yours is in one")

    def __str__(self) -> str:
        """As TOML, every default written out; reading it again gives an equal configuration."""
        plain = self.model_dump(mode="json", exclude_none=True)
        if self.corpus is not None:  # what is fetched from nowhere needs no pace
            plain = {key: value for key, value in plain.items() if key not in ("lyrics", "pace")}
        return "\n".join(_toml(plain)) + "\n"


def read_config(path: Path) -> Config:
    """Read a configuration.

    Raises:
        ConfigError: the file is missing, is not TOML, or says something that cannot be done.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        config = Config.model_validate(values)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read.", "", "Check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from error
    except ValidationError as error:
        faults = "; ".join(
            _fault(fault) for fault in error.errors(include_input=False, include_url=False)
        )
        raise ConfigError(f"{path}: {faults}.", "", "See docs/datasets.md.") from None
    return _rooted(config, path.resolve().parent)


PLAINLY: Final = {
    "missing": "is missing",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "list_type": 'should be a list, such as ["one", "two"]',
}
"""What pydantic says in the words of a programmer."""


def _fault(fault: ErrorDetails) -> str:
    """What is wrong with one setting, after its name: "match.seconds: should be a number"."""
    *tables, key = fault["loc"] or ("",)
    said = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if fault["type"] in PLAINLY:
        said = PLAINLY[fault["type"]]
    elif fault["type"] == "extra_forbidden":
        known = Config.model_fields
        if tables:
            table = next(t for t in _Table.__subclasses__() if t.__name__.lower() == tables[0])
            known = table.model_fields
        said = f"there is no such setting; there are {_names(known)}"
    return f"{'.'.join(map(str, (*tables, key)))}: {said}".removeprefix(": ")


def _names(known: Iterable[str]) -> str:
    return ", ".join(known)


def _rooted(config: Config, root: Path) -> Config:
    """The same configuration with paths that no longer depend on where it is read from."""
    changes: dict[str, Any] = {"folder": root / config.folder}
    for name in ("tracks", "audio", "lyrics", "corpus"):
        table = getattr(config, name)
        paths = {
            key: root / value
            for key in ("path", "tracks")
            if isinstance(value := getattr(table, key, None), Path)
        }
        if paths:
            changes[name] = table.model_copy(update=paths)
    return config.model_copy(update=changes)


def _toml(table: dict[str, Any], name: str = "") -> list[str]:
    lines = [f"\n[{name}]"] if name else []
    inner = {key: value for key, value in table.items() if isinstance(value, dict)}
    # JSON's strings, numbers, booleans and lists of strings are TOML's too.
    lines += [
        f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in table.items()
        if key not in inner
    ]
    for key, value in inner.items():
        lines += _toml(value, f"{name}.{_key(key)}" if name else _key(key))
    return lines


def _key(key: str) -> str:
    return (
        key
        if key.replace("-", "").replace("_", "").isalnum() and key.isascii()
        else json.dumps(key)
    )
