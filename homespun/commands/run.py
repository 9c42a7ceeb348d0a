"""Placeholder."""


def run() -> None:
    """Placeholder."""
