"""Sound to listen to, all of it synthesised."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from atl_core.audio import child

Encode = Callable[..., Path]


@pytest.fixture(scope="session")
def example_beats() -> dict[str, np.ndarray]:
    """Eight bars of each example beat, stereo at 44.1 kHz."""
    from examples.beats import synthesise

    return {"hip-hop": synthesise("hip-hop", bars=8), "country": synthesise("country", bars=8)}


def encode_to(path: Path, samples: np.ndarray, rate: int = 44_100) -> Path:
    """Write samples (frames,) or (frames, channels) in the kind that the suffix names."""
    suffix = path.suffix[1:]
    if suffix in ("wav", "flac", "ogg", "mp3", "aiff"):
        soundfile.write(path, samples, rate)
        return path
    codec = {"m4a": "aac", "mp4": "aac", "aac": "aac"}.get(suffix, "libopus")
    box = {"m4a": "mp4", "aac": "adts", "opus": "ogg"}.get(suffix, suffix)
    with av.open(str(path), "w", format=box) as container:
        stream = container.add_stream(codec, rate=48_000, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        columns = samples.reshape(len(samples), -1)
        planar = np.repeat(columns, 2, axis=1).T if columns.shape[1] == 1 else columns.T
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(planar, np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        fifo = av.AudioFifo()
        for even in (*resampler.resample(frame), *resampler.resample(None)):
            even.pts = None
            fifo.write(even)
        while (chunk := fifo.read(stream.codec_context.frame_size or 960)) is not None:
            container.mux(stream.encode(chunk))
        container.mux(stream.encode(None))
    return path


class Children(list["subprocess.Popen[bytes]"]):
    """Every process that was started, in order."""

    def running(self) -> list[int]:
        return [child.pid for child in self if child.poll() is None]


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Children:
    """Watches each child from its start, with no look at /proc: not every sandbox shows it."""
    started = Children()
    start: Any = vars(child)["Popen"]

    def watched(*args: Any, **how: Any) -> subprocess.Popen[bytes]:
        started.append(start(*args, **how))
        return started[-1]

    monkeypatch.setattr("atl_core.audio.child.Popen", watched)
    return started


@pytest.fixture
def encode(tmp_path: Path) -> Encode:
    """Write a beat into the test's folder: `encode(samples, suffix, rate, name)`."""

    def write(samples: np.ndarray, suffix: str, rate: int = 44_100, name: str = "beat") -> Path:
        return encode_to(tmp_path / f"{name}.{suffix}", samples, rate)

    return write
