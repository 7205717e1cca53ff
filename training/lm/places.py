"""Readers' choices: which of several lines makes the best verse, here?

    python -m training prepare places SUBJECTS --out places.jsonl --drafts 150
    python -m training prepare sheets places.jsonl --out sheets
    python -m training prepare choices places.jsonl --sheets sheets --out choices.jsonl.gz

`prepare places` writes drafts on the subjects of a file, one a line, with the writer as it is, and
notes for each line the candidates that were ranked. `prepare sheets` puts the places on sheets, six
candidates each in random order. A reader (a person, or a language model that took no part) answers
in a file beside the sheet, `1.answers.txt`, one line a place: the number, then the letters from
best to worst. `prepare choices` reads the answers. `training/lm/choices.py` learns from them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final

from atl_core.captioner.captioner import LineCaptioner, LineRequest, ProposerSession
from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.language_model import EFFORTS, LanguageModel
from atl_core.captioner.load import load_language_model
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import Fluency, RankingWeights, rank
from atl_core.captioner.sampling import SamplingConfig
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import GENRES, MOODS, Brief
from atl_core.lyrics.form import plan
from atl_core.settings import load_settings

ON_SHEET: Final = 6
"""Candidates of a place that a reader ranks: the best `SURE` by the ranking, others by chance."""
SURE: Final = 3
PLACES: Final = 40
"""Of one sheet."""
HELD_OUT: Final = 5
"""One subject in so many is for measuring alone."""
INSTRUCTIONS: Final = """\
At each place a verse has been written so far (above), and six candidates for the next line are
given, in random order. Rank them: first the line that makes the best verse. It makes sense on its
own, goes on from the lines above (same speaker, same subject, the next thing that would be said),
is grammatical, ends naturally (not bent to a rhyme), says something specific that a listener can
picture, and sounds like a line of a real song of that genre and mood (a hip-hop line has attitude,
slang or play with words; a country line is plain talk about people, places and things). Dislike
lists of words, filler, contradictions, empty phrases. Rhyme and length are alike by construction;
do not judge them. In hip-hop, of lines that make equal sense the one that only a rapper would say
is better; a line that could as well stand in a country song is worse. Answer one line a place: its
number, then the letters from best to worst, all six (for example `12 CAFBED`). No reason needed.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a draft: what stood above it, and the candidates that were ranked for it."""

    brief: dict[str, Any]
    topic: tuple[str, ...]
    above: tuple[str, ...]
    target: int
    """Syllables."""
    rhymes_with: tuple[str, ...]
    candidates: tuple[str, ...]
    """The best first, by the ranking that wrote the draft."""

    @property
    def held_out(self) -> bool:
        """Whether it is for measuring alone. All places of a subject are, or none."""
        subject = " ".join(self.brief["seed_words"])
        return int(hashlib.sha256(subject.encode()).hexdigest(), 16) % HELD_OUT == 0


def write_places(places: Sequence[Place], out: Path) -> None:
    """Append places to a file of JSON lines."""
    with out.open("a", encoding="utf-8") as file:
        for place in places:
            file.write(json.dumps(asdict(place)) + "\n")


def read_places(file: Path) -> list[Place]:
    """What `write_places` wrote."""
    rows = file.read_text(encoding="utf-8").splitlines()
    return [_place(json.loads(row)) for row in rows]


def _place(row: dict[str, Any]) -> Place:
    tuples = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return Place(**{**row, **tuples})


@dataclass(slots=True)
class NotedSession:
    """A session that notes which candidates were ranked for each line. See `ProposerSession`."""

    inner: ProposerSession
    model: LanguageModel
    brief: Brief
    places: list[Place]
    _request: LineRequest | None = None
    _read: dict[str, Fluency] = field(default_factory=dict)

    def begin_line(self, request: LineRequest) -> None:
        self._request, self._read = request, {}
        self.inner.begin_line(request)

    def propose(self, constraints: LineConstraints, config: SamplingConfig, wave: int) -> list[str]:
        return self.inner.propose(constraints, config, wave)

    def promise(self, text: str, constraints: LineConstraints) -> float:
        return self.inner.promise(text, constraints)

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        found = self.inner.fluency(texts)
        self._read = dict(zip(texts, found, strict=True))
        return found

    def gain(self, texts: Sequence[str]) -> list[float]:
        gains = self.inner.gain(texts)
        for text, gain in zip(texts, gains, strict=True):
            self._read[text] = replace(self._read[text], gain=gain)
        return gains

    def end_line(self, line: str) -> None:
        if self._request is not None and len(self._read) >= ON_SHEET:
            request = self._request
            texts = list(self._read)
            scores = rank(
                texts, list(self._read.values()), request.constraints, self.brief, request.above,
                request.topic, self.model.genre_score, self.model.weights,
            )  # fmt: skip
            ranked = sorted(texts, key=lambda text: -scores[texts.index(text)])
            self.places.append(
                Place(self.brief.to_json(), tuple(request.topic), tuple(request.above),
                      request.slot.target, tuple(request.constraints.rhymes_with), tuple(ranked))
            )  # fmt: skip
        self.inner.end_line(line)


@dataclass(frozen=True, slots=True)
class NotedProposer:
    """A language model whose ranked candidates are noted. See `Proposer`."""

    inner: LanguageModel
    places: list[Place] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def rounds(self) -> Sequence[SamplingConfig]:
        return self.inner.rounds

    @property
    def weights(self) -> RankingWeights:
        return self.inner.weights

    @property
    def can_end_line(self) -> Callable[[str], bool]:
        return self.inner.can_end_line

    def topic(self, brief: Brief) -> tuple[str, ...]:
        return self.inner.topic(brief)

    def start(self, task: Task, topic: Sequence[str]) -> ProposerSession:
        return NotedSession(self.inner.start(task, topic), self.inner, task.brief, self.places)


SCHEMES: Final = {"hip-hop": ("AABB", "AABB", "ABAB", "AAAA"), "country": ("ABAB", "AABB", "ABCB")}


def briefs(subjects: Sequence[str], count: int, seed: int) -> Iterator[Brief]:
    """Briefs of 8 lines: genres in turn, each subject as often as any other, the rest drawn."""
    rng = random.Random(seed)
    for number in range(count):
        if number % len(subjects) == 0:
            subjects = rng.sample(subjects, len(subjects))
        genre = GENRES[number % len(GENRES)]
        yield Brief(
            genre, rng.choice(MOODS), rng.choice(("low", "medium", "high")),
            tuple(subjects[number % len(subjects)].split()), 8, rng.choice(SCHEMES[genre]),
            rng.choice((10, 11, 12, 13) if genre == "hip-hop" else (7, 8, 9, 10)),
            rng.choice((80.0, 92.0, 100.0, 120.0, 140.0)), random_seed=rng.randrange(2**31),
        )  # fmt: skip


def shipped() -> LanguageModel:
    """The writer as it is fetched, as careful as it can be.

    Raises:
        WeightsError: it has not been fetched.
    """
    settings = load_settings()
    ranker = classifier(RANKER).score
    model = load_language_model(settings.weights_home, settings.device, ranker)
    return replace(model, rounds=EFFORTS["careful"])


def gather(model: LanguageModel, written: Iterator[Brief], out: Path) -> None:
    """Write a draft for each brief, and append its places to a file."""
    noted = NotedProposer(model)
    captioner = LineCaptioner(noted, model.genre_score)
    for brief in written:
        for _ in captioner.write(Task(brief, plan(brief, [], 0.0, first=0, count=brief.lines))):
            pass
        write_places(noted.places, out)
        print(
            f"{brief.genre}, {' '.join(brief.seed_words)}: {len(noted.places)} places", flush=True
        )
        noted.places.clear()


def write_sheets(found: Sequence[Place], folder: Path, seed: int = 0) -> int:
    """Write sheets of `PLACES` places, and `key.json`, which says what stood where.

    Returns:
        How many sheets there are.
    """
    rng = random.Random(seed)
    order = rng.sample(range(len(found)), len(found))
    folder.mkdir(parents=True, exist_ok=True)
    key: list[list[dict[str, Any]]] = []
    for start in range(0, len(order), PLACES):
        rows, text = [], [INSTRUCTIONS]
        for number, index in enumerate(order[start : start + PLACES], 1):
            place = found[index]
            others = range(SURE, len(place.candidates))
            shown = [*range(SURE), *rng.sample(others, ON_SHEET - SURE)]
            rng.shuffle(shown)
            rows.append({"place": index, "shown": shown})
            brief = place.brief
            text.append(f"--- {number} --- {brief['genre']}, {brief['mood']}, {brief['scheme']},"
                        f" from: {' '.join(brief['seed_words'])}")  # fmt: skip
            text += [f"  {line}" for line in place.above]
            text += [f"   {letter}) {place.candidates[one]}"
                     for letter, one in zip(ascii_uppercase, shown, strict=False)]  # fmt: skip
            text.append("")
        key.append(rows)
        (folder / f"{len(key)}.txt").write_text("\n".join(text), encoding="utf-8")
    (folder / "key.json").write_text(json.dumps(key))
    return len(key)


@dataclass(frozen=True, slots=True)
class Choice:
    """A place, and the candidates of a sheet as a reader ranked them."""

    place: Place
    lines: tuple[str, ...]
    """The best first."""


def read_answers(found: Sequence[Place], folder: Path) -> list[Choice]:
    """The answers beside the sheets. Lines that are no whole ranking are left out."""
    choices = []
    for sheet, rows in enumerate(json.loads((folder / "key.json").read_text()), 1):
        file = folder / f"{sheet}.answers.txt"
        answers = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        for answer in answers:
            match = re.match(r"\s*(\d+)\W+([A-Z]+)\b", answer)
            if match is None or sorted(match[2]) != list(ascii_uppercase[:ON_SHEET]):
                continue
            if not 1 <= int(match[1]) <= len(rows):
                continue
            row = rows[int(match[1]) - 1]
            place = found[row["place"]]
            shown = [row["shown"][ascii_uppercase.index(letter)] for letter in match[2]]
            choices.append(Choice(place, tuple(place.candidates[one] for one in shown)))
    return choices


def write_choices(choices: Sequence[Choice], file: Path) -> None:
    """Write choices as JSON lines, gzipped."""
    with gzip.open(file, "wt", encoding="utf-8") as rows:
        for choice in choices:
            place = asdict(replace(choice.place, candidates=()))
            rows.write(json.dumps({"place": place, "lines": choice.lines}) + "\n")


def read_choices(file: Path) -> list[Choice]:
    """What `write_choices` wrote."""
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        return [Choice(_place(row["place"]), tuple(row["lines"])) for row in map(json.loads, rows)]
