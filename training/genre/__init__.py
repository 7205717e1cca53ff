"""Training and evaluation of the genre classifiers."""
