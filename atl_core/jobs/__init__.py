"""Jobs: what a worker does for a writer. Durable, fair, to be cancelled, on one machine or many."""
