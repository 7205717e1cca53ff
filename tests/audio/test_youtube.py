"""Links: what is followed, and what a hostile or broken server gets out of us.

The fetches run the real yt-dlp (its generic extractor) in its real child process against an
aiohttp server on loopback.
"""

from __future__ import annotations

import asyncio
import io
import ipaddress
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import yt_dlp
from aiohttp import web
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from atl_core.audio import youtube
from atl_core.audio.child import CancelledError
from atl_core.audio.source import beat_file, file_name
from atl_core.audio.youtube import is_link, video_id
from atl_core.audio.youtube_child import SENTENCES, AuditHook, check, code
from atl_core.errors import BeatError
from bot.cli import atl
from tests.audio.conftest import Children
from tests.loopback import served

ID = "dQw4w9WgXcQ"


# --- the address -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"http://youtube.com/watch?v={ID}&t=42s",
        f"https://m.youtube.com/watch?app=desktop&v={ID}",
        f"https://music.youtube.com/watch?v={ID}&list=RDAMVM",
        f"https://youtu.be/{ID}?si=abc",
        f"youtu.be/{ID}",
        f"<https://www.youtube.com/shorts/{ID}>",
        f"https://www.youtube.com/embed/{ID}",
        f"HTTPS://WWW.YOUTUBE.COM/watch?v={ID}",
        f"https://www.youtube-nocookie.com/embed/{ID}?rel=0",
        f"https://www.youtube.com/watch/{ID}",
        f"https://youtu.be/watch?v={ID}",
        f"https://www.youtube.com/e/{ID}",
        f"https://www.youtube.com/vi/{ID}",
        f"https://www.youtu.be/{ID}",
        f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{ID}%26feature%3Dshare",
        f"https://www.youtube.com/live/{ID}?feature=share",
        f"https://youtu.be/{ID},",
        f"(https://youtu.be/{ID})",
        f"[my beat](https://youtu.be/{ID})",
        f"**https://youtu.be/{ID}**",
        f"`https://youtu.be/{ID}`.",
        f"\u200bhttps://youtu.be/{ID}\u2060",
        f"\u201chttps://youtu.be/{ID}\u201d",
    ],
)
def test_every_way_to_name_a_video(link: str) -> None:
    assert is_link(link.strip("<>"))
    assert video_id(link) == ID


