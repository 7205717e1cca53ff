"""Five hundred kills in the middle of writing drafts; the suite does thirty.

python -m benchmarks.drafts_kill [KILLS] [SEED]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.drafts.hammer import main

if __name__ == "__main__":
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder) / "atl.sqlite3", kills, seed)
