"""Step 2: the songs of an artist, from Spotify or MusicBrainz, or all songs from a CSV."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from training.datasets.keys import key, silence_clients
from training.datasets.matching import (
    core_title,
    genre_name,
    marked_version,
    plain_name,
    same_artist,
)
from training.datasets.songs import SourceError, Track, UnavailableError
from training.datasets.web import PoliteSession, Services, get, known_shape

SPOTIFY_PAGE: Final = 10
"""Most results of a search that Spotify gives to an application in development mode."""
MUSICBRAINZ_PAGE: Final = 100
MOST_PAGES: Final = 10
UPGRADE: Final = "Upgrade this project, or plan from a CSV."


def different_songs(
    found: Iterable[Track], artist: str, count: int, allow: Collection[str] = ()
) -> list[Track]:
    """The first `count` songs of the artist: no title twice, no live version, remix or cover."""
    kept: dict[str, Track] = {}
    for track in found:
        title = core_title(track.title)
        if title in kept or not same_artist(artist, track.artist):
            continue
        if marked_version(track.title, allow):
            continue
        kept[title] = track
        if len(kept) == count:
            break
    return list(kept.values())


class SpotifyTracks:
    """Spotify's search, in its order, which is by popularity.

    The paper made a playlist of what it found; here the manifest is the playlist, so no user has
    to sign in. Needs `SPOTIPY_CLIENT_ID` and `SPOTIPY_CLIENT_SECRET`.
    """

    def __init__(
        self, session: PoliteSession, services: Services, market: str, allow: Collection[str] = ()
    ) -> None:
        try:
            import spotipy
            from spotipy.cache_handler import MemoryCacheHandler
        except ImportError as error:
            raise SourceError(
                "Spotify needs spotipy, which is not installed.", "", "pip install spotipy"
            ) from error
        silence_clients()
        where = "https://developer.spotify.com/dashboard"
        # In memory: by default spotipy writes its token to a file in the current folder.
        login = spotipy.SpotifyClientCredentials(
            client_id=key("SPOTIPY_CLIENT_ID", "Spotify", where),
            client_secret=key("SPOTIPY_CLIENT_SECRET", "Spotify", where),
            requests_session=session,
            cache_handler=MemoryCacheHandler(),
        )
        login.OAUTH_TOKEN_URL = services.spotify_token
        self.client = spotipy.Spotify(auth_manager=login, requests_session=session)
        self.client.prefix = services.spotify
        self.errors = (spotipy.SpotifyException, spotipy.SpotifyOauthError)
        self.market = market
        self.allow = allow

    def of(self, artist: str, genre: str, count: int) -> list[Track]:
        return different_songs(self._search(artist, genre), artist, count, self.allow)

    def _search(self, artist: str, genre: str) -> Iterator[Track]:
        query = 'artist:"{}"'.format(artist.replace('"', " "))
        for page in range(MOST_PAGES):
            try:
                answer = self.client.search(
                    query, SPOTIFY_PAGE, page * SPOTIFY_PAGE, "track", self.market
                )
            except self.errors:
                # No chain: the client's text may repeat what the server says about the key.
                raise UnavailableError("Spotify did not answer the search") from None
            with known_shape("Spotify", UPGRADE):
                items = answer["tracks"]["items"]
                found = [
                    Track(
                        artist=item["artists"][0]["name"],
                        title=item["name"],
                        genre=genre,
                        seconds=item["duration_ms"] / 1000,
                        source="spotify",
                        id=item["id"],
                    )
                    for item in items
                    if item  # null for what the market does not have
                ]
            yield from found
            if len(items) < SPOTIFY_PAGE:
                return


class MusicBrainzTracks:
    """MusicBrainz' recordings, which need no key; most-released first."""

    def __init__(
        self, session: PoliteSession, services: Services, allow: Collection[str] = ()
    ) -> None:
        self.session = session
        self.base = services.musicbrainz
        self.allow = allow

    def of(self, artist: str, genre: str, count: int) -> list[Track]:
        name = artist.replace("\\", " ").replace('"', " ")
        answer = self._ask("artist", f'artist:"{name}"', 0)
        with known_shape("MusicBrainz", UPGRADE):
            same = [
                found["id"]
                for found in answer["artists"]
                if plain_name(found["name"]) == plain_name(artist)
            ]
        if not same:
            return []
        recordings = list(self._recordings(same[0], genre))
        recordings.sort(key=lambda recording: -recording[0])
        return different_songs((track for _, track in recordings), artist, count, self.allow)

    def _recordings(self, artist: str, genre: str) -> Iterator[tuple[int, Track]]:
        """Number of releases, and the recording."""
        for page in range(MOST_PAGES):
            query = f"arid:{artist} AND status:official AND video:false"
            answer = self._ask("recording", query, page * MUSICBRAINZ_PAGE)
            with known_shape("MusicBrainz", UPGRADE):
                found = [
                    (
                        len(item.get("releases", ())),
                        Track(
                            artist=item["artist-credit"][0]["name"],
                            title=item["title"] + _aside(item.get("disambiguation", "")),
                            genre=genre,
                            seconds=item["length"] / 1000 if item.get("length") else None,
                            source="musicbrainz",
                            id=item["id"],
                        ),
                    )
                    for item in answer["recordings"]
                ]
            yield from found
            if len(found) < MUSICBRAINZ_PAGE:
                return

    def _ask(self, what: str, query: str, offset: int) -> Any:
        params = {"query": query, "fmt": "json", "limit": str(MUSICBRAINZ_PAGE)}
        page = get(self.session, f"{self.base}{what}", params | {"offset": str(offset)})
        try:
            return page.json() if page is not None else None
        except ValueError:
            return None


