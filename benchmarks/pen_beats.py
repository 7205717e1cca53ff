"""Whether lyrics follow the beat: the same seed words and random seed to beats of two genres.

    python benchmarks/pen_beats.py HIP_HOP_FOLDER ... --pairs 10 --silence 10 --save drafts.json

Every beat is a file that is listened to as in production, and the brief is made as `atl write`
makes it: the writer names seed words and no genre. Hip-hop are the FLAC files of the folders, or
the example beat at several tempi without them; country is synthesised
(`benchmarks/audio_genre.py`), for want of openly licensed recordings. Drafts are judged by a
classifier that took no part in writing, with the default one beside it.

Three questions: does the verdict follow when the beat is swapped; is quiet noise, which is
neither, written to as either genre about equally often (a silent file is refused); and can the
clip of a draft be told from seven others of its genre, by length of line and mood alone (chance: 1
in 8). Intervals are of 95 %, by bootstrap.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
from rich.progress import track

from atl_core import weights
from atl_core.audio.listen import listen
from atl_core.audio.listening import Listening
from atl_core.captioner.load import load
from atl_core.captioner.protocol import Captioner
from atl_core.edits.wish import Wish
from atl_core.errors import BeatError
from atl_core.genre.judge import DEFAULT, JUDGE, RANKER, classifier
from atl_core.lyrics.brief import GENRES, Brief, Genre
from atl_core.lyrics.form import plan
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.plans.plan import Plan
from atl_core.progress import unwatched
from atl_core.settings import Settings, load_settings
from benchmarks.audio_genre import at_16k, country_loop
from benchmarks.pen import SEEDS, share, share_between
from examples import beats
from training.lm.labels import mood_of

Samples = npt.NDArray[np.floating]
TEMPI: Final = (76, 84, 88, 92, 104, 112, 120, 132)
"""Of the example beat, where there are no recordings."""
CLIPS: Final = 8
"""Among which a draft's own clip is looked for."""
TRIALS: Final = 200
"""Choices of the other seven, for each draft."""
LOUDEST_NOISE, QUIETEST_NOISE = -26.0, -54.0
"""In dBFS; from -60 down a file is refused as silent."""


@dataclass(frozen=True)
class Written:
    """A draft to a beat."""

    beat: str
    of: str
    """The genre of the beat, or `neither`."""
    brief: Brief
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


# --- beats ---------------------------------------------------------------------------------------


def hip_hop(folders: Sequence[Path], count: int) -> Iterator[tuple[str, Samples]]:
    recorded = [path for folder in folders for path in sorted(folder.glob("*.flac"))]
    if not recorded:
        print("no recorded hip-hop: name folders of FLAC files")
    for number in range(count):
        if recorded:
            path = recorded[number % len(recorded)]
            samples, rate = soundfile.read(path)
            assert rate == 16_000, f"{path} is not at 16 kHz"
            yield path.stem, samples
        else:
            tempo = TEMPI[number % len(TEMPI)]
            sound = beats.synthesise("hip-hop", bars=8, tempo=tempo)
            yield f"the example beat at {tempo}", at_16k(sound)


def country(count: int) -> Iterator[tuple[str, Samples]]:
    for seed in range(count):
        yield country_loop(seed)


def noise(count: int) -> Iterator[tuple[str, Samples]]:
    """Twenty seconds of noise, neither genre: of each colour and of many levels in turn."""
    rng = np.random.default_rng(2026)
    levels = np.linspace(QUIETEST_NOISE, LOUDEST_NOISE, max(2, count))
    for level, slope in zip(levels[:count], itertools.cycle((0.0, 0.5, 1.0)), strict=False):
        spectrum = np.fft.rfft(rng.standard_normal(320_000))
        spectrum /= np.maximum(1, np.arange(len(spectrum))) ** slope
        sound = np.fft.irfft(spectrum)
        yield (
            f"noise, 1/f^{2 * slope:g}, {level:.0f} dB",
            sound / np.abs(sound).max() * 10 ** (level / 20),
        )


