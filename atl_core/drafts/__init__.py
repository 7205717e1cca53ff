"""Saved work: tables, store, revisions and export."""
