"""From a file that a writer brings to its text: plain, Word (.docx), LRC or ChordPro.

Bytes decide what a file is, its name only where they do not. Files come from anywhere, so every
size is bounded before anything is unpacked, and XML with a document type is refused: without one
there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePath
from typing import Final
from xml.parsers import expat

from atl_core.errors import BriefError

MAX_BYTES: Final = 2_000_000
"""Of a file."""
MAX_UNPACKED: Final = 10_000_000
"""Bytes of the text of a Word file, as XML."""
ACCEPTED: Final = "Text files (.txt), Word (.docx), LRC and ChordPro are accepted, up to 2 MB."

_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_DOCUMENT: Final = "word/document.xml"

_LRC_TIME: Final = re.compile(r"\s*(?:\[\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?\]\s*)+")
_LRC_WORD_TIME: Final = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>\s?")
_LRC_TAG: Final = re.compile(
    r"\s*\[(?:ar|ti|al|au|by|re|ve|offset|length|la|id|tool):[^\]]*\]\s*", re.I
)
_CHORD: Final = re.compile(
    r"\[(?:N\.?C\.?|[A-H][#b\u266d\u266f]?(?:m|maj|min|dim|aug|sus|add|M|\+|-|\u00b0|[0-9]|\(|\)|#|b)*"
    r"(?:/[A-H][#b\u266d\u266f]?)?|\*[^\[\]]*)\]"
)
# No two neighbours in it take the same letters: whatever a line is, it is read in one pass.
_DIRECTIVE: Final = re.compile(r"\{\s*([a-z_]+)((?:[:\s][^{}]*)?)\}", re.IGNORECASE)
_STARTS: Final = {
    "start_of_verse": "Verse", "sov": "Verse", "start_of_chorus": "Chorus", "soc": "Chorus",
    "start_of_bridge": "Bridge", "sob": "Bridge",
}  # fmt: skip
_COMMENTS: Final = frozenset({"comment", "c", "ci", "cb", "comment_italic", "comment_box"})
_SKIPPED: Final = frozenset({"tab", "grid", "sot", "sog", "start_of_tab", "start_of_grid"})
_SKIPPED_ENDS: Final = frozenset({"eot", "eog", "end_of_tab", "end_of_grid"})


def read_document(data: bytes, name: str = "") -> str:
    """The text of a file.

    Raises:
        BriefError: it is none that is read here, is damaged, or is too large.
    """
    called = f"{name} is" if name else "That is"
    if len(data) > MAX_BYTES:
        raise BriefError(f"{called} too large ({len(data) / 1e6:.1f} MB).", ACCEPTED)
    if data.startswith(b"PK\x03\x04"):
        return _docx(data, called)
    text = _decoded(data, called)
    suffix = PurePath(name).suffix.casefold()
    rows = [row for row in text.splitlines() if not _LRC_TAG.fullmatch(row)]
    if suffix == ".lrc" or _share(rows, _LRC_TIME.match) > 0.5:
        return lrc_text(text)
    if (
        suffix in (".cho", ".crd", ".chopro", ".chordpro", ".pro")
        or any(
            found and found[0] in {*_STARTS, "title", "t", "key"} for found in map(_directive, rows)
        )
        or _share(rows, _CHORD.search) > 0.3
    ):
        return chordpro_text(text)
    return text


def lrc_text(text: str) -> str:
    """The lines of an LRC file, without times and tags."""
    rows = (row for row in text.splitlines() if not _LRC_TAG.fullmatch(row))
    return "\n".join(_LRC_WORD_TIME.sub("", _LRC_TIME.sub("", row, count=1)) for row in rows)


def chordpro_text(text: str) -> str:
    """The lines of a ChordPro file, without chords; what begins a section as its heading."""
    rows: list[str] = []
    skipping = False
    for row in text.splitlines():
        found = _directive(row)
        if found is None:
            if not skipping and not row.startswith("#"):
                rows.append(_without_chords(row))
            continue
        directive, value = found
        if directive in _SKIPPED:
            skipping = True
        elif directive in _SKIPPED_ENDS:
            skipping = False
        elif directive in _STARTS:
            rows += ["", f"[{value or _STARTS[directive]}]"]
        elif directive in _COMMENTS and value:
            rows += ["", f"[{value}]"]
        elif directive == "chorus":
            rows += ["", "[Chorus]"]
    return "\n".join(rows)


def _directive(row: str) -> tuple[str, str] | None:
    """A line's directive and its value: `{c: hello}` is ("c", "hello")."""
    found = _DIRECTIVE.fullmatch(row.strip())
    if found is None:
        return None
    return found[1].casefold(), found[2].strip().removeprefix(":").strip()


def _without_chords(row: str) -> str:
    """A line as it is sung: a chord inside a word parts it no more, chords alone leave nothing."""
    sung = _CHORD.sub("", row)
    return re.sub(r"(?<=\S)  +", " ", sung) if sung != row else row


def _share(rows: list[str], test: Callable[[str], object]) -> float:
    """The share of lines with words that pass a test."""
    said = [row for row in rows if row.strip()]
    return sum(bool(test(row)) for row in said) / len(said) if said else 0.0


def _decoded(data: bytes, called: str) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:4096] or data.startswith(
        (b"%PDF", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"\x89PNG")
    ):
        raise BriefError(
            f"{called} not a text.", ACCEPTED, "Save it as .txt or .docx and try again."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # as old editors on Windows save it


def _docx(data: bytes, called: str) -> str:
    damaged = BriefError(
        f"{called} not a Word file, or is damaged.", ACCEPTED, "Save it again, or as .txt."
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            info = archive.getinfo(_DOCUMENT)
            with archive.open(info) as opened:
                xml = opened.read(MAX_UNPACKED + 1)
    except (KeyError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError,
            NotImplementedError, ValueError) as error:  # fmt: skip
        raise damaged from error
    if len(xml) > MAX_UNPACKED:
        raise BriefError(f"{called} too large.", ACCEPTED, "Send the lyrics alone.")
    try:
        return _paragraphs(xml)
    except (expat.ExpatError, ValueError) as error:
        raise damaged from error


def _paragraphs(xml: bytes) -> str:
    """The paragraphs of a Word file's XML, a line each; what was deleted with changes tracked is
    left out."""
    parser = expat.ParserCreate(namespace_separator="}")
    parts: list[str] = []
    inside: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        name = tag.rpartition("}")[2] if f"{{{tag}".startswith((_WORD, _STRICT)) else ""
        inside.append(name)
        if name in ("br", "cr"):
            parts.append("\n")
        elif name == "tab":
            parts.append(" ")

    def end(_: str) -> None:
        if inside.pop() == "p":
            parts.append("\n")

    def said(text: str) -> None:
        if inside and inside[-1] == "t" and "del" not in inside:
            parts.append(text)

    def refuse(*_: object) -> None:
        raise ValueError("a document type in a Word file")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(xml, True)
    return "".join(parts).strip("\n")
