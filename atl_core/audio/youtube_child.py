"""The fetcher's child process: yt-dlp, kept to the public internet and to its limits.

Runs alone (`python -I youtube_child.py`, its task on stdin) and imports nothing of ours. An audit
hook, which nothing in the process can remove, refuses every packet to an address that is not
global, so neither a redirect nor a name that resolves to 127.0.0.1 reaches a private service. The
hook sees the address of the connection itself, after every resolver and redirect. What the hook
cannot see is what another program does: only Deno is started, by yt-dlp, which gives it no right
to the network.

Task: `{"address", "folder", "extractor", "loopback", "max_seconds", "max_bytes",
"cpu_seconds"}`. Answers in JSON lines: `{"progress": BYTES}` as it goes, then
`{"file", "title"}` or `{"error": CODE, ...}`.
"""

from __future__ import annotations

import ctypes
import ipaddress
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

PR_SET_PDEATHSIG = 1
MEDIA_SUFFIXES = (".part", ".ytdl", ".json")
RUNTIME = "deno"
INTERNET = ipaddress.ip_network("2000::/3")
# Networks whose last 32 bits are an IPv4 address: NAT64 (RFC 6052) and IPv4-compatible (RFC 4291).
CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))

# What yt-dlp says, lower case, to the code of the refusal. The first that matches counts.
SENTENCES = (
    ("unsupported url", "not media"),
    ("not a bot", "sign in"),
    ("http error 429", "sign in"),
    ("http error 403", "sign in"),
    ("http error 451", "geo"),
    ("drm protected", "protected"),
    ("members-only", "members"),
    ("join this channel", "members"),
    ("premium members", "members"),
    ("requires payment", "members"),
    ("confirm your age", "age"),
    ("age-restricted", "age"),
    ("geo restrict", "geo"),
    ("in your country", "geo"),
    ("from your location", "geo"),
    ("private video", "private"),
    ("video is private", "private"),
    ("registered users", "private"),
    ("http error 404", "gone"),
    ("http error 410", "gone"),
    ("video unavailable", "gone"),
    ("has been removed", "gone"),
    ("no longer available", "gone"),
    ("incomplete", "cut off"),
    ("bytes read", "cut off"),
    ("more expected", "cut off"),
    ("connection reset", "cut off"),
    ("file too large", "large"),
    ("requested format is not available", "no sound"),
    ("no video formats", "no sound"),
    ("is offline", "live"),
    ("live event", "live"),
    ("premieres in", "live"),
    ("failed to resolve", "unreachable"),
    ("name resolution", "unreachable"),
    ("timed out", "unreachable"),
    ("refused", "unreachable"),
    ("unreachable", "unreachable"),
)


class RefusedError(Exception):
    """The link is not fetched: a code for the parent to put into words."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.report = {"error": code, **facts}


class AuditHook:
    """The audit hook: which addresses may be connected to and which programs run."""

    def __init__(self, loopback: bool) -> None:
        self.loopback = loopback
        self.refused = False

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        # No look at `socket.bind`: it sends nothing, and libraries bind `::1` to see whether the
        # machine has IPv6 (urllib3 does so when it is imported).
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = args[1]
            # `sendmsg` without an address goes to the one that was connected to.
            if address is not None and not self.allows(address):
                self.refused = True
                raise PermissionError("not a global address")
        elif event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
            if Path(os.fsdecode(args[0])).name != RUNTIME:
                raise PermissionError("only the JavaScript runtime may be started")
        elif event == "os.system":
            raise PermissionError("only the JavaScript runtime may be started")

    def allows(self, address: Any) -> bool:
        """Whether a socket address is global. A name is not one: it could resolve to anything."""
        try:
            ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
        except (ValueError, TypeError, IndexError):
            return False
        if self.loopback and ip.is_loopback:
            return True
        if isinstance(ip, ipaddress.IPv6Address):
            inner = carried(ip)
            if inner is None:
                # `is_global` is true for what is neither assigned nor reserved, such as the old
                # site-local addresses: the internet is 2000::/3 alone.
                return ip in INTERNET and ip.is_global
            ip = inner
        return ip.is_global and not ip.is_multicast


def carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, 6to4, Teredo, NAT64, compatible."""
    if inner := ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None):
        return inner
    if any(ip in network for network in CARRIERS):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