@pytest.mark.parametrize(
    "link",
    [
        f"https://youtube.com.evil.example/watch?v={ID}",
        f"https://evilyoutube.com/watch?v={ID}",
        f"https://youtube.com@evil.example/watch?v={ID}",
        f"https://evil.example/youtube.com/watch?v={ID}",
        f"https://user:word@youtube.com/watch?v={ID}",
        f"https://youtube.com:8080/watch?v={ID}",
        f"https://youtube.com\\@evil.example/watch?v={ID}",
        f"https://www.youtube.com./watch?v={ID}",
        f"https://уoutube.com/watch?v={ID}",
        f"file:///etc/passwd?v={ID}",
        f"ftp://youtube.com/watch?v={ID}",
        "https://www.youtube.com/playlist?list=PL123",
        "https://www.youtube.com/watch?list=PL123",
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/",
        "https://youtu.be/",
        "https://youtu.be/short",
        f"https://youtu.be/{ID}x",
        f"https://www.youtube.com/live/{ID}extra",
        f"https://www.youtube.com/watch/{ID}x",
        "https://www.youtube.com/embed/live_stream?channel=UC1",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        f"https://www.youtube.com/attribution_link?u=https://evil.example/watch?v={ID}",
        f"https://www.youtube.com/attribution_link?u=//evil.example/watch?v={ID}",
        f"https://www.youtube.com/watch?v={ID}&v=AAAAAAAAAAA",
        f"https://www.youtube.com/redirect?q=http://10.0.0.1/&v={ID}",
        "http://127.0.0.1/",
        "http://[::1",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_look_alikes_and_other_places_are_refused(link: str) -> None:
    with pytest.raises(BeatError):
        video_id(link)


@given(st.text(max_size=80))
def test_any_text_is_a_video_or_a_sentence(text: str) -> None:
    for link in (text, f"https://youtube.com/{text}", f"https://youtu.be/{text}"):
        try:
            assert youtube.VIDEO_ID.fullmatch(video_id(link))
        except BeatError:
            continue


@given(
    st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-", min_size=11, max_size=11),
    st.sampled_from(
        ["https://youtu.be/{}", "youtube.com/watch?v={}", "https://m.youtube.com/shorts/{}?si=a",
         "www.youtube.com/embed/{}", "https://youtube-nocookie.com/embed/{}"]
    ),
    st.sampled_from(["{}", "<{}>", "({})", "{},", "'{}'", "\ufeff{}", "[x]({})", "_({})_"]),
)  # fmt: skip
def test_an_id_is_given_whole_whatever_stands_around_its_link(
    name: str, address: str, around: str
) -> None:
    link = around.format(address.format(name))
    if name in youtube.NO_VIDEOS or (around[0] == "_" and name.endswith("_")):
        return
    assert video_id(link) == name
    with pytest.raises(BeatError):
        video_id(address.format(name + "x"))


def test_a_path_is_not_a_link() -> None:
    assert not is_link("beats/hiphop.wav")
    assert not is_link("my youtube rip.mp3")
    assert not is_link("youtube_rip.mp3")
    assert not is_link("YouTube/loops/beat.wav")
    assert is_link("youtube.com")
    assert is_link("www.example.com/beat.mp3")


# --- the gate ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("142.250.74.46", True),
        ("2a00:1450:4001:81b::200e", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("::10.0.0.1", False),
        ("fec0::1", False),
        ("fe80::1%eth0", False),
        ("localhost", False),
        ("youtube.com", False),
    ],
)
def test_only_global_addresses_pass(address: str, allowed: bool) -> None:
    assert AuditHook(loopback=False).allows((address, 443)) is allowed


@given(st.ip_addresses())
def test_the_gate_never_lets_a_private_address_through(ip: Any) -> None:
    if AuditHook(loopback=False).allows((str(ip), 80)):
        assert ipaddress.ip_address(ip).is_global


def test_a_unix_socket_is_no_address() -> None:
    assert not AuditHook(loopback=True).allows("/var/run/docker.sock")


def test_what_the_page_says_is_checked_before_any_sound_is_fetched() -> None:
    for page, refusal in (
        ({"duration": 60, "is_live": True}, "live"),
        ({"duration": 60, "live_status": "is_upcoming"}, "live"),
        ({"duration": None}, "unknown length"),
        ({"duration": 7200}, "long"),
        ({"entries": [], "_type": "playlist"}, "playlist"),
        (None, "gone"),
    ):
        with pytest.raises(Exception, match=refusal):
            check(page, 900)
    check({"duration": 200, "live_status": "was_live"}, 900)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ("ERROR: [youtube] x: Sign in to confirm you’re not a bot", "sign in"),
        ("The uploader has not made this video available in your country", "geo"),
        ("Sign in to confirm your age", "age"),
        ("Private video. Sign in if you've been granted access", "private"),
        ("Video unavailable. This video has been removed by the uploader", "gone"),
        ("Failed to resolve 'www.youtube.com'", "unreachable"),
        ("Premieres in 3 hours", "live"),
        ("Join this channel to get access to members-only content like this video", "members"),
        ("something new", "unknown"),
    ],
)
def test_what_yt_dlp_says_becomes_our_own_sentence(said: str, refusal: str) -> None:
    assert code(said) == refusal


def test_what_the_installed_yt_dlp_says_is_understood() -> None:
    """Its own words, from its own code: an upgrade that words them anew fails here."""
    extractor = yt_dlp.extractor.common.InfoExtractor(yt_dlp.YoutubeDL({"quiet": True}))
    for complain, refusal in (
        (extractor.raise_geo_restricted, "geo"),
        (extractor.raise_login_required, "private"),
        (lambda: extractor.raise_no_formats("No video formats found!"), "no sound"),
        (lambda: extractor.report_drm("a beat"), "protected"),
    ):
        with pytest.raises(yt_dlp.utils.YoutubeDLError) as complained:
            complain()
        assert code(str(complained.value)) == refusal


