"""Fit the tempo model; no benchmark, but it shares the loops with one.

    python benchmarks/audio_fit_tempo.py --fit > atl_core/audio/tempo_weights.py

A softmax over 280 tempi, linear in the metrical profile, fitted to loops whose patterns are
made up (`wild_loop`). Takes about two minutes; prints a Python module.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import torch

from atl_core.audio.onsets import onset_bands
from atl_core.audio.tempo import MULTIPLES, TEMPI, metrical_profile
from benchmarks.audio_loops import wild_loop

LOOPS = range(5000, 5800)
WIDTH = 0.012
"""Octaves by which a tempo may miss and still be half right."""
DECAY = 0.03
"""L2 penalty: chosen on other seeds for carrying over to patterns that were not fitted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="without it, nothing is done")
    if not parser.parse_args().fit:
        print("fits the tempo model with --fit, in two minutes")
        return
    profiles, truths = [], []
    for seed in LOOPS:
        drawn = wild_loop(seed)
        profiles.append(metrical_profile(onset_bands(drawn.samples)).reshape(len(TEMPI), -1))
        truths.append(drawn.tempo)
        if seed % 100 == 0:
            print(seed, file=sys.stderr)
    octaves = np.log2(TEMPI) - 7
    prior = np.broadcast_to(np.stack([octaves, octaves**2], axis=1), (len(truths), len(TEMPI), 2))
    inputs = torch.from_numpy(np.concatenate([np.array(profiles), prior], axis=2))
    distance = np.log2(TEMPI / np.array(truths)[:, None]) / WIDTH
    targets = torch.from_numpy(np.exp(-0.5 * distance**2))
    targets /= targets.sum(dim=1, keepdim=True)
    weights = torch.zeros(inputs.shape[2], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=300)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        belief = torch.log_softmax(inputs @ weights, dim=1)
        value = -(targets * belief).sum(dim=1).mean() + DECAY * weights[:-2].square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    fitted = weights.detach().numpy().round(3)
    print('"""Weights of the tempo model, printed by `benchmarks/audio_fit_tempo.py`."""\n')
    print("# One row a band (low, middle, high), one column a multiple of the beat.")
    print("LINEAR = (")
    for row in fitted[:-2].reshape(-1, len(MULTIPLES)):
        print(f"    ({', '.join(str(value) for value in row)}),")
    print(")")
    print("# On the log2 of the tempo over 128, and on its square.")
    print(f"PRIOR = ({fitted[-2]}, {fitted[-1]})")


if __name__ == "__main__":
    main()
