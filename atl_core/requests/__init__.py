"""Requests: what a writer can ask of a draft, whatever the front end.

`describe()` says a request in plain words. The phrase is kept as the `asked` of the revision
it leads to, and `bot.phrases.parse` reads it back as the same request.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, Final, get_args

from atl_core.places import Manner, Place
from atl_core.requests.drafts import (
    EXPORT_FORMATS,
    Collaborate,
    Compare,
    DeleteDraft,
    Duplicate,
    Export,
    ExportFormat,
    ForgetMe,
    GoBack,
    Help,
    ListDrafts,
    MyData,
    OpenDraft,
    Redo,
    RestoreDraft,
    Search,
    SetBrief,
    SetTitle,
    Share,
    ShowDraft,
    ShowHistory,
    ShowRhymes,
    ShowSyllables,
    Tag,
    Undo,
    Unshare,
)
from atl_core.requests.lines import (
    MAX_TEXT,
    MORE_LINES,
    SECTION_KINDS,
    AddSection,
    AnotherTake,
    Continue,
    Delete,
    Insert,
    Listen,
    Lock,
    Replace,
    Rewrite,
    RhymeWith,
    SectionKind,
    Swap,
    Unlock,
    UseWords,
    Write,
)
from atl_core.sources import KeptBeat
from atl_core.wish import Wish

__all__ = [
    "EXPORT_FORMATS", "MAX_TEXT", "MORE_LINES", "SECTION_KINDS", "AddSection", "AnotherTake",
    "Collaborate", "Compare", "Continue", "Delete", "DeleteDraft", "Duplicate", "Export",
    "ExportFormat", "ForgetMe", "GoBack", "Help", "Insert", "ListDrafts", "Listen", "Lock",
    "MyData", "NeedsModel", "OpenDraft", "Redo", "Replace", "Request", "RestoreDraft",
    "Rewrite", "RhymeWith", "Search", "SectionKind", "SetBrief", "SetTitle", "Share",
    "ShowDraft", "ShowHistory", "ShowRhymes", "ShowSyllables", "Swap", "Tag", "Undo", "Unlock",
    "Unshare", "UseWords", "Write", "from_json", "needs_model", "to_json",
]  # fmt: skip

NeedsModel = Write | Listen | Continue | AddSection | AnotherTake | Rewrite | RhymeWith | UseWords
Request = (
    NeedsModel
    | Replace
    | Insert
    | Delete
    | Swap
    | Lock
    | Unlock
    | SetBrief
    | Undo
    | Redo
    | GoBack
    | Compare
    | SetTitle
    | Tag
    | Duplicate
    | Search
    | ListDrafts
    | OpenDraft
    | ShowDraft
    | ShowHistory
    | ShowSyllables
    | ShowRhymes
    | Export
    | DeleteDraft
    | RestoreDraft
    | Share
    | Unshare
    | Collaborate
    | ForgetMe
    | MyData
    | Help
)
"""Everything that can be asked."""


def needs_model(request: Request) -> bool:
    """Whether it takes a model and time: a captioner to write lines, or an ear to hear a beat."""
    return isinstance(request, NeedsModel) or (isinstance(request, Insert) and not request.text)


def to_json(request: Request) -> dict[str, Any]:
    """The request as JSON: `{"request": "Lock", "place": {"request": "Part", "name": "hook"}}`."""
    return {"request": type(request).__name__, **_fields(request)}


def from_json(data: dict[str, Any]) -> Request:
    """The request that `to_json` wrote."""
    request: Request = _value(data)
    return request


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {"request": type(value).__name__, **_fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _value(data: Any) -> Any:
    if isinstance(data, dict):
        inner = {name: _value(item) for name, item in data.items() if name != "request"}
        return _KINDS[data["request"]](**inner)
    return tuple(_value(item) for item in data) if isinstance(data, list) else data


_KINDS: Final[dict[str, Any]] = {
    kind.__name__: kind for kind in (*get_args(Request), *get_args(Place), Manner, Wish, KeptBeat)
}
