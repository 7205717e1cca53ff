"""Every source on loopback, through the real clients, when all is well and when not."""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from atl_core.errors import BeatError
from tests.training.datasets.dataset_world import (
    SECONDS,
    World,
    make_certificate,
    serve,
    songs,
    video_results,
)
from training.datasets.artists import BillboardArtists, read_chart
from training.datasets.audio import AddressAudio, FolderAudio, YouTubeAudio
from training.datasets.lyrics import BesideLyrics, GeniusLyrics, TagLyrics, read_lrc
from training.datasets.songs import SourceError, Track, UnavailableError, UnusableError
from training.datasets.tracks import MusicBrainzTracks, SpotifyTracks, csv_tracks
from training.datasets.web import PoliteSession, Services

# --- artists -------------------------------------------------------------------------------------


def test_a_chart_names_its_artists_in_order(services: Services, session: PoliteSession) -> None:
    charts = {"country": "2019/top-country-artists"}
    source = BillboardArtists(charts, session, services.billboard)
    assert source.top("country", 3) == ["Ada Fielder", "Bo Fielder", "Cleo Fielder"]
    assert len(source.top("country", 99)) == 5


def test_old_charts_have_other_marks() -> None:
    page = """<article class="ye-chart-item"><div class="ye-chart-item__rank">1</div>
      <div class="ye-chart-item__title"><a href="/x">Mae &amp; Sons</a></div></article>
      <article class="ye-chart-item"><div class="ye-chart-item__title">Bo</div></article>"""
    assert read_chart(page) == ["Mae & Sons", "Bo"]


def test_a_chart_that_changed_or_is_not_there_says_so(
    world: World, services: Services, session: PoliteSession
) -> None:
    source = BillboardArtists({"country": "2019/top-x"}, session, services.billboard)
    world.answers["/billboard/2019/top-x/"] = "<html><h2>Something else</h2></html>"
    with pytest.raises(SourceError, match="may have changed"):
        source.top("country", 3)
    world.failures["/billboard"] = [404]
    with pytest.raises(SourceError, match="no year-end chart"):
        source.top("country", 3)
    world.failures["/billboard"] = [403]
    with pytest.raises(SourceError, match="refused"):
        source.top("country", 3)


# --- tracks --------------------------------------------------------------------------------------


pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture
def spotify(services: Services, session: PoliteSession) -> SpotifyTracks:
    pytest.importorskip("spotipy", reason="spotipy is not installed")
    return SpotifyTracks(session, services, "US")


