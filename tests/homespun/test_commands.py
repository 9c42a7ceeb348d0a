"""What every command promises, whatever it does: help with an example, and words in the README."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from homespun.cli import app
from homespun.errors import (
    ConfigurationError,
    GuardTripped,
    HomespunError,
    LockHeld,
    Unavailable,
)

README = Path(__file__).resolve().parents[2] / "README.md"
COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]
INNER_COMMANDS = [
    f"{group.typer_instance.info.name} {command.name or command.callback.__name__}"
    for group in app.registered_groups
    if group.typer_instance
    for command in group.typer_instance.registered_commands
    if command.callback
]


def test_there_are_commands() -> None:
    assert {"load", "sync", "status", "run", "doctor"} <= set(COMMANDS)
    assert {"plan import", "audience diff", "explain profile"} <= set(INNER_COMMANDS)


@pytest.mark.parametrize("command", [*COMMANDS, *INNER_COMMANDS])
def test_help_tells_of_json_and_ends_in_an_example(command: str) -> None:
    done = CliRunner().invoke(app, [*command.split(), "--help"])

    last = done.stdout.strip().rpartition("\n\n")[2]
    assert "--json" in done.stdout
    assert last.strip().startswith(f"Example: homespun {command}")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_mentions_the_command(command: str) -> None:
    assert f"homespun {command}" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (0, "done"),
        (HomespunError.exit_code, "some rows"),
        (ConfigurationError.exit_code, "configuration"),
        (LockHeld.exit_code, "lock"),
        (Unavailable.exit_code, "unavailable"),
        (GuardTripped.exit_code, "guard"),
        (130, "interrupted"),
    ],
)
def test_the_readme_explains_the_exit_code(code: int, word: str) -> None:
    lines = README.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line.startswith(f"| {code} |") and word in line]
