"""The genre classifiers: how hip-hop or country a text is, and which words say so."""
