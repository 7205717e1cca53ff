"""How far can the genre of a text be read from its words? Readers beside the verdict.

    python benchmarks/genre_readers.py sheet LYRICS_FOLDER --out FOLDER
    python benchmarks/genre_readers.py score LYRICS_FOLDER benchmarks/genre_reader.txt

`sheet` draws texts of four genres from the test artists at three lengths, among those that
`evaluate verdict` reads, and writes them in a drawn order, all in small letters without
punctuation: how a site typed them goes with their genre. A reader answers in a file, one line a
text: its number and two percentages, how likely hip-hop and country are; what is left to 100 is
neither. `genre_reader.txt` has the answers of one, a language model.
`score` prints by length how often each reader and the verdict are right on hip-hop and country,
how much readers agree, and what they call neither, with 95 % intervals by bootstrap over artists.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from atl_core.lyrics.text import words
from training.genre.measures import balanced_accuracy, report
from training.genre.readings import Text, held_out_texts, read_texts, readings_of
from training.genre.verdict import Judged, gain, interval, judged

DRAWN: Final = {
    "4 lines": {"hip-hop": 22, "country": 22, "pop": 8, "rock": 8},
    "8 lines": {"hip-hop": 22, "country": 22, "pop": 8, "rock": 8},
    "sections": {"hip-hop": 30, "country": 30, "pop": 10, "rock": 10},
}
"""Texts of each length and genre."""
LOST: Final = 0.04
"""Share of hip-hop and of country that may be called neither."""
SEED: Final = 22
INSTRUCTIONS: Final = """\
Pieces of songs of hip-hop, country and other genres by many artists. Judge each by its words: how
likely, in percent, is it from a hip-hop song, and how likely from a country song? What is left to
100 is for any other genre. Answer one line a text: its number and the two percentages.
Example: 7 85 5
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """What one reader says of the texts: shares of hip-hop and of country, each (texts,)."""

    name: str
    hip_hop: NDArray[np.float64]
    country: NDArray[np.float64]

    @property
    def hip_hop_or_country(self) -> NDArray[np.float64]:
        """Above 0 where it is hip-hop, if one of the two had to be chosen."""
        return self.hip_hop - self.country

    @property
    def neither(self) -> NDArray[np.float64]:
        return 1 - self.hip_hop - self.country

    @property
    def kind(self) -> NDArray[np.str_]:
        """The likeliest of hip-hop, country and neither."""
        shares = np.stack([self.hip_hop, self.country, self.neither])
        return np.array(["hip-hop", "country", "neither"])[shares.argmax(axis=0)]


def drawn(data: Path) -> list[Text]:
    """The texts of the sheet, by length, in its order."""
    rng = random.Random(SEED)
    every, found = held_out_texts(data), []
    for condition, counts in DRAWN.items():
        chosen = []
        for genre, count in counts.items():
            of_genre = [t for t in every if (t.condition, t.genre) == (condition, genre)]
            chosen += rng.sample(of_genre, count)
        rng.shuffle(chosen)
        found += chosen
    return found


def sheet(data: Path, out: Path) -> None:
    """Write `sheet.txt`."""
    out.mkdir(parents=True, exist_ok=True)
    rows = [INSTRUCTIONS]
    for number, text in enumerate(drawn(data), 1):
        rows += [f"--- {number}", *(" ".join(words(line)) for line in text.text.splitlines()), ""]
    (out / "sheet.txt").write_text("\n".join(rows), encoding="utf-8")
    print(f"{sum(row.startswith('---') for row in rows)} texts in {out / 'sheet.txt'}")


def read_answers(file: Path, texts: int) -> Reader:
    """What a reader wrote.

    Raises:
        SystemExit: a text has no answer, or one that is no pair of percentages.
    """
    shares: dict[int, tuple[float, float]] = {}
    for row in file.read_text(encoding="utf-8").splitlines():
        parts = row.split()
        if not parts or row.startswith("#"):
            continue
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            raise SystemExit(f"{file}: {row!r} is not a number and two percentages")
        number, hip_hop, country = map(int, parts)
        if hip_hop + country > 100:
            raise SystemExit(f"{file}: the percentages of {number} are over 100")
        shares[number] = hip_hop / 100, country / 100
    if missing := {*range(1, texts + 1)} - {*shares}:
        raise SystemExit(f"{file}: no answer to {sorted(missing)[:5]}")
    both = np.array([shares[number] for number in range(1, texts + 1)])
    return Reader(file.stem, both[:, 0], both[:, 1])


