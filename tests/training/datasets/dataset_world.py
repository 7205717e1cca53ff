"""A small world on loopback: charts, catalogues, lyrics and audio of songs that nobody wrote.

The answers have the shapes that the public documentation of each service gives; names, lyrics and
sounds are invented.
"""

from __future__ import annotations

import io
import os
import random
import signal
import ssl
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from aiohttp import web

from tests.loopback import served

RATE = 11_025
SECONDS = 12.0
TALK = {
    "hip-hop": "block mic crew cash flow rhyme chain street beat gold corner hustle booth crown",
    "country": "truck porch river barn boots road whiskey fence guitar creek field dust train hay",
}
VERBS = "love leave find hold miss chase sing paint build break lift carry follow remember".split()
TIMES = "tonight again tomorrow forever slowly alone today somehow early late".split()


@dataclass(frozen=True)
class Song:
    number: int
    genre: str
    artist: str
    title: str

    @property
    def slug(self) -> str:
        return f"{self.artist}-{self.title}".lower().replace(" ", "-")

    @property
    def video(self) -> str:
        return f"vid{self.number:08d}"

    @property
    def lines(self) -> list[str]:
        draw = random.Random(self.number)
        nouns = TALK[self.genre].split()
        return [
            f"I {draw.choice(VERBS)} the {draw.choice(nouns)} and you {draw.choice(VERBS)} "
            f"my {draw.choice(nouns)} {draw.choice(TIMES)}"
            for _ in range(8)
        ]

    @property
    def lrc(self) -> str:
        stamps = (f"[00:{1.4 * at:05.2f}]{line}" for at, line in enumerate(self.lines))
        return "\n".join((f"[ti:{self.title}]", f"[ar:{self.artist}]", *stamps))

    @property
    def wav(self) -> bytes:
        """A tone of the song's own; country is low, hip-hop is high."""
        base = 200 if self.genre == "country" else 1_500
        t = np.arange(int(SECONDS * RATE)) / RATE
        file = io.BytesIO()
        tone = 0.4 * np.sin(2 * np.pi * (base + 7 * self.number) * t)
        soundfile.write(file, tone, RATE, format="WAV", subtype="PCM_U8")
        return file.getvalue()


def songs(artists: int = 5, each: int = 4) -> list[Song]:
    """Of both genres, `artists` x `each` songs a genre."""
    names = ["Ada", "Bo", "Cleo", "Dov", "Etta", "Finn", "Gus", "Hal"]
    found: list[Song] = []
    for genre, surname in (("hip-hop", "Rhymer"), ("country", "Fielder")):
        for name in names[:artists]:
            for number in range(each):
                noun = TALK[genre].split()[number].title()
                title = f"{noun} {name} {'One Two Six Ten'.split()[number % 4]}"
                found.append(Song(len(found), genre, f"{name} {surname}", title))
    return found