def test_a_missing_runtime_is_named_where_it_is_the_likely_cause() -> None:
    warned = "WARNING: [youtube] No supported JavaScript runtime could be found."
    assert code("Requested format is not available", warned) == "runtime"
    assert code("Private video", warned) == "private"


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    codes = {kind for _, kind in SENTENCES} | {"unknown length", "long", "address", "playlist"}
    codes |= {"missing", "runtime", "no idea what this is"}
    refusals = [youtube._refusal({"error": kind, "seconds": 7200}, 900, 20) for kind in codes]
    assert len({str(refusal) for refusal in refusals}) == len(codes)
    for refusal in refusals:
        assert refusal.accepted or refusal.remedy or "refused" in str(refusal)


# --- real fetches on loopback --------------------------------------------------------------------


def song(seconds: float = 3.0) -> bytes:
    t = np.arange(int(seconds * 22_050)) / 22_050
    file = io.BytesIO()
    soundfile.write(file, 0.4 * np.sin(2 * np.pi * 220 * t), 22_050, format="WAV")
    return file.getvalue()


LIVE = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:7
#EXTINF:4.0,
/media/good.wav
"""
"""A live stream's list of segments: nothing says that it ends."""
REFUSALS = {"geo": 451, "forbidden": 403, "busy": 429, "removed": 410}


