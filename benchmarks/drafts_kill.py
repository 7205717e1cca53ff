"""Five hundred kills in the middle of writing drafts and fifty in the middle of exports.

The suite does thirty and ten.

python -m benchmarks.drafts_kill [KILLS] [SEED] [EXPORTS]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.drafts import export_hammer, hammer

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=500)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("exports", type=int, nargs="?", default=50, help="kills, in exports")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hammer.main(Path(folder) / "atl.sqlite3", asked.kills, asked.seed)
        print(export_hammer.main(Path(folder), asked.exports, asked.seed))