def _aside(remark: str) -> str:
    """What MusicBrainz adds to tell recordings apart, if it names another version."""
    return f" ({remark})" if marked_version(f"({remark})") else ""


def csv_tracks(path: Path, genres: Collection[str]) -> Iterator[Track]:
    """The songs of a CSV: `artist`, `title`, `genre`, and, if known, `seconds`, `audio`,
    `licence` and `id`.

    Raises:
        SourceError: the file cannot be read, or a row lacks what it needs.
    """
    for number, row in read_csv(path, ("artist", "title", "genre")):
        artist, title = row["artist"].strip(), row["title"].strip()
        if not artist or not title:
            raise SourceError(f"{path.name}, line {number}: artist or title is empty.")
        genre = genre_name(row["genre"])
        if genre not in genres:
            raise SourceError(
                f"{path.name}, line {number}: the genre {row['genre'].strip()!r} is not one of "
                "the set.",
                f"The genres are {', '.join(genres)}.",
                "Correct the line, or add the genre to genres in the configuration.",
            )
        seconds = (row.get("seconds") or "").strip()
        try:
            length = float(seconds) if seconds else None
        except ValueError:
            raise SourceError(
                f"{path.name}, line {number}: {seconds!r} is no number of seconds.",
                "212 or 212.5 is accepted, and so is nothing.",
            ) from None
        yield Track(
            artist,
            title,
            genre,
            length,
            "csv",
            (row.get("id") or "").strip(),
            (row.get("audio") or "").strip(),
            (row.get("licence") or "").strip(),
        )


def read_csv(path: Path, needed: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with their line numbers; the header must have the columns `needed`."""
    csv.field_size_limit(10_000_000)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := set(needed) - set(reader.fieldnames or ()):
                raise SourceError(
                    f"{path.name} has no column {', '.join(sorted(missing))}.",
                    f"It has {', '.join(reader.fieldnames or ()) or 'no header'}.",
                    "The first line names the columns, with commas between them.",
                )
            for row in reader:
                wrong = "many" if None in row else "few" if None in row.values() else ""
                if wrong:
                    raise SourceError(
                        f"{path.name}, line {reader.line_num}: too {wrong} columns.",
                        f"The header has {len(reader.fieldnames or ())}.",
                        'Put a cell that holds a comma in quotes: "Tyler, The Creator".',
                    )
                yield reader.line_num, row
    except OSError as error:
        raise SourceError(f"{path} cannot be read.", "", "Check the path.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"{path} is not CSV in UTF-8.", "", "Save it as CSV, UTF-8, with commas."
        ) from error
