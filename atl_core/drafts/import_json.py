"""A draft that comes back from a file: checked as a whole before anything is saved.

The schema is made from the dataclasses themselves. Every field is checked by its type, strictly
(`"4"` is no number, NaN is no number either), and by its limits; a field that is new in one of the
dataclasses and has no limits of its own here gets those of its type.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, get_type_hints

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Section, covering
from atl_core.drafts.export import JSON_KIND, JSON_VERSION
from atl_core.drafts.names import MAX_TAG, MAX_TITLE, clean_tag, clean_title
from atl_core.errors import BriefError, DraftError, megabytes
from atl_core.genre.verdict import SpokenWord, Verdict
from atl_core.lyrics.brief import GENRES, Brief, Genre, Line
from atl_core.lyrics.checks import MAX_LINES, check_brief
from atl_core.lyrics.text import received

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

MAX_BYTES: Final = 4_000_000
"""A draft with the most lines and beats that are accepted has half of this."""
ACCEPTED: Final = "I read the JSON that `export as json` writes."
HEARD_ELSEWHERE: Final = 0
"""The version of a listening that was imported: one of the beat itself replaces it."""

_ONE_LINE: Final = r"^[^\n\v\f\r\u0085\u2028\u2029]*$"
_DAY: Final = 86_400.0
_SHARE: Final = {"ge": 0, "le": 1}
_SECONDS: Final = {"ge": 0, "le": _DAY}
_COUNT: Final = {"ge": 0, "le": 1_000_000}
_TEMPO: Final = {"ge": 10, "le": 1000}

# The limits of a field, by the dataclass and by its name, as pydantic's `Field` takes them.
_LIMITS: Final[dict[type, dict[str, dict[str, Any]]]] = {
    Listening: {
        "sha256": {"pattern": "^[0-9a-f]{64}$"},
        "duration": {"gt": 0, "le": _DAY},
        "tempo": _TEMPO,
        "tempo_heard": _TEMPO,
        "tempo_confidence": _SHARE,
        "beats_per_bar": {"ge": 1, "le": 16},
        "beats": {"max_length": 100_000},
        "bar_times": {"max_length": 100_000},
        "key": {"max_length": 30, "pattern": _ONE_LINE},
        "key_confidence": _SHARE,
        "tags": {"max_length": 100},
        "genres": {"max_length": 100},
        "clip_start": _SECONDS,
        "clip_end": _SECONDS,
        "peak": {"ge": 0, "le": 1e6},
        "sound_end": _SECONDS,
        "features": {"max_length": 1000},
        "version": _COUNT,
    },
    Brief: {"seed_words": {"max_length": 20}, "random_seed": {"ge": 0, "lt": 2**63}},
    Line: {
        "text": {"max_length": 1000, "pattern": _ONE_LINE},
        "syllables": {"ge": 0, "le": 1000},
        "target": {"ge": 0, "le": 100},
        "rhyme": {"pattern": "^[A-Z][0-9]{0,3}$"},
        "bar": {"ge": 0, "lt": 10_000},
        "start": _SECONDS,
        "end": _SECONDS,
        "first_beat": {"ge": -16, "le": 64},
    },
    Section: {
        "name": {"max_length": 60, "pattern": r'^[^\s"{}\[\]][^\r\n"{}\[\]]*$'},
        "lines": {"ge": 1, "le": MAX_LINES},
    },
    SpokenWord: {"weight": {"ge": 0, "le": 1e6}},
    Verdict: {
        "words": {"max_length": 1000},
        "longest_match": _COUNT,
        "rhymes_kept": _SHARE,
        "syllables_kept": _SHARE,
    },
}
_OF_A_TYPE: Final[dict[Any, dict[str, Any]]] = {
    str: {"max_length": 400, "pattern": _ONE_LINE},
    int: {"ge": -(2**63), "lt": 2**63},
    float: {"ge": -1e12, "le": 1e12},
}
_PACKED: Final = frozenset({"clip_picture", "clip_patches", "patch_tags"})
"""Fields of a Listening that no export holds: what is packed there is not taken from outside."""


def import_draft(data: bytes) -> dict[str, Any]:
    """What `DraftStore.create` needs to save a draft that was exported as JSON.

    Raises:
        DraftError: it is not such a file, or from a newer version; the text names the place.
    """
    from pydantic import ValidationError

    if len(data) > MAX_BYTES:
        raise DraftError(
            f"That file is too large for a draft ({megabytes(len(data))}).",
            f"Up to {MAX_BYTES / 1e6:g} MB are accepted.",
        )
    data = _as_utf8(data)
    _check_kind(data)
    try:
        found = _file().model_validate_json(data).model_dump()
        heard = {**found["listening"], "version": HEARD_ELSEWHERE}
        brief = Brief.from_json(_received(found["brief"]))
        # Whether a word is explicit is a matter of the word list, and that of the day it was
        # written may have been another.
        check_brief(replace(brief, explicit=True))
        lines = tuple(Line.from_json(_received(line)) for line in found["lines"])
        return {
            "listening": Listening.from_json(heard),
            "beat_name": received(found["beat"]),
            "brief": brief,
            "lines": lines,
            "verdict": Verdict.from_json(_received(found["verdict"])),
            "captioner": received(found["captioner"]),
            "seconds": found["seconds"],
            "asked": f"import {received(found['draft'])}",
            "title": clean_title(received(found["title"])),
            "tags": tuple(clean_tag(received(tag)) for tag in found["tags"]),
            "sections": covering(
                [Section.from_json(_received(section)) for section in found["sections"]],
                len(lines),
            ),
        }
    except ValidationError as error:
        raise DraftError(f"That draft cannot be read: {_place(error)}.", ACCEPTED) from error
    except (BriefError, DraftError) as error:
        raise DraftError(f"That draft cannot be read: {error}", ACCEPTED) from error


def _as_utf8(data: bytes) -> bytes:
    """Editors on Windows save with a byte order mark, and its shell as UTF-16."""
    try:
        return data.decode(json.detect_encoding(data)).encode()
    except UnicodeError:
        return data  # It is refused where it is parsed.


def _check_kind(data: bytes) -> None:
    """Tell apart what is no draft at all, a newer draft, and one that is to be looked at closely.

    Raises:
        DraftError: one of the first two.
    """
    try:
        found = json.loads(data)
        other = not isinstance(found, dict) or found.get("kind") != JSON_KIND
    except (ValueError, RecursionError) as error:
        raise DraftError("That is no draft that I exported: it is not JSON.", ACCEPTED) from error
    if other:
        raise DraftError("That is no draft that I exported.", ACCEPTED)
    version = found.get("version")
    if isinstance(version, int) and version > JSON_VERSION:
        raise DraftError(
            "That draft was exported by a newer version of ATL.", remedy="Upgrade ATL."
        )


@cache
def _file() -> type[BaseModel]:
    """The schema of a whole file."""
    from pydantic import Field, create_model

    def some(kind: Any, **limits: Any) -> Any:
        return Annotated[kind, Field(**limits)]

    text: Any = some(str, **_OF_A_TYPE[str])
    tag: Any = some(str, min_length=1, max_length=MAX_TAG)
    taken: Any = some(float, ge=0, le=_DAY)
    line: Any = _schema(Line)
    section: Any = _schema(Section)
    made: type[BaseModel] = create_model(
        "File",
        __config__=_config(),
        version=(some(int, ge=1, le=JSON_VERSION), ...),
        draft=(some(str, max_length=40), ...),
        title=(some(str, min_length=1, max_length=MAX_TITLE), ...),
        beat=(text, ...),
        lines=(some(list[line], max_length=MAX_LINES), ...),
        sections=(some(list[section], max_length=MAX_LINES), ...),
        tags=(some(list[tag], max_length=100), ...),
        brief=(_schema(Brief), ...),
        listening=(_schema(Listening), ...),
        verdict=(_schema(Verdict), ...),
        captioner=(some(str, min_length=1, max_length=40), ...),
        seconds=(some(dict[text, taken], max_length=50), ...),
    )
    return made


@cache
def _schema(kind: type) -> type[BaseModel]:
    """The schema of a dataclass: its fields by type, with their limits."""
    from pydantic import AfterValidator, Field, create_model

    hints = get_type_hints(kind)
    made: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in _PACKED:
            continue
        hint = hints[field.name]
        limits = _LIMITS.get(kind, {}).get(field.name, _OF_A_TYPE.get(hint, {}))
        checks: list[Any] = [Field(**limits)] if limits else []
        if hint == dict[Genre, float]:
            checks.append(AfterValidator(_both_genres if field.name == "genre" else _both_or_none))
        hint = _inner(hint, field.name)
        optional = field.default is not MISSING or field.default_factory is not MISSING
        default = field.default if field.default is not MISSING else None
        if field.default_factory is not MISSING:
            default = field.default_factory()
        made[field.name] = (
            Annotated[hint, *checks] if checks else hint,
            default if optional else ...,
        )
    schema: type[BaseModel] = create_model(kind.__name__, __config__=_config(), **made)
    return schema


def _inner(hint: Any, name: str) -> Any:
    """A type with limits on what it contains: times, shares, texts and words that spoke."""
    from pydantic import Field

    if hint == tuple[float, ...]:
        limits = _SECONDS if name in ("beats", "bar_times") else _OF_A_TYPE[float]
        return tuple[Annotated[float, Field(**limits)], ...]
    if hint == tuple[str, ...]:
        return tuple[Annotated[str, Field(max_length=60)], ...]
    if hint == tuple[SpokenWord, ...]:
        return tuple[_schema(SpokenWord), ...]  # type: ignore[misc]
    if hint == dict[str, float]:
        return dict[Annotated[str, Field(max_length=60)], Annotated[float, Field(**_SHARE)]]
    return hint


def _both_genres(genre: dict[str, float]) -> dict[str, float]:
    if set(genre) != set(GENRES) or not all(0 <= share <= 1 for share in genre.values()):
        raise ValueError(f"{' and '.join(GENRES)} each need a share from 0 to 1")
    return genre


def _both_or_none(genre: dict[str, float]) -> dict[str, float]:
    return _both_genres(genre) if genre else genre


def _config() -> Any:
    from pydantic import ConfigDict

    return ConfigDict(strict=True, allow_inf_nan=False, extra="ignore")


def _received(value: Any) -> Any:
    """Every text in a value, as texts are taken from outside."""
    if isinstance(value, str):
        return received(value)
    if isinstance(value, dict):
        return {key: _received(item) for key, item in value.items()}
    return type(value)(map(_received, value)) if isinstance(value, list | tuple) else value


def _place(error: ValidationError) -> str:
    """Where the first mistake is and what is accepted there: `line 3, text: it is missing`."""
    first = error.errors(include_url=False, include_input=False)[0]
    steps: list[str] = []
    for step in first["loc"]:
        if isinstance(step, int):
            steps[-1] = f"{steps[-1].removesuffix('s')} {step + 1}"
        elif step != "[key]":
            steps.append(received(step)[:40])
    context = first.get("ctx", {})
    match first["type"]:
        case "missing":
            said = "it is missing"
        case "literal_error":
            said = f"it can be {context['expected']}"
        case "greater_than" | "greater_than_equal":
            said = f"it is at least {context.get('ge', context.get('gt'))}"
        case "less_than" | "less_than_equal":
            said = f"it is at most {context.get('le', context.get('lt'))}"
        case "string_too_long" | "too_long":
            said = f"at most {context['max_length']} are accepted"
        case "string_too_short" | "too_short":
            said = "it is empty"
        case "string_pattern_mismatch":
            said = "it is written otherwise here"
        case "value_error":
            said = str(context["error"])
        case "json_invalid":
            said = "a character in it stands for nothing"
        case kind:
            said = _WANTED.get(kind.partition("_")[0], "it has another form here")
    return f"{', '.join(steps)}: {said}" if steps else said


_WANTED: Final = {
    "string": "it is a text",
    "int": "it is a whole number",
    "float": "it is a number",
    "finite": "it is a number that is not infinite",
    "bool": "it is true or false",
    "list": "it is a list",
    "tuple": "it is a list",
    "dict": "it has names and values",
    "model": "it has names and values",
}
