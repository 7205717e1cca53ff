"""From a file to a Listening and its picture, with made-up weights for the tagger."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from atl_core.audio.child import CancelledError
from atl_core.audio.clip import choose_clip
from atl_core.audio.decode import decode
from atl_core.audio.listen import listen
from atl_core.audio.listening import Listening
from atl_core.audio.musicnn import TAGS
from atl_core.audio.onsets import onset_bands
from atl_core.audio.picture import draw, printable, stretches
from atl_core.audio.tagger import tag
from atl_core.audio.tonality import chroma_frames
from atl_core.lyrics.brief import MOODS
from tests.audio.conftest import Encode
from tests.audio.test_tagger import made_up, write_checkpoint


@pytest.fixture(scope="module")
def musicnn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    write_checkpoint(folder, made_up())
    return folder


def test_a_beat_is_heard_and_drawn(
    encode: Encode, musicnn: Path, example_beats: dict[str, np.ndarray]
) -> None:
    beat = encode(example_beats["hip-hop"], "mp3")
    stages: list[str] = []
    heard = listen(beat, max_seconds=60, max_megabytes=20, musicnn=musicnn, progress=stages.append)
    assert heard.tempo == pytest.approx(88, rel=0.01)
    assert heard.key == "A minor"
    assert sum(heard.genre.values()) == pytest.approx(1)
    assert heard.mood in MOODS
    assert len(heard.tags) == 50
    assert len(heard.features) == 200
    assert heard.clip_end - heard.clip_start == pytest.approx(10)
    assert len(stages) == 3
    assert heard.duration - 3 < heard.sound_end <= heard.duration
    assert sum(heard.genres.values()) == pytest.approx(1, abs=1e-3)
    assert Listening.from_json(heard.to_json()) == heard
    # A name that matplotlib would read as a formula, with letters that its font has not.
    sound = decode(beat, max_seconds=60, max_megabytes=20)
    drawn = draw(sound.samples, heard, "A$AP $_{x 夜.mp3")
    assert matplotlib.image.imread(io.BytesIO(drawn)).shape[:2] == (675, 1200)


def test_each_tag_is_known_over_time(
    encode: Encode, musicnn: Path, example_beats: dict[str, np.ndarray]
) -> None:
    pause = np.zeros((44_100 * 10, 2))
    beat = encode(np.concatenate([pause, *example_beats.values(), pause]), "flac")
    heard = listen(beat, max_seconds=90, max_megabytes=20, musicnn=musicnn)
    over = Listening.from_json(heard.to_json()).tags_over_time()
    assert over is not None
    assert over.probabilities.shape == (len(over.starts), 50)
    assert 9.9 < over.starts[0] < over.starts[-1] < heard.duration - 12
    for name, row in zip(over.names, over.probabilities.T, strict=True):
        assert row.mean() == pytest.approx(heard.tags[name], abs=0.002)
    said = tag(decode(beat, max_seconds=90, max_megabytes=20).samples, musicnn)
    loudest = said.probabilities[:, TAGS.index("jazz")].argmax()
    # What is stored is rounded, so that two stretches may be equally loud.
    jazz = over.probabilities[:, over.names.index("jazz")]
    assert jazz[loudest] == jazz.max()
    begin, end = stretches(over.starts, heard.duration)
    assert np.all(end[:-1] <= begin[1:] + 1e-3)
    assert "patch_tags" not in heard.to_json(whole=False)


def test_what_an_older_ear_heard_is_read_and_drawn(
    encode: Encode, musicnn: Path, example_beats: dict[str, np.ndarray]
) -> None:
    beat = encode(example_beats["country"], "flac")
    kept = listen(beat, max_seconds=60, max_megabytes=20, musicnn=musicnn).to_json()
    del kept["patch_tags"], kept["genres"]
    old = Listening.from_json(kept | {"version": 3})
    assert old.tags_over_time() is None
    sound = decode(beat, max_seconds=60, max_megabytes=20)
    drawn = draw(sound.samples, old, "old")
    assert matplotlib.image.imread(io.BytesIO(drawn)).shape[:2] == (675, 1200)


def test_a_title_is_what_the_font_can_write() -> None:
    assert printable("my_beat.mp3") == "my beat"
    assert printable("夜 vol. 2") == "vol. 2"
    assert printable("夜") == "A beat"
    assert len(printable("long " * 40)) == 44


def test_the_same_beat_is_heard_the_same_way(encode: Encode, musicnn: Path) -> None:
    rng = np.random.default_rng(0)
    beat = encode(rng.normal(0, 0.1, 132_300), "wav")
    first, second = (
        listen(beat, max_seconds=60, max_megabytes=20, musicnn=musicnn) for _ in range(2)
    )
    assert first == second


def test_cancelled_before_it_begins(encode: Encode, musicnn: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    beat = encode(np.ones(132_300) * 0.1, "wav")
    with pytest.raises(CancelledError):
        listen(beat, max_seconds=60, max_megabytes=20, musicnn=musicnn, cancel=cancel)


def test_the_clip_is_neither_the_intro_nor_silence() -> None:
    rng = np.random.default_rng(0)
    t = np.arange(16_000 * 60) / 16_000
    body = 0.3 * np.sin(2 * np.pi * 220 * t) * np.exp(-4 * (t % 0.5))
    body += 0.05 * rng.standard_normal(len(t)) * np.exp(-20 * (t % 0.25))
    body[: 16_000 * 15] = 0.02 * np.sin(2 * np.pi * 330 * t[: 16_000 * 15])
    body[16_000 * 45 :] = 0
    samples = body.astype(np.float32)
    start, end = choose_clip(onset_bands(samples), chroma_frames(samples), (), 60.0)
    assert start >= 14
    assert end <= 46
