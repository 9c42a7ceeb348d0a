"""The options that commands share; they mean what they mean to dbt."""

from pathlib import Path
from typing import Annotated

import typer

from homespun.warehouse import LOCK_TIMEOUT

ProjectDir = Annotated[
    Path | None, typer.Option(help="The folder of dbt_project.yml.", show_default="here")
]
ProfilesDir = Annotated[
    Path | None, typer.Option(help="The folder of profiles.yml.", show_default="as dbt")
]
TargetName = Annotated[
    str | None, typer.Option("--target", "-t", help="The profile's target.", show_default="as dbt")
]
LockTimeout = Annotated[
    float, typer.Option(help="Seconds to wait for a warehouse that another run holds.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
AllowEmpty = Annotated[bool, typer.Option(help="A selection that matches nothing is no error.")]
DEFAULT_LOCK_TIMEOUT = LOCK_TIMEOUT
