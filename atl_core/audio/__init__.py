"""From a beat to a Listening: sources, decoding, features, rhythm and tags."""
