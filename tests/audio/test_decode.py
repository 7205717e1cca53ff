"""Any file a writer may send either becomes samples or a sentence of its own."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from atl_core.audio.child import CancelledError
from atl_core.audio.decode import Sound, decode
from atl_core.audio.kinds import looks_like_sound, not_sound, text_kind
from atl_core.errors import BeatError
from tests.audio.conftest import Children, Encode

KINDS = ["wav", "flac", "ogg", "mp3", "aiff", "m4a", "aac", "opus", "webm", "mp4"]


def hear(beat: Path, max_seconds: float = 60, max_megabytes: float = 20) -> Sound:
    return decode(beat, max_seconds=max_seconds, max_megabytes=max_megabytes)


def tone(seconds: float = 3.0, rate: int = 44_100, channels: int = 1) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return np.repeat(0.5 * np.sin(2 * np.pi * 440 * t)[:, None], channels, axis=1)


@pytest.mark.usefixtures("really_started")
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


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000, 96_000, 176_400, 192_000])
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
        "384,000 Hz": encode(tone(1.5, 384_000), "wav", 384_000, "bats"),
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


# --- How long a file is --------------------------------------------------------------------------


def without_xing(mp3: bytes) -> bytes:
    """An MP3 whose first frame, which tells how many there are, is cut off."""
    rate = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)[mp3[2] >> 4]
    assert b"Xing" in mp3[:64] or b"Info" in mp3[:64]
    return mp3[144_000 * rate // 44_100 + (mp3[2] >> 1 & 1) :]


def hiss(seconds: float, loudness: float) -> np.ndarray:
    return np.random.default_rng(7).normal(0, loudness, int(seconds * 44_100))


def vbr_mp3(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(
        file, samples, 44_100, format="MP3", bitrate_mode="VARIABLE", compression_level=0.1
    )
    return file.getvalue()


@pytest.mark.parametrize(("quiet", "loud"), [(1, 11), (11, 1)])
def test_an_mp3_that_does_not_tell_its_length_is_heard_to_the_end(
    tmp_path: Path, quiet: int, loud: int
) -> None:
    mp3 = vbr_mp3(np.concatenate([hiss(quiet, 1e-4), hiss(loud, 0.2)]))
    at = mp3.index(b"Xing")
    few, many, unknown = (
        mp3[: at + 8] + frames.to_bytes(4, "big") + mp3[at + 12 :]
        for frames in (50, 2000, 0xFFFFFFFF)
    )
    for content in (without_xing(mp3), few, many, unknown):
        (tmp_path / "beat.mp3").write_bytes(content)
        assert hear(tmp_path / "beat.mp3").seconds == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "opus", "aac", "flac", "wav"])
def test_files_joined_by_cat_last_as_long_as_all_of_them(encode: Encode, suffix: str) -> None:
    beat = encode(tone(2.0), suffix)
    beat.write_bytes(beat.read_bytes() * 3)
    assert hear(beat).seconds == pytest.approx(6, abs=0.3)


@pytest.mark.parametrize("suffix", ["ogg", "opus"])
def test_the_links_of_an_ogg_file_may_differ_in_rate_and_channels(
    encode: Encode, tmp_path: Path, suffix: str
) -> None:
    links = [encode(tone(2.0, channels=2), suffix, name="a")]
    soundfile.write(tmp_path / "b.ogg", tone(3.0, 48_000), 48_000)
    links.append(tmp_path / "b.ogg" if suffix == "ogg" else voice_message(tmp_path, 3.0))
    (tmp_path / "chain").write_bytes(b"".join(link.read_bytes() for link in links))
    sound = hear(tmp_path / "chain")
    assert sound.seconds == pytest.approx(5, abs=0.1)
    assert np.argmax(np.abs(np.fft.rfft(sound.samples[40_000:72_000]))) / 2 == pytest.approx(440, 1)


def voice_message(folder: Path, seconds: float) -> Path:
    """Mono Opus whose header names the rate that was recorded, 8 kHz, as RFC 7845 has it."""
    with av.open(str(folder / "voice.ogg"), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        planar = np.ascontiguousarray(tone(seconds, 48_000).T, np.float32)
        for start in range(0, planar.shape[1], 960):
            part = np.ascontiguousarray(planar[:, start : start + 960])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    content = bytearray((folder / "voice.ogg").read_bytes())
    at, end = content.index(b"OpusHead") + 12, content.index(b"OggS", 1)
    content[at : at + 4] = (8000).to_bytes(4, "little")
    content[22:26] = bytes(4)
    content[22:26] = ogg_crc(content[:end]).to_bytes(4, "little")
    (folder / "voice.ogg").write_bytes(bytes(content))
    return folder / "voice.ogg"


def ogg_crc(page: bytes | bytearray) -> int:
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = crc << 1 ^ (0x104C11DB7 if crc & 0x80000000 else 0)
    return crc


def test_opus_is_read_at_48_khz_whatever_its_header_names(tmp_path: Path) -> None:
    assert hear(voice_message(tmp_path, 2.0)).seconds == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("told", [0, 44_100])
def test_a_flac_that_tells_too_few_samples_is_heard_to_the_end(encode: Encode, told: int) -> None:
    beat = encode(tone(), "flac")
    content = bytearray(beat.read_bytes())
    content[21] &= 0xF0
    content[22:26] = told.to_bytes(4, "big")
    beat.write_bytes(bytes(content))
    assert hear(beat).seconds == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize(
    ("riff", "told"),
    [
        (b"RIFF", 0),
        (b"RIFF", 4096),
        (b"RIFF", 0x7FFF_FFFF),
        (b"RIFF", 0xFFFF_FFFF - 36),
        (b"RF64", 0xFFFF_FFFF),
    ],
)
def test_a_wav_whose_header_nobody_finished_is_heard_to_the_end(
    encode: Encode, riff: bytes, told: int
) -> None:
    beat = encode(tone(), "wav")
    content = bytearray(beat.read_bytes())
    at = content.index(b"data") + 4
    content[4:8] = content[at : at + 4] = told.to_bytes(4, "little")
    if riff == b"RF64":
        content[12:12] = b"ds64" + (28).to_bytes(4, "little") + bytes(28)
        content[:4] = riff
    beat.write_bytes(bytes(content))
    assert hear(beat).seconds == pytest.approx(3, abs=0.01)


def test_what_follows_the_sound_of_a_wav_is_not_heard(encode: Encode) -> None:
    beat = encode(tone(), "wav")
    after = b"LIST" + (200_000).to_bytes(4, "little") + b"INFO" + bytes(199_996)
    beat.write_bytes(beat.read_bytes() + after)
    assert hear(beat).seconds == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "coding"),
    [
        ("WAV", "PCM_16"),
        ("WAV", "IMA_ADPCM"),
        ("WAVEX", "PCM_24"),
        ("RF64", "PCM_16"),
        ("W64", "FLOAT"),
        ("AIFF", "PCM_16"),
        ("AIFF", "FLOAT"),
        ("AU", "PCM_16"),
        ("CAF", "PCM_16"),
        ("CAF", "ALAC_16"),
        ("FLAC", "PCM_16"),
        ("MP3", "MPEG_LAYER_III"),
    ],
)
def test_a_file_of_which_half_came_is_said_to_be_cut_off(
    tmp_path: Path, kind: str, coding: str
) -> None:
    beat = tmp_path / "beat"
    soundfile.write(beat, 0.7 * hiss(12, 0.2), 44_100, format=kind, subtype=coding)
    content = beat.read_bytes()
    beat.write_bytes(content[: len(content) // 2])
    with pytest.raises(BeatError, match=r"cut off.*should last 0:12 but breaks off after 0:0[56]"):
        hear(beat)


@pytest.mark.parametrize(
    ("kind", "name", "size", "told"),
    [
        (kind, name, size, told)
        for kind, name, size in (("AU", b".snd", 4), ("AIFF", b"SSND", 4), ("CAF", b"data", 8))
        for told in (0, 4096, (1 << 8 * size - 1) - 1, (1 << 8 * size) - 1)
    ],
)
def test_a_header_that_nobody_finished_hides_no_sound(
    tmp_path: Path, kind: str, name: bytes, size: int, told: int
) -> None:
    """As of WAV: the size of the sound is 0, that of the first block, or the largest there is."""
    beat = tmp_path / "beat"
    soundfile.write(beat, tone(), 44_100, format=kind, subtype="PCM_16")
    content = bytearray(beat.read_bytes())
    at = content.index(name) + (8 if kind == "AU" else 4)
    content[at : at + size] = told.to_bytes(size, "big")
    if kind == "AIFF":
        frames = content.index(b"COMM") + 10
        content[frames : frames + 4] = (told // 2).to_bytes(4, "big")
    beat.write_bytes(bytes(content))
    assert hear(beat).seconds == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize(("channels", "sentence"), [(9, "has 9 channels"), (65_535, "damaged")])
def test_more_channels_than_a_file_can_have_are_damage(
    encode: Encode, channels: int, sentence: str
) -> None:
    beat = encode(tone(), "wav")
    content = bytearray(beat.read_bytes())
    content[22:24] = channels.to_bytes(2, "little")
    beat.write_bytes(bytes(content))
    with pytest.raises(BeatError, match=sentence):
        hear(beat)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.floats(0.02, 0.99999))
@example(0.97)
@example(0.9999)
def test_what_is_too_short_is_not_said_to_be_as_long_as_is_needed(
    encode: Encode, seconds: float
) -> None:
    with pytest.raises(BeatError) as refused:
        hear(encode(tone(seconds), "wav"))
    said = re.search(r"too short \(([\d.]+) s\)\. At least ([\d.]+) s", str(refused.value))
    assert said
    assert float(said[1]) < float(said[2])


def test_what_is_too_large_is_not_said_to_be_as_large_as_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "beat.wav").write_bytes(bytes(2_000_001))
    with pytest.raises(BeatError, match=r"\(2\.1 MB\)\. Up to 2 MB"):
        hear(tmp_path / "beat.wav", max_megabytes=2)


# --- What a file is ------------------------------------------------------------------------------

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n"
EMPTY_TAG = b"ID3\3\0\0\0\0\0\x14" + bytes(20)


@pytest.mark.parametrize(
    ("suffix", "junk"),
    [
        ("mp3", bytes(600)),
        ("mp3", bytes(5000)),
        ("mp3", HTTP),
        ("mp3", b" " * 700),
        ("aac", bytes(5000)),
        ("wav", EMPTY_TAG),
        ("wav", HTTP),
        ("flac", bytes(600)),
        ("ogg", HTTP),
        ("m4a", HTTP),
        ("webm", bytes(600)),
    ],
)
def test_a_stray_header_hides_no_sound(encode: Encode, suffix: str, junk: bytes) -> None:
    beat = encode(tone(), suffix)
    beat.write_bytes(junk + beat.read_bytes())
    assert hear(beat).seconds == pytest.approx(3, abs=0.15)


@pytest.mark.parametrize(
    ("kind", "codec"),
    [
        ("caf", "alac"),
        ("w64", "pcm_s16le"),
        ("au", "pcm_s16be"),
        ("asf", "wmav2"),
        ("ac3", "ac3"),
        ("avi", "pcm_s16le"),
        ("wv", "wavpack"),
        ("tta", "tta"),
        ("mpegts", "aac"),
        ("mp4", "libopus"),
    ],
)
def test_whatever_ffmpeg_decodes_is_read(tmp_path: Path, kind: str, codec: str) -> None:
    path = tmp_path / "beat"
    with av.open(str(path), "w", format=kind) as container:
        stream = container.add_stream(codec, rate=48_000, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = 128_000
        planar = np.ascontiguousarray(tone(3.0, 48_000, 2).T, np.float32)
        frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout="stereo")
        frame.sample_rate = 48_000
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="stereo")
        for even in resampler.resample(frame):
            container.mux(stream.encode(even))
        container.mux(stream.encode(None))
    sound = hear(path)
    assert sound.seconds == pytest.approx(3, abs=0.15)
    assert np.argmax(np.abs(np.fft.rfft(sound.samples[8000:40_000]))) / 2 == pytest.approx(440, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk", "That is a MIDI file; ATL needs sound"),
        (b"RIFF\x20\0\0\0RMIDdata", "That is a MIDI file"),
        (b"PK\3\4" + bytes(500), "That is a ZIP archive"),
        (b"%PDF-1.7\n" + bytes(500), "That is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "a picture"),
        (b"FLhd\6\0\0\0", "FL Studio project"),
        (b"FORM\0\0\x10\0PTCHHEAD" + bytes(500), "Reason project"),
        (b"beat.wav".ljust(257, b"\0") + b"ustar\x0000" + bytes(500), "TAR archive"),
        (b"\0\1\0\0\0\x0e\0\x80" + bytes(500), "font"),
        (b"\x1f\x8b\x08\0" + bytes(500), "Ableton"),
        (b"\0\5\x16\7\0\2\0\0" + bytes(500), "companion"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><html>Sign in</html>" * 40, "not an audio file.*web page"),
        (b'{"error": "expired"}' * 40, "not an audio file.*JSON"),
        ("Schöne Worte. ".encode() * 400, "not an audio file.*a text"),
        ("Worte".encode("utf-16"), "not an audio file"),
        (bytes(5000), "nothing but zero bytes"),
        (np.random.default_rng(3).bytes(5000), "not an audio file that I can read|damaged"),
        (b"fLaC" + bytes(500), "damaged"),
    ],
)
def test_what_is_no_sound_is_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "beat.mp3").write_bytes(content)
    with pytest.raises(BeatError, match=sentence):
        hear(tmp_path / "beat.mp3")


@given(st.binary(max_size=64))
def test_naming_a_file_never_fails(head: bytes) -> None:
    for start in (b"", b"ID3", b"RIFF", b"\xff\xfe", b"<?xml"):
        not_sound(start + head)
        text_kind(start + head)
        looks_like_sound(start + head)


# --- What is silent ------------------------------------------------------------------------------


def test_what_does_not_move_is_silent_however_far_from_zero(tmp_path: Path) -> None:
    t = np.arange(44_100 * 3) / 44_100
    still = {
        "an offset": np.full_like(t, 0.4),
        "two offsets": np.stack([0 * t + 0.4, 0 * t - 0.4], axis=1),
        "a drift": 0.2 * t - 0.3,
        "a swing of 1 Hz": 0.5 * np.sin(2 * np.pi * t),
        "an offset with hiss": 0.4 + hiss(3, 1e-4),
    }
    for samples in still.values():
        soundfile.write(tmp_path / "beat.wav", samples, 44_100, subtype="FLOAT")
        with pytest.raises(BeatError, match="silent"):
            hear(tmp_path / "beat.wav")
    for samples in (0.4 + 0.01 * np.sin(2 * np.pi * 40 * t), 0.002 * np.sin(2 * np.pi * 900 * t)):
        soundfile.write(tmp_path / "beat.wav", samples, 44_100, subtype="FLOAT")
        sound = hear(tmp_path / "beat.wav")
        assert abs(sound.samples.mean()) < 1e-4


def test_where_the_sound_ends_is_known(encode: Encode) -> None:
    silence = np.zeros((44_100 * 4, 1))
    assert hear(encode(tone(), "wav")).sound_end == pytest.approx(3, abs=0.001)
    for quiet in (silence, silence + 0.3 * 10 ** (-60 / 20)):
        beat = np.concatenate([silence, tone(), quiet])
        assert hear(encode(beat, "wav")).sound_end == pytest.approx(7, abs=0.1)