@dataclass
class World:
    songs: list[Song]
    base: str = ""
    tls: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    """Requests by path."""
    order: list[str] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    failures: dict[str, list[int]] = field(default_factory=dict)
    """Path prefix -> statuses to answer before anything else."""
    retry_after: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    """Path -> what to answer instead: JSON, or a page."""
    cut: dict[str, int] = field(default_factory=dict)
    """Path -> how many answers to it stop half-way."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Path -> the audio to send instead."""
    victim: int = 0
    """Process to kill when `fuse` requests have come."""
    fuse: int = 0

    def add_routes(self, app: web.Application) -> None:
        for path, handler in {
            "/billboard/{year}/{chart}/": self.chart,
            "/spotify/v1/search": self.spotify,
            "/musicbrainz/artist": self.mb_artist,
            "/musicbrainz/recording": self.mb_recording,
            "/genius/search": self.genius,
            "/genius-web/{slug}": self.genius_page,
            "/audio/{slug}.wav": self.audio,
            "/watch/{video}": self.watch,
        }.items():
            app.router.add_get(path, self.guarded(handler))
        app.router.add_post("/spotify/token", self.guarded(self.token))
        app.router.add_post("/youtubei/v1/search", self.guarded(self.youtube))

    def guarded(self, handler: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            path = request.path
            self.asked[path] += 1
            self.order.append(path)
            self.queries.append(dict(request.query))
            if self.fuse:
                self.fuse -= 1
                if self.fuse == 0:
                    await self.kill(request, handler)
            for prefix, statuses in self.failures.items():
                if path.startswith(prefix) and statuses:
                    headers = {"Retry-After": self.retry_after} if self.retry_after else {}
                    secret = request.headers.get("Authorization", "")
                    return web.json_response(
                        {"error": {"message": f"no: {secret}"}, "error_description": secret},
                        status=statuses.pop(0),
                        headers=headers,
                    )
            if path in self.files:
                return web.Response(body=self.files[path], content_type="audio/wav")
            if path in self.answers:
                said = self.answers[path]
                if isinstance(said, str):
                    return web.Response(text=said, content_type="text/html")
                return web.json_response(said)
            answer = handler(request)
            assert isinstance(answer, web.StreamResponse)
            if self.cut.get(path):
                self.cut[path] -= 1
                return await self.half(request, answer)
            return answer

        return handle

    async def half(self, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        """The first half of an answer that said how long it would be, and then nothing."""
        assert isinstance(answer, web.Response)
        assert isinstance(answer.body, bytes)
        response = web.StreamResponse(headers={"Content-Length": str(len(answer.body))})
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
        assert request.transport is not None
        request.transport.close()
        return response

    async def kill(self, request: web.Request, handler: Callable[[web.Request], Any]) -> None:
        """Half of the answer, and then the asker is dead."""
        answer = handler(request)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
        os.kill(self.victim, signal.SIGKILL)

    def known(self, text: str) -> list[Song]:
        return [song for song in self.songs if song.artist in text]

    def chart(self, request: web.Request) -> web.Response:
        genre = "country" if "country" in request.match_info["chart"] else "hip-hop"
        artists = list(dict.fromkeys(song.artist for song in self.songs if song.genre == genre))
        rows = "".join(
            '<div class="o-chart-results-list-row-container"><ul class="o-chart-results-list-row '
            f'a-list"><li class="o-chart-results-list__item"><span class="c-label">{rank}</span>'
            f'</li><li><h3 id="title-of-a-story" class="c-t">\n\t{artist}\n</h3></li></ul></div>'
            for rank, artist in enumerate(artists, 1)
        )
        menu = '<nav><h3 id="title-of-a-story">Newsletter</h3></nav>'
        return web.Response(text=f"<html>{menu}{rows}{menu}</html>", content_type="text/html")

    def token(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Basic ")
        return web.json_response(
            {"access_token": "handed-out-token", "token_type": "Bearer", "expires_in": 3600}
        )

    def spotify(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer handed-out-token"
        query, offset = request.query["q"], int(request.query["offset"])
        limit = int(request.query["limit"])
        items: list[Any] = []
        for song in self.known(query):
            for title, artist in (
                (f"{song.title} - Live at the Barn", song.artist),
                (song.title, song.artist),
                (f"{song.title} (feat. Someone)", song.artist),
                (f"{song.title} Karaoke", "The Karaoke Crew"),
            ):
                items.append(
                    {
                        "id": f"sp{song.number}",
                        "name": title,
                        "duration_ms": int(SECONDS * 1000),
                        "artists": [{"name": artist}],
                    }
                )
        items.insert(0, None)
        return web.json_response({"tracks": {"items": items[offset : offset + limit]}})

    def mb_artist(self, request: web.Request) -> web.Response:
        found = [{"id": "other", "name": "Ada Rhymer Tribute Band", "score": 100}]
        found += [
            {"id": s.artist, "name": s.artist} for s in self.known(request.query["query"])[:1]
        ]
        return web.json_response({"artists": found})

    def mb_recording(self, request: web.Request) -> web.Response:
        found = []
        for song in self.known(request.query["query"]):
            for aside, releases in (("live, 2011", 9), ("", 3)):
                found.append(
                    {
                        "id": f"mb{song.number}",
                        "title": song.title,
                        "length": int(SECONDS * 1000),
                        "disambiguation": aside,
                        "artist-credit": [{"name": song.artist, "joinphrase": ""}],
                        "releases": [{}] * (releases + song.number),
                    }
                )
        return web.json_response({"recordings": found, "count": len(found), "offset": 0})

    def genius(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Bearer ")
        hits = []
        for song in self.known(request.query["q"]):
            for title, slug in (
                (f"{song.title} (Remix)", "remix"),
                (song.title, f"{song.slug}-lyrics"),
            ):
                hits.append(
                    {
                        "type": "song",
                        "result": {
                            "title": title,
                            "url": f"https://genius.com/{slug}",
                            "primary_artist": {"name": song.artist},
                            "lyrics_state": "complete",
                            "language": "en",
                        },
                    }
                )
        return web.json_response({"meta": {"status": 200}, "response": {"hits": hits}})

    def genius_page(self, request: web.Request) -> web.Response:
        slug = request.match_info["slug"].removesuffix("-lyrics")
        song = next((song for song in self.songs if song.slug == slug), None)
        if song is None:
            return web.Response(status=404, text="no such page")
        lines = "<br/>".join(["[Verse 1]", *song.lines[:4], "", "[Chorus x2]", *song.lines[4:]])
        return web.Response(
            text=f'<html><div data-lyrics-container="true">{lines}12Embed</div></html>',
            content_type="text/html",
        )

    def audio(self, request: web.Request) -> web.Response:
        slug = request.match_info["slug"]
        song = next((song for song in self.songs if song.slug == slug), None)
        if song is None:
            return web.Response(status=404)
        return web.Response(body=song.wav, content_type="audio/wav")

    def watch(self, request: web.Request) -> web.Response:
        song = next(song for song in self.songs if song.video == request.match_info["video"])
        text = (
            '<html><script type="application/ld+json">{"@context": "https://schema.org", "@type": '
            f'"VideoObject", "name": "x", "description": "x", "duration": "PT{SECONDS:.0f}S", '
            '"uploadDate": "2024-01-01", "thumbnailUrl": "http://127.0.0.1/x.jpg", "contentUrl": '
            f'"{self.base}/audio/{song.slug}.wav"}}</script></html>'
        )
        return web.Response(text=text, content_type="text/html")

    def youtube(self, request: web.Request) -> web.Response:
        del request
        return web.json_response(video_results([]))


def video_results(videos: list[tuple[str, str, str, str]]) -> dict[str, Any]:
    """YouTube's answer to a search: id, title, channel and length of each video."""
    contents = [
        {
            "videoRenderer": {
                "videoId": video,
                "title": {"runs": [{"text": title}]},
                "ownerText": {"runs": [{"text": channel}]},
                **({"lengthText": {"simpleText": length}} if length else {}),
            }
        }
        for video, title, channel, length in videos
    ]
    inner = {"sectionListRenderer": {"contents": [{"itemSectionRenderer": {"contents": contents}}]}}
    return {"contents": {"twoColumnSearchResultsRenderer": {"primaryContents": inner}}}


@contextmanager
def serve(world: World, certificate: Path | None = None) -> Iterator[World]:
    """The world on a port of loopback; with a folder for a certificate, on TLS as well."""
    app = web.Application()
    world.add_routes(app)
    tls = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with served(app, tls) as ports:
        world.base = f"http://127.0.0.1:{ports[0]}"
        world.tls = f"127.0.0.1:{ports[-1]}"
        yield world


def make_certificate(folder: Path) -> Path:
    """A certificate of our own for 127.0.0.1."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", folder / "key.pem",
         "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder
