"""How long a genre verdict takes: python benchmarks/genre_speed.py [--thorough]

Prints medians of repeated runs: 40 lines once loaded (target 20 ms), one line, 32 candidate
lines by the ranker, a megabyte of text (target 1 s), 10,000 lines, and a cold start of Python
with one verdict, and of `atl genre` as a writer calls it (target 300 ms). With `--thorough`: what
the language model's part takes where the writer is loaded, in time and in memory.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from atl_core.genre.judge import RANKER, classifier, judge

LINES = """Whiskey on the porch and the radio low
My daddy had a truck and a long way to go
Homies on the block with a story to tell
Ringing on the line like a telephone bell
Nobody ever told me that the river runs dry
I count another dollar and I look to the sky
Moonlight on the gravel and a hand on the wheel
I never could have written down the way that I feel""".splitlines()

SONG = "\n".join(LINES * 5)
COMMAND = [sys.executable, "-m", "bot", "genre", "-"]
COLD = "from atl_core.genre.judge import judge; judge('whiskey on the porch tonight')"


def milliseconds(act: Callable[[], object], times: int) -> float:
    """Median wall time of `act`."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


def cpu(act: Callable[[], object], times: int) -> float:
    """Mean processor time of `act` in milliseconds."""
    started = time.process_time()
    for _ in range(times):
        act()
    return 1000 * (time.process_time() - started) / times


def processor(program: str, times: int = 7) -> float:
    """Processor milliseconds of a Python program: what is left of wall time on an idle machine."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(times):
        subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000 * used / times


def thorough() -> None:
    """Rows of the language model's part."""
    from atl_core.captioner.genre_reader import ADAPTER, GenreReader, tuned
    from atl_core.captioner.load import LM, load_language_model
    from atl_core.settings import load_settings

    settings = load_settings()
    model = load_language_model(
        settings.weights_home, settings.device, classifier(RANKER).score, model=LM
    )
    decoder, tokenizer = model.sampler.model, model.sampler.tokenizer
    plain = GenreReader(decoder, tokenizer)
    judge(SONG, plain)
    before = resident()
    started = time.perf_counter()
    reader = tuned(decoder, tokenizer, LM.adapter / "adapter.safetensors", ADAPTER)
    making = 1000 * (time.perf_counter() - started)
    judge(SONG, reader)
    print(f"| the reader made | {making:.1f} |")
    for name, text in (("8 lines", "\n".join(LINES)), ("40 lines", SONG)):
        for how, one in (("thorough", reader), ("the same without its adapter", plain)):
            print(f"| {name}, {how} | {milliseconds(partial(judge, text, one), 9):.1f} |")
    print(
        f"\nMemory: {resident() - before:.1f} MB for the adapters' difference and a first verdict"
    )


def resident() -> float:
    """Megabytes of this process in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--thorough", action="store_true")
    if parser.parse_args().thorough:
        print("| task | ms (median) |\n| --- | --- |")
        thorough()
        return
    judge(SONG)
    ranker = classifier(RANKER)
    judge_time = cpu(lambda: judge(SONG), 50)
    bare = milliseconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 7)
    cold = milliseconds(lambda: subprocess.run([sys.executable, "-c", COLD], check=True), 7)
    asked = partial(subprocess.run, COMMAND, input=SONG.encode(), capture_output=True, check=True)
    command = milliseconds(asked, 15)
    rows = [
        ("40 lines, verdict with words and lines", milliseconds(lambda: judge(SONG), 50)),
        ("the same, processor time", judge_time),
        ("1 line", milliseconds(lambda: judge(LINES[0]), 50)),
        ("32 candidate lines, ranker", milliseconds(lambda: ranker.score(LINES * 4), 50)),
        ("a megabyte", milliseconds(lambda: judge("la di da " * 111_111), 5)),
        ("10,000 lines", milliseconds(lambda: judge("on the road again\n" * 10_000), 5)),
        ("cold start with one verdict", cold),
        ("the same, processor time", processor(COLD)),
        ("cold start of `atl genre`, 40 lines", command),
        ("cold start of Python alone", bare),
    ]
    print("| task | ms (median) |\n| --- | --- |")
    for name, taken in rows:
        print(f"| {name} | {taken:.1f} |")


if __name__ == "__main__":
    main()
