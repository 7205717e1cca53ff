"""ATL, audio to lyrics: listen to a beat, write to it, judge what was written.

Nothing in this package knows of Discord or of training.
"""

import os

# torch's threads spin while they wait for one another; with fewer free cores than threads that
# made listening eight times slower. It has to be said before torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
