"""A draft as a file: text, LRC, ChordPro, a PDF lyric sheet, and JSON that imports again.

Formats with the time of every word are in `timed/`.

`import_json.py` reads the JSON back.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from atl_core.audio.listening import time_signature
from atl_core.drafts.chords import read_key
from atl_core.drafts.draft import Draft, covering
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Line

JSON_KIND: Final = "atl-draft"
JSON_VERSION: Final = 1
SURE: Final = 0.5
"""Confidence from which a key that was heard is stated without reserve."""

_CHORDPRO_SECTIONS: Final = {"verse": "verse", "hook": "chorus", "bridge": "bridge"}
_CHORDPRO_SIGNS: Final = str.maketrans("[]{}", "［］｛｝")
"""ChordPro has no way to write its own signs; these look the same."""
_LRC_TITLE_SIGNS: Final = str.maketrans("[]", "()")
"""A tag of LRC ends at its first bracket."""
_LRC_STAMP: Final = re.compile(r"^\[|[\[<](?=\s*\d+\s*:)")
"""What a player may take for a tag or a time: a bracket first in a line, or one before a time."""
_DEVICE: Final = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")


def export(draft: Draft, format: str, *, syllables: bool = False) -> bytes:  # noqa: A002
    """The draft as a file of one of `FORMATS`; `syllables` counts them in text and PDF.

    Raises:
        DraftError: there is no such format.
    """
    if format not in FORMATS:
        raise DraftError(f"I cannot export as “{format}”.", f"I can as {', '.join(FORMATS)}.")
    return FORMATS[format](draft, syllables)


def file_name(draft: Draft, format: str) -> str:  # noqa: A002
    """A name that any system takes: `midnight-train.lrc`, or the draft's id for other scripts.

    Windows keeps some names for devices, whatever their extension: `aux` becomes `aux-lyrics`.
    """
    plain = unicodedata.normalize("NFKD", draft.title).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.lower()))[:60]
    if _DEVICE.fullmatch(slug):
        slug += "-lyrics"
    return f"{slug or draft.id}.{_EXTENSIONS.get(format, format)}"


def by_section(draft: Draft) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """The name of each section as a heading, with its lines."""
    first = 0
    for section in covering(draft.sections, len(draft.lines)):
        yield _heading(section.name), draft.lines[first : first + section.lines]
        first += section.lines


def particulars(draft: Draft) -> str:
    """Key, tempo and genre on one line."""
    heard = draft.listening
    if not heard.is_beat:
        return f"{draft.brief.tempo:g} bpm · {draft.brief.genre}"
    key = heard.key if heard.key_confidence >= SURE else f"{heard.key} (not sure)"
    return f"{key} · {draft.brief.tempo:g} bpm · {draft.brief.genre}"


def _text(draft: Draft, syllables: bool) -> bytes:
    rows = [draft.title, particulars(draft)]
    for heading, lines in by_section(draft):
        rows += ["", f"[{heading}]"]
        rows += [f"{line.syllables:>2}  {line.text}" if syllables else line.text for line in lines]
    return _encoded(rows)


def _lrc(draft: Draft, _syllables: bool) -> bytes:
    # Lines may go on after the beat, and a player must not stop before them.
    minutes, seconds = divmod(max(draft.listening.duration, *_ends(draft)), 60)
    rows = [
        f"[ti:{_flat(draft.title).translate(_LRC_TITLE_SIGNS)}]",
        f"[length:{int(minutes):02d}:{seconds:05.2f}]",
        "[re:ATL]",
    ]
    rows += [f"[{_lrc_time(line.start)}]{_lrc_text(line.text)}" for line in draft.lines]
    if draft.lines:
        # An empty line takes the last one off the screen.
        rows.append(f"[{_lrc_time(draft.lines[-1].end)}]")
    return _encoded(rows)


def _ends(draft: Draft) -> tuple[float, ...]:
    return (0.0, *(line.end for line in draft.lines))


def _chordpro(draft: Draft, _syllables: bool) -> bytes:
    heard = draft.listening
    key = read_key(heard.key)
    rows = [
        f"{{title: {_chordpro_text(draft.title)}}}",
        *([f"{{key: {key.symbol}}}"] if key else []),
        f"{{tempo: {draft.brief.tempo:g}}}",
        f"{{time: {time_signature(draft.brief.beats_per_bar, draft.brief.compound)}}}",
    ]
    if key:
        doubt = "" if heard.key_confidence >= SURE else ", and of the key I am not sure"
        rows.append(f"{{comment: The chords are suggestions from the scale of {heard.key}{doubt}}}")
    chords = key.progression() if key else ()
    for heading, lines in by_section(draft):
        kind = _CHORDPRO_SECTIONS.get(heading.split()[0].lower())
        opening = f'start_of_{kind}: label="{heading}"' if kind else f"comment: {heading}"
        rows += ["", f"{{{opening}}}"]
        rows += [_with_chords(line, chords, _bars(line, draft)) for line in lines]
        rows += [f"{{end_of_{kind}}}"] if kind else []
    return _encoded(rows)


def _json(draft: Draft, _syllables: bool) -> bytes:
    data = {"kind": JSON_KIND, "version": JSON_VERSION, **draft.to_json()}
    return (json.dumps(data, ensure_ascii=True, indent=1) + "\n").encode("ascii")


def _pdf(draft: Draft, syllables: bool) -> bytes:
    from atl_core.drafts.sheet import lyric_sheet

    headed = [(heading, lines) for heading, lines in by_section(draft)]
    return lyric_sheet(draft.title, particulars(draft), headed, syllables=syllables)


def _midi(draft: Draft, _syllables: bool) -> bytes:
    from atl_core.drafts.timed.midi import midi

    return midi(draft)


def _enhanced_lrc(draft: Draft, _syllables: bool) -> bytes:
    from atl_core.drafts.timed.subtitles import enhanced_lrc

    return enhanced_lrc(draft)


def _srt(draft: Draft, _syllables: bool) -> bytes:
    from atl_core.drafts.timed.subtitles import srt

    return srt(draft)


def _ass(draft: Draft, _syllables: bool) -> bytes:
    from atl_core.drafts.timed.subtitles import ass

    return ass(draft)


def _ttml(draft: Draft, _syllables: bool) -> bytes:
    from atl_core.drafts.timed.subtitles import ttml

    return ttml(draft)


def _labels(draft: Draft, _syllables: bool) -> bytes:
    from atl_core.drafts.timed.labels import labels

    return labels(draft)


def _markers(draft: Draft, _syllables: bool) -> bytes:
    from atl_core.drafts.timed.labels import markers

    return markers(draft)


FORMATS: Final[dict[str, Callable[[Draft, bool], bytes]]] = {
    "txt": _text,
    "lrc": _lrc,
    "chordpro": _chordpro,
    "pdf": _pdf,
    "json": _json,
    "elrc": _enhanced_lrc,
    "srt": _srt,
    "ass": _ass,
    "ttml": _ttml,
    "midi": _midi,
    "labels": _labels,
    "csv": _markers,
}
_EXTENSIONS: Final = {"chordpro": "cho", "elrc": "lrc", "midi": "mid", "labels": "txt"}


def _heading(name: str) -> str:
    return name[:1].upper() + name[1:]


def _encoded(rows: list[str]) -> bytes:
    return ("\n".join(rows) + "\n").encode("utf-8", "replace")


def _lrc_time(seconds: float) -> str:
    hundredths = round(max(0.0, seconds) * 100)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def _lrc_text(text: str) -> str:
    """A line in which no player finds a tag or one more time; full-width signs look the same."""
    wide = {"[": "［", "<": "＜"}
    closing = {"[": ("]", "］"), "<": (">", "＞")}
    line = _flat(text)
    while stamp := _LRC_STAMP.search(line):
        opening = stamp[0]
        before, after = line[: stamp.start()], line[stamp.end() :]
        line = before + wide[opening] + after.replace(*closing[opening], 1)
    return line


def _flat(text: str) -> str:
    """One line of it, without control characters."""
    return " ".join(
        "".join(" " if unicodedata.category(char) == "Cc" else char for char in text).split()
    )


def _chordpro_text(text: str) -> str:
    """A line that ChordPro reads as words: no chord, directive or comment, and none goes on."""
    line = _flat(text).translate(_CHORDPRO_SIGNS)
    if line.startswith("#"):
        line = "＃" + line[1:]
    return line[:-1] + "＼" if line.endswith("\\") else line


def _bars(line: Line, draft: Draft) -> int:
    """How many bars a line lasts."""
    starts = sorted({other.bar for other in draft.lines})
    after = [bar for bar in starts if bar > line.bar]
    if after:
        return after[0] - line.bar
    return starts[-1] - starts[-2] if len(starts) > 1 else 1


def _with_chords(line: Line, chords: tuple[str, ...], bars: int) -> str:
    """The line with a chord where each of its bars begins, as near as words allow."""
    words = _chordpro_text(line.text).split(" ")
    if not chords:
        return " ".join(words)
    bars = min(bars, len(words))
    for bar in reversed(range(bars)):
        at = bar * len(words) // bars
        words[at] = f"[{chords[(line.bar + bar) % len(chords)]}]{words[at]}"
    return " ".join(words)
