"""How drafts, listenings and verdicts look in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from atl_core.audio.listening import SURE_OF_BARS, Listening, time_signature
from atl_core.drafts.diff import Comparison, LineChange
from atl_core.drafts.draft import Draft, Section
from atl_core.drafts.listing import Change, Page, Wording
from atl_core.edits.line_ranges import Lines
from atl_core.genre.verdict import (
    GenreVerdict,
    LineVerdict,
    PartVerdict,
    SpokenWord,
    Verdict,
    disagreement,
)
from atl_core.lyrics.avoided import avoided_in, listed
from atl_core.lyrics.brief import GENRES, Genre, Line
from atl_core.lyrics.inner_rhymes import RhymeChain
from atl_core.lyrics.saying import OwnSound
from bot.clean import clean

if TYPE_CHECKING:
    from atl_core.drafts.options import LineOption, OptionSet

COLOURS: Mapping[Genre, str] = {"hip-hop": "magenta", "country": "yellow"}
RHYME_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "red")
METER_CELLS = 30
UNSURE_TEMPO = 0.5
CHANGED = "›"
"""Before a line that the last request changed."""
LINES_ABOVE = 3
"""Lines that are shown above the one that is chosen."""
TAGS_SHOWN = 5
WORDS_SHOWN = 6
SURE = 0.8
"""Probability from which on the strip is filled."""
LOUD = 0.5
"""Share of the loudest word's weight from which on a word is set in bold."""


def console(*, stderr: bool = False) -> Console:
    """Plain where the output is not a terminal."""
    return CleanConsole(stderr=stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)


class CleanConsole(Console):
    """A console on which no text can move the cursor, set a title or turn the reading order."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=clean(segment.text))


def draft(draft: Draft, changed: Comparison | None = None) -> RenderableType:
    """A draft in full: its head, its numbered lines, what `changed` of them, and the verdict."""
    head = Text(draft.title, style="bold")
    head.append(f"   draft {draft.id}, version {draft.revision}", style="dim")
    return Group(
        head,
        Text(setting(draft), style="dim"),
        Text(_heard(draft.listening), style="dim"),
        Padding(lines(draft.lines, draft.sections, changed), (1, 0)),
        verdict(draft.verdict),
        *filter(None, [_disagreement(draft), _after_sound(draft)]),
    )


def _disagreement(draft: Draft) -> Text | None:
    """`The beat sounds 87% hip-hop, these words read 71% country.`, where they differ."""
    heard, read = draft.listening.genre, draft.verdict.genre
    if not (found := disagreement(heard, read)):
        return None
    beat, text = found
    return Text.assemble(
        "The beat sounds ",
        (f"{heard[beat]:.0%} {beat}", COLOURS[beat]),
        ", these words read ",
        (f"{read[text]:.0%} {text}", COLOURS[text]),
        ".",
    )


def _after_sound(draft: Draft) -> Text | None:
    """`After the last sound of the beat (0:21): lines 9-16.`, where there are such lines."""
    if not (after := draft.lines_after_sound()):
        return None
    end, lines = draft.sound_ends, Lines(after).describe()
    return Text(f"After the last sound of the beat ({end}): {lines}.")


def lines(
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


def options(draft: Draft, options: OptionSet) -> RenderableType:
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


def avoided(always: Sequence[str], here: Sequence[str], lines: Sequence[Line] = ()) -> str:
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


def writers(lines: Sequence[Line], first: Sequence[Wording], asker: str) -> RenderableType:
    """Each line with the version that its words are from, and who wrote it."""
    table = Table.grid(padding=(0, 1))
    for number, (line, first_in) in enumerate(zip(lines, first, strict=True), 1):
        who = "you" if first_in.author == asker else first_in.author or "somebody"
        table.add_row(f"{number:>2}", line.text, Text(f"{who}, version {first_in.number}", "dim"))
    return table


def rhymed(lines: Sequence[str], chains: Sequence[RhymeChain]) -> RenderableType:
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
    said = f"{_count(len(chains), 'rhyme')}, the longest of {_count(longest, 'syllable')}:"
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


def sounds(sounds: Sequence[OwnSound]) -> str:
    """How a writer says words."""
    if not sounds:
        return "You say all words as usual. Say it like: poem has one syllable."
    return f"You say: {'; '.join(sound.describe() for sound in sounds)}."


def flow(draft: Draft) -> RenderableType:
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


def listening(listening: Listening) -> RenderableType:
    """What was heard in a beat."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    sure = "" if listening.tempo_confidence >= UNSURE_TEMPO else " (not sure)"
    same = abs(listening.tempo_heard / listening.tempo - 1) < 0.1
    made = "" if same else f", made at {listening.tempo_heard:.0f}"
    table.add_row("tempo", f"{listening.tempo:.0f} BPM{made}{sure}")
    where = "" if listening.bar_confidence >= SURE_OF_BARS else " (not sure where they start)"
    table.add_row(
        "bars", f"{listening.bars} of {listening.time_signature}, {listening.duration:.1f} s{where}"
    )
    clip = f"{listening.clip_start:.1f} to {listening.clip_end:.1f} s, which stands for the whole"
    table.add_row("clip", clip)
    table.add_row("key", listening.key)
    table.add_row("mood", f"{listening.mood}, {listening.energy} energy")
    table.add_row("tags", _tags(listening.tags))
    if listening.genres:
        table.add_row("sounds like", _sounds_like(listening.genres))
    table.add_row("genre", meter(listening.genre))
    return table