def test_spotify_gives_each_song_once_and_no_other_versions(
    world: World, spotify: SpotifyTracks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = spotify.of("Ada Rhymer", "hip-hop", 10)
    wanted = [song.title for song in world.songs if song.artist == "Ada Rhymer"]
    assert [track.title for track in found] == wanted
    assert {track.seconds for track in found} == {SECONDS}
    assert {track.artist for track in found} == {"Ada Rhymer"}
    assert world.asked["/spotify/token"] == 1
    assert world.asked["/spotify/v1/search"] == 2, "17 results on pages of 10"
    assert not list(tmp_path.iterdir()), "spotipy keeps its token in a file unless told not to"


def test_spotify_stops_when_it_has_enough(world: World, spotify: SpotifyTracks) -> None:
    assert len(spotify.of("Ada Rhymer", "hip-hop", 2)) == 2
    assert world.asked["/spotify/v1/search"] == 1


def test_spotify_may_have_nothing_refuse_or_change(world: World, spotify: SpotifyTracks) -> None:
    assert spotify.of("Nobody At All", "country", 5) == []
    world.failures["/spotify/v1"] = [404]
    with pytest.raises(UnavailableError):
        spotify.of("Ada Rhymer", "hip-hop", 5)
    item = {"id": "x", "name": "X", "artists": [], "duration_ms": 1000}
    answers: tuple[Any, ...] = (
        {"songs": []},
        {"tracks": {"items": [item]}},
        "<html>text</html>",
    )
    for answer in answers:
        world.answers["/spotify/v1/search"] = answer
        with pytest.raises(SourceError, match="Spotify answers in another shape"):
            spotify.of("Ada Rhymer", "hip-hop", 5)


@pytest.mark.parametrize("path", ["/spotify/token", "/spotify/v1", "/genius"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 503])
def test_no_key_is_ever_repeated(
    path: str,
    status: int,
    world: World,
    services: Services,
    time: Any,
    keys: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The server repeats what it was sent; logs are at their chattiest."""
    pytest.importorskip("spotipy", reason="spotipy is not installed")
    pytest.importorskip("lyricsgenius", reason="lyricsgenius is not installed")
    caplog.set_level(logging.DEBUG)
    session = PoliteSession(0, retries=0, clock=time.clock, sleep=time.sleep)
    world.failures[path] = [status]
    genius, spotify = GeniusLyrics(session, services), SpotifyTracks(session, services, "US")
    track = Track("Ada Rhymer", "X", "hip-hop")

    def ask() -> None:
        if path == "/genius":
            list(genius.find(track, None))
        else:
            spotify.of(track.artist, track.genre, 3)

    with pytest.raises((SourceError, UnavailableError)) as caught:
        ask()
    for secret in (*keys.values(), "handed-out-token", "Basic Y2xpZW50"):
        assert secret not in str(caught.value)
        assert secret not in caplog.text
    assert caught.value.__cause__ is None
    assert "Bearer" not in caplog.text


@pytest.mark.parametrize("name", ["SPOTIPY_CLIENT_ID", "GENIUS_ACCESS_TOKEN"])
def test_a_missing_key_is_named(
    name: str, services: Services, session: PoliteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = "spotipy" if name.startswith("SPOTIPY") else "lyricsgenius"
    pytest.importorskip(client, reason=f"{client} is not installed")
    sources = {
        "spotipy": lambda: SpotifyTracks(session, services, "US"),
        "lyricsgenius": lambda: GeniusLyrics(session, services),
    }
    monkeypatch.setenv(name, " ")
    with pytest.raises(SourceError, match=f"{name} is not set"):
        sources[client]()


@pytest.mark.parametrize("value", ["secret\nsecret", "secret secret", "s\u00e9cret"])
def test_what_cannot_be_a_key_is_not_repeated(
    value: str, services: Services, session: PoliteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("lyricsgenius", reason="lyricsgenius is not installed")
    monkeypatch.setenv("GENIUS_ACCESS_TOKEN", value)
    with pytest.raises(SourceError, match="a character that no key") as caught:
        GeniusLyrics(session, services)
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("client", ["spotipy", "lyricsgenius"])
def test_a_missing_client_is_named(
    client: str, services: Services, session: PoliteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, client, None)
    sources = {
        "spotipy": lambda: SpotifyTracks(session, services, "US"),
        "lyricsgenius": lambda: GeniusLyrics(session, services),
    }
    with pytest.raises(SourceError, match=f"pip install {client}"):
        sources[client]()


def test_musicbrainz_takes_the_artist_of_that_name_and_studio_recordings(
    world: World, services: Services, session: PoliteSession
) -> None:
    source = MusicBrainzTracks(session, services)
    found = source.of("Bo Fielder", "country", 3)
    songs = [song.title for song in world.songs if song.artist == "Bo Fielder"]
    assert [track.title for track in found] == songs[:0:-1], "most releases first"
    assert world.queries[-1]["query"].startswith("arid:Bo Fielder")
    assert "me@example.org" in str(session.headers["User-Agent"])
    assert source.of("Nobody", "country", 3) == []
    for path, answer in (
        ("recording", {"recordings": [{"id": "x", "title": "X"}]}),
        ("artist", {"artists": [{"id": "x"}]}),
        ("artist", "<html>down for maintenance</html>"),
    ):
        world.answers[f"/musicbrainz/{path}"] = answer
        with pytest.raises(SourceError, match="MusicBrainz answers in another shape"):
            source.of("Bo Fielder", "country", 3)


def test_a_csv_of_songs(tmp_path: Path) -> None:
    file = tmp_path / "songs.csv"
    file.write_text("artist,title,genre,seconds\nAda,One,Country,61.5\nBo,Two,country,\n")
    one, two = csv_tracks(file, ["country"])
    assert (one.seconds, two.seconds) == (61.5, None)
    assert one.genre == "country", "however it is written"
    for text, said in (
        ("artist,title\nAda,One\n", "no column genre"),
        ("artist,title,genre\nAda,One,polka\n", "polka"),
        ("artist,title,genre,seconds\nAda,One,country,long\n", "no number"),
        ("artist,title,genre\nAda\n", "line 2: too few columns"),
        ("artist,title,genre\nAda, The One,One,country\n", "too many columns.*in quotes"),
        ("artist,title,genre\n ,One,country\n", "artist or title is empty"),
    ):
        file.write_text(text)
        with pytest.raises(SourceError, match=said):
            list(csv_tracks(file, ["country"]))


# --- lyrics --------------------------------------------------------------------------------------


@pytest.fixture
def genius(services: Services, session: PoliteSession) -> GeniusLyrics:
    pytest.importorskip("lyricsgenius", reason="lyricsgenius is not installed")
    return GeniusLyrics(session, services)


def test_genius_gives_candidates_and_reads_a_page_only_when_asked(
    world: World, genius: GeniusLyrics
) -> None:
    song = world.songs[0]
    found = list(genius.find(Track(song.artist, song.title, song.genre), None))
    assert found[1].title == song.title
    assert not any(path.startswith("/genius-web") for path in world.asked)
    words = genius.read(found[1])
    assert words is not None
    assert [line.text for line in words.lines if line.text][1:5] == song.lines[:4]
    assert words.lines[-1].text == song.lines[-1], "without '12Embed'"
    with pytest.raises(UnusableError):
        genius.read(found[0])  # a page that is not there


def test_genius_may_be_empty_or_change(world: World, genius: GeniusLyrics) -> None:
    assert list(genius.find(Track("Nobody", "Nothing", "country"), None)) == []
    song = world.songs[0]
    found = list(genius.find(Track(song.artist, song.title, song.genre), None))[1]
    world.answers[f"/genius-web/{song.slug}-lyrics"] = "<html><p>a new design</p></html>"
    with pytest.raises(UnusableError, match="the page at Genius holds none"):
        genius.read(found)
    nameless = {"type": "song", "result": {"lyrics_state": "complete", "primary_artist": None}}
    answers: tuple[Any, ...] = (
        {"response": {"results": []}},
        {"response": {"hits": [{}]}},
        {"response": {"hits": [nameless]}},
        "<html>",
    )
    for answer in answers:
        world.answers["/genius/search"] = answer
        with pytest.raises(SourceError, match="another shape"):
            list(genius.find(Track(song.artist, song.title, song.genre), None))


def test_files_beside_the_audio_timed_ones_first(tmp_path: Path) -> None:
    song = songs()[0]
    audio = tmp_path / f"{song.artist} - {song.title}.wav"
    audio.with_suffix(".txt").write_text("\n".join(song.lines))
    audio.with_suffix(".lrc").write_text(song.lrc)
    track = Track(song.artist, song.title, song.genre)
    source = BesideLyrics(None)
    timed, plain = map(source.read, source.find(track, audio))
    assert timed.timed
    assert not plain.timed
    assert timed.text == plain.text == "\n".join(song.lines)
    assert (timed.title, timed.artist) == (song.title, song.artist)
    elsewhere = BesideLyrics(tmp_path)
    assert elsewhere.read(next(elsewhere.find(track, None))) in (timed, plain)
    audio.with_suffix(".lrc").write_bytes(b"\xe9\xff\x00")
    timed, plain = source.find(track, audio)
    assert source.read(plain).text, "one that cannot be read does not hide the other"
    with pytest.raises(UnusableError, match=r"\.lrc file is not UTF-8"):
        source.read(timed)


def test_lyrics_in_tags(tmp_path: Path) -> None:
    import av
    import numpy as np

    path = tmp_path / "song.flac"
    with av.open(str(path), "w") as container:
        container.metadata.update({"title": "T", "artist": "A", "lyrics": "one line\ntwo lines"})
        stream = container.add_stream("flac", rate=16_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), "s16", "mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    (words,) = TagLyrics().find(Track("A", "T", "country"), path)
    assert words.text == "one line\ntwo lines"
    assert (words.artist, words.title) == ("A", "T")


def test_lrc_with_everything_that_occurs() -> None:
    lines, said = read_lrc(
        "\ufeff[ar: Ada ]\n[offset:+500]\n[00:10.00][01:00.50]<00:10.10>again <00:10.60>and again\n"
        "[00:12.5]\n[00:20]last\nno stamp, not sung\n"
    )
    assert said["ar"] == "Ada"
    assert [(line.text, line.start, line.end) for line in lines] == [
        ("again and again", 9.5, 12.0),
        ("", None, None),
        ("last", 19.5, 60.0),
        ("again and again", 60.0, 65.0),
    ]


# --- audio ---------------------------------------------------------------------------------------


def test_addresses_give_whole_files_or_nothing(
    world: World, session: PoliteSession, tmp_path: Path
) -> None:
    session.pace = 0
    song = world.songs[0]
    source = AddressAudio(session, 1.0)
    track = Track(song.artist, song.title, song.genre, audio=f"{world.base}/audio/{song.slug}.wav")
    (found,) = source.find(track)
    assert source.fetch(found, tmp_path).read_bytes() == song.wav
    with pytest.raises(BeatError, match="too large"):
        AddressAudio(session, 0.01).fetch(found, tmp_path)
    world.answers[f"/audio/{song.slug}.wav"] = "<html>please sign in</html>"
    with pytest.raises(BeatError, match="not audio"):
        source.fetch(found, tmp_path)
    (own,) = source.find(Track("A", "B", "country", audio="file:///etc/passwd"))
    with pytest.raises(BeatError, match="does not begin with http"):
        source.fetch(own, tmp_path)
    (nowhere,) = source.find(Track("A", "B", "country", audio="http://:80:x/song.mp3"))
    with pytest.raises(BeatError, match="leads nowhere"):
        source.fetch(nowhere, tmp_path)
    assert list(source.find(Track("A", "B", "country"))) == []


def test_a_folder_is_searched_by_name(tmp_path: Path) -> None:
    song, other = songs()[:2]
    (tmp_path / song.artist).mkdir()
    (tmp_path / song.artist / f"03. {song.title} (feat. Bo).wav").write_bytes(song.wav)
    (tmp_path / f"{other.artist} - {other.title}.wav").write_bytes(other.wav)
    source = FolderAudio(tmp_path)
    (found,) = source.find(Track(song.artist.upper(), song.title, song.genre))
    assert found.seconds == pytest.approx(SECONDS)
    assert source.fetch(found, tmp_path).name.startswith("03.")
    assert list(source.find(Track("Nobody", song.title, song.genre))) == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_youtube_is_searched_and_fetched_by_the_real_yt_dlp(tmp_path: Path) -> None:
    song = songs()[0]
    with serve(World(songs()), make_certificate(tmp_path)) as world:
        world.answers["/youtubei/v1/search"] = video_results(
            [
                ("live_______", f"{song.artist} - {song.title} (Live)", "A Fan", "0:12"),
                (song.video, f"{song.artist} - {song.title} (Official Video)", song.artist, "0:12"),
                ("stream_____", "Country radio 24/7", "Radio", ""),
            ]
        )
        turns: list[int] = []
        source = YouTubeAudio(
            Services.on_loopback(world.base, world.tls),
            pace=lambda: turns.append(1),
            candidates=5,
            max_seconds=60,
            max_megabytes=5,
        )
        found = list(source.find(Track(song.artist, song.title, song.genre)))
        assert [(video.artist, video.seconds) for video in found] == [
            ("A Fan", 12),
            (song.artist, 12),
        ], "a stream without an end is no song"
        assert source.fetch(found[1], tmp_path).read_bytes() == song.wav
        assert len(turns) == 2
        world.failures["/youtubei"] = [429] * 9
        with pytest.raises(SourceError, match="YouTube refused"):
            list(source.find(Track(song.artist, song.title, song.genre)))
