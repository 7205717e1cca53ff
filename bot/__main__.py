"""`python -m bot` is `atl`."""

from bot.cli import main

main()
