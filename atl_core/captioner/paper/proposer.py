"""Proposes lines with the networks `lstm` and `gru` of the paper.

The network hears the beat and proposes lines. Constraints and ranking are those of the other
captioners. Lines share rhymes and must not repeat each other, nothing else: as in the paper, each
line is generated from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from atl_core.captioner.captioner import LineRequest
from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.end_words import rhyming_ends
from atl_core.captioner.paper.decoding import (
    DecodingRequest,
    Lexicon,
    Sampled,
    make_lexicon,
    sample,
)
from atl_core.captioner.paper.encoders import TAGGED
from atl_core.captioner.paper.stored import Trained, load_trained
from atl_core.captioner.paper.words import as_line
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import Fluency, RankingWeights
from atl_core.captioner.sampling import GenreScore, SamplingConfig
from atl_core.captioner.topic import topic_words
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import is_content_word

SHIPPED: Final = Path(__file__).resolve().parents[3] / "weights"

ROUNDS: Final = (
    SamplingConfig(160, wave=160, ranked=24, temperature=0.9),
    SamplingConfig(256, wave=256, ranked=24),
    SamplingConfig(256, wave=256, ranked=24, tolerance=2, temperature=1.1, last_resort=True),
    SamplingConfig(
        256, wave=256, ranked=24, tolerance=4, temperature=1.2, rhymed=False, last_resort=True
    ),
)
TOPIC_PULL: Final = 1.5
"""Added to the logit of a word of the topic."""


@dataclass(frozen=True, slots=True)
class PaperModel:
    """The proposer of the captioners `lstm` and `gru`. See `Proposer`."""

    trained: Trained
    lexicon: Lexicon
    name: str
    genre_pull: float = 0.6
    """Bias towards words of the genre of the brief; 0: the audio alone decides."""
    weights: RankingWeights = field(
        default_factory=lambda: RankingWeights(
            fluency=1.6, end=0.25, forced=0.0, common=0.0, genre=1.8, unclear_genre=0.0
        )
    )
    rounds: Sequence[SamplingConfig] = ROUNDS

    @property
    def can_end_line(self) -> Callable[[str], bool]:
        """Whether a line may end on a word."""
        return is_content_word

    def topic(self, brief: Brief) -> tuple[str, ...]:
        """See `Proposer`."""
        return topic_words(brief.seed_words, brief.genre)

    def start(self, task: Task, topic: Sequence[str]) -> PaperSession:
        """Begin a draft."""
        return PaperSession(self, task, topic)

    def encode_audio(self, task: Task) -> Tensor:
        """The network's encoding of the beat, (latent,).

        If the writer chose another genre than was heard, or the draft is older than the stored
        clips, the average sound of the genre is used.
        """
        beat, genre = task.listening, task.brief.genre
        if beat is not None and (not beat.genre or beat.genre[genre] >= 0.5 or not self.genre_pull):
            found = {"log-mel": beat.log_mel, TAGGED: beat.patches}.get(self.trained.front)
            features = found() if found is not None else None
            if features is not None:
                return self.trained.hear(torch.from_numpy(features))
        priors = self.trained.priors
        known = priors.get(genre)
        return known if known is not None else torch.stack(list(priors.values())).mean(dim=0)


class PaperSession:
    """A draft that is being written. See `ProposerSession`."""

    def __init__(self, model: PaperModel, task: Task, topic: Sequence[str]) -> None:
        self._model, self._task, self._topic = model, task, topic
        self._generator = torch.Generator().manual_seed(task.brief.random_seed)
        self._audio = model.encode_audio(task)
        self._sampled: dict[str, Sampled] = {}

    def begin_line(self, request: LineRequest) -> None:  # noqa: ARG002
        """See `ProposerSession`."""
        self._sampled = {}

    def propose(self, constraints: LineConstraints, config: SamplingConfig, wave: int) -> list[str]:
        """See `ProposerSession`."""
        model = self._model
        request = self._decoding_request(constraints, config)
        rows = min(config.wave, config.candidates - wave * config.wave)
        found = sample(model.trained, model.lexicon, self._audio, request, rows, self._generator)
        drawn = {as_line(one.words): one for one in found}
        self._sampled |= drawn
        return list(drawn)

    def promise(self, text: str, constraints: LineConstraints) -> float:  # noqa: ARG002
        """See `ProposerSession`."""
        return self._sampled[text].mean

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        """See `ProposerSession`."""
        return [Fluency(self._sampled[text].mean, self._sampled[text].end) for text in texts]

    def gain(self, texts: Sequence[str]) -> list[float]:
        """See `ProposerSession`. These networks do not read the lines above."""
        return [0.0] * len(texts)

    def end_line(self, line: str) -> None:
        """See `ProposerSession`."""

    def _decoding_request(
        self, constraints: LineConstraints, config: SamplingConfig
    ) -> DecodingRequest:
        lexicon, brief, genre_pull = self._model.lexicon, self._task.brief, self._model.genre_pull
        offered = lexicon.fit if brief.explicit else lexicon.fit & lexicon.clean
        ends = offered & lexicon.closing & ~lexicon.mask(constraints.taken_ends)
        partners = constraints.rhymes_with
        if partners and config.rhymed:
            rhymes = ends & lexicon.mask(
                rhyming_ends(
                    partners, constraints.taken_ends, is_content_word, slant=constraints.slant
                )
            )
            ends = rhymes if bool(rhymes.any()) else ends
        pull = genre_pull if brief.genre == "hip-hop" else -genre_pull
        return DecodingRequest(
            target=constraints.syllables,
            tolerance=config.tolerance,
            offered=offered,
            ends=ends,
            opening=tuple(words(constraints.opening)),
            inside=tuple(word.lower() for word in constraints.must_use),
            temperature=config.temperature,
            pull=pull * lexicon.lean + TOPIC_PULL * lexicon.mask(self._topic),
        )


def load_paper(
    name: str, genre_score: GenreScore, folder: Path | None = None, *, genre_pull: float = 0.6
) -> PaperModel:
    """The proposer `lstm` or `gru` that ships, or one from a folder of your own.

    It always runs on the CPU: its steps are too small to gain from a GPU.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    trained = load_trained(folder or SHIPPED / f"captioner-{name}")
    return PaperModel(trained, make_lexicon(trained, genre_score), name, genre_pull)
