"""The rehearsal video: 720p, the beat, and the lines lit syllable by syllable, with a count-in."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
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
from atl_core.files import temporary_folder
from atl_core.flow.lettering import drawable

WIDTH, HEIGHT = 1280, 720
RATE: Final = 15
"""Frames a second at most: a syllable is lit within 33 ms of its time. A frame is written only when
the picture changes."""
STILL: Final = RATE
"""Frames of this number without a change, and the picture is written all the same: players seek and
start by frames."""

TOLD: Final = 20
"""How often progress is told."""

CARD, PANEL, INK, SOFT = "#16151f", "#38354a", "#f4f1ea", "#8b87a0"
LIT, SUNG, BEAT = "#ff7a59", "#f2c14e", "#4fd1c5"
LINE_SIZE, SMALL_SIZE, SMALLEST = 58, 36, 24
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
    with temporary_folder("video") as folder:
        path = folder / "video.mp4"
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
                "preset": "superfast",
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
        written = -STILL
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
            changed = scene.show(now)
            if changed or number - written >= STILL or number == count - 1:
                frame = av.VideoFrame.from_ndarray(scene.pixels, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                container.mux(picture.encode(frame))
                written = number
            if progress is not None and number % told_every == 0:
                progress(number / count)
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))


class _Scene:
    """What is seen at each time; it is drawn only when something in it changes."""

    def __init__(self, draft: Draft, about: str) -> None:
        self.title, self.about = " ".join(draft.title.split()), about
        self.lines = timed_lines(draft)
        self.bars = bar_times(draft)
        self.bar_length = bar_length(draft)
        self.beats = draft.brief.beats_per_bar
        self.seconds = draft.listening.duration
        self._shown: tuple[object, ...] = ()
        self._page: tuple[int, Image.Image] | None = None
        self.pixels: np.ndarray[Any, Any] = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        """(720, 1280, 3) bytes: what is seen."""

    def show(self, now: float) -> bool:
        """Draw what is seen at a time; whether anything is seen otherwise than before."""
        current = self._line(now)
        lit = self._lit(current, now)
        beat = self._beat(now)
        waits = self._count_in(now)
        state = (current, lit, beat, waits)
        if state == self._shown:
            return False
        self._shown = state
        # The bar of what is done moves with the others.
        done = now / max(self.seconds, 1e-6)
        self.pixels = np.asarray(self._drawn(current, lit, beat, waits, done))
        return True

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

    def _around(self, current: int) -> Image.Image:
        """What stays while a line is sung: the title, the lines around it and its section."""
        if self._page is None or self._page[0] != current:
            page = Image.new("RGB", (WIDTH, HEIGHT), CARD)
            pen = ImageDraw.Draw(page)
            pen.text((MARGIN, 50), _fitting(self.title, 34, WIDTH - 2 * MARGIN), INK, _font(34))
            pen.text((MARGIN, 96), self.about, SOFT, _font(22, bold=False))
            for number, top in ((current - 1, 190), (current + 1, 480), (current + 2, 540)):
                if 0 <= number < len(self.lines):
                    _line(pen, self.lines[number], top, SMALL_SIZE, None)
            if 0 <= current < len(self.lines):
                section = next(
                    (one.section for one in reversed(self.lines[: current + 1]) if one.section), ""
                )
                pen.text((MARGIN, 262), section, SUNG, _font(24))
            self._page = (current, page)
        return self._page[1].copy()

    def _drawn(self, current: int, lit: int, beat: int, waits: int, done: float) -> Image.Image:
        page = self._around(current)
        pen = ImageDraw.Draw(page)
        if 0 <= current < len(self.lines):
            _line(pen, self.lines[current], 300, LINE_SIZE, lit)
        if waits:
            pen.text((WIDTH - MARGIN, 50), str(waits), BEAT, _font(90), anchor="ra")
        for number in range(self.beats):
            left = MARGIN + 44 * number
            colour = BEAT if number == beat else PANEL
            pen.ellipse((left, 632, left + 26, 658), fill=colour)
        pen.rectangle((MARGIN, 684, WIDTH - MARGIN, 690), fill=PANEL)
        pen.rectangle((MARGIN, 684, MARGIN + (WIDTH - 2 * MARGIN) * min(done, 1.0), 690), fill=BEAT)
        return page


def _line(pen: ImageDraw.ImageDraw, line: TimedLine, top: int, size: int, lit: int | None) -> None:
    """A line of lyrics, on two rows where it must; `lit` is None for one that is not sung."""
    wide = WIDTH - 2 * MARGIN
    if lit is None:
        while size > SMALLEST and _font(size).getlength(drawable(line.text)) > wide:
            size -= 2
        pen.text((MARGIN, top), _fitting(line.text, size, wide), SOFT, _font(size))
        return
    words = _words([one.text for one in line.syllables] or [line.text])
    text = "".join(part for word in words for part, _ in word)
    while size > SMALLEST and _font(size).getlength(text) > 2 * 0.92 * wide:
        size -= 2
    font = _font(size)
    left, begun = float(MARGIN), (lit + 1) // 2
    for word in words:
        length = font.getlength("".join(part for part, _ in word).rstrip())
        if left > MARGIN and left + length > MARGIN + wide:
            left, top = float(MARGIN), top + round(1.3 * size)
        for part, number in word:
            colour = INK
            if line.syllables and number < begun:
                colour = LIT if number == begun - 1 and lit % 2 == 0 else SUNG
            # Where text is read from right to left, a space after it would be drawn before it.
            pen.text((left, top), part.rstrip(), colour, font)
            left += font.getlength(part)


def _words(parts: Sequence[str]) -> list[list[tuple[str, int]]]:
    """The syllables of a line word by word, each with the number by which it is lit.

    Words that are read from right to left are one piece, since their order is not that of the
    page; it is lit with its last syllable.
    """
    words: list[list[tuple[str, int]]] = []
    open_ = False
    for number, part in enumerate(parts):
        shown = drawable(part)
        if part.strip() and not shown.strip():
            shown = ""  # an emoji alone leaves no gap
        if words and _from_right(words[-1][-1][0]) and (_from_right(shown) or not shown.strip()):
            words[-1][-1] = (words[-1][-1][0] + shown, number)
        elif open_ and not _from_right(shown):
            words[-1].append((shown, number))
        else:
            words.append([(shown, number)])
        open_ = not part[-1:].isspace()
    return words


def _from_right(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


_FONTS: dict[tuple[int, bool], ImageFont.FreeTypeFont] = {}


def _font(size: int, *, bold: bool = True) -> ImageFont.FreeTypeFont:
    """The font that comes with matplotlib."""
    if (size, bold) not in _FONTS:
        from matplotlib import get_data_path

        name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
        _FONTS[size, bold] = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/{name}", size)
    return _FONTS[size, bold]


def _fitting(text: str, size: int, wide: float) -> str:
    font, text = _font(size), drawable(text).strip()
    if font.getlength(text) <= wide:
        return text
    while text and font.getlength(text + "…") > wide:
        text = text[:-1]
    return text + "…"
