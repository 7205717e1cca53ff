"""Training and evaluation of every model that ATL ships or reproduces."""
