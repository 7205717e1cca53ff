"""A standard MIDI file: tempo map, metre, markers, a lyric event a syllable, and a click track."""

from __future__ import annotations

import io
from typing import Final

import mido

from atl_core.drafts.draft import Draft
from atl_core.drafts.timed.lines import TimedLine, bar_times, timed_lines

TICKS: Final = 480
"""A quarter note."""
VOICE: Final = 60
"""The note that carries the words: middle C."""
CLICK: Final = 77
CLICK_ON_ONE: Final = 76
"""Low and high wood block."""
DRUMS: Final = 9
"""MIDI's channel 10."""
AT_ONCE: Final = 0.02
"""Seconds before the first bar that are taken for none."""

Event = tuple[int, int, mido.Message | mido.MetaMessage]
"""Tick, rank among those of one tick, message."""


def midi(draft: Draft) -> bytes:
    """The file's bytes. Tick 0 is the start of the beat; the bars lie on its bar lines."""
    bars = bar_times(draft)
    lines = timed_lines(draft)
    compound = draft.brief.compound
    a_beat = TICKS * 3 // 2 if compound else TICKS
    a_bar = a_beat * draft.brief.beats_per_bar
    usual = (bars[-1] - bars[0]) / (len(bars) - 1) if len(bars) > 1 else _bar_by_tempo(draft)
    # Before the first bar a whole number of beats, at the tempo that fits.
    lead = bars[0] if bars[0] > AT_ONCE else 0.0
    lead_beats = max(1, round(lead / (usual / draft.brief.beats_per_bar))) if lead else 0
    first = lead_beats * a_beat
    song = mido.MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")
    song.tracks.append(
        _track("Beat and markers", _map(draft, bars, lines, usual, lead, lead_beats, first, a_bar))
    )
    song.tracks.append(_track("Words", _words(lines, first, a_bar, a_beat)))
    song.tracks.append(_track("Click", _clicks(draft, len(bars), first, a_beat, lead_beats)))
    found = io.BytesIO()
    song.save(file=found)
    return found.getvalue()


def _map(
    draft: Draft,
    bars: tuple[float, ...],
    lines: tuple[TimedLine, ...],
    usual: float,
    lead: float,
    lead_beats: int,
    first: int,
    a_bar: int,
) -> list[Event]:
    beats = draft.brief.beats_per_bar
    compound = draft.brief.compound
    metre = {"numerator": 3 * beats, "denominator": 8} if compound else {"numerator": beats}
    events: list[Event] = [(0, 0, mido.MetaMessage("time_signature", **metre))]
    quarters_a_bar = a_bar / TICKS
    if lead_beats:
        quarters = first / TICKS
        events.append((0, 1, mido.MetaMessage("set_tempo", tempo=_tempo(lead / quarters))))
    said = None
    for number, start in enumerate(bars):
        length = bars[number + 1] - start if number + 1 < len(bars) else usual
        tempo = _tempo(length / quarters_a_bar)
        tick = first + number * a_bar
        if tempo != said:
            events.append((tick, 1, mido.MetaMessage("set_tempo", tempo=tempo)))
            said = tempo
        events.append((tick, 3, mido.MetaMessage("marker", text=f"Bar {number + 1}")))
    for line in lines:
        if line.section:
            tick = first + line.bar * a_bar
            events.append((tick, 2, mido.MetaMessage("marker", text=_safe(line.section))))
    return events


def _words(lines: tuple[TimedLine, ...], first: int, a_bar: int, a_beat: int) -> list[Event]:
    events: list[Event] = []
    starts = [
        (max(0, first + syllable.bar * a_bar + round(syllable.position * a_beat)), syllable, line)
        for line in lines
        for syllable in line.syllables
    ]
    for number, (tick, syllable, line) in enumerate(starts):
        seconds_a_tick = (line.end - line.start) / max(1, a_bar)
        length = round((syllable.end - syllable.start) / seconds_a_tick) if seconds_a_tick else 60
        after = starts[number + 1][0] if number + 1 < len(starts) else tick + 4 * a_beat
        end = max(tick + 1, min(tick + max(length, 30), after))
        loud = 100 if syllable.stress else 70
        text = _safe(syllable.text)
        if text.strip():
            events.append((tick, 0, mido.MetaMessage("lyrics", text=text)))
        events.append((tick, 2, mido.Message("note_on", note=VOICE, velocity=loud)))
        events.append((end, 1, mido.Message("note_off", note=VOICE, velocity=0)))
    return events


def _clicks(draft: Draft, bars: int, first: int, a_beat: int, lead_beats: int) -> list[Event]:
    events: list[Event] = []
    beats = draft.brief.beats_per_bar
    for number in range(-lead_beats, bars * beats):
        tick = first + number * a_beat
        note = CLICK_ON_ONE if number % beats == 0 else CLICK
        hit = mido.Message("note_on", channel=DRUMS, note=note, velocity=100)
        off = mido.Message("note_off", channel=DRUMS, note=note, velocity=0)
        events += [(tick, 1, hit), (tick + a_beat // 8, 0, off)]
    return events


def _track(name: str, events: list[Event]) -> mido.MidiTrack:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=0))
    return track


def _tempo(seconds: float) -> int:
    """Microseconds a quarter, as far as MIDI's three bytes go."""
    return min(max(1, round(seconds * 1_000_000)), (1 << 24) - 1)


def _bar_by_tempo(draft: Draft) -> float:
    return 60.0 / draft.brief.tempo * draft.brief.beats_per_bar


def _safe(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
