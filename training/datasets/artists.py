"""Step 1: the artists of a genre, from Billboard's year-end charts or a list."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from training.datasets.songs import SourceError
from training.datasets.web import PoliteSession, get

NAME_MARKS: Final = ("title-of-a-story", "ye-chart-item__title")
"""The id of a name in today's pages, and the class of it in those archived before 2021."""
ROW_MARKS: Final = ("o-chart-results-list-row", "ye-chart-item")


class BillboardArtists:
    """Year-end charts: `{genre: "2019/top-country-artists"}`."""

    def __init__(self, charts: dict[str, str], session: PoliteSession, base: str) -> None:
        self.charts = charts
        self.session = session
        self.base = base

    def top(self, genre: str, count: int) -> list[str]:
        """The first `count` names of the genre's chart; fewer if the chart is shorter.

        Raises:
            SourceError: there is no such chart, or the page no longer looks as it did.
        """
        chart = self.charts[genre].strip("/")
        page = get(self.session, f"{self.base}{chart}/")
        if page is None:
            raise SourceError(
                f"Billboard has no year-end chart {chart}.",
                "A chart is named like 2019/top-country-artists.",
                "Open the chart in a browser and copy the end of its address.",
            )
        names = read_chart(page.text)
        if not names:
            raise SourceError(
                f"Billboard's page {chart} holds no names where they used to be.",
                remedy="The page may have changed: put the names into artists.names "
                "and set artists.source to 'list'.",
            )
        return names[:count]


class ListedArtists:
    """The user's own list."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self.names = names

    def top(self, genre: str, count: int) -> list[str]:
        """All of them, however many: whoever wrote the list has counted."""
        del count
        return list(dict.fromkeys(self.names[genre]))


def read_chart(page: str) -> list[str]:
    """The names on a year-end chart's page, best first, each once; empty if none is found."""
    reader = _ChartReader()
    reader.feed(page)
    return list(dict.fromkeys(reader.names))


class _ChartReader(HTMLParser):
    """Collects the text of each row's name. Menus hold the same marks, but outside the rows."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.in_row = False
        self.tag = ""
        """The element of the name that we are in."""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        marks = {found.get("id", ""), *found.get("class", "").split()}
        if any(mark.startswith(ROW_MARKS) for mark in marks) and not marks & set(NAME_MARKS):
            # A row ends where the next begins; what is inside it needs no counting of tags.
            self.in_row = self.in_row or not self.tag
        if self.in_row and not self.tag and not marks.isdisjoint(NAME_MARKS):
            self.tag, self.text = tag, ""

    def handle_data(self, data: str) -> None:
        if self.tag:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self.tag:
            if name := re.sub(r"\s+", " ", self.text).strip():
                self.names.append(name)
                self.in_row = False
            self.tag = ""
