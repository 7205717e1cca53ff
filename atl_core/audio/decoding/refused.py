"""Why a sound is not decoded."""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """Sound or file that is not accepted: a code for the parent to put into words."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.report = {"error": code, **facts}
