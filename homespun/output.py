"""Where words go: results to stdout, notes and progress to stderr."""

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from homespun.errors import ConfigurationError


def notes() -> Console:
    """The console for notes and progress; plain where stderr is no terminal."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def results() -> Console:
    """The console for a command's result, for people to read; wide where it is no terminal."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = 160
    return console


def print_json(result: Any) -> None:
    """Print a command's result as one JSON object on stdout."""
    sys.stdout.write(json.dumps(result, default=str) + "\n")


def write_file(path: Path, text: str) -> None:
    """Write a command's result to a file, in folders that are made.

    Raises ConfigurationError where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error
