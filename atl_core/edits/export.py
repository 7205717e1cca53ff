"""Requests for files: an export, or a video or page to rehearse with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from atl_core.audio.source import KeptBeat
from atl_core.edits.request import ModelRequest, Request

ExportFormat = Literal[
    "txt", "lrc", "elrc", "srt", "ass", "ttml", "midi", "labels", "csv", "chordpro", "pdf", "json"
]
EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = get_args(ExportFormat)
RehearsalFormat = Literal["mp4", "html"]
REHEARSAL_FORMATS: Final[tuple[RehearsalFormat, ...]] = get_args(RehearsalFormat)


@dataclass(frozen=True, slots=True)
class Export(Request):
    format: ExportFormat = "txt"

    def describe(self) -> str:
        return f"export as {self.format}"


@dataclass(frozen=True, slots=True)
class Rehearse(ModelRequest):
    """A file to rehearse with: a video, or a page that plays the beat. It takes time, no model."""

    beat: str | KeptBeat = ""
    """As in `Write`; empty: the front end is to find it, or to ask for it."""
    format: RehearsalFormat = "mp4"

    def describe(self) -> str:
        return "rehearse" if self.format == "mp4" else f"export as {self.format}"
