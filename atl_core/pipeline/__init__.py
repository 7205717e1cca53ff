"""The pipeline: from a request to a saved draft."""
