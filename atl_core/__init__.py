"""ATL, audio to lyrics: listen to a beat, write to it, judge what was written.

Nothing in this package knows of Discord or of training.
"""

import os

# torch's threads spin while they wait for one another; with fewer free cores than threads that
# made listening eight times slower. It has to be said before torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# oneDNN keeps the code of a thousand products, one for each shape, and a writer's shapes are new
# with every line: a worker grew by a gigabyte. Few are as quick, since each is used again at once.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
