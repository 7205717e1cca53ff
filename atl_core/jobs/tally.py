"""What a worker counts while it works, and shows to Prometheus when that is switched on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping


class Tally:
    """Counters; any thread may count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._finished: Counter[str] = Counter()
        self._stages: Counter[str] = Counter()
        self._seconds: Counter[str] = Counter()
        self._lines = 0

    def finished(self, state: str) -> None:
        with self._lock:
            self._finished[state] += 1

    def stage(self, stage: str, seconds: float) -> None:
        with self._lock:
            self._stages[stage] += 1
            self._seconds[stage] += seconds  # type: ignore[assignment]

    def line(self) -> None:
        with self._lock:
            self._lines += 1

    def exposition(self, gauges: Mapping[str, float]) -> str:
        """All of it in Prometheus' text format."""
        with self._lock:
            told = [
                *_metric("atl_jobs_finished_total", "counter", "state", self._finished),
                *_metric("atl_stages_total", "counter", "stage", self._stages),
                *_metric("atl_stage_seconds_total", "counter", "stage", self._seconds),
                "# TYPE atl_lines_total counter",
                f"atl_lines_total {self._lines}",
            ]
        for name, value in gauges.items():
            told += [f"# TYPE atl_{name} gauge", f"atl_{name} {value:g}"]
        return "\n".join(told) + "\n"


def _metric(name: str, kind: str, label: str, values: Mapping[str, float]) -> list[str]:
    lines = [f'{name}{{{label}="{key}"}} {value:g}' for key, value in sorted(values.items())]
    return [f"# TYPE {name} {kind}", *lines]
