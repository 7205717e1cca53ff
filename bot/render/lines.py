"""How lines look in a terminal: numbered, with their figures, rhymes, writers or flow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from atl_core.audio.listening import time_signature
from atl_core.drafts.diff import Comparison, LineChange
from atl_core.drafts.draft import Draft, Section
from atl_core.drafts.listing import Wording
from atl_core.lyrics.avoided import avoided_in, listed
from atl_core.lyrics.brief import Line
from atl_core.lyrics.inner_rhymes import RhymeChain
from atl_core.lyrics.saying import OwnSound

if TYPE_CHECKING:
    from atl_core.drafts.options import LineOption, OptionSet
from bot.render.words import RHYME_COLOURS, count

CHANGED = "›"
"""Before a line that the last request changed."""
LINES_ABOVE = 3
"""Lines that are shown above the one that is chosen."""


def render_lines(
    lines: Sequence[Line],
    sections: Sequence[Section] = (),
    changed: Comparison | None = None,
    *,
    only: Sequence[int] | None = None,
) -> RenderableType:
    """Numbered lines, each with its rhyme letter and its syllables beside their target.

    Before a line that is new or has other words there is a mark, and these words are bold. Where
    `only` some lines are shown, it has their numbers.
    """
    changes = changed.changed if changed else {}
    names = {}
    if len(sections) > 1:
        first = 0
        for section in sections:
            names[first] = section.name
            first += section.lines
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim")
    table.add_column()
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    for index, line in enumerate(lines):
        if only is not None and index + 1 not in only:
            continue
        if index in names:
            table.add_row("", "", Text(f"[{names[index]}]", style="bold dim"), "")
        letter = Text(line.rhyme, style="dim" if line.rhyme == "X" else _rhyme_colour(line.rhyme))
        off = abs(line.syllables - line.target) > 1
        syllables = Text(f"{line.syllables}/{line.target}", style="red" if off else "dim")
        change = changes.get(index + 1)
        text = _with_changes(change) if change else Text(line.text)
        if line.locked:
            text.append("  (locked)", style="dim")
        mark = CHANGED if change else " " if changes else ""
        table.add_row(f"{mark}{index + 1}", letter, text, syllables)
    return table


def _with_changes(change: LineChange) -> Text:
    pieces = [
        (piece.text, "bold green" * (piece.kind == "new"))
        for piece in change.pieces
        if piece.kind != "gone"
    ]
    return Text(" ").join(Text(text, style) for text, style in pieces)


def render_options(draft: Draft, options: OptionSet) -> RenderableType:
    """Lines to choose from for one line, between the lines that stand above and below it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="bold")
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    for number, option in enumerate(options.options, 1):
        off = abs(option.syllables - option.target) > 1
        figures = Text(f"{option.syllables}/{option.target}", style="red" if off else "dim")
        present = "as it is" if number == 1 and not options.goal else ""
        notes = ", ".join(filter(None, (rhymes_with(option), present)))
        table.add_row(str(number), Text(option.text), figures, notes)
    above = draft.lines[max(0, options.line - 1 - LINES_ABOVE) : options.line - 1]
    below = () if options.goal else draft.lines[options.line : options.line + 1]
    head = Text(f"Line {options.line}", style="bold")
    if options.goal:
        head.append(f" of {options.goal}", style="dim")
    say = "Say: take 2, more like 2, or none, sadder."
    return Group(
        *(Text(f"  {line.text}", style="dim") for line in above),
        head,
        table,
        *(Text(f"  {line.text}", style="dim") for line in below),
        Text(say, "dim"),
    )


def rhymes_with(option: LineOption) -> str:
    """What an option rhymes with, in words; empty if nothing."""
    if not option.rhymes_with:
        return ""
    near = "nearly " if option.kind == "slant" else ""
    return f"rhymes {near}with {option.rhymes_with}"


