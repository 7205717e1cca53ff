"""Markers for audio editors: Audacity's label track, and a CSV of time, bar and text."""

from __future__ import annotations

import csv
import io

from atl_core.drafts.draft import Draft
from atl_core.drafts.timed.lines import bar_times, timed_lines


def labels(draft: Draft) -> bytes:
    """An Audacity label a line: start and end in seconds, and its text, between tabs."""
    rows = [
        f"{line.start:.6f}\t{line.end:.6f}\t{' '.join(line.text.split())}"
        for line in timed_lines(draft)
    ]
    return ("\n".join(rows) + "\n").encode("utf-8", "replace")


def markers(draft: Draft) -> bytes:
    """A CSV with a row for each bar, section and line: seconds, number of the bar, kind, text."""
    rows: list[tuple[float, int, str, str]] = [
        (time, number + 1, "bar", f"Bar {number + 1}")
        for number, time in enumerate(bar_times(draft))
    ]
    for line in timed_lines(draft):
        if line.section:
            rows.append((line.start, line.bar + 1, "section", line.section))
        rows.append((line.start, line.bar + 1, "line", " ".join(line.text.split())))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(("time", "bar", "kind", "text"))
    for time, bar, kind, text in sorted(rows, key=lambda row: row[0]):
        # A spreadsheet takes a cell that starts with one of these for a formula.
        safe = f"'{text}" if text[:1] in "=+-@\t" and text else text
        writer.writerow((f"{time:.3f}", bar, kind, safe))
    return table.getvalue().encode("utf-8", "replace")
