"""The default writer before its weights are rounded, in a folder that transformers reads.

python benchmarks/merged.py FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

from safetensors.torch import load_file

from atl_core import manifest, weights
from atl_core.captioner.checkpoint import open_checkpoint
from atl_core.captioner.convert import write_model
from atl_core.captioner.load import LM
from atl_core.settings import load_settings


def write_merged(folder: Path) -> Path:
    """Merge the adapter into the fetched base, in bfloat16, and return the folder."""
    (gguf,) = manifest.find(LM.base).files
    base = weights.folder(LM.base, load_settings().weights_home) / gguf.name
    adapter = load_file(LM.adapter / "adapter.safetensors")
    write_model(open_checkpoint(base), adapter, folder, int8=False)
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print(write_merged(parser.parse_args().folder))