def avoided_text(always: Sequence[str], here: Sequence[str], lines: Sequence[Line] = ()) -> str:
    """What is avoided, and the lines that have it all the same."""
    said = []
    if always:
        said.append(f"You avoid, in all drafts: {listed(always)}.")
    if here:
        said.append(f"This draft avoids: {listed(here)}.")
    words = (*always, *here)
    numbers = [str(n) for n, line in enumerate(lines, 1) if avoided_in(line.text, words)]
    if numbers:
        which = "Line" if len(numbers) == 1 else "Lines"
        has = "has" if len(numbers) == 1 else "have"
        said.append(f"{which} {', '.join(numbers)} {has} it still: rewrite line {numbers[0]}.")
    return " ".join(said) or "You avoid no words. Clichés are avoided gently anyway."


def render_writers(lines: Sequence[Line], first: Sequence[Wording], asker: str) -> RenderableType:
    """Each line with the version that its words are from, and who wrote it."""
    table = Table.grid(padding=(0, 1))
    for number, (line, first_in) in enumerate(zip(lines, first, strict=True), 1):
        who = "you" if first_in.author == asker else first_in.author or "somebody"
        table.add_row(f"{number:>2}", line.text, Text(f"{who}, version {first_in.number}", "dim"))
    return table


def render_rhymed(lines: Sequence[str], chains: Sequence[RhymeChain]) -> RenderableType:
    """Lines with their rhymes, a colour for each chain; those of several syllables are bold."""
    shown = [Text(f"{number:>3}  {line}") for number, line in enumerate(lines, 1)]
    for number, chain in enumerate(chains):
        style = RHYME_COLOURS[number % len(RHYME_COLOURS)]
        for stretch in chain.stretches:
            bold = "bold " if stretch.syllables > 1 else ""
            shown[stretch.line].stylize(bold + style, stretch.start + 5, stretch.end + 5)
    if not chains:
        return Group(*shown, Text("No rhymes.", style="dim"))
    longest = max(chain.syllables for chain in chains)
    said = f"{count(len(chains), 'rhyme')}, the longest of {count(longest, 'syllable')}:"
    return Group(*shown, Text(said, style="dim"), *map(partial(_chain, lines), chains))


def _chain(lines: Sequence[str], chain: RhymeChain) -> Text:
    """`end 4, friend 2`: the words of a chain, each with the numbers of its lines."""
    where: dict[str, list[str]] = {}
    for stretch in chain.stretches:
        said = lines[stretch.line][stretch.start : stretch.end].casefold()
        numbers = where.setdefault(said, [])
        if str(stretch.line + 1) not in numbers:
            numbers.append(str(stretch.line + 1))
    return Text("  " + " / ".join(f"{said} {','.join(at)}" for said, at in where.items()))


def sounds_text(sounds: Sequence[OwnSound]) -> str:
    """How a writer says words."""
    if not sounds:
        return "You say all words as usual. Say it like: poem has one syllable."
    return f"You say: {'; '.join(sound.describe() for sound in sounds)}."


def render_flow(draft: Draft) -> RenderableType:
    """Where each syllable falls: a ruler for every bar, and its syllables under it."""
    from atl_core.flow.drawing import draw

    compound = draft.brief.compound
    metre = time_signature(draft.brief.beats_per_bar, compound)
    rows: list[RenderableType] = [
        Text(draft.title, style="bold"),
        Text(f"{draft.brief.tempo:g} BPM, {metre}", style="dim"),
    ]
    for number, (line, syllables) in enumerate(zip(draft.lines, draft.flow(), strict=True)):
        rows.append(Text(f"\n{number + 1}  {line.text}"))
        for drawn in draw(syllables, draft.brief.beats_per_bar, compound=compound):
            bar = f"bar {drawn.bar + 1:<4}" if drawn.bar >= 0 else "pickup  "
            rows.append(Text(f"   {bar} {drawn.ruler}", style="dim"))
            rows.append(Text(f"   {'':8} {drawn.words}"))
    return Group(*rows)


def _rhyme_colour(letter: str) -> str:
    return RHYME_COLOURS[(ord(letter[0]) - ord("A")) % len(RHYME_COLOURS)]