def of_verdict(found: Sequence[Judged], part: str, kind: str) -> Reader:
    """A verdict as a reader: where it says neither, that is all it says."""
    hip_hop = 1 / (1 + np.exp(-np.array([getattr(one, part) for one in found])))
    sure = np.array([getattr(one, kind) in ("hip-hop", "country") for one in found])
    # Under a half, so that what it would say if it had to choose is kept.
    scale = np.where(sure, 1.0, 0.4)
    return Reader(f"verdict, {kind}", scale * hip_hop, scale * (1 - hip_hop))


def score(data: Path, files: Sequence[Path], readings: Path) -> None:
    """Print the tables."""
    texts = drawn(data)
    readers = [read_answers(file, len(texts)) for file in files]
    states = read_texts(readings_of(readings), [text.text for text in texts])
    found = [judged(text.text, state) for text, state in zip(texts, states, strict=True)]
    verdicts = [of_verdict(found, "words", "quick"), of_verdict(found, "both", "thorough")]
    genre = np.array([text.genre for text in texts])
    condition = np.array([text.condition for text in texts])
    artist = np.array([text.group for text in texts])
    print("| text | texts | reader | both genres equal | less the thorough verdict |")
    print("| --- | --- | --- | --- | --- |")
    every = [*DRAWN, "all"]
    for length in every:
        inside = ((condition == length) | (length == "all")) & np.isin(
            genre, ("hip-hop", "country")
        )
        hip_hop, artists = genre[inside] == "hip-hop", artist[inside].tolist()
        beside = verdicts[-1].hip_hop_or_country[inside]
        for reader in (*readers, *verdicts):
            said = reader.hip_hop_or_country[inside]
            alone = report(said, hip_hop, artists).balanced
            gained = gain(balanced_accuracy, said, beside, hip_hop, artists)
            print(f"| {length} | {inside.sum()} | {reader.name} | {alone} | {gained} |")
    print("\n| text | two readers | same of hip-hop and country | same of three | kappa of three |")
    print("| --- | --- | --- | --- | --- |")
    for length in every:
        inside = (condition == length) | (length == "all")
        for one, other in combinations((*readers, verdicts[-1]), 2):
            two = inside & np.isin(genre, ("hip-hop", "country"))
            same = np.mean(((one.hip_hop_or_country > 0) == (other.hip_hop_or_country > 0))[two])
            a, b = one.kind[inside], other.kind[inside]
            print(
                f"| {length} | {one.name}, {other.name} | {100 * same:.1f} | "
                f"{100 * np.mean(a == b):.1f} | {kappa(a, b):.2f} |"
            )
    print(
        "\n| text | reader | pop and rock called neither | hip-hop lost | country lost | "
        f"pop and rock found where at most {LOST:.0%} of either are lost |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for length in every:
        inside = (condition == length) | (length == "all")
        other = inside & np.isin(genre, ("pop", "rock"))
        for reader in (*readers, *verdicts):
            called = [
                interval(artist[chosen].tolist(), reader.kind[chosen] == "neither")
                for chosen in (other, inside & (genre == "hip-hop"), inside & (genre == "country"))
            ]
            best = at_most_lost(reader, inside, genre) if reader in readers else ""
            print(f"| {length} | {reader.name} | {' | '.join(called)} | {best} |")


def at_most_lost(reader: Reader, inside: NDArray[np.bool_], genre: NDArray[np.str_]) -> str:
    """Pop and rock over the least share of neither that loses few; chosen on these very texts."""
    needed = max(
        float(np.quantile(reader.neither[inside & (genre == one)], 1 - LOST, method="higher"))
        for one in ("hip-hop", "country")
    )
    other = inside & np.isin(genre, ("pop", "rock"))
    return f"{100 * np.mean(reader.neither[other] > needed):.1f}"


def kappa(one: NDArray[np.str_], other: NDArray[np.str_]) -> float:
    """Agreement beyond chance (Cohen 1960)."""
    same = float(np.mean(one == other))
    chance = sum(
        float(np.mean(one == kind) * np.mean(other == kind)) for kind in np.unique([one, other])
    )
    return (same - chance) / (1 - chance) if chance < 1 else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    of_sheet = parts.add_parser("sheet")
    of_sheet.add_argument("data", type=Path)
    of_sheet.add_argument("--out", type=Path, required=True)
    of_score = parts.add_parser("score")
    of_score.add_argument("data", type=Path)
    of_score.add_argument("answers", type=Path, nargs="+")
    of_score.add_argument("--readings", type=Path, default=Path("runs/genre-readings"))
    chosen = parser.parse_args()
    if chosen.part == "sheet":
        sheet(chosen.data, chosen.out)
    else:
        score(chosen.data, chosen.answers, chosen.readings)


if __name__ == "__main__":
    main()
