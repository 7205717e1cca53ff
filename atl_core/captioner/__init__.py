"""The captioners: a Listening, a Brief and the lines so far in; the next lines out."""
