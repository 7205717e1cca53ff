"""Keys of services: from the environment alone, and never into a log, a file or an error."""

from __future__ import annotations

import base64
import logging
import os
import re
from typing import Final

from training.datasets.songs import SourceError

NAMES: Final = ("SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET", "GENIUS_ACCESS_TOKEN")
HIDDEN: Final = "[key]"
_BEARER: Final = re.compile(r"\b(bearer|basic)\s+[^\s'\",}]+", re.IGNORECASE)


def key(name: str, service: str, where: str) -> str:
    """The key `name` from the environment.

    Raises:
        SourceError: it is not set, or cannot be a key.
    """
    assert name in NAMES, f"{name} would not be hidden"
    value = os.environ.get(name, "").strip()
    if not value:
        raise SourceError(
            f"{service} needs a key, and {name} is not set.",
            "Keys are read from the environment only.",
            f"Get one at {where} and export {name}.",
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        # A client would repeat the whole of it in its complaint.
        raise SourceError(
            f"{name} holds a character that no key of {service} has.",
            "Keys are letters, digits, - and _.",
            f"Copy it again from {where}.",
        )
    return value


def hide(text: str) -> str:
    """`text` with every known key, and whatever follows "Bearer" or "Basic", taken out."""
    values = {name: os.environ.get(name, "").strip() for name in NAMES}
    pair = f"{values['SPOTIPY_CLIENT_ID']}:{values['SPOTIPY_CLIENT_SECRET']}"
    secrets = [*values.values(), base64.b64encode(pair.encode()).decode()]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _BEARER.sub(rf"\1 {HIDDEN}", text)


def silence_clients() -> None:
    """Keep the clients' own logs still: at DEBUG, spotipy writes its headers."""
    for name in ("spotipy", "lyricsgenius"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        logging.getLogger(name).addHandler(logging.NullHandler())
        for child in list(logging.Logger.manager.loggerDict):
            if child.startswith(f"{name}."):
                logging.getLogger(child).setLevel(logging.CRITICAL + 1)