class Server:
    """A site with one video page a case: JSON-LD that points to a medium."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def page(self, request: web.Request) -> web.Response:
        case = request.match_info["case"]
        if case in REFUSALS:
            return web.Response(status=REFUSALS[case])
        if case == "live":
            return web.Response(text=LIVE, content_type="application/vnd.apple.mpegurl")
        if case == "playlist":
            item = f'<item><enclosure url="{self.url("/media/good.wav")}"/></item>'
            text = f'<rss version="2.0"><channel><title>Beats</title>{3 * item}</channel></rss>'
            return web.Response(text=text, content_type="application/rss+xml")
        duration = {"long": "PT2H", "undated": None}.get(case, "PT3S")
        video = {
            "@context": "https://schema.org",
            "@type": "VideoObject",
            "name": "A beat",
            "description": "x",
            "uploadDate": "2024-01-01",
            "thumbnailUrl": self.url("/thumb.jpg"),
            "contentUrl": self.url(f"/media/{case}.wav"),
        } | ({"duration": duration} if duration else {})
        if case == "file":
            video["contentUrl"] = "file:///etc/passwd"
        text = f'<html><script type="application/ld+json">{json.dumps(video)}</script></html>'
        return web.Response(text=text, content_type="text/html")

    async def media(self, request: web.Request) -> web.StreamResponse:
        case = request.match_info["case"]
        self.asked.append(case)
        headers = {"Content-Type": "audio/wav"}
        if case in ("good", "long", "undated"):
            return web.Response(body=song(), headers=headers)
        if case == "private":
            raise web.HTTPFound("http://10.0.0.1:9/beat.wav")
        if case == "metadata":
            raise web.HTTPFound("http://169.254.169.254/latest/meta-data")
        if case == "missing":
            raise web.HTTPNotFound
        if case == "html":
            return web.Response(text="<html>no sound here</html>" * 99, content_type="text/html")
        if case == "promises-much":
            headers["Content-Length"] = str(10**10)
        if case == "promises-more":
            headers["Content-Length"] = str(10**6)
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        if case == "promises-more":
            await response.write(song()[:50_000])
            assert request.transport is not None
            request.transport.abort()
            return response
        try:
            while True:
                await response.write(b"RIFF" if case == "drip" else bytes(65_536))
                if case == "drip":
                    await asyncio.sleep(0.2)
        except (ConnectionError, asyncio.CancelledError):
            return response


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    site = Server()
    app = web.Application()
    app.router.add_get("/watch/{case}", site.page)
    app.router.add_get("/media/{case}.wav", site.media)
    with served(app) as (site.port,):
        yield site


def fetch(server: Server, case: str, folder: Path, **limits: Any) -> youtube.Fetched:
    how: dict[str, Any] = {"max_seconds": 900, "max_megabytes": 1, "seconds": 3600} | limits
    address = server.url(f"/watch/{case}")
    return youtube._fetch(address, folder, extractor="generic", loopback=True, **how)


def test_a_good_video_comes_with_its_title(server: Server, tmp_path: Path) -> None:
    told: list[str] = []
    fetched = fetch(server, "good", tmp_path, progress=told.append)
    assert fetched.path.read_bytes() == song()
    assert fetched.title == "A beat"
    assert told


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("private", "private network"),
        ("metadata", "private network"),
        ("missing", "no such video"),
        ("html", "not audio"),
        ("promises-much", "too large"),
        ("promises-more", "connection broke"),
        ("endless", "too large"),
        ("long", "too long"),
        ("undated", "how long it is"),
        ("file", "not audio"),
        ("live", "live stream"),
        ("playlist", "playlist"),
        ("geo", "server's country"),
        ("forbidden", "refused this server"),
        ("busy", "refused this server"),
        ("removed", "no such video"),
    ],
)
def test_each_failure_has_its_own_sentence(
    children: Children, server: Server, tmp_path: Path, case: str, sentence: str
) -> None:
    server.asked.clear()
    with pytest.raises(BeatError, match=sentence):
        fetch(server, case, tmp_path)
    if case in ("live", "playlist"):
        assert server.asked == []  # refused before a byte of sound is asked for
    assert children
    assert not children.running()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3e6


def test_a_slow_drip_runs_into_the_deadline(
    children: Children, server: Server, tmp_path: Path
) -> None:
    with pytest.raises(BeatError, match="took longer"):
        fetch(server, "drip", tmp_path, seconds=6.0)
    assert not children.running()


def test_cancel_stops_the_fetch_and_leaves_no_process(
    children: Children, server: Server, tmp_path: Path
) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError):  # the drip itself would never end
        fetch(server, "drip", tmp_path, cancel=cancel, progress=lambda _: cancel.set())
    assert not children.running()


def test_without_loopback_nothing_local_is_reached(server: Server, tmp_path: Path) -> None:
    server.asked.clear()
    with pytest.raises(BeatError, match="private network"):
        youtube._fetch(
            server.url("/watch/good"),
            tmp_path,
            max_seconds=900,
            max_megabytes=1,
            extractor="generic",
        )
    assert server.asked == []


def test_the_youtube_extractor_is_the_only_one_allowed(server: Server, tmp_path: Path) -> None:
    with pytest.raises(BeatError):
        youtube._fetch(
            server.url("/watch/good"), tmp_path, max_seconds=900, max_megabytes=1, loopback=True
        )


# --- sources ---------------------------------------------------------------------------------


def test_links_can_be_switched_off() -> None:
    how: dict[str, Any] = {"links": False, "max_seconds": 900, "max_megabytes": 1}
    with (
        pytest.raises(BeatError, match="switched off"),
        beat_file(f"https://youtu.be/{ID}", **how),
    ):
        pass


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Dark Trap Beat | prod. me", "Dark Trap Beat | prod. me"),
        ("../../etc/passwd", "etc passwd"),
        ("...", "beat"),
        ("", "beat"),
        ("a\nb\x00c/d", "a b c d"),
    ],
)
def test_what_is_fetched_is_named_by_its_title(title: str, name: str) -> None:
    assert file_name(title) == name


@given(st.text())
def test_any_title_names_a_file(title: str) -> None:
    name = file_name(title)
    assert Path(name).name == name
    assert 0 < len(os.fsencode(name.encode(errors="replace"))) <= 240


@pytest.mark.usefixtures("with_weights")
def test_a_link_that_is_heard_and_drawn_is_fetched_once(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def from_loopback(link: str, folder: Path, **how: Any) -> youtube.Fetched:
        fetched.append(link)
        address = server.url("/watch/good")
        return youtube._fetch(address, folder, extractor="generic", loopback=True, **how)

    monkeypatch.setattr("atl_core.audio.source.fetch", from_loopback)
    link, picture = f"https://youtu.be/{ID}", tmp_path / "heard.png"
    told = CliRunner().invoke(atl, ["listen", link, "--picture", str(picture)])
    assert told.exit_code == 0, told.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert fetched == [link]


def test_an_attachment_is_a_file_for_as_long_as_it_is_needed() -> None:
    how: dict[str, Any] = {"links": True, "max_seconds": 900, "max_megabytes": 1}
    with beat_file(song(), **how) as path:
        assert path.read_bytes() == song()
    assert not path.exists()
    with pytest.raises(BeatError, match="too large"), beat_file(bytes(2_000_000), **how):
        pass
