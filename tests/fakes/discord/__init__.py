"""A Discord of the project's own, on loopback: REST, gateway and CDN over real sockets.

It is written from Discord's public documentation of its API (version 10) and knows the part of it
that this product uses, with the limits, the refusals and the accidents that the documentation
names. What it does not know, it answers with 404 and notes in the journal as a stranger.
"""

from .faults import Fault
from .journal import Entry, Journal
from .people import File, Person
from .server import LoopbackDiscord
from .world import Channel, Guild, Interaction, Message, User, bits

__all__ = [
    "Channel",
    "Entry",
    "Fault",
    "File",
    "Guild",
    "Interaction",
    "Journal",
    "LoopbackDiscord",
    "Message",
    "Person",
    "User",
    "bits",
]
