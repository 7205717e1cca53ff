"""YouTube's search in a child process: yt-dlp, kept to the public internet.

Runs alone (`python -I search_child.py`) under the confinement of
`atl_core/audio/youtube_child.py`. Task, on stdin: `{"query", "count", "host", "loopback",
"confinement"}`. Answers `{"videos": [{"id", "title", "channel", "seconds"}]}` or `{"error": CODE}`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from types import ModuleType
from typing import Any

CPU_SECONDS = 60
MAX_BYTES = 20_000_000


def load(path: str) -> ModuleType:
    """The fetcher's script, by its path: an isolated child imports nothing of ours."""
    spec = importlib.util.spec_from_file_location("confinement", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def search(yt_dlp: ModuleType, task: dict[str, Any], log: Any) -> list[dict[str, Any]]:
    arguments: dict[str, dict[str, list[str]]] = {"youtubetab": {"skip": ["webpage"]}}
    if task["host"]:
        arguments["youtube"] = {"innertube_host": [task["host"]]}
    options: dict[str, Any] = {
        "allowed_extractors": ["youtube:search"],
        "extract_flat": True,
        "extractor_args": arguments,
        "nocheckcertificate": bool(task["loopback"]),
        "socket_timeout": 10,
        "extractor_retries": 1,
        "cachedir": False,
        "quiet": True,
        "noprogress": True,
        "logger": log,
        "proxy": "",
    }
    with yt_dlp.YoutubeDL(options) as downloader:
        found = downloader.extract_info(f"ytsearch{task['count']}:{task['query']}", download=False)
    return [
        {
            "id": str(entry["id"]),
            "title": str(entry.get("title") or "")[:300],
            "channel": str(entry.get("channel") or entry.get("uploader") or "")[:200],
            "seconds": entry.get("duration"),
        }
        for entry in (found or {}).get("entries") or ()
        # A live stream has no length, and a short is no song.
        if entry and entry.get("id") and entry.get("duration")
    ]


def main() -> None:
    task = json.load(sys.stdin)
    fetcher = load(task["confinement"])
    fetcher.confine({"cpu_seconds": CPU_SECONDS, "max_bytes": MAX_BYTES})
    hook = fetcher.AuditHook(task["loopback"])
    log = fetcher.Quiet()
    try:
        import yt_dlp

        sys.addaudithook(hook)
        report: dict[str, Any] = {"videos": search(yt_dlp, task, log)}
    except ImportError:
        report = {"error": "missing"}
    except Exception as error:
        report = {"error": "address" if hook.refused else fetcher.code(str(error))}
    print(json.dumps(report), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
