"""How likely lyrics are to the language model under the header of either genre.

The model was tuned on sections that begin with their genre. Read the same lines under both headers,
and the difference in likelihood says which genre they are of: a generative classifier (as in Min
et al. 2022, "Noisy channel language model prompting for few-shot text classification").
`atl_core.genre.thorough` weighs it beside the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from atl_core.captioner.prompt import header, line_plan
from atl_core.captioner.sampling import Sampler
from atl_core.genre.verdict import Span
from atl_core.lyrics.brief import GENRES
from atl_core.lyrics.mood import energy_of, mood_of
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import clean_line, words
from atl_core.lyrics.wordlists import explicit_words

WINDOW: Final = 12
"""Lines that are read together. The model was tuned on sections of at most 12."""
MOST_LINES: Final = 48
"""Lines that are read at all, evenly spread windows of a longer text."""

_DROPPED_G = re.compile(r"(?<=\w\win)['’](?!\w)")


@dataclass(frozen=True, slots=True)
class GenreReader:
    """Reads lyrics with the captioner's language model. Blocking and heavy."""

    sampler: Sampler

    def read(self, lines: Sequence[str]) -> list[tuple[Span, ...]]:
        """For each line the log-likelihood ratio of hip-hop over country, by stretches of it.

        Spelling that goes with the site and not with the genre is evened out first: capitals, and
        the apostrophe of a dropped g. What the plan of a line and its line break would say, which
        goes with the length of lines, is not counted.
        """
        found: list[tuple[Span, ...]] = [()] * len(lines)
        windows = [range(first, min(first + WINDOW, len(lines)))
                   for first in range(0, len(lines), WINDOW)]  # fmt: skip
        step = -(-len(windows) * WINDOW // MOST_LINES) if len(lines) > MOST_LINES else 1
        for window in windows[::step]:
            for index, spans in zip(window, self._window([lines[i] for i in window]), strict=True):
                found[index] = spans
        return found

    def _window(self, lines: Sequence[str]) -> list[tuple[Span, ...]]:
        text, places = "", []
        for line in map(even, lines):
            text += f"{line_plan(count_syllables(line))} "
            places.append((len(text), len(text) + len(line)))
            text += f"{line}\n"
        spoken = [word for line in lines for word in words(line)]
        explicit = bool(explicit_words("\n".join(lines)))
        read = []
        for genre in GENRES:
            style = header(genre, mood_of(spoken), energy_of(spoken), explicit, ())
            prefix = self.sampler.read(self.sampler.model.empty_prefix(), style)
            read.append(self.sampler.log_probs(prefix, [text])[0])
        encoded = self.sampler.tokenizer.encode(text, add_special_tokens=False)
        ratios = (read[0] - read[1]).tolist()
        found: list[list[Span]] = [[] for _ in lines]
        for (start, end), ratio in zip(encoded.offsets, ratios, strict=True):
            for spans, (first, last) in zip(found, places, strict=True):
                # A token may begin with the space before its word.
                if first - 1 <= start < last and end > first:
                    spans.append(Span(max(0, start - first), min(end, last) - first, ratio))
        return [tuple(spans) for spans in found]


def even(line: str) -> str:
    """A line as every site would have typed it: one spelling of -ing, one capital."""
    line = _DROPPED_G.sub("g", clean_line(line).lower())
    return line[:1].upper() + line[1:]
