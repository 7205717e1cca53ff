"""Requests as JSON, as a queue stores them until a worker takes them.

The names of classes and fields are in the databases of every user: they are never changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from atl_core.audio.source import KeptBeat
from atl_core.edits.line_ranges import LineRange, Manner
from atl_core.edits.request import Request
from atl_core.edits.wish import Wish
from atl_core.lyrics.song_form import FormPart


def to_json(request: Request) -> dict[str, Any]:
    """The request as JSON: `{"request": "Lock", "place": {"request": "Part", "name": "hook"}}`."""
    return {"request": type(request).__name__, **_fields(request)}


def from_json(data: dict[str, Any]) -> Request:
    """The request that `to_json` wrote."""
    kinds = {kind.__name__: kind for kind in _kinds(Request)}
    kinds |= {
        kind.__name__: kind for kind in (*get_args(LineRange), Manner, Wish, KeptBeat, FormPart)
    }

    def read(value: Any) -> Any:
        if isinstance(value, dict):
            inner = {name: read(item) for name, item in value.items() if name != "request"}
            return kinds[value["request"]](**inner)
        return tuple(map(read, value)) if isinstance(value, list) else value

    request: Request = read(data)
    return request


def _kinds(kind: Any) -> Iterator[Any]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _kinds(subclass)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {"request": type(value).__name__, **_fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
