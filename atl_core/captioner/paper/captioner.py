"""The captioners `lstm` and `gru` behind the common protocol.

The network hears the beat and proposes lines; the plan, the guard and the ranking are those of
the default captioner. Lines know of each other by rhyme and by what must not come twice only:
like the paper's, these networks write every line from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from atl_core.captioner.guard import Wanted, grams, is_fresh, is_showable, keeps_plan
from atl_core.captioner.lm import MIN_RHYMES, STALE, ends_that_rhyme
from atl_core.captioner.paper.decoding import Lexicon, Order, Sampled, make_lexicon, sample
from atl_core.captioner.paper.encoders import TAGGED
from atl_core.captioner.paper.stored import Trained, load_trained
from atl_core.captioner.paper.words import as_line
from atl_core.captioner.planning import wanted_at
from atl_core.captioner.protocol import Task
from atl_core.captioner.ranking import Fluency, Weights, rank
from atl_core.captioner.sampling import GenreScore
from atl_core.captioner.topic import topic_words
from atl_core.errors import BriefError
from atl_core.lyrics.form import UNRHYMED, Slot
from atl_core.lyrics.originality import load_index
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import is_content_word

SHIPPED: Final = Path(__file__).resolve().parents[3] / "weights"


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard one round of proposals tries."""

    rows: int = 160
    read: int = 24
    """Candidates that are ranked."""
    tolerance: int = 1
    temperature: float = 0.9


ROUNDS: Final = (
    Effort(),
    Effort(rows=256, temperature=1.0),
    Effort(rows=256, tolerance=2, temperature=1.1),
    Effort(rows=256, tolerance=4, temperature=1.2),
)
"""Each is tried only when nothing of those before could be used; the last one need not rhyme."""
TOPIC_PULL: Final = 1.5
"""Added to the logit of a word of the topic."""


@dataclass(frozen=True, slots=True)
class PaperCaptioner:
    """A captioner of the paper."""

    trained: Trained
    lexicon: Lexicon
    genre_score: GenreScore
    name: str
    genre_pull: float = 0.6
    """How far the draw of words leans to the genre of the brief; 0: the audio alone decides."""
    weights: Weights = field(
        default_factory=lambda: Weights(
            fluency=1.6, end=0.25, forced=0.0, common=0.0, genre=1.8, unsure=0.0
        )
    )

    def write(self, task: Task) -> Iterator[str]:
        """Yield one line for each slot. See `Captioner`."""
        generator = torch.Generator().manual_seed(task.brief.random_seed)
        audio = self.hear(task)
        topic = topic_words(task.brief.seed_words, task.brief.genre)
        above, letters = list(task.before), list(task.before_rhymes)
        for index, slot in enumerate(task.slots):
            line = self._line(task, slot, index, above, letters, topic, audio, generator)
            above.append(line)
            letters.append(slot.rhyme)
            yield line

    def hear(self, task: Task) -> Tensor:
        """What the network makes of the beat, (latent,).

        A writer who chose another genre than was heard, or whose draft is of before clips were
        kept, gets the average sound of the genre.
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

    def _line(
        self, task: Task, slot: Slot, index: int, above: Sequence[str], letters: Sequence[str],
        topic: Sequence[str], audio: Tensor, generator: torch.Generator,
    ) -> str:  # fmt: skip
        brief = task.brief
        wanted = wanted_at(task, slot, index, above, letters)
        opens_group = slot.rhyme != UNRHYMED and not wanted.partners
        used = grams([*above, *task.after, *task.avoid])
        own = {*brief.seed_words, *task.must_use}
        spare: list[str] = []
        for effort in ROUNDS:
            wanted = replace(wanted, tolerance=effort.tolerance)
            order = self._order(wanted, task, topic, effort, rhymed=effort is not ROUNDS[-1])
            found = sample(self.trained, self.lexicon, audio, order, effort.rows, generator)
            drawn = {as_line(one.words): one for one in found}
            texts = [t for t in drawn if is_showable(t, own, explicit=brief.explicit)]
            known = load_index().copied(texts, above[-1:])
            texts = [text for text, copied in zip(texts, known, strict=True) if not copied]
            kept = [text for text in texts if is_fresh(text, used) and keeps_plan(text, wanted)]
            if opens_group:
                kept = [text for text in kept if _opens_well(end_word(text))]
            if kept:
                return self._best(kept, drawn, wanted, task, above, topic, effort)
            spare += [text for text in texts if text not in above]
        if not spare:
            given = " ".join([wanted.opening, *wanted.must_use]).strip()
            raise BriefError(
                f"I found no line {slot.index + 1} that I would show you"
                + (f", with “{given}” in it." if given else "."),
                remedy="Try other seed words, a longer line or another random seed.",
            )
        # The verdict reports what such a line fails to keep; a missing line would be worse.
        return min(
            spare,
            key=lambda text: (
                abs(count_syllables(text) - slot.target) + STALE * (not is_fresh(text, used))
            ),
        )

    def _order(
        self, wanted: Wanted, task: Task, topic: Sequence[str], effort: Effort, *, rhymed: bool
    ) -> Order:
        lexicon, brief = self.lexicon, task.brief
        offered = lexicon.fit if brief.explicit else lexicon.fit & lexicon.clean
        ends = offered & lexicon.closing & ~lexicon.mask(wanted.taken)
        if wanted.partners and rhymed:
            rhymes = ends & lexicon.mask(
                ends_that_rhyme(wanted.partners, wanted.taken, is_content_word)
            )
            ends = rhymes if bool(rhymes.any()) else ends
        towards = self.genre_pull if brief.genre == "hip-hop" else -self.genre_pull
        pull = towards * lexicon.lean + TOPIC_PULL * lexicon.mask(topic)
        return Order(
            target=wanted.syllables,
            tolerance=effort.tolerance,
            offered=offered,
            ends=ends,
            opening=tuple(words(wanted.opening)),
            inside=tuple(word.lower() for word in wanted.must_use),
            temperature=effort.temperature,
            pull=pull,
        )

    def _best(
        self, texts: Sequence[str], drawn: dict[str, Sampled], wanted: Wanted, task: Task,
        above: Sequence[str], topic: Sequence[str], effort: Effort,
    ) -> str:  # fmt: skip
        texts = sorted(texts, key=lambda text: -drawn[text].mean)[: effort.read]
        fluency = [Fluency(drawn[text].mean, drawn[text].end) for text in texts]
        scores = rank(
            texts, fluency, wanted, task.brief, above, topic, self.genre_score, self.weights
        )
        return texts[scores.index(max(scores))]


@lru_cache(maxsize=4096)
def _opens_well(end: str) -> bool:
    """Whether a rhyme group may begin with this end word: enough words can answer it."""
    return len(ends_that_rhyme([end], worthy=is_content_word)) >= MIN_RHYMES


def load_paper(
    name: str, genre_score: GenreScore, folder: Path | None = None, *, genre_pull: float = 0.6
) -> PaperCaptioner:
    """The captioner `lstm` or `gru` that ships, or one from a folder of your own.

    It runs on the CPU wherever it is: its steps are too small to be worth a GPU's while.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    trained = load_trained(folder or SHIPPED / f"captioner-{name}")
    return PaperCaptioner(
        trained, make_lexicon(trained, genre_score), genre_score, name, genre_pull
    )
