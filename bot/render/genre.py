"""How genre verdicts look in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from atl_core.genre.verdict import (
    GenreVerdict,
    LineVerdict,
    PartVerdict,
    SpokenWord,
    Verdict,
    disagreement,
)
from atl_core.lyrics.brief import GENRES, Genre

if TYPE_CHECKING:
    pass
from bot.render.words import COLOURS, count

METER_CELLS = 30
WORDS_SHOWN = 6
SURE = 0.8
"""Probability from which on the strip is filled."""
LOUD = 0.5
"""Share of the loudest word's weight from which on a word is set in bold."""


def render_verdict(verdict: Verdict) -> RenderableType:
    """The judgement on a draft."""
    craft = (
        f"rhymes kept {verdict.rhymes_kept:.0%}, syllables kept {verdict.syllables_kept:.0%}, "
        f"longest match with known lyrics {count(verdict.longest_match, 'word')}"
    )
    rows: list[RenderableType] = [meter(verdict.genre)]
    if not verdict.confident:
        named = verdict.kind not in ("", "too short")
        said = f"Neither, rather {verdict.kind}." if named else "Neither, or too short to tell."
        rows.append(Text(said, style="dim"))
    if verdict.words:
        rows.append(_spoken(verdict.words))
    rows += _both_parts(verdict)
    if verdict.cliches:
        rows.append(Text(f"clichés: {', '.join(verdict.cliches)}", style="dim"))
    if verdict.note:
        rows.append(Text(verdict.note))
    return Group(*rows, Text(craft, style="dim"))


def render_genre_verdict(verdict: GenreVerdict) -> RenderableType:
    """How hip-hop or country a text is: the whole, its parts, and each line.

    The strip on the left shows the genre of each line with the lines around it taken into account.
    A text without English words has nothing of these.
    """
    rows: list[RenderableType] = []
    if not verdict.confident:
        rows.append(Text(neither(verdict), style="bold"))
    if verdict.is_foreign:
        return Group(*rows)
    rows.append(meter(verdict.genre))
    if verdict.might_be:
        said = f"It could as well be {verdict.might_be}: {verdict.shares}."
        rows.append(Text(said, style="dim"))
    if verdict.words:
        rows.append(_spoken(verdict.words))
    rows += _both_parts(verdict)
    if len({part.label for part in verdict.parts}) > 1:
        rows.append(Text(by_part(verdict.parts)))
    table = Table.grid(padding=(0, 1))
    table.add_column()
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    starts = {part.first: part for part in verdict.parts}
    for index, line in enumerate(verdict.lines):
        if part := starts.get(index):
            name = part.name or part.lines
            if index:
                table.add_row("", "", "")
            table.add_row("", Text(name, style="bold"), _likely(part.genre))
        table.add_row(_strip(line), _marked(line), _likely(line.genre))
    return Group(*rows, Padding(table, (1, 0, 0, 0)) if len(verdict.lines) > 1 else table)


def _both_parts(verdict: Verdict | GenreVerdict) -> list[Text]:
    """`The words alone read 71% country, the language model reads 64% hip-hop.`, if they differ."""
    if not (found := disagreement(verdict.by_words, verdict.by_model)):
        return []
    words, model = found
    said = (
        f"The words alone read {verdict.by_words[words]:.0%} {words}, "
        f"the language model reads {verdict.by_model[model]:.0%} {model}."
    )
    return [Text(said, style="dim")]


def neither(verdict: GenreVerdict) -> str:
    """What a text is that is neither hip-hop nor country."""
    match verdict.kind:
        case "too short":
            return "Too short to tell: a line or two of lyrics are needed."
        case "prose" | "code" | "another language":
            return f"Neither: this is {verdict.kind}, not English lyrics."
    return f"Neither: this reads like {verdict.kind} ({verdict.shares})."


def by_part(parts: Sequence[PartVerdict]) -> str:
    """`Verse 1 and verse 2 are hip-hop, the hook is country.`"""
    labels: dict[str, set[Genre]] = {}
    for part in parts:
        labels.setdefault(_called(part), set()).add(part.label)
    said = []
    for genre in dict.fromkeys(part.label for part in parts):
        # A chorus that is not of one genre every time is told by its lines.
        names = list(
            dict.fromkeys(
                _called(part)
                if len(labels[_called(part)]) == 1
                else f"{_called(part)} ({part.lines})"
                for part in parts
                if part.label == genre
            )
        )
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        # "lines 1-4" is many even where it is the only part.
        several = len(names) > 1 or names[0].startswith("lines")
        said.append(f"{listed} {'are' if several else 'is'} {genre}")
    sentence = ", ".join(said)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _called(part: PartVerdict) -> str:
    if not part.name:
        return part.lines
    name = part.name.lower()
    return name if name[-1:].isdigit() else f"the {name}"


def _likely(genre: Mapping[Genre, float]) -> Text:
    label = max(GENRES, key=lambda one: genre[one])
    # A line that is 100 % something after rounding is still only very likely so.
    return Text(f"{label} {min(genre[label], 0.99):.0%}", style="dim")


def _strip(line: LineVerdict) -> Text:
    """A block in the colour of the genre, a thin one where the line is not sure."""
    label = max(GENRES, key=lambda one: line.in_context[one])
    return Text("█" if line.in_context[label] >= SURE else "▏", style=COLOURS[label])


def _marked(line: LineVerdict) -> Text:
    text, end = Text(), 0
    for mark in line.marks:
        text.append(line.text[end : mark.start])
        bold = " bold" if mark.strength >= LOUD else ""
        text.append(line.text[mark.start : mark.end], COLOURS[mark.genre] + bold)
        end = mark.end
    return text.append(line.text[end:])


def meter(genre: Mapping[Genre, float]) -> Text:
    """Two probabilities as one bar: `hip-hop 83% ████████░░ 17% country`."""
    left, right = GENRES
    cells = round(genre[left] * METER_CELLS)
    return Text.assemble(
        (f"{left} {genre[left]:.0%} ", COLOURS[left]),
        ("█" * cells, COLOURS[left]),
        ("░" * (METER_CELLS - cells), COLOURS[right]),
        (f" {genre[right]:.0%} {right}", COLOURS[right]),
    )


def _spoken(words: Sequence[SpokenWord]) -> Text:
    said = Text("words that spoke: ", style="dim")
    for number, word in enumerate(words[:WORDS_SHOWN]):
        said.append(", " if number else "", style="dim")
        said.append(word.word, style=COLOURS[word.genre])
    return said
