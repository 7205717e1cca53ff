"""What the plan asks of one line, given the lines around it: the same for every captioner."""

from __future__ import annotations

import math
from collections.abc import Sequence

from atl_core.captioner.guard import Wanted
from atl_core.captioner.protocol import Task
from atl_core.lyrics.form import UNRHYMED, Slot
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.text import words


def words_due(wanted: Sequence[str], said: str, index: int, slots: int) -> tuple[str, ...]:
    """Those of the words not yet said that line `index` has to bring.

    The words are spread over the slots, several to a line where there are more words than lines.
    """
    unsaid = [word for word in wanted if word not in words(said)]
    due = math.ceil((index + 1) * len(wanted) / slots)
    return tuple(unsaid[: max(0, due - (len(wanted) - len(unsaid)))])


def wanted_at(
    task: Task, slot: Slot, index: int, above: Sequence[str], letters: Sequence[str]
) -> Wanted:
    """What the plan asks of the line at `slot`, given the lines around it."""
    lines = [*zip(above, letters, strict=True), *zip(task.after, task.after_rhymes, strict=True)]
    partners = tuple(
        end_word(line) for line, letter in lines if letter == slot.rhyme and letter != UNRHYMED
    )
    seeds = task.brief.seed_words
    opens_song = not above and not task.after and len(seeds) <= 2
    # What this task must use may stand in other lines already; a seed need only stand somewhere.
    new = " ".join(above[len(task.before) :])
    asked = words_due(task.must_use, new, index, len(task.slots))
    due = words_due(seeds, " ".join([*above, *task.after]), index, len(task.slots))
    return Wanted(
        syllables=slot.target,
        partners=partners,
        taken=frozenset(end_word(line) for line, _ in lines[-8:]).union(partners),
        opening=" ".join(seeds).capitalize() if opens_song and not asked else "",
        must_use=asked or due,
    )
