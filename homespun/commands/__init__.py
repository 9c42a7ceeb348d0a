"""One module per command: a thin shell over a library call."""
