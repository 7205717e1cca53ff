"""What a writer can ask of a draft, as typed requests: one module a family of verbs."""
