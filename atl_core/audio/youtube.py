"""YouTube links: our own parse of the address, and yt-dlp in a child that can be killed.

Whatever the writer typed, the only address that reaches yt-dlp is
`https://www.youtube.com/watch?v=<id>`, and the child refuses to connect anywhere that is not
on the public internet. yt-dlp is imported by the child alone, at the time of the fetch, so it
can be upgraded by itself: `pip install -U yt-dlp yt-dlp-ejs deno`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from atl_core.audio.child import ChildCrashError, ChildTimeoutError, Report, run_child
from atl_core.audio.decode import clock
from atl_core.audio.kinds import HEAD, looks_like_sound
from atl_core.errors import BeatError, BeatUnreachableError, limit

HOSTS: Final = frozenset(
    {
        "youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com",
        "gaming.youtube.com", "youtube-nocookie.com", "www.youtube-nocookie.com",
        "youtubekids.com", "www.youtubekids.com",
    }
)  # fmt: skip
SHORT_HOSTS: Final = frozenset({"youtu.be", "www.youtu.be", "m.youtu.be"})
VIDEO_ID: Final = re.compile(r"[A-Za-z0-9_-]{11}")
VIDEO_PATHS: Final = frozenset({"shorts", "embed", "live", "v", "e", "vi", "watch"})
NO_VIDEOS: Final = frozenset({"live_stream", "videoseries"})
"""What stands in the place of an id, and is as long as one: the channel's stream, a playlist."""
FETCH_SECONDS: Final = 240.0

FETCHER: Final = Path(__file__).with_name("youtube_child.py")
ACCEPTED: Final = "A link to one YouTube video is accepted."
UPGRADE: Final = "pip install -U yt-dlp yt-dlp-ejs deno"
ATTACH: Final = "Attach the audio file instead."
_ADDRESS: Final = re.compile(
    r"\s*([a-z][a-z0-9+.-]*:/|www\.|((m|music|gaming)\.)?(youtube(-nocookie|kids)?\.com|youtu\.be)([/?#:]|$))",
    re.I,
)


class Fetched(NamedTuple):
    """A file fetched from a link."""

    path: Path
    title: str


def is_link(text: str) -> bool:
    """Whether a writer means an address rather than a file."""
    return _ADDRESS.match(tidy(text)) is not None


_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_PAIRS: Final = (
    "<>",
    "()",
    "[]",
    "{}",
    '""',
    "''",
    "``",
    "\u201c\u201d",
    "\u2018\u2019",
    "**",
    "__",
    "||",
)
_MARKDOWN: Final = re.compile(r"\[[^\[\]]*\]\((?P<link>[^()\s]+)\)")


def tidy(link: str) -> str:
    """An address without what surrounds it in a sentence: brackets, quotes, commas, signs that
    nobody sees. Of a Markdown link its address."""
    link = _INVISIBLE.sub("", link).strip()
    if markdown := _MARKDOWN.fullmatch(link.rstrip(".,;:!")):
        link = markdown["link"]
    before = None
    while before != link:
        before = link
        link = link.strip().rstrip(",;:!.\u2026\u3002\uff0c")
        for opening, closing in _PAIRS:
            if len(link) > 1 and link[0] == opening and link[-1] == closing:
                link = link[1:-1]
            elif opening != "_":  # An id may end in one.
                link = link[1:] if link[:1] == opening else link
                is_stray = opening == closing or opening not in link
                link = link[:-1] if link[-1:] == closing and is_stray else link
    return link


def video_id(link: str) -> str:
    """The 11 characters that name the video.

    Raises:
        BeatError: it is not a link to one YouTube video.
    """
    link = tidy(link)
    if re.search(r"[\s\\\x00-\x1f\x7f-\uffff]", link):
        raise BeatError("That link holds characters that no YouTube link has.", ACCEPTED, ATTACH)
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BeatError("That is not a web address.", ACCEPTED, ATTACH) from error
    if parts.scheme not in ("http", "https"):
        raise BeatError(f"Links by {parts.scheme}: are not followed.", ACCEPTED, ATTACH)
    if parts.username is not None or port not in (None, 80, 443):
        raise BeatError("That link is not a plain YouTube address.", ACCEPTED, ATTACH)
    if host not in HOSTS | SHORT_HOSTS:
        raise BeatError(f"Links to {host or 'that place'} are not followed.", ACCEPTED, ATTACH)
    steps = [step for step in parts.path.split("/") if step]
    query = parse_qs(parts.query)
    if steps == ["attribution_link"] and "u" in query:
        # What it leads to is an address on YouTube itself, such as /watch?v=ID.
        inner = urlsplit(query["u"][0])
        if inner.scheme or inner.netloc:
            steps = []
        else:
            steps = [step for step in inner.path.split("/") if step]
            query = parse_qs(inner.query)
    if steps == ["playlist"] or (steps == ["watch"] and "v" not in query):
        raise BeatError("That link is a playlist.", ACCEPTED, "Open the song and copy its link.")
    if steps == ["watch"]:
        found = query["v"][0] if len(query["v"]) == 1 else ""
    elif host in SHORT_HOSTS and len(steps) == 1:
        found = steps[0]
    else:
        found = steps[1] if len(steps) == 2 and steps[0] in VIDEO_PATHS else ""
    if found == "live_stream":
        raise BeatError(
            "That is a live stream.", "A finished video is accepted.", "Try it when it is over."
        )
    if found in NO_VIDEOS:
        raise BeatError("That link is a playlist.", ACCEPTED, "Open the song and copy its link.")
    if not VIDEO_ID.fullmatch(found):
        raise BeatError("That link names no video.", ACCEPTED, "Copy the link of the video itself.")
    return found


