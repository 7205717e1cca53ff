"""Speed and memory of writing, against an earlier commit on the same machine in one run.

    git worktree add ../atl-b7d189b b7d189b
    python benchmarks/targets.py [--old ../atl-b7d189b] [--rounds 5] [--threads 2] [--device cuda]

Both trees run with this Python, in processes of their own that take turns, so that what else the
machine does falls on both. Prints one table: seconds of the clock and of the processor, which says
more on a busy machine. Both use the weights that `atl weights fetch` brings; run it once before.

- first line, 8 and 16 lines: warm, the median and the 95th percentile over `--rounds` drafts;
- cold: a new process, `atl write` of one line for an example beat, from start to end, in a data
  folder of its own: first of a beat that it has to hear, then of the same, which it remembers;
- memory: the most that the process of `atl write` was resident, and of a process after 20 drafts;
- writers: lines a second in all of 1, 4 and 16 writers in one process that share forwards.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

ROOT: Final = Path(__file__).resolve().parents[1]
SEEDS: Final = (
    "midnight train",
    "river stone",
    "city lights",
    "old truck",
    "gold chain",
    "bus stop",
)

COMMON: Final = """
import json, os, resource, sys, time
import torch
torch.set_num_threads(int(os.environ["THREADS"]))
from atl_core.captioner.load import load
from atl_core.captioner.protocol import Task
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import plan
from atl_core.settings import load_settings

SEEDS = json.loads(os.environ["SEEDS"])

def brief(number, lines):
    genre = ("country", "hip-hop")[number % 2]
    seeds = tuple(SEEDS[number % len(SEEDS)].split())
    return Brief(genre, "sad", "low", seeds, lines, "AABB", 9, 96.0, random_seed=number)

def task(number, lines):
    b = brief(number, lines)
    return Task(b, plan(b, [], 0.0, first=0, count=lines))

began = time.perf_counter()
settings = load_settings()
effort = {"effort": settings.effort} if hasattr(settings, "effort") else {}
captioner = load(
    "lm", settings.weights_home, os.environ["DEVICE"], classifier(RANKER).score, **effort
)
found = {"load": time.perf_counter() - began}
list(captioner.write(task(99, 2)))
"""

WRITE: Final = """
lines = int(sys.argv[2])
began, cpu = time.perf_counter(), time.process_time()
for number, _ in enumerate(captioner.write(task(int(sys.argv[1]), lines))):
    if number == 0:
        found["first"], found["first_cpu"] = time.perf_counter() - began, time.process_time() - cpu
    if number == 7:
        found["eight"], found["eight_cpu"] = time.perf_counter() - began, time.process_time() - cpu
found["all"], found["all_cpu"] = time.perf_counter() - began, time.process_time() - cpu
print(json.dumps(found))
"""

DRAFTS: Final = """
for number in range(int(sys.argv[1])):
    list(captioner.write(task(number, 4)))
found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(found))
"""

WRITERS: Final = """
from concurrent.futures import ThreadPoolExecutor
import atl_core.captioner.batching as batching
share = getattr(batching, "batched", None) or batching.shared
captioner = share(captioner)
for writers in (1, 4, 16):
    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(writers) as threads:
        waits = list(threads.map(
            lambda n: (len(list(captioner.write(task(n, 4)))), time.perf_counter() - began)[1],
            range(writers)))
    found[f"rate_{writers}"] = 4 * writers / (time.perf_counter() - began)
    found[f"cpu_{writers}"] = (time.process_time() - cpu) / (4 * writers)
    found[f"slowest_{writers}"] = max(waits)
