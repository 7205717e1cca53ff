"""What a file is that has no sound in it, told from its first bytes.

Which files have sound is for FFmpeg to say (`decode_child`). This only names the others, so that a
writer who sends a MIDI file or a web page is told so.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

HEAD: Final = 4096
"""Bytes that are enough for `not_sound`."""

# What a file begins with. Signatures from each format's specification and from the registry of
# https://en.wikipedia.org/wiki/List_of_file_signatures (read 2026).
_MAGIC: Final[dict[bytes, str]] = {
    b"MThd": "a MIDI file",
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "a ZIP archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\xfd7zXZ\0": "an XZ archive",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"%PDF-": "a PDF",
    b"{\\rtf": "a text document (RTF)",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a Microsoft Office document",
    b"\x89PNG\r\n\x1a\n": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF87a": "a picture (GIF)",
    b"GIF89a": "a picture (GIF)",
    b"8BPS": "a picture (Photoshop)",
    b"II*\0": "a picture (TIFF)",
    b"MM\0*": "a picture (TIFF)",
    b"MZ": "a Windows program",
    b"\x7fELF": "a Linux program",
    b"\xcf\xfa\xed\xfe": "a macOS program",
    b"SQLite format 3\0": "a database (an Audacity project, if it ends in .aup3)",
    b"\0\1\0\0\0": "a font",
    b"OTTO\0": "a font",
    b"wOFF": "a font",
    b"wOF2": "a font",
    b"FLhd": "an FL Studio project",
    b"FLdt": "an FL Studio project",
    b"RPKN": "a peak file of REAPER",
    b"CcnK": "a preset of a plug-in (FXP or FXB)",
    b"FICHIER GUITAR PRO": "a Guitar Pro tablature",
    b"\x18FICHIER GUITAR PRO": "a Guitar Pro tablature",
    b"BCFz": "a Guitar Pro tablature",
    b"BCFs": "a Guitar Pro tablature",
    b"Extended Module: ": "a tracker module (XM)",
    b"IMPM": "a tracker module (IT)",
    b"\x00\x05\x16\x07": "the hidden companion (._) that macOS keeps beside a file",
    b"bplist00": "a property list of macOS",
    b"L\0\0\0\x01\x14\x02\0": "a Windows shortcut",
    b"d8:announce": "a torrent",
    b"version https://git-lfs": "a Git LFS pointer, the stand-in for a file",
    b"#EXTM3U": "a playlist",
    b"[playlist]": "a playlist",
    b"[InternetShortcut]": "a shortcut to a web page",
    b"<REAPER_PROJECT": "a REAPER project",
}
_RIFF: Final[dict[bytes, str]] = {
    b"RMID": "a MIDI file",
    b"sfbk": "a SoundFont",
    b"DLS ": "a bank of instruments (DLS)",
    b"WEBP": "a picture (WebP)",
    b"ACON": "a mouse pointer",
}
_BRANDS: Final[dict[bytes, str]] = {
    b"heic": "a picture (HEIC)",
    b"heix": "a picture (HEIC)",
    b"mif1": "a picture (HEIF)",
    b"avif": "a picture (AVIF)",
    b"crx ": "a picture (raw)",
    b"M4P ": "a song of the iTunes Store, which is locked (M4P)",
    b"aax ": "an Audible book, which is locked",
    b"aaxc": "an Audible book, which is locked",
}
# Beginnings of text that may also stand, as junk, before real sound: they only count when nothing
# could be decoded.
_TEXT: Final = (
    (re.compile(rb"\s*<(!doctype\s+html|html|head|body)\b", re.I), "a web page"),
    (re.compile(rb"HTTP/\d"), "the answer of a web server"),
    (re.compile(rb"\s*<\?xml[^>]*\?>.{0,400}<score-(partwise|timewise)", re.I | re.S), "a score"),
    (re.compile(rb"\s*(<\?xml|<svg)\b", re.I), "an XML document"),
    (re.compile(rb"\s*[{\[]\s*[\"{\[\]}]"), "a JSON document"),
)


def not_sound(head: bytes) -> str | None:
    """What a file is that begins with `head` and surely has no sound: such as "a MIDI file".

    None if it may have sound, which is not to say that it does.
    """
    if head[:4] == b"RIFF" and (named := _RIFF.get(head[8:12])):
        return named
    if head[4:8] == b"ftyp" and (named := _BRANDS.get(head[8:12])):
        return named
    if head[257:262] == b"ustar":
        return "a TAR archive"
    if head[:4] == b"FORM" and head[8:12] == b"PTCH":
        return "a Reason project"
    if head[:2] == b"\x1f\x8b":
        return "a gzip archive (an Ableton Live set, if it ends in .als)"
    return next((named for magic, named in _MAGIC.items() if head.startswith(magic)), None)


def group(named: str) -> str:
    """What kind of thing `not_sound` named: for those who say it in another language."""
    for name, words in _GROUPS.items():
        if any(word in named for word in words):
            return name
    return "other"


_GROUPS: Final = {
    "midi": ("MIDI",),
    "archive": (" archive",),
    "picture": ("picture",),
    "document": ("PDF", "document", "score", "tablature"),
    "program": (" program",),
    "project": (" project", "SoundFont", "instruments", "preset", "tracker"),
    "playlist": ("playlist",),
    "locked": ("locked",),
}


def text_kind(head: bytes) -> str | None:
    """What kind of text `head` begins; None if it is no text at all."""
    if head and not head.strip(b"\0"):
        return "nothing but zero bytes"
    for pattern, named in _TEXT:
        if pattern.match(head.lstrip(b"\xef\xbb\xbf")):
            return named
    is_utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        # Incremental: a letter of several bytes may be cut in two at the end.
        text = codecs.getincrementaldecoder("utf-16" if is_utf16 else "utf-8")().decode(head)
    except UnicodeDecodeError:
        return None
    controls = sum(ord(char) < 32 and char not in "\t\n\r\f" for char in text)
    return "a text" if text and controls == 0 else None


_SOUND: Final = re.compile(
    rb"(RIFF|RF64|BW64|RIFX).{4}(WAVE|AVI )|riff\x2e\x91|FORM.{4}AIF|.{4}ftyp|fLaC|OggS|caff\0|"
    rb"\.snd|wvpk|MAC |TTA1|tBaK|#!AMR|FLV\x01|DSD |\.RMF|MPCK|MP\+|ID3[\x02-\x04]|ajkg|qoaf|"
    rb"\x1aE\xdf\xa3|\x30\x26\xb2\x75\x8e\x66\xcf\x11|\x0b\x77|\xff[\xe0-\xff]",
    re.S,
)


def looks_like_sound(head: bytes) -> bool:
    """Whether a file that begins with `head` sets out as audio or video does."""
    return _SOUND.match(head) is not None
