"""Any file a writer may send either becomes samples or a sentence of its own."""

from __future__ import annotations

import threading
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atl_core.audio.child import CancelledError
from atl_core.audio.decode import Sound, decode, sniff
from atl_core.errors import BeatError
from tests.audio.conftest import Children, Encode

KINDS = ["wav", "flac", "ogg", "mp3", "aiff", "m4a", "aac", "opus", "webm", "mp4"]


def hear(beat: Path, max_seconds: float = 60, max_megabytes: float = 20) -> Sound:
    return decode(beat, max_seconds=max_seconds, max_megabytes=max_megabytes)


def tone(seconds: float = 3.0, rate: int = 44_100, channels: int = 1) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return np.repeat(0.5 * np.sin(2 * np.pi * 440 * t)[:, None], channels, axis=1)


@pytest.mark.parametrize("suffix", KINDS)
def test_a_tone_survives_every_kind(encode: Encode, suffix: str) -> None:
    sound = hear(encode(tone(channels=2), suffix))
    assert sound.seconds == pytest.approx(3, abs=0.15)
    spectrum = np.abs(np.fft.rfft(sound.samples[4000:36_000]))
    assert np.argmax(spectrum) / 2 == pytest.approx(440, abs=1)


@pytest.mark.parametrize("suffix", KINDS)
def test_the_bytes_decide_not_the_name(encode: Encode, suffix: str) -> None:
    beat = encode(tone(), suffix)
    assert hear(beat.rename(beat.with_suffix(".txt"))).seconds == pytest.approx(3, abs=0.15)


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000, 96_000])
def test_resampling_keeps_the_pitch(encode: Encode, rate: int) -> None:
    sound = hear(encode(tone(rate=rate), "wav", rate))
    assert len(sound.samples) == pytest.approx(48_000, abs=2)
    assert np.argmax(np.abs(np.fft.rfft(sound.samples[:32_000]))) / 2 == pytest.approx(440, abs=1)


def test_the_mix_keeps_the_energy_of_the_channels(encode: Encode) -> None:
    rng = np.random.default_rng(0)
    left, right = rng.normal(0, 0.1, (2, 132_300))
    for channels in ([left, right], [left, -left], [left, left], [left, 0 * left]):
        stereo = np.stack(channels, axis=1)
        soft = np.fft.irfft(np.fft.rfft(stereo, axis=0)[:20_000], len(stereo), axis=0)
        mixed = hear(encode(soft, "wav")).samples
        assert np.mean(mixed**2) == pytest.approx(np.mean(soft**2), rel=0.05)


def test_peak_is_measured_before_mixing(encode: Encode) -> None:
    stereo = np.concatenate([tone(), 0.2 * tone()], axis=1)
    assert hear(encode(stereo, "wav")).peak == pytest.approx(0.5, abs=0.01)


def silent_video(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(20):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_each_bad_beat_has_its_own_sentence(
    children: Children, encode: Encode, tmp_path: Path
) -> None:
    def file(content: bytes, name: str) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    mp3 = encode(tone(20.0), "mp3", name="whole").read_bytes()
    broken = tone()
    broken[1000] = np.nan
    soundfile.write(tmp_path / "nan.wav", broken, 44_100, subtype="FLOAT")
    cases = {
        "no file": tmp_path / "nowhere.mp3",
        "folder": tmp_path,
        "empty": file(b"", "empty.wav"),
        "not an audio file": file(b"These are words. " * 400, "words.mp3"),
        "cut off": file(mp3[: len(mp3) // 2], "half.mp3"),
        "no sound": silent_video(tmp_path / "silent.mp4"),
        r"too short \(0.3 s\)": encode(tone(0.3), "wav", name="short"),
        "silent": encode(np.zeros(100_000), "wav", name="silence"),
        r"too long \(3:00:00": encode(
            np.zeros(3 * 3600 * 11_025, np.int16), "flac", 11_025, "long"
        ),
        "200 channels": encode(tone(1.5, 16_000, 200), "wav", 16_000, "choir"),
        "8,000 Hz": encode(tone(rate=8000), "wav", 8000, "telephone"),
        "192,000 Hz": encode(tone(rate=192_000), "wav", 192_000, "bats"),
        "NaN": tmp_path / "nan.wav",
        "damaged": file(b"RIFF\x24\0\0\0WAVEfmt " + bytes(30), "header.wav"),
    }
    for sentence, beat in cases.items():
        with pytest.raises(BeatError, match=sentence) as refused:
            hear(beat, max_seconds=900)
        assert refused.value.accepted or refused.value.remedy
    with pytest.raises(BeatError, match="too large"):
        hear(encode(tone(20.0), "wav", name="large"), max_megabytes=1)
    assert children
    assert not children.running()


@pytest.mark.parametrize("suffix", KINDS)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_mutated_media_is_heard_or_refused(
    encode: Encode, children: Children, tmp_path: Path, suffix: str, data: st.DataObject
) -> None:
    whole = tmp_path / f"beat.{suffix}"
    if not whole.exists():
        encode(tone(2.0), suffix)
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    mutant = tmp_path / "mutant"
    mutant.write_bytes(bytes(content))
    try:
        assert np.isfinite(hear(mutant).samples).all()
    except BeatError as refused:
        assert "\n" not in str(refused)  # noqa: PT017
    assert not children.running()


class ChangesItsMind(threading.Event):
    """Is set the third time that somebody looks: the decoder is at work by then. It counts how
    often somebody looks after that.
    """

    looks = 0

    def is_set(self) -> bool:
        self.looks += 1
        if self.looks == 3:
            self.set()
        return super().is_set()


def test_cancel_stops_the_decoder_at_the_next_look(encode: Encode, children: Children) -> None:
    noise = np.random.default_rng(0).integers(-9999, 9999, 3600 * 16_000, np.int16)
    beat = encode(noise, "flac", 16_000)
    cancel = ChangesItsMind()
    with pytest.raises(CancelledError):
        decode(beat, max_seconds=4 * 3600, max_megabytes=1000, cancel=cancel)
    assert cancel.looks == 3
    assert len(children) == 1
    assert not children.running()


@given(st.binary(max_size=64))
def test_sniffing_never_fails(head: bytes) -> None:
    sniff(head)
    sniff(b"ID3" + head)