def _sounds_like(genres: Mapping[str, float]) -> str:
    """The genres that have a tenth or more, at least the first."""
    likeliest = sorted(genres.items(), key=lambda item: -item[1])
    shown = [pair for pair in likeliest if pair[1] >= 0.1] or likeliest[:1]
    return ", ".join(f"{name} {share:.0%}" for name, share in shown)


def verdict(verdict: Verdict) -> RenderableType:
    """The judgement on a draft."""
    craft = (
        f"rhymes kept {verdict.rhymes_kept:.0%}, syllables kept {verdict.syllables_kept:.0%}, "
        f"longest match with known lyrics {_count(verdict.longest_match, 'word')}"
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


def genre_verdict(verdict: GenreVerdict) -> RenderableType:
    """How hip-hop or country a text is: the whole, its parts, and each line.

    The strip on the left shows the genre of each line with the lines around it taken into account.
    """
    rows: list[RenderableType] = [meter(verdict.genre)]
    if not verdict.confident:
        rows.append(Text(neither(verdict), style="bold"))
    elif verdict.might_be:
        said = f"It could as well be {verdict.might_be}: {verdict.shares}."
        rows.append(Text(said, style="dim"))
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
            name = part.name or f"lines {part.first + 1}-{part.last + 1}"
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
    said = []
    for genre in dict.fromkeys(part.label for part in parts):
        names = list(dict.fromkeys(_called(part) for part in parts if part.label == genre))
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        # "lines 1-4" is many even where it is the only part.
        several = len(names) > 1 or names[0].startswith("lines")
        said.append(f"{listed} {'are' if several else 'is'} {genre}")
    sentence = ", ".join(said)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _called(part: PartVerdict) -> str:
    if not part.name:
        return f"lines {part.first + 1}-{part.last + 1}"
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


def page(page: Page, command: str, nothing: str = "No drafts yet.") -> RenderableType:
    """A list of drafts; `command` and a number is what shows another page."""
    if not page.items:
        return Text(nothing if page.total == 0 else "No drafts on this page.")
    table = Table.grid(padding=(0, 2))
    for item in page.items:
        if not item.readable:
            unreadable = Text("unreadable", style="red")
            table.add_row(Text(item.id, style="bold"), Text(item.title), unreadable)
            continue
        table.add_row(
            Text(item.id, style="bold"),
            Text(item.title),
            Text(item.genre, style=COLOURS[item.genre]),
            Text(_count(item.lines, "line"), style="dim"),
            Text(f"{item.updated.astimezone():%Y-%m-%d %H:%M}", style="dim"),
            Text(item.opening, style="italic", overflow="ellipsis", no_wrap=True),
        )
    below = [
        Text(
            f"Keep what is stored of {item.id} with: atl drafts export {item.id} --raw\n"
            f"Delete it with: atl drafts delete {item.id}",
            style="dim",
        )
        for item in page.items
        if not item.readable
    ]
    if page.page < page.pages:
        more = f"Page {page.page} of {page.pages}. More with: {command} {page.page + 1}"
        below.append(Text(more, style="dim"))
    return Group(table, *below)


def history(changes: Sequence[Change]) -> RenderableType:
    """Every version of a draft, the current one marked."""
    table = Table.grid(padding=(0, 1))
    for change in changes:
        table.add_row(
            Text(">" if change.current else " ", style="bold"),
            Text(str(change.number)),
            Text(f"from {change.parent}" if change.parent else "", style="dim"),
            Text(change.asked),
            Text(f"{change.created.astimezone():%Y-%m-%d %H:%M}", style="dim"),
        )
    return table


def setting(draft: Draft) -> str:
    """What is asked for, in a line."""
    brief = draft.brief
    parts = [
        f"{brief.genre}, {brief.mood}, {brief.energy} energy",
        f"rhymes {brief.scheme}, {brief.syllables} syllables a line",
    ]
    if brief.tempo != draft.listening.tempo:
        parts.append(f"{brief.tempo:g} BPM")
    if brief.seed_words:
        parts.append(f"from: {' '.join(brief.seed_words)}")
    if draft.tags:
        parts.append(" ".join(f"#{tag}" for tag in draft.tags))
    return " · ".join(parts)


def _spoken(words: Sequence[SpokenWord]) -> Text:
    said = Text("words that spoke: " if words else "", style="dim")
    for number, word in enumerate(words[:WORDS_SHOWN]):
        said.append(", " if number else "", style="dim")
        said.append(word.word, style=COLOURS[word.genre])
    return said


def _heard(listening: Listening) -> str:
    if not listening.is_beat:
        return "no beat yet: set the beat to beat.mp3"
    return (
        f"{listening.tempo:.0f} BPM, {listening.key}, {_count(listening.bars, 'bar')} · "
        f"tags: {_tags(listening.tags)}"
    )


def _tags(tags: Mapping[str, float]) -> str:
    shown: Iterable[tuple[str, float]] = list(tags.items())[:TAGS_SHOWN]
    return ", ".join(f"{tag} {probability:.2f}" for tag, probability in shown)


def _rhyme_colour(letter: str) -> str:
    return RHYME_COLOURS[(ord(letter[0]) - ord("A")) % len(RHYME_COLOURS)]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