def fetch(
    link: str,
    folder: Path,
    *,
    max_seconds: float,
    max_megabytes: float,
    progress: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None,
) -> Fetched:
    """Fetch the sound of a YouTube video into `folder`.

    Bytes and seconds are counted as they come, whatever the server promises. Live streams,
    videos of unknown length and playlists are refused.

    Raises:
        BeatError: the link is not followed, or the fetch failed; the text says why.
        CancelledError: `cancel` was set; the child process is gone.
    """
    return _fetch(
        f"https://www.youtube.com/watch?v={video_id(link)}",
        folder,
        max_seconds=max_seconds,
        max_megabytes=max_megabytes,
        progress=progress,
        cancel=cancel,
    )


def _fetch(
    address: str,
    folder: Path,
    *,
    max_seconds: float,
    max_megabytes: float,
    progress: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None,
    extractor: str = "youtube",
    loopback: bool = False,
    seconds: float = FETCH_SECONDS,
) -> Fetched:
    """`fetch` for any address and extractor, so that tests can serve one on loopback."""

    def tell(report: Report) -> None:
        if progress is not None:
            progress(f"fetching the beat, {report['progress'] / 1e6:.1f} MB")

    task: Report = {
        "address": address,
        "folder": str(folder),
        "extractor": extractor,
        "loopback": loopback,
        "max_seconds": max_seconds,
        "max_bytes": int(max_megabytes * 1e6),
        "cpu_seconds": int(seconds) + 30,
    }
    try:
        report = run_child(FETCHER, task, seconds=seconds, cancel=cancel, on_progress=tell)
    except ChildTimeoutError as error:
        raise BeatError(
            f"Fetching the link took longer than {clock(seconds)}.", remedy=ATTACH
        ) from error
    except ChildCrashError as error:
        raise BeatError("Fetching the link failed.", remedy=ATTACH) from error
    if "error" in report:
        raise _refusal(report, max_seconds, max_megabytes)
    path = folder / report["file"]
    with path.open("rb") as file:
        if not looks_like_sound(file.read(HEAD)):
            raise _refusal({"error": "not media"}, max_seconds, max_megabytes)
    return Fetched(path, str(report["title"]))


def _refusal(report: Report, max_seconds: float, max_megabytes: float) -> BeatError:
    """Put a code of the child into words."""
    match report["error"]:
        case "live":
            return BeatError(
                "That is a live stream.", "A finished video is accepted.", "Try it when it is over."
            )
        case "unknown length":
            return BeatError("The video does not say how long it is.", remedy=ATTACH)
        case "long":
            return BeatError(
                f"The video is too long ({clock(max(report['seconds'], int(max_seconds) + 1))}).",
                f"Up to {clock(max_seconds)} are accepted.",
                "Attach the part to write for.",
            )
        case "large":
            return BeatError(
                "The video's sound is too large.",
                f"Up to {limit(max_megabytes)} MB are accepted.",
                "Attach an MP3, or a shorter part.",
            )
        case "not media":
            return BeatError("What the link gave is not audio.", ACCEPTED, ATTACH)
        case "playlist":
            return BeatError(
                "That link is a playlist.", ACCEPTED, "Open the song and copy its link."
            )
        case "address":
            return BeatError("The link leads into a private network, which is refused.")
        case "sign in":
            return BeatError("YouTube refused this server.", remedy=ATTACH)
        case "age":
            return BeatError("YouTube shows that video only to adults signed in.", remedy=ATTACH)
        case "geo":
            return BeatError("That video is not available in this server's country.", remedy=ATTACH)
        case "private":
            return BeatError("That video is private.", "A public video is accepted.", ATTACH)
        case "members":
            return BeatError("That video is for paying members only.", remedy=ATTACH)
        case "protected":
            return BeatError("That video is protected against copying.", remedy=ATTACH)
        case "gone":
            return BeatError("There is no such video; it may have been removed.", remedy=ATTACH)
        case "no sound":
            return BeatError("That video has no sound that can be fetched.", remedy=ATTACH)
        case "cut off":
            return BeatUnreachableError(
                "The connection broke before the whole beat had come.", remedy="Try again."
            )
        case "unreachable":
            return BeatUnreachableError("YouTube could not be reached.", remedy="Try again later.")
        case "runtime":
            return BeatError(
                "YouTube wants a JavaScript runtime, and there is none here.",
                remedy=f"{ATTACH} (Whoever runs this: {UPGRADE}.)",
            )
        case "missing":
            return BeatError(
                "Links cannot be followed: yt-dlp is not installed.",
                remedy=f"Install it with: {UPGRADE}. {ATTACH}",
            )
        case _:
            return BeatError(
                "The link could not be fetched; YouTube may have changed.",
                remedy=f"{ATTACH} (Whoever runs this: {UPGRADE}.)",
            )
