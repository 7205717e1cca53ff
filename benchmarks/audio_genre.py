"""Genre by ear: `python benchmarks/audio_genre.py MUSICNN_FOLDER [HIP_HOP_FOLDER ...]`.

Every file of the folders should be heard as hip-hop. Country is our own synthesised loops at
several tempi: no openly licensed recording was at hand, so that half is a weak test. The last
rows are neither and should stay near even.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

from atl_core.audio.tagger import genre, tag

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))
import beats


def main() -> None:
    weights = Path(sys.argv[1])

    def share(samples: np.ndarray) -> float:
        return genre(tag(samples.astype(np.float32), weights))["hip-hop"]

    recorded = [path for name in sys.argv[2:] for path in sorted(Path(name).glob("*.flac"))]
    rows = [(path.stem, "hip-hop", share(soundfile.read(path)[0])) for path in recorded]
    for tempo in (84, 92, 104, 112, 120, 132):
        for kind in ("hip-hop", "country"):
            stereo = beats.synthesise(kind, bars=8, tempo=tempo)
            mono = soxr.resample(stereo.mean(axis=1), beats.RATE, 16_000)
            rows.append((f"synthesised at {tempo}", kind, share(mono)))
    rng = np.random.default_rng(0)
    rows.append(("white noise", "-", share(rng.normal(0, 0.1, 320_000))))
    rows.append(("near silence", "-", share(rng.normal(0, 1e-5, 320_000))))
    rows.append(("a tone", "-", share(0.3 * np.sin(np.arange(320_000) * 0.17))))
    print(f"{'beat':40} {'is':8} {'p(hip-hop)':>10}")
    for name, kind, value in rows:
        print(f"{name[:40]:40} {kind:8} {value:10.3f}")
    for kind, right in (("hip-hop", lambda p: p > 0.5), ("country", lambda p: p < 0.5)):
        values = [value for _, of, value in rows if of == kind]
        print(f"{kind}: {sum(map(right, values))} of {len(values)} right (target: all)")


if __name__ == "__main__":
    main()
