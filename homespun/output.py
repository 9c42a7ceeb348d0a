"""Where words go: results to stdout, notes and progress to stderr."""

import json
import sys
from typing import Any

from rich.console import Console


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
