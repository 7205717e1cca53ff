"""Five hundred kills in the middle of writing drafts and fifty in the middle of exports.

The suite does thirty and ten.

python -m benchmarks.drafts_kill [KILLS] [SEED] [KILLS OF EXPORTS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.drafts import export_hammer, hammer

if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    kills, seed, exports = (*given, *(500, 1, 50)[len(given) :])
    with tempfile.TemporaryDirectory() as folder:
        hammer.main(Path(folder) / "atl.sqlite3", kills, seed)
        print(export_hammer.main(Path(folder), exports, seed))
