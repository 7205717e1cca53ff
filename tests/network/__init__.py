"""A network of the tests' own, in which the program runs with every switch as in production.

`world.py` is a process in a network namespace of its own. It owns a few addresses, resolves names
by a hosts file that nobody else sees, and has a certificate authority that its programs trust.
`small_youtube.py` is what answers there, `own.py` the tests' side of it.
"""
