"""Timed exports, read back by others: FFmpeg's demuxers and decoders, mido, an XML parser."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import av
import mido
import numpy as np
import pytest
import soundfile

from atl_core.audio.child import CancelledError
from atl_core.audio.listening import no_beat
from atl_core.drafts.draft import Draft
from atl_core.drafts.export import FORMATS, export
from atl_core.drafts.timed.lines import bar_times, timed_lines
from atl_core.drafts.timed.page import page
from atl_core.drafts.timed.rehearsal import rehearsal
from atl_core.drafts.timed.sound import stereo
from atl_core.drafts.timed.video import RATE, video
from atl_core.errors import BeatError, DraftError
from atl_core.flow import picture as flow_picture
from atl_core.flow.lettering import drawable
from tests.drafts.examples import make_brief, make_draft, make_lines, make_listening, make_verdict

TEXTS = (
    "midnight train is rolling through my town",
    "[Hook] <b>every</b> light {I} ever knew --> is \\going down",
    "🔥🔥🔥",
    "00:10.00 a pocket full of change & half a dream",
)


def draft_of(*texts: str) -> Draft:
    return Draft(
        "abc123", "me", "Love [Remix] & <more>", 1, "write", "beat.wav", make_brief(),
        make_listening(), make_lines(texts), make_verdict(), "lm", {}, datetime.now(UTC),
    )  # fmt: skip


@pytest.fixture
def draft() -> Draft:
    return draft_of(*TEXTS)


def cues(data: bytes, format: str) -> list[tuple[float, float, str]]:  # noqa: A002
    with av.open(io.BytesIO(data), "r", format=format) as container:
        stream = container.streams.subtitles[0]
        assert stream.time_base is not None
        return [
            (
                float(packet.pts * stream.time_base),
                float((packet.pts + (packet.duration or 0)) * stream.time_base),
                bytes(packet).decode(),
            )
            for packet in container.demux(stream)
            if packet.pts is not None
        ]


def test_srt_has_a_cue_a_word(draft: Draft) -> None:
    found = cues(export(draft, "srt"), "srt")
    lines = timed_lines(draft)
    assert len(found) == sum(max(1, len(line.words)) for line in lines)
    starts = [round(word.start, 3) for line in lines for word in line.words[1:]]
    assert set(starts) <= {round(start, 3) for start, _, _ in found}
    assert re.search("<u>midnight</u> train is rolling", found[0][2])


def test_ass_has_a_karaoke_tag_a_syllable(draft: Draft) -> None:
    found = cues(export(draft, "ass"), "ass")
    lines = timed_lines(draft)
    assert len(found) == len(lines)
    for (start, _, text), line in zip(found, lines, strict=True):
        assert start == pytest.approx(line.start, abs=0.006)
        tags = [int(tag) for tag in re.findall(r"\\kf(\d+)", text)]
        assert len(tags) == len(line.syllables)
        lead = [int(tag) for tag in re.findall(r"\\k(\d+)", text)]
        if line.syllables:
            assert line.start + (sum(lead) + sum(tags)) / 100 == pytest.approx(
                line.syllables[-1].end, abs=0.011
            )


def test_enhanced_lrc_has_the_time_of_every_word(draft: Draft) -> None:
    text = export(draft, "elrc").decode()
    rows = [row for row in text.splitlines() if re.match(r"\[\d", row)]
    first = timed_lines(draft)[0]
    stamps = [60 * int(m) + float(s) for m, s in re.findall(r"<(\d+):(\d+\.\d+)>", rows[0])]
    assert stamps[:-1] == pytest.approx([word.start for word in first.words], abs=0.006)
    found = cues(text.encode(), "lrc")
    assert found[0][0] == pytest.approx(first.start, abs=0.006)


def test_ttml_is_xml_with_a_span_a_word(draft: Draft) -> None:
    root = ElementTree.fromstring(export(draft, "ttml"))
    space = "{http://www.w3.org/ns/ttml}"
    paragraphs = list(root.iter(f"{space}p"))
    for paragraph, line in zip(paragraphs, timed_lines(draft), strict=True):
        assert len(paragraph.findall(f"{space}span")) == len(line.words)
        assert "".join(paragraph.itertext()).split() == line.text.split()


def test_midi_is_right_to_the_tick(draft: Draft) -> None:
    song = mido.MidiFile(file=io.BytesIO(export(draft, "midi")), charset="utf-8")
    conductor, words, clicks = song.tracks
    tempi, now = [], 0
    for message in conductor:
        now += message.time
        if message.type == "set_tempo":
            tempi.append((now, message.tempo))
    assert {message.type for message in conductor} >= {"time_signature", "marker", "set_tempo"}

    def seconds(tick: int) -> float:
        total = 0.0
        for number, (start, tempo) in enumerate(tempi):
            end = tempi[number + 1][0] if number + 1 < len(tempi) else tick
            total += mido.tick2second(max(0, min(end, tick) - start), song.ticks_per_beat, tempo)
        return total

    syllables = [one for line in timed_lines(draft) for one in line.syllables]
    now, lyrics = 0, []
    for message in words:
        now += message.time
        if message.type == "lyrics":
            lyrics.append((seconds(now), message.text))
    spoken = [one for one in syllables if one.text.strip()]
    assert [text for _, text in lyrics] == [one.text for one in spoken]
    assert [at for at, _ in lyrics] == pytest.approx([one.start for one in spoken], abs=0.002)
    assert sum(message.type == "note_on" for message in clicks) == 4 * 8


def test_labels_and_markers_read_back(draft: Draft) -> None:
    rows = [row.split("\t") for row in export(draft, "labels").decode().splitlines()]
    assert [float(row[0]) for row in rows] == pytest.approx(
        [line.start for line in timed_lines(draft)], abs=1e-5
    )
    table = list(csv.DictReader(io.StringIO(export(draft, "csv").decode())))
    assert sum(row["kind"] == "bar" for row in table) == 8
    assert next(row["text"] for row in table if row["kind"] == "line") == TEXTS[0]


@pytest.fixture(scope="module")
def beat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("beat") / "beat.wav"
    t = np.arange(44_100 * 4) / 44_100
    clicks = np.sin(2 * np.pi * 880 * t) * (t % 0.625 < 0.03)
    soundfile.write(path, np.stack([clicks, clicks], axis=1) * 0.5, 44_100)
    return path


def test_the_page_holds_the_beat_and_asks_for_nothing(draft: Draft, beat: Path) -> None:
    text = page(draft, "96 bpm", stereo(beat, draft)).decode()
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", text)
    assert "http://" not in text
    assert "https://" not in text
    song = json.loads(re.search(r'id="song">(.*?)</script>', text, re.S)[1])  # type: ignore[index]
    assert "".join(one[0] for one in song["lines"][0]["syllables"]) == TEXTS[0]
    import base64

    sound = base64.b64decode(song["audio"].split(",")[1])
    with av.open(io.BytesIO(sound), "r") as container:
        assert container.streams.audio[0].codec_context.name in ("opus", "libopus")
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(4.0, abs=0.1)
    assert len(sound) < 1_000_000 * 4 / 60 + 20_000


def test_the_video_lights_the_syllable_that_sounds(beat: Path) -> None:
    draft = draft_of("midnight train is rolling")
    draft = replace(draft, listening=replace(draft.listening, duration=4.0))
    told: list[float] = []
    data = video(draft, "96 bpm", stereo(beat, draft), progress=told.append)
    assert told == sorted(told)
    assert len(told) > 10
    with av.open(io.BytesIO(data), "r") as container:
        assert container.streams.video[0].codec_context.name == "h264"
        shown = [
            (frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)
        ]
    assert shown[0][0] == 0
    assert shown[-1][0] == pytest.approx(4.0, abs=0.1)
    assert len(shown) < 4 * RATE, "what does not change is not drawn again"
    assert shown[0][1].shape == (720, 1280, 3)

    def at(seconds: float) -> np.ndarray:
        """What is seen at a time."""
        return [picture for start, picture in shown if start <= seconds + 1e-6][-1]

    def orange(frame: np.ndarray) -> float:
        """Mean column of what is lit."""
        red, green, blue = frame[290:400].astype(int).transpose(2, 0, 1)
        lit = (red > 225) & (abs(green - 122) < 25) & (abs(blue - 89) < 30)
        return float(np.nonzero(lit)[1].mean()) if lit.any() else -1.0

    syllables = timed_lines(draft)[0].syllables
    places = [orange(at(one.start + 0.08)) for one in syllables]
    assert min(places) > 0
    assert places == sorted(places)
    with av.open(io.BytesIO(data), "r") as container:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    original, _ = soundfile.read(beat, always_2d=True)
    assert len(sound) / 48_000 == pytest.approx(4.0, abs=0.05)
    again = np.arange(40_000) / 48_000
    clicks = np.interp(again, np.arange(len(original)) / 44_100, original[:, 0])
    around = np.pad(sound[: len(again)], 4000)
    lag = int(np.correlate(around, clicks, "valid").argmax()) - 4000
    assert abs(lag) / 48_000 < 0.022, "no more than a frame of AAC"


def test_what_is_no_beat_is_said_so(draft: Draft, tmp_path: Path) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("not a beat " * 100)
    quiet = replace(draft, listening=replace(draft.listening, sha256="0" * 64))
    for path, problem in ((tmp_path / "gone.wav", "no file gone.wav"), (text, "not an audio file")):
        with pytest.raises(BeatError, match=problem):
            rehearsal(quiet, path, "mp4", lambda _: None, threading.Event())


def test_a_draft_without_a_beat_has_nothing_to_rehearse_with(draft: Draft, beat: Path) -> None:
    without = replace(draft, listening=no_beat())
    with pytest.raises(DraftError, match="no beat"):
        rehearsal(without, beat, "html", lambda _: None, threading.Event())


def test_a_rehearsal_stops_when_it_is_cancelled(draft: Draft, beat: Path) -> None:
    cancel = threading.Event()

    def stop(share: float) -> None:
        if share > 0:
            cancel.set()

    with pytest.raises(CancelledError):
        rehearsal(draft, beat, "mp4", stop, cancel)


def test_a_draft_without_a_spoken_word_exports() -> None:
    for format in ("elrc", "srt", "ass", "ttml", "midi", "labels", "csv"):  # noqa: A001
        assert export(draft_of("🔥"), format)


def test_a_draft_without_lines_exports() -> None:
    for format_ in FORMATS:
        export(make_draft(()), format_)


def test_lines_that_an_imported_draft_puts_anywhere_export_in_few_bytes() -> None:
    """A day between two lines that are 10,000 bars apart: no bar is counted that nobody needs."""
    first, *_, last = make_draft().lines
    far = (first, replace(last, bar=9999, start=86_000.0, end=86_400.0))
    for format_ in FORMATS:
        assert len(export(replace(make_draft(), lines=far), format_)) < 1_000_000, format_
    near = (replace(first, bar=0), replace(last, bar=9999, start=0.1, end=86_400.0))
    assert len(bar_times(replace(make_draft(), lines=near))) <= 5000 + 8


@pytest.mark.parametrize(
    "text",
    [
        "🔥 on the street 💔 tonight 👨‍👩‍👧",
        "שלום לכולם I said مرحبا to you",
        "incomprehensibilities of unconstitutionally internationalized overintellectualizing " * 2,
        "🔥🔥🔥",
    ],
    ids=["emoji", "right to left", "40 syllables", "emoji alone"],
)
def test_pictures_and_videos_take_any_line(text: str, beat: Path) -> None:
    draft = draft_of(text.strip(), "the next line")
    draft = replace(draft, listening=replace(draft.listening, duration=4.0))
    drawn = flow_picture.draw(draft.title, "96 bpm", draft.lines, draft.flow(), 4)
    assert drawn.startswith(b"\x89PNG")
    with av.open(io.BytesIO(video(draft, "96 bpm", stereo(beat, draft))), "r") as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    card = np.array([0x16, 0x15, 0x1F])
    away = max(int(np.abs(frame[:, -30:].astype(int) - card).max()) for frame in shown)
    assert away < 30, "nothing runs over the edge"
    for format_ in FORMATS:
        assert export(draft, format_)


def test_what_the_font_lacks_is_left_out() -> None:
    assert drawable("🔥 on the ❤️‍🔥 street") == " on the ❤ street"
    assert drawable("שלום café naïve") == "שלום café naïve"