class Quiet:
    """A logger that keeps what yt-dlp says, for choosing the sentence."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def debug(self, message: str) -> None:
        self.said.append(message)

    info = warning = error = debug


def confine(task: dict[str, Any]) -> None:
    """Set the limits. No limit of memory: the JavaScript runtime maps far more than it uses."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for limit, value in (
        (resource.RLIMIT_CPU, task["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, task["max_bytes"] + (1 << 20)),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def fetch(yt_dlp: ModuleType, task: dict[str, Any], log: Quiet) -> dict[str, Any]:
    last = 0.0

    def count(state: dict[str, Any]) -> None:
        nonlocal last
        received = state.get("downloaded_bytes") or 0
        if received > task["max_bytes"]:
            raise RefusedError("large")
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            print(json.dumps({"progress": received}), flush=True)

    options: dict[str, Any] = {
        "format": "bestaudio[abr<=192]/bestaudio/best[height<=480]/best",
        "outtmpl": {"default": str(Path(task["folder"]) / "beat.%(ext)s")},
        "allowed_extractors": [task["extractor"]],
        "noplaylist": True,
        "extract_flat": "in_playlist",  # a list is refused: nothing in it is looked at
        "max_filesize": task["max_bytes"],
        "progress_hooks": [count],
        "socket_timeout": 10,
        "retries": 1,
        "fragment_retries": 1,
        "extractor_retries": 1,
        "file_access_retries": 0,
        "skip_unavailable_fragments": False,
        "hls_prefer_native": True,
        "fixup": "never",
        "nopart": True,
        "updatetime": False,
        "cachedir": False,
        "quiet": True,
        "noprogress": True,
        "logger": log,
        "proxy": "",
    }
    with yt_dlp.YoutubeDL(options) as downloader:
        info = downloader.extract_info(task["address"], download=False)
        check(info, task["max_seconds"])
        print(json.dumps({"progress": 0}), flush=True)
        downloader.process_ie_result(info, download=True)
    files = [
        path
        for path in Path(task["folder"]).iterdir()
        if path.suffix not in MEDIA_SUFFIXES and path.is_file() and path.stat().st_size
    ]
    if not files:
        raise RefusedError("large" if "max-filesize" in " ".join(log.said) else "no sound")
    return {"file": files[0].name, "title": str(info.get("title") or "")[:200]}


def check(info: dict[str, Any] | None, max_seconds: float) -> None:
    """Refuse by what the page says, before a byte of sound is asked for."""
    if info is None:
        raise RefusedError("gone")
    if "entries" in info or info.get("_type", "video") not in ("video",):
        raise RefusedError("playlist")
    if info.get("is_live") or info.get("live_status") in ("is_live", "is_upcoming", "post_live"):
        raise RefusedError("live")
    duration = info.get("duration")
    if not isinstance(duration, int | float) or duration <= 0:
        raise RefusedError("unknown length")
    if duration > max_seconds:
        raise RefusedError("long", seconds=duration)


def code(message: str, before: str = "") -> str:
    """Choose the refusal by what yt-dlp said last, and by what it warned of before."""
    said = message.lower()
    kind = next((kind for words, kind in SENTENCES if words in said), "unknown")
    if kind in ("no sound", "unknown") and "no supported javascript runtime" in before.lower():
        return "runtime"
    return kind


def main() -> None:
    task = json.load(sys.stdin)
    confine(task)
    hook = AuditHook(task["loopback"])
    log = Quiet()
    try:
        # Imported before the hook is set: what a library does to find its way about the machine
        # is no part of the fetch.
        import yt_dlp

        sys.addaudithook(hook)
        report = fetch(yt_dlp, task, log)
    except RefusedError as refused:
        report = refused.report
    except ImportError:
        report = {"error": "missing"}
    except Exception as error:
        chain = f"{error} {error.__cause__ or ''} {error.__context__ or ''}"
        # A refusal is the answer only if the fetch failed by it: where one address of a name is
        # private and the next is global, nothing was sent to the first.
        kind = "address" if hook.refused else code(chain, "\n".join(log.said))
        report = {"error": kind, "said": chain[:500]}
    print(json.dumps(report), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
