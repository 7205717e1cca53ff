"""What the pretrained tagger hears in a beat: tags, genre, mood, energy."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from atl_core.audio import musicnn
from atl_core.audio.child import CancelledError
from atl_core.audio.features import Samples, forget_pages, mel_blocks
from atl_core.audio.onsets import FRAME_RATE
from atl_core.audio.rhythm import sounding
from atl_core.lyrics.brief import Energy, Genre, Mood

MOST_PATCHES: Final = 20
"""Patches of 3 s spread evenly over the beat: a minute of it, however long it is."""
BATCH: Final = 4
"""Patches a forward; more are no faster on a CPU and hold 25 MB each."""

SILENT: Final = 1e-4
"""Energy, relative to the loudest stretch (-40 dB), below which a stretch tells nothing."""

_PATCH_SAMPLES: Final = (musicnn.PATCH_FRAMES - 1) * musicnn.HOP_LENGTH


@dataclass(frozen=True, slots=True)
class Tagging:
    """What the tagger said of P patches."""

    starts: npt.NDArray[np.float64]
    """(P,) seconds."""
    probabilities: npt.NDArray[np.float32]
    """(P, 50) in the order of `musicnn.TAGS`."""
    penultimate: npt.NDArray[np.float32]
    """(P, 200)"""
    usual: npt.NDArray[np.float32]
    """(50,): each tag's mean log odds over the songs of the tagger's training."""

    def mean(self, tag: str) -> float:
        return float(self.probabilities[:, musicnn.TAGS.index(tag)].mean())

    @property
    def tags(self) -> dict[str, float]:
        """Mean probability of every tag, most likely first."""
        means = self.probabilities.mean(axis=0)
        return {musicnn.TAGS[at]: float(means[at]) for at in np.argsort(-means, kind="stable")}


def tag(
    samples: Samples,
    weights: Path,
    *,
    device: torch.device | str = "cpu",
    cancel: threading.Event | None = None,
) -> Tagging:
    """Tag a beat in a few batched forwards. A beat under 3 s is repeated to fill a patch.

    Silence before the beat, after it and in its breaks is left out.

    Raises:
        WeightsError: the checkpoint in `weights` is missing or damaged.
        CancelledError: `cancel` was set between two forwards.
    """
    model = _model(weights, str(device))
    first, last = (round(at * musicnn.SAMPLE_RATE / FRAME_RATE) for at in sounding(samples))
    starts = [first + at for at in patch_starts(last - first)]
    levels = np.array([mean_square(samples[at : at + _PATCH_SAMPLES]) for at in starts])
    starts = [
        at for at, level in zip(starts, levels, strict=True) if level >= SILENT * levels.max()
    ]
    patches = torch.stack([_patch(samples, start, device) for start in starts])
    logits, penultimate = [], []
    with torch.inference_mode():
        for first in range(0, len(patches), BATCH):
            if cancel is not None and cancel.is_set():
                raise CancelledError
            heard = model(patches[first : first + BATCH])
            logits.append(heard.logits.sigmoid().cpu())
            penultimate.append(heard.penultimate.cpu())
    return Tagging(
        np.array(starts) / musicnn.SAMPLE_RATE,
        torch.cat(logits).numpy(),
        torch.cat(penultimate).numpy(),
        model.usual().cpu().numpy(),
    )


def patch_starts(samples: int) -> list[int]:
    """Where the patches begin, in samples: back to back, or spread out when there are too many."""
    last = max(samples - _PATCH_SAMPLES, 0)
    count = min(MOST_PATCHES, max(1, round(samples / _PATCH_SAMPLES)))
    return [round(start) for start in np.linspace(0, last, count)]


@lru_cache(maxsize=2)
def _model(weights: Path, device: str) -> musicnn.Musicnn:
    return musicnn.load_musicnn(weights, device)


def _patch(samples: Samples, start: int, device: torch.device | str) -> torch.Tensor:
    piece = samples[start : start + _PATCH_SAMPLES]
    if len(piece) < _PATCH_SAMPLES:
        piece = np.resize(piece, _PATCH_SAMPLES)
    blocks = mel_blocks(piece, musicnn.N_MELS, musicnn.HOP_LENGTH, "slaney", device)
    return torch.log10(10_000 * torch.cat(list(blocks)) + 1)


# --- from tags to the words of a Brief --------------------------------------------------------

NEUTRAL_ODDS: Final = 1.7
"""log p(Hip-Hop) - log p(country) of sound that is neither: near silence, white noise and a
plain tone give 1.5 to 2.3. The tagger knows the tags from mastered songs with vocals; what
is heard without them leans towards Hip-Hop by this much."""
FAINT: Final = 0.008
"""p(Hip-Hop) + p(country) at which the two are half believed. Noise reaches 0.004, the weakest
hip-hop beat at hand 0.014."""

GENRE_TAGS: Final[dict[str, tuple[str, ...]]] = {
    "hip-hop": ("Hip-Hop",),
    "country": ("country",),
    "rock": (
        *("rock", "alternative rock", "classic rock", "indie rock", "hard rock"),
        "Progressive rock",
    ),
    "pop": ("pop", "indie pop"),
    "electronic": ("electronic", "electronica", "electro", "House", "dance"),
    "jazz": ("jazz",),
    "soul": ("soul", "funk", "rnb"),
    "folk": ("folk",),
    "blues": ("blues",),
    "metal": ("metal", "heavy metal"),
    "punk": ("punk",),
}
"""The genres among the tags, with every tag that names a kind of one; these count by their mean."""

# Tags that speak for a mood; each with mean and deviation of its log probability over the
# loops and samples that it was tried on (61, half of them hip-hop), since the tagger gives
# `chillout` to a tenth of all beats and `happy` to hardly any.
MOOD_TAGS: Final[dict[Mood, tuple[str, ...]]] = {
    "happy": ("happy", "catchy"),
    "sad": ("sad",),
    "chill": ("chill", "chillout", "Mellow"),
    "party": ("party", "dance"),
    "love": ("sexy", "rnb", "beautiful"),
    "dark": ("metal", "experimental", "ambient"),
}
TAG_BASE: Final[dict[str, tuple[float, float]]] = {
    "happy": (-6.51, 0.53),
    "catchy": (-6.16, 0.30),
    "sad": (-5.67, 0.85),
    "chill": (-3.83, 0.57),
    "chillout": (-2.63, 0.64),
    "Mellow": (-4.43, 0.82),
    "party": (-5.31, 0.72),
    "dance": (-3.29, 0.78),
    "sexy": (-4.91, 0.52),
    "rnb": (-5.02, 0.96),
    "beautiful": (-4.30, 0.67),
    "metal": (-5.74, 1.15),
    "experimental": (-2.73, 0.49),
    "ambient": (-2.55, 0.74),
}
MODE_BONUS: Final = 0.5
"""What a minor key adds to sad and dark, and a major one to happy and party."""


def genre(tagging: Tagging) -> dict[Genre, float]:
    """Probabilities of hip-hop and country given that it is one of the two.

    The tagger's outputs are probabilities by its training, and the two tags about equally
    common there, so their odds are taken as they are, less the odds of neutral sound, and
    shrunk towards even where neither tag is heard at all. Nothing is fitted to the beats that
    the result is measured on.
    """
    hip_hop, country = tagging.mean("Hip-Hop"), tagging.mean("country")
    evidence = (hip_hop + country) ** 2
    belief = evidence / (evidence + FAINT**2)
    odds = belief * (np.log(hip_hop + 1e-9) - np.log(country + 1e-9) - NEUTRAL_ODDS)
    share = float(1 / (1 + np.exp(-odds)))
    return {"hip-hop": share, "country": 1 - share}


def genres(tagging: Tagging) -> dict[str, float]:
    """Shares of hip-hop, country and other genres, largest first; they sum to 1.

    A tag's odds over what they usually are (`Tagging.usual`) say how much this sound speaks for
    it; the genres share a whole by that, as if all were equally common. Hip-hop and country
    together get what their two tags do, and divide it as `genre` does.
    """
    means = tagging.probabilities.mean(axis=0).clip(1e-6, 1 - 1e-6)
    evidence = dict(
        zip(musicnn.TAGS, np.log(means) - np.log1p(-means) - tagging.usual, strict=True)
    )
    spoken = np.array([np.mean([evidence[tag] for tag in tags]) for tags in GENRE_TAGS.values()])
    weights = np.exp(spoken - spoken.max())
    shares = dict(zip(GENRE_TAGS, (weights / weights.sum()).tolist(), strict=True))
    either = shares["hip-hop"] + shares["country"]
    shares |= {name: either * share for name, share in genre(tagging).items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def mood(tagging: Tagging, minor: bool) -> Mood:
    """The mood whose tags stand out most from how likely they always are."""
    means = tagging.tags
    scores: dict[Mood, float] = {}
    for name, tags in MOOD_TAGS.items():
        standing = [
            (np.log(means[tag] + 1e-9) - TAG_BASE[tag][0]) / TAG_BASE[tag][1] for tag in tags
        ]
        favoured = name in (("sad", "dark") if minor else ("happy", "party"))
        scores[name] = float(np.mean(standing)) + MODE_BONUS * favoured
    return max(scores, key=lambda name: scores[name])


def energy(samples: Samples, onsets_a_second: float) -> Energy:
    """How dense the beat is where it sounds: mean level below its own peak, and onsets a second."""
    levels, peak = [], 1e-9
    for at in range(0, len(samples), musicnn.SAMPLE_RATE):
        second = samples[at : at + musicnn.SAMPLE_RATE]
        levels.append(mean_square(second))
        peak = max(peak, float(np.abs(second).max()))
        if at % (64 * musicnn.SAMPLE_RATE) == 0:
            forget_pages(samples)
    each = np.array(levels)
    level = 10 * np.log10(each[each >= SILENT * each.max()].mean() / peak**2 + 1e-9)
    density = (level + 15) / 4 + (onsets_a_second - 3) / 2
    return "low" if density < -0.8 else "high" if density > 1.5 else "medium"


def mean_square(samples: Samples) -> float:
    return float(np.square(samples, dtype=np.float64).mean())
