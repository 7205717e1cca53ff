"""Word by word for players: enhanced LRC, SubRip, Advanced SubStation (karaoke) and TTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from atl_core.drafts.draft import Draft
from atl_core.drafts.timed.lines import SHORTEST, TimedLine, timed_lines

FONT: Final = "DejaVu Sans"


def enhanced_lrc(draft: Draft) -> bytes:
    """LRC with the time of every word in angle brackets, as A2 and many players read it."""
    lines = timed_lines(draft)
    last = max([draft.listening.duration, *(line.end for line in lines)])
    minutes, seconds = divmod(last, 60)
    rows = [
        f"[ti:{_lrc_safe(draft.title)}]",
        f"[length:{int(minutes):02d}:{seconds:05.2f}]",
        "[re:ATL]",
    ]
    for line in lines:
        words = "".join(f"<{_lrc(word.start)}>{_lrc_safe(word.text)}" for word in line.words)
        end = f"<{_lrc(line.syllables[-1].end)}>" if line.syllables else ""
        rows.append(f"[{_lrc(line.start)}]{words or _lrc_safe(line.text)}{end}")
    if lines:
        rows.append(f"[{_lrc(lines[-1].end)}]")
    return ("\n".join(rows) + "\n").encode("utf-8", "replace")


def _lrc(seconds: float) -> str:
    hundredths = round(max(0.0, seconds) * 100)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


_LRC_SIGNS: Final = str.maketrans("[]<>", "［］＜＞")
"""LRC cannot write its own signs; these look the same."""


def _lrc_safe(text: str) -> str:
    return _flat(text).translate(_LRC_SIGNS)


def srt(draft: Draft) -> bytes:
    """SubRip: a cue a word, the whole line shown and its word underlined."""
    rows = []
    for number, (start, end, text) in enumerate(_cues(timed_lines(draft)), start=1):
        rows.append(f"{number}\n{_srt(start)} --> {_srt(end)}\n{text}\n")
    return "\n".join(rows).encode("utf-8", "replace")


def _cues(lines: tuple[TimedLine, ...]) -> Iterator[tuple[float, float, str]]:
    for line in lines:
        words = line.words
        if not words:
            yield line.start, line.end, _srt_safe(line.text)
            continue
        starts = [line.start, *(word.start for word in words[1:])]
        for number, start in enumerate(starts):
            end = starts[number + 1] if number + 1 < len(words) else line.end
            shown = "".join(
                f"<u>{_srt_safe(word.text.strip())}</u>{' ' * word.text[-1:].isspace()}"
                if at == number
                else _srt_safe(word.text)
                for at, word in enumerate(words)
            )
            yield start, max(end, start + SHORTEST), shown.strip()


def _srt(seconds: float) -> str:
    thousandths = round(max(0.0, seconds) * 1000)
    hours, rest = divmod(thousandths, 3_600_000)
    return f"{hours:02d}:{rest // 60_000:02d}:{rest // 1000 % 60:02d},{rest % 1000:03d}"


_SRT_SIGNS: Final = str.maketrans("<>{}", "＜＞｛｝")


def _srt_safe(text: str) -> str:
    # An arrow between two times would open a cue of its own.
    return _flat(text).replace("-->", "→").translate(_SRT_SIGNS)


def ass(draft: Draft) -> bytes:
    """Advanced SubStation Alpha 4+ with a karaoke tag for every syllable, in hundredths."""
    rows = [
        "[Script Info]",
        f"Title: {_flat(draft.title)}",
        "ScriptType: v4.00+",
        "PlayResX: 1280",
        "PlayResY: 720",
        "WrapStyle: 0",
        "ScaledBorderAndShadow: yes",
        "",
        "[V4+ Styles]",
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, "
        "BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
        "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
        f"Style: Line,{FONT},54,&H00597AFF,&H00EAF1F4,&H001F1516,&H80000000,-1,0,0,0,100,100,0,0,"
        "1,3,0,2,60,60,80,1",
        "",
        "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]
    rows += [
        f"Dialogue: 0,{_ass(line.start)},{_ass(line.end)},Line,,0,0,0,,{_karaoke(line)}"
        for line in timed_lines(draft)
    ]
    return ("\n".join(rows) + "\n").encode("utf-8", "replace")


def _karaoke(line: TimedLine) -> str:
    if not line.syllables:
        return _ass_safe(line.text)
    # Tags count from the line's start, so that no rounding adds up over a line.
    edges = [syllable.start for syllable in line.syllables] + [line.syllables[-1].end]
    hundredths = [round((edge - line.start) * 100) for edge in edges]
    rest = f"{{\\k{hundredths[0]}}}" if hundredths[0] else ""
    return rest + "".join(
        f"{{\\kf{max(0, after - before)}}}{_ass_safe(syllable.text)}"
        for syllable, before, after in zip(line.syllables, hundredths, hundredths[1:], strict=False)
    )


def _ass(seconds: float) -> str:
    minutes, hundredths = divmod(round(max(0.0, seconds) * 100), 6000)
    return f"{minutes // 60}:{minutes % 60:02d}:{hundredths // 100:02d}.{hundredths % 100:02d}"


_ASS_SIGNS: Final = str.maketrans("{}\\", "｛｝＼")


def _ass_safe(text: str) -> str:
    return _flat(text).translate(_ASS_SIGNS)


def ttml(draft: Draft) -> bytes:
    """TTML 1: a paragraph a line, a span a word."""
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" '
        'xml:lang="en">',
        "  <head>",
        f"    <metadata><ttm:title>{_xml(draft.title)}</ttm:title></metadata>",
        "  </head>",
        "  <body>",
    ]
    opened = False
    for line in timed_lines(draft):
        if line.section or not opened:
            rows += ["    </div>"] * opened
            rows.append(f"    <div ttm:role={quoteattr('x-' + _role(line.section))}>")
            opened = True
        spans = "".join(
            f'<span begin="{_ttml(word.start)}" end="{_ttml(word.end)}">{_xml(word.text.strip())}'
            f"</span>{' ' * word.text[-1:].isspace()}"
            for word in line.words
        )
        rows.append(
            f'      <p begin="{_ttml(line.start)}" end="{_ttml(line.end)}">'
            f"{spans or _xml(line.text)}</p>"
        )
    rows += ["    </div>"] * opened + ["  </body>", "</tt>"]
    return ("\n".join(rows) + "\n").encode("utf-8", "replace")


def _role(section: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in section.lower()) or "verse"


def _ttml(seconds: float) -> str:
    thousandths = round(max(0.0, seconds) * 1000)
    hours, rest = divmod(thousandths, 3_600_000)
    return f"{hours:02d}:{rest // 60_000:02d}:{rest // 1000 % 60:02d}.{rest % 1000:03d}"


def _xml(text: str) -> str:
    allowed = "".join(c for c in _flat(text) if c.isprintable() or c == " ")
    return escape(allowed)


def _flat(text: str) -> str:
    """On one line, its spaces at the ends kept as one."""
    inner = " ".join(text.split())
    if not inner:
        return " " if text else ""
    return " " * text[0].isspace() + inner + " " * text[-1].isspace()
