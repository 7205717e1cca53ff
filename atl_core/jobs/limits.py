"""How long a stage may take, and which failures are tried again."""

from __future__ import annotations

from typing import Final

from atl_core.errors import BeatUnreachableError, StorageError
from atl_core.progress import Stage

LIMITS: Final[dict[Stage, float]] = {
    "fetch": 300.0, "listen": 900.0, "write": 900.0, "judge": 900.0, "save": 900.0,
    "render": 900.0,
}  # fmt: skip
"""Seconds after which a stage is taken to hang, also where other programs keep the machine busy.
Writing may take as long for each of its lines."""
PAUSES: Final[dict[Stage, tuple[float, ...]]] = {
    "fetch": (1.0, 2.0, 4.0),
    "listen": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "write": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "judge": (),
    "render": (),
    "save": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0, 60.0),
}
"""Before each further try of what can pass."""


def can_pass(error: Exception) -> bool:
    """Whether the same may work a little later."""
    # A device's memory may be another program's for a moment.
    full = type(error).__name__ == "OutOfMemoryError"
    return full or isinstance(error, StorageError | BeatUnreachableError)