def heard(samples: Samples, settings: Settings) -> Listening:
    """What is heard in a file with these samples, mono at 16 kHz."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "beat.wav"
        soundfile.write(path, samples, 16_000)
        return listen(
            path,
            max_seconds=settings.max_seconds,
            max_megabytes=settings.max_megabytes,
            musicnn=weights.folder("musicnn-msd", settings.weights_home),
        )


# --- drafts --------------------------------------------------------------------------------------


def write(
    captioner: Captioner, beat: Listening, number: int, lines: int
) -> tuple[Brief, list[str]]:
    """A draft as `atl write BEAT --seed WORDS` makes it; its number sets words and chance."""
    wish = Wish.parse(seed_words=SEEDS[number % len(SEEDS)], lines=lines, random_seed=number)
    brief = wish.brief(beat)
    slots = plan(brief, beat.bar_times, beat.duration, first=0, count=brief.lines)
    whole = Plan(slots, (), brief, brief, beat, captioner.name)
    found = whole.filled(captioner, unwatched, threading.Event())
    return brief, [line.text for line in found]


def write_to(
    captioner: Captioner,
    of: str,
    sounds: Iterator[tuple[str, Samples]],
    count: int,
    lines: int,
    settings: Settings,
) -> list[Written]:
    drafts = []
    for number, (name, samples) in enumerate(track(sounds, of, total=count, transient=True)):
        beat = heard(samples, settings)
        brief, text = write(captioner, beat, number, lines)
        print(
            f"{name[:44]:44} {beat.genre['hip-hop']:.2f} {beat.tempo:5.0f} BPM, "
            f"{brief.syllables:2d} syllables, {brief.mood}, {brief.energy}: {text[0]}",
            flush=True,
        )
        drafts.append(Written(name, of, brief, tuple(text)))
    return drafts


def judged_hip_hop(drafts: Sequence[Written], judge: str) -> list[bool]:
    return [bool(odds > 0) for odds in classifier(judge).score([draft.text for draft in drafts])]


# --- which clip ----------------------------------------------------------------------------------


def distance(draft: Written, brief: Brief) -> float:
    """How badly a draft fits what another clip would have asked for."""
    length = statistics.fmean(count_syllables(line) for line in draft.lines)
    mood = mood_of([word for line in draft.lines for word in words(line)])
    return abs(length - brief.syllables) + (mood is not None and mood != brief.mood)


def picked(drafts: Sequence[Written]) -> list[float]:
    """Of each draft, how often its own clip fits it best among eight; clips that fit alike share.

    The drafts have a clip each and are of one genre.
    """
    rng = random.Random(2026)
    found = []
    for draft in drafts:
        others = [other for other in drafts if other.beat != draft.beat]
        hits = []
        for _ in range(TRIALS):
            chosen = rng.sample(others, CLIPS - 1)
            own, *rest = (distance(draft, clip.brief) for clip in [draft, *chosen])
            hits.append(0.0 if min(rest) < own else 1 / (1 + rest.count(own)))
        found.append(statistics.fmean(hits))
    return found


# --- the table -----------------------------------------------------------------------------------


def report(pairs: dict[Genre, list[Written]], silent: Sequence[Written]) -> None:
    for genre, drafts in pairs.items():
        right = [draft.brief.genre == genre for draft in drafts]
        print(f"{genre} beats heard as {genre}: {sum(right)} of {len(right)}")
    for judge in (JUDGE, DEFAULT):
        said = {genre: judged_hip_hop(drafts, judge) for genre, drafts in pairs.items()}
        flips = [a and not b for a, b in zip(said["hip-hop"], said["country"], strict=True)]
        print(f"{judge}, {len(flips)} pairs")
        for genre in GENRES:
            print(f"  judged hip-hop on {genre} beats: {share_between(said[genre])}")
        print(f"  verdict follows the swap, both right: {share_between(flips)}")
        if silent:
            on_silence = share_between(judged_hip_hop(silent, judge))
            print(f"  judged hip-hop on {len(silent)} quiet noises: {on_silence} (aim 40 to 60)")
    if silent:
        asked = share([draft.brief.genre == "hip-hop" for draft in silent])
        print(f"quiet noise written to as hip-hop: {asked}")
    for genre, drafts in pairs.items():
        if len({draft.beat for draft in drafts}) >= CLIPS:
            hits = picked(drafts)
            drawn = np.random.default_rng(0).choice(hits, (2000, len(hits))).mean(axis=1)
            low, high = 100 * np.percentile(drawn, [2.5, 97.5])
            print(
                f"own clip picked of {CLIPS} {genre} clips: {100 * statistics.fmean(hits):.1f} % "
                f"[{low:.0f}, {high:.0f}] (chance 12.5 %)"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="recorded hip-hop, FLAC at 16 kHz")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument(
        "--silence", type=int, default=10, metavar="N", help="drafts to quiet noise"
    )
    parser.add_argument("--lines", type=int, default=8)
    parser.add_argument("--captioner", choices=("lm", "lstm", "gru"), default="lm")
    parser.add_argument("--save", type=Path, help="write the drafts here as JSON")
    chosen = parser.parse_args()
    settings = load_settings()
    captioner = load(
        chosen.captioner, settings.weights_home, settings.device, classifier(RANKER).score
    )
    try:
        heard(np.zeros(320_000), settings)
        print("a silent file was heard")
    except BeatError as error:
        print(f"a silent file is refused: {error}")
    print(f"{'beat':44} p(hip-hop)")
    sounds = {"hip-hop": hip_hop(chosen.folders, chosen.pairs), "country": country(chosen.pairs)}
    pairs = {
        genre: write_to(captioner, genre, sounds[genre], chosen.pairs, chosen.lines, settings)
        for genre in GENRES
    }
    silent = write_to(
        captioner, "neither", noise(chosen.silence), chosen.silence, chosen.lines, settings
    )
    if chosen.save:
        rows = [
            {"beat": d.beat, "of": d.of, "genre": d.brief.genre, "brief": d.brief.to_json(),
             "lines": d.lines}
            for d in [*pairs["hip-hop"], *pairs["country"], *silent]
        ]  # fmt: skip
        chosen.save.write_text(json.dumps(rows, indent=1))
    report(pairs, silent)


if __name__ == "__main__":
    main()
