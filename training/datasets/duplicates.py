"""Songs that are nearly the same text, found in memory that does not grow with their number."""

from __future__ import annotations

import sqlite3
from typing import Final

import numpy as np

from atl_core.lyrics.originality import Hashes, gram_hashes, word_hashes
from atl_core.lyrics.text import words
from training.datasets.manifest import Manifest, Row

ORDER: Final = 6
"""Words in a row that are compared."""
KEEP_ONE_IN: Final = np.uint64(4)
"""Of the n-grams by which look-alikes are sought; those found are compared in full."""
TOO_COMMON: Final = 50
"""An n-gram of so many songs ("la la la la la la") says nothing, and would make time quadratic."""
LOOK_ALIKES: Final = 5
"""Songs compared in full with each song."""


def mark_duplicates(manifest: Manifest, share: float) -> int:
    """Write `duplicate_of` for every finished song that repeats an earlier one; how many do.

    Two songs are one when they share more than `share` of the 6-grams of the shorter one, across
    artists and genres; the earlier in the plan stays. Songs too short for a 6-gram are compared
    as a whole. Bags of words have no order and are compared by their hash alone.
    """
    index = sqlite3.connect("")  # a temporary file, not memory
    index.execute(
        "CREATE TABLE gram (hash INTEGER, song INTEGER, PRIMARY KEY (hash, song)) WITHOUT ROWID"
    )
    index.execute("CREATE TABLE whole (hash TEXT PRIMARY KEY, song INTEGER) WITHOUT ROWID")
    manifest.database.execute("UPDATE song SET duplicate_of = '' WHERE duplicate_of <> ''")
    found = 0
    with manifest.transaction():
        for row in manifest.rows("state = 'done'"):
            number = _same_text(index, row)
            if number is None and row.form != "bag":
                number = _look_alike(index, manifest, row, share)
            if number is not None:
                original = next(manifest.rows("number = ?", number))
                manifest.update(row.key, duplicate_of=original.key)
                found += 1
    return found


def text_grams(row: Row) -> Hashes:
    """Hashes of the different 6-grams of a song's words, across line ends, sorted."""
    spoken = [word for line in row.lyrics for word in words(line.text)]
    return np.unique(gram_hashes(word_hashes(spoken), ORDER))


def shared(first: Hashes, second: Hashes) -> float:
    """The part of the smaller set that the other holds too; 0 if one is empty."""
    smaller = min(len(first), len(second))
    return len(np.intersect1d(first, second, assume_unique=True)) / smaller if smaller else 0.0


def _same_text(index: sqlite3.Connection, row: Row) -> int | None:
    index.execute("INSERT OR IGNORE INTO whole VALUES (?, ?)", (row.lyrics_sha256, row.number))
    (number,) = index.execute(
        "SELECT song FROM whole WHERE hash = ?", (row.lyrics_sha256,)
    ).fetchone()
    return None if number == row.number else number


def _look_alike(
    index: sqlite3.Connection, manifest: Manifest, row: Row, share: float
) -> int | None:
    grams = text_grams(row)
    sample = [int(h) for h in grams[grams % KEEP_ONE_IN == 0].view(np.int64)]
    marks = ", ".join("?" * len(sample))
    common = {
        found
        for (found,) in index.execute(
            f"SELECT hash FROM gram WHERE hash IN ({marks}) GROUP BY hash "
            f"HAVING count(*) >= {TOO_COMMON}",
            sample,
        )
    }
    telling = [gram for gram in sample if gram not in common]
    marks = ", ".join("?" * len(telling))
    alike = index.execute(
        f"SELECT song FROM gram WHERE hash IN ({marks}) GROUP BY song "
        f"ORDER BY count(*) DESC, song LIMIT {LOOK_ALIKES}",
        telling,
    ).fetchall()
    for (number,) in alike:
        if shared(grams, text_grams(next(manifest.rows("number = ?", number)))) > share:
            return int(number)
    index.executemany("INSERT INTO gram VALUES (?, ?)", ((gram, row.number) for gram in telling))
    return None
