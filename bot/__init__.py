"""The front ends: the `atl` command, the conversation in a terminal, and Discord."""
