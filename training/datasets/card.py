"""`card`: what the set contains, where it comes from, and what it may be used for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from training.datasets.config import Config
from training.datasets.manifest import Manifest
from training.datasets.split import USABLE, split_counts

DUTIES = """\
Nothing in this set is redistributed by ATL, and nothing in it may be passed on unless its licence
says so: keep the folder to yourself. Song texts and recordings belong to their writers and
performers. Whoever built the set answers for having the right to copy and to train (a licence,
consent, or an exception of the law where they are), and for the terms of every service that was
asked. Publish figures, and models only if what they were trained on allows it; models must be
checked for memorised lyrics first. A row without a licence is a row whose licence is not known,
not one that is free."""


def card(config: Config, manifest: Manifest) -> str:
    """The card, in Markdown. The same manifest gives the same card."""
    planned, done, skipped = (
        manifest.count("state = ?", state) for state in ("planned", "done", "skipped")
    )
    duplicates = manifest.count("duplicate_of <> ''")
    timed = manifest.count(f"{USABLE} AND timed")
    seconds = manifest.database.execute(
        f"SELECT coalesce(sum(audio_seconds), 0) FROM song WHERE {USABLE}"
    ).fetchone()[0]
    counts = split_counts(config, manifest)
    parts = [(part, *(songs[genre] for genre in config.genres)) for part, songs in counts.items()]
    lines = [
        f"# {config.name}",
        "",
        f"{done:,} songs are fetched, {skipped:,} left out, {planned:,} still to be fetched. "
        f"Near-duplicates among those fetched, not used: {duplicates:,}. {seconds / 3600:.1f} "
        f"hours of audio. Songs with timed lines: {timed:,}.",
        "",
        "## What it may be used for",
        "",
        DUTIES,
        "",
        "## What it contains",
        "",
    ]
    tables: list[tuple[str, Sequence[str], Sequence[Sequence[Any]]]] = [
        ("Songs by part and genre", ("part", *config.genres), parts),
        *(
            (title, (*columns, "songs"), manifest.count_by(*columns, where=where))
            for title, columns, where in (
                ("Language and form of the lyrics", ("language", "form"), USABLE),
                ("Where the songs were named", ("track_source",), "1"),
                ("Audio", ("audio_source", "audio_licence"), USABLE),
                ("Lyrics", ("lyrics_source", "lyrics_licence"), USABLE),
            )
        ),
        ("Left out", ("reason", "songs"), manifest.reasons("skipped")),
    ]
    for title, head, rows in tables:
        if rows:
            lines += [f"### {title}", "", *_table(head, rows), ""]
    lines += [
        "Parts are by artist: no artist is in two. Songs marked unused were left out to balance "
        "the genres; near-duplicates and songs that were not fetched are in no part.",
        "",
        "## How it was built",
        "",
        "```toml",
        str(config).replace(f"{config.folder.parent}/", "").strip(),
        "```",
    ]
    return "\n".join(lines) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield "| " + " | ".join(name.replace("_", " ") for name in head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        cells = (str(cell).replace("|", "\\|") or "not known" for cell in row)
        yield "| " + " | ".join(cells) + " |"
