"""The rehearsal video: 720p, the beat, and the lines lit syllable by syllable, with a count-in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from atl_core.audio.child import CancelledError
from atl_core.audio.decode import STEREO_RATE
from atl_core.drafts.draft import Draft
from atl_core.drafts.timed.lines import TimedLine, bar_at, bar_length, bar_times, timed_lines
from atl_core.drafts.timed.size import LONGEST, VIDEO_BITS, audio_bits
from atl_core.drafts.timed.sound import Stereo, frames

WIDTH, HEIGHT = 1280, 720
RATE: Final = 15
"""Frames a second: a syllable is lit within 33 ms of its time."""

TOLD: Final = 20
"""How often progress is told."""

CARD, PANEL, INK, SOFT = "#16151f", "#38354a", "#f4f1ea", "#8b87a0"
LIT, SUNG, BEAT = "#ff7a59", "#f2c14e", "#4fd1c5"
LINE_SIZE, SMALL_SIZE = 58, 36
MARGIN: Final = 70


def video(
    draft: Draft,
    about: str,
    beat: Stereo,
    *,
    progress: Callable[[float], None] | None = None,
    cancel: threading.Event | None = None,
) -> bytes:
    """An MP4 (H.264 and AAC) that Discord plays where it is posted, under 10 MB.

    Long beats get sound of fewer bits; of one that still does not fit, the first part is shown.
    `progress` is told the share that is done. Setting `cancel` raises `CancelledError`.

    Raises:
        CancelledError: `cancel` was set.
    """
    scene = _Scene(draft, about)
    seconds = min(draft.listening.duration, LONGEST)
    bits = audio_bits(seconds)
    codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
    # A file, because its index is put in front once all is written, so that it plays at once.
    with TemporaryDirectory(prefix="atl-video-") as folder:
        path = Path(folder) / "video.mp4"
        _write(path, scene, beat, seconds, bits, codec, progress, cancel)
        return path.read_bytes()


def _write(
    path: Path,
    scene: _Scene,
    beat: Stereo,
    seconds: float,
    bits: int,
    codec: str,
    progress: Callable[[float], None] | None,
    cancel: threading.Event | None,
) -> None:
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        picture: Any = container.add_stream(codec, rate=RATE)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.codec_context.time_base = Fraction(1, RATE)
        if codec == "libx264":
            picture.options = {
                "preset": "veryfast",
                "tune": "stillimage",
                "crf": "27",
                "maxrate": str(VIDEO_BITS),
                "bufsize": str(4 * VIDEO_BITS),
                "g": str(RATE * 10),
            }
        else:
            picture.bit_rate = 8 * VIDEO_BITS
        sound: Any = container.add_stream("aac", rate=STEREO_RATE, layout="stereo")
        sound.bit_rate = bits
        pieces = frames(beat[: round(seconds * STEREO_RATE)], "fltp", 1024)
        heard = 0.0
        count = int(seconds * RATE) + 1
        told_every = max(1, count // TOLD)
        for number in range(count):
            if cancel is not None and cancel.is_set():
                raise CancelledError
            now = number / RATE
            while heard <= now:
                piece = next(pieces, None)
                if piece is None:
                    heard = float("inf")
                    break
                piece.time_base = Fraction(1, STEREO_RATE)
                heard = ((piece.pts or 0) + piece.samples) / STEREO_RATE
                container.mux(sound.encode(piece))
            frame = av.VideoFrame.from_ndarray(scene.at(now), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(picture.encode(frame))
            if progress is not None and number % told_every == 0:
                progress(number / count)
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))


class _Scene:
    """What is seen at each time; a picture is drawn anew only when something in it changes."""

    def __init__(self, draft: Draft, about: str) -> None:
        self.title, self.about = " ".join(draft.title.split()), about
        self.lines = timed_lines(draft)
        self.bars = bar_times(draft)
        self.bar_length = bar_length(draft)
        self.beats = draft.brief.beats_per_bar
        self.seconds = draft.listening.duration
        self._shown: tuple[object, ...] = ()
        self._pixels: np.ndarray[Any, Any] = np.zeros((HEIGHT, WIDTH, 3), np.uint8)

    def at(self, now: float) -> np.ndarray[Any, Any]:
        """(720, 1280, 3) bytes."""
        current = self._line(now)
        lit = self._lit(current, now)
        beat = self._beat(now)
        waits = self._count_in(now)
        done = int(200 * now / max(self.seconds, 1e-6))
        state = (current, lit, beat, waits, done)
        if state != self._shown:
            self._shown = state
            self._pixels = np.asarray(self._drawn(current, lit, beat, waits, done))
        return self._pixels

    def _line(self, now: float) -> int:
        """The line that is sung, or the next one; the last one stays."""
        for number, line in enumerate(self.lines):
            if now < line.end:
                return number
        return len(self.lines) - 1

    def _lit(self, number: int, now: float) -> int:
        """How many syllables of a line have begun, doubled; one less while none sounds."""
        if number < 0:
            return 0
        begun = [one for one in self.lines[number].syllables if one.start <= now + 0.5 / RATE]
        sounding = bool(begun) and now < begun[-1].end
        return 2 * len(begun) - (0 if sounding or not begun else 1)

    def _beat(self, now: float) -> int:
        bar = bar_at(self.bars, now)
        if bar < 0:
            return -1
        start = self.bars[bar]
        end = self.bars[bar + 1] if bar + 1 < len(self.bars) else start + self.bar_length
        return min(self.beats - 1, int(self.beats * (now - start) / (end - start)))

    def _count_in(self, now: float) -> int:
        """Beats until the next line, when nothing is sung and it is a bar away or less."""
        upcoming = next((line for line in self.lines if line.start > now), None)
        if upcoming is None or any(line.start <= now < line.end for line in self.lines):
            return 0
        left = (upcoming.start - now) / (self.bar_length / self.beats)
        return int(left) + 1 if left <= self.beats else 0

    def _drawn(self, current: int, lit: int, beat: int, waits: int, done: int) -> Image.Image:
        page = Image.new("RGB", (WIDTH, HEIGHT), CARD)
        pen = ImageDraw.Draw(page)
        pen.text((MARGIN, 50), _fitting(self.title, 34, WIDTH - 2 * MARGIN), INK, _font(34))
        pen.text((MARGIN, 96), self.about, SOFT, _font(22, bold=False))
        for number, top in ((current - 1, 190), (current + 1, 480), (current + 2, 540)):
            if 0 <= number < len(self.lines):
                _line(pen, self.lines[number], top, SMALL_SIZE, None)
        if 0 <= current < len(self.lines):
            line = self.lines[current]
            section = next(
                (one.section for one in reversed(self.lines[: current + 1]) if one.section), ""
            )
            pen.text((MARGIN, 262), section, SUNG, _font(24))
            _line(pen, line, 300, LINE_SIZE, lit)
        if waits:
            pen.text((WIDTH - MARGIN, 50), str(waits), BEAT, _font(90), anchor="ra")
        for number in range(self.beats):
            left = MARGIN + 44 * number
            colour = BEAT if number == beat else PANEL
            pen.ellipse((left, 632, left + 26, 658), fill=colour)
        pen.rectangle((MARGIN, 684, WIDTH - MARGIN, 690), fill=PANEL)
        pen.rectangle((MARGIN, 684, MARGIN + (WIDTH - 2 * MARGIN) * done / 200, 690), fill=BEAT)
        return page


def _line(pen: ImageDraw.ImageDraw, line: TimedLine, top: int, size: int, lit: int | None) -> None:
    """A line of lyrics, on two rows where it must; `lit` is None for one that is not sung."""
    parts = [one.text for one in line.syllables] or [line.text]
    wide = WIDTH - 2 * MARGIN
    while (
        size > 24
        and _font(size).getlength("".join(parts)) > (2 if lit is not None else 1) * 0.92 * wide
    ):
        size -= 2
    font = _font(size)
    left, begun = float(MARGIN), (lit + 1) // 2 if lit is not None else 0
    for number, part in enumerate(parts):
        length = font.getlength(part)
        if (
            lit is not None
            and left > MARGIN
            and left + font.getlength(part.rstrip()) > MARGIN + wide
        ):
            left, top = float(MARGIN), top + round(1.3 * size)
            part = part.lstrip()
        colour = INK if lit is not None else SOFT
        if lit is not None and line.syllables and number < begun:
            colour = LIT if number == begun - 1 and lit % 2 == 0 else SUNG
        pen.text((left, top), part, colour, font)
        left += length


_FONTS: dict[tuple[int, bool], ImageFont.FreeTypeFont] = {}


def _font(size: int, *, bold: bool = True) -> ImageFont.FreeTypeFont:
    """The font that comes with matplotlib."""
    if (size, bold) not in _FONTS:
        from matplotlib import get_data_path

        name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
        _FONTS[size, bold] = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/{name}", size)
    return _FONTS[size, bold]


def _fitting(text: str, size: int, wide: float) -> str:
    font = _font(size)
    if font.getlength(text) <= wide:
        return text
    while text and font.getlength(text + "…") > wide:
        text = text[:-1]
    return text + "…"