print(json.dumps(found))
"""


def child(tree: Path, code: str, arguments: list[str], threads: int, device: str) -> dict[str, Any]:
    """Run code in a tree; what it printed last, as JSON."""
    own = environment(tree, threads) | {"DEVICE": device}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=tree, env=own,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{tree}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def environment(tree: Path, threads: int) -> dict[str, str]:
    own = {"PYTHONPATH": str(tree), "THREADS": str(threads), "SEEDS": json.dumps(SEEDS),
           "OMP_NUM_THREADS": str(threads)}  # fmt: skip
    return os.environ | own


def cold(tree: Path, threads: int) -> dict[str, float]:
    """`atl write` of one line in new processes: seconds, of the processor too, and memory."""
    home = Path(os.environ.get("ATL_HOME", Path.home() / ".local" / "share" / "atl"))
    with TemporaryDirectory() as own:
        (Path(own) / "weights").symlink_to(home.absolute() / "weights")
        return one_line(tree, threads, own, "new") | one_line(tree, threads, own, "cold")


def one_line(tree: Path, threads: int, home: str, name: str) -> dict[str, float]:
    began = time.perf_counter()
    command = [sys.executable, "-c", "from bot.cli import main; main()", "write",
               str(ROOT / "examples" / "country.wav"), "--seed", "midnight train", "--lines", "1",
               "--random-seed", "3", "--json"]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=tree, env=environment(tree, threads) | {"ATL_HOME": home},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(
            f"{tree}: {process.stderr.read().decode()[-2000:] if process.stderr else ''}"
        )
    return {
        name: time.perf_counter() - began,
        f"{name}_cpu": used.ru_utime + used.ru_stime,
        f"{name}_memory": used.ru_maxrss / 1024,
    }


def percentile(values: list[float]) -> str:
    """The median, and the 95th percentile where there are values enough."""
    middle = f"{statistics.median(values):.1f}"
    if len(values) < 3:
        return middle
    last = sorted(values)[min(len(values) - 1, round(0.95 * (len(values) - 1)))]
    return f"{middle} (p95 {last:.1f})"


ROWS: Final = {
    "first": ("first line, warm, s", 2.5), "first_cpu": ("the same, processor s", None),
    "eight": ("8 lines, warm, s", 8), "eight_cpu": ("the same, processor s", None),
    "all": ("16 lines, warm, s", 15), "all_cpu": ("the same, processor s", None),
    "load": ("loading the captioner, s", None),
    "new": ("`atl write` of one line, cold, a new beat, s", 6),
    "new_cpu": ("the same, processor s", None), "new_memory": ("the same, most memory, MB", 700),
    "cold": ("`atl write` of one line, cold, a beat heard before, s", 6),
    "cold_cpu": ("the same, processor s", None), "cold_memory": ("the same, most memory, MB", 700),
    "memory": ("captioner after 20 drafts, most memory, MB", 900),
    "rate_1": ("1 writer, lines/s", None), "rate_4": ("4 writers, lines/s in all", None),
    "rate_16": ("16 writers, lines/s in all", None),
    "cpu_1": ("1 writer, processor s a line", None),
    "cpu_16": ("16 writers, processor s a line", None),
    "slowest_16": ("16 writers, the slowest writer's wait for 4 lines, s", None),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--old", type=Path, help="a worktree of the earlier commit")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=16)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--parts", nargs="+", default=["write", "cold", "memory", "writers"],
        choices=["write", "cold", "memory", "writers"],
    )  # fmt: skip
    chosen = parser.parse_args()
    trees = ({"before": chosen.old.resolve()} if chosen.old else {}) | {"now": ROOT}
    found: dict[str, defaultdict[str, list[float]]] = {name: defaultdict(list) for name in trees}

    def add(name: str, values: dict[str, float]) -> None:
        for key, value in values.items():
            found[name][key].append(value)
        print(name, {key: round(value, 2) for key, value in values.items()}, flush=True)

    for number in range(chosen.rounds):
        for name, tree in trees.items():
            if "write" in chosen.parts:
                asked = [str(number), str(chosen.lines)]
                add(name, child(tree, COMMON + WRITE, asked, chosen.threads, chosen.device))
            if "cold" in chosen.parts:
                add(name, cold(tree, chosen.threads))
    for name, tree in trees.items():
        if "memory" in chosen.parts:
            add(name, child(tree, COMMON + DRAFTS, ["20"], chosen.threads, chosen.device))
        if "writers" in chosen.parts:
            add(name, child(tree, COMMON + WRITERS, [], chosen.threads, chosen.device))
    table = Table("", *trees, "target", "before / now", box=box.MARKDOWN)
    for key, (title, target) in ROWS.items():
        measured = [found[name][key] for name in trees if found[name][key]]
        if len(measured) == len(trees):
            ratio = f"{statistics.median(measured[0]) / statistics.median(measured[-1]):.1f}"
            table.add_row(
                title, *map(percentile, measured), str(target or ""), ratio if chosen.old else ""
            )
    console = Console()
    Console(width=max(console.width, 120)).print(table)
    print(f"{chosen.threads} threads; most memory of this script's children "
          f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB")  # fmt: skip


if __name__ == "__main__":
    main()
