"""How two versions of a draft differ, word by word, for every front end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, Literal

from atl_core.drafts.draft import Draft
from atl_core.lyrics.brief import Brief, Line

if TYPE_CHECKING:
    from rich.text import Text

Kind = Literal["same", "gone", "new"]
ALIKE: Final = 0.4
"""Share of common words from which two lines count as one line that was changed."""
FAR: Final = 1e-6
"""What a place further away costs: of equal choices the one counts in which lines moved least."""
AGAIN: Final = 1e-4
"""What a line that stands in both more than once gains: what moved past a hook is what stands once,
and not the hook."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line before and after; one of the numbers is None when it is only in the other."""

    before: int | None
    after: int | None
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one version in another."""

    before: int
    after: int
    """Version numbers."""
    lines: tuple[LineChange, ...]
    notes: tuple[str, ...]
    """Changes that are not in the words: `tempo 90 → 96`, `line 3 locked`."""

    @property
    def changed(self) -> dict[int, LineChange]:
        """By their numbers now, the lines that are new or have other words."""
        return {line.after: line for line in self.lines if line.after and line.changed}

    @property
    def same(self) -> bool:
        return not self.notes and not any(line.changed for line in self.lines)

    def summary(self) -> str:
        """Such as `Version 3 → 5: 2 lines changed, 1 new`."""
        counts = Counter(
            "new" if line.before is None else "gone" if line.after is None else "changed"
            for line in self.lines
            if line.changed
        )
        said = [
            f"{counts[kind]} {'line ' if counts[kind] == 1 else 'lines '}{kind}"
            for kind in ("changed", "new", "gone")
            if counts[kind]
        ]
        words = ", ".join(said) or ("nothing changed" if self.same else "the words are the same")
        return f"Version {self.before} → {self.after}: {words}"


def compare(before: Draft, after: Draft) -> Comparison:
    """How the draft `after` differs from `before`, two revisions of a session or two drafts."""
    return Comparison(
        before.revision,
        after.revision,
        tuple(_line_changes(before.lines, after.lines)),
        (*_brief_notes(before.brief, after.brief), *_lock_notes(before.lines, after.lines)),
    )


def as_rich(comparison: Comparison) -> Text:
    """For a terminal, in colour; without colour the strike-through and the bold remain."""
    from rich.text import Text

    styles: dict[Kind, str] = {"same": "", "gone": "red strike", "new": "bold green"}
    text = Text(comparison.summary(), style="bold")
    for line in comparison.lines:
        text.append(f"\n{line_number(line)}  ", style="dim")
        for index, piece in enumerate(line.pieces):
            text.append(" " if index else "", style="")
            text.append(piece.text, style=styles[piece.kind])
    for note in comparison.notes:
        text.append(f"\n{note}", style="italic")
    return text


def as_plain(comparison: Comparison) -> str:
    """For a pipe: `[-gone-]` and `{+new+}`, as `wdiff` writes them."""
    frames: dict[Kind, str] = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    rows = [comparison.summary()]
    for line in comparison.lines:
        words = " ".join(frames[piece.kind].format(piece.text) for piece in line.pieces)
        rows.append(f"{line_number(line)}  {words}")
    return "\n".join((*rows, *comparison.notes))


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The words of two lines as what stayed, went and came, in reading order."""
    old, new = before.split(), after.split()
    pieces: list[Piece] = []
    for _, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[i1:i2] == new[j1:j2]:
            pieces.append(Piece(" ".join(old[i1:i2]), "same"))
            continue
        if i1 < i2:
            pieces.append(Piece(" ".join(old[i1:i2]), "gone"))
        if j1 < j2:
            pieces.append(Piece(" ".join(new[j1:j2]), "new"))
    return tuple(pieces)


def _line_changes(before: Sequence[Line], after: Sequence[Line]) -> Iterator[LineChange]:
    i = j = 0
    for pair_i, pair_j in (*_pairs(before, after), (len(before), len(after))):
        # Between two lines that found each other: rewritten line for line, the rest gone or new.
        while i < pair_i and j < pair_j:
            rewritten = (Piece(before[i].text, "gone"), Piece(after[j].text, "new"))
            yield LineChange(i + 1, j + 1, rewritten)
            i, j = i + 1, j + 1
        for gone in range(i, pair_i):
            yield LineChange(gone + 1, None, (Piece(before[gone].text, "gone"),))
        for new in range(j, pair_j):
            yield LineChange(None, new + 1, (Piece(after[new].text, "new"),))
        if pair_i < len(before) and pair_j < len(after):
            words = word_diff(before[pair_i].text, after[pair_j].text)
            yield LineChange(pair_i + 1, pair_j + 1, words)
        i, j = pair_i + 1, pair_j + 1


def _pairs(before: Sequence[Line], after: Sequence[Line]) -> list[tuple[int, int]]:
    """Lines that are alike, as index pairs that rise together, with the most in common overall."""
    # best[i][j]: what before[i:] and after[j:] can have in common.
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    times = Counter(line.text for line in before) & Counter(line.text for line in after)

    def value(i: int, j: int) -> float:
        old, new = before[i].text, after[j].text
        again = AGAIN if old == new and times[old] > 1 else 0.0
        return max(0.0, _alike(old, new) + again - FAR * abs(i - j))

    alike = [[value(i, j) for j in range(len(after))] for i in range(len(before))]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], alike[i][j] + best[i + 1][j + 1])
    pairs = []
    i = j = 0
    while i < len(before) and j < len(after):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _alike(before: str, after: str) -> float:
    """Share of words in common (Dice), or 0 when that is too few to be the same line."""
    if before == after:
        return 1.0
    old, new = (Counter(re.findall(r"\w+", text.casefold())) for text in (before, after))
    words = old.total() + new.total()
    share = 2 * (old & new).total() / words if words else 0.0
    return share if share >= ALIKE else 0.0


def _brief_notes(before: Brief, after: Brief) -> Iterator[str]:
    for field in fields(Brief):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new and field.name not in ("lines", "random_seed"):
            yield f"{field.name.replace('_', ' ')} {_said(old)} → {_said(new)}"


def _lock_notes(before: Sequence[Line], after: Sequence[Line]) -> Iterator[str]:
    locked = {line.text for line in before if line.locked}
    known = {line.text for line in before}
    for number, line in enumerate(after, 1):
        if line.text in known and line.locked != (line.text in locked):
            yield f"line {number} {'locked' if line.locked else 'unlocked'}"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def line_number(line: LineChange) -> str:
    """The number that a line has, or had: `- 3` is gone, `+ 2` is new."""
    sign = "-" if line.after is None else "+" if line.before is None else " "
    return f"{sign}{line.after or line.before:>2}"
