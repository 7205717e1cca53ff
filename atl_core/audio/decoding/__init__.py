"""What the decoder's child process does: open a file, read it, mix it. See `decode_child`."""
