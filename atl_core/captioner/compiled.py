"""Functions compiled by numba, and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from numba import njit
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

from atl_core.captioner.kv_cache import LANES


class _Kept(FunctionCache):
    """The compiled forms of a function on disk.

    Two methods of numba's own are replaced, whose names it does not promise to keep: a test tells.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """As numba does it, without preparing to compile, which takes most of a second."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        # numba compiles anew when the function's own file changes. `LANES` is in another.
        return *super()._index_key(sig, codegen), LANES  # type: ignore[no-untyped-call]


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.njit` without Python's lock, and without its check for division by zero, which keeps
    loops from being vectorized. The result is kept on disk, beside the code or in the user's
    cache; where neither can be written, each process compiles anew.
    """
    options |= {"nogil": True, "error_model": "numpy"}

    def decorate(function: Callable[..., Any]) -> Any:
        found = njit(**options)(function)
        with suppress(RuntimeError):  # numba found no folder for it
            found._cache = _Kept(function)  # type: ignore[no-untyped-call]
        return found

    return decorate
