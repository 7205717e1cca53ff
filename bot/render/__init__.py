"""How drafts, listenings and verdicts look in a terminal."""
