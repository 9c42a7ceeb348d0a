"""The `homespun` command."""

import gc
import inspect
import signal
import sys
from types import FrameType

import typer

from homespun.commands import (
    audience,
    doctor,
    explain,
    explain_audience,
    explain_override,
    explain_quality,
    load,
    plan,
    plan_exchange,
    run,
    status,
    sync,
)
from homespun.errors import INTERRUPTED, HomespunError
from homespun.output import notes, print_json

app = typer.Typer(
    name="homespun",
    help="The customer data platform woven in your own warehouse: load, build, sync.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (load.load, sync.sync, status.status, run.run, doctor.doctor):
    app.command()(command)
plan.app.command("import")(plan_exchange.import_plan)
plan.app.command("export")(plan_exchange.export_plan)
app.add_typer(plan.app)
app.add_typer(audience.app)
for explanation in (
    explain_audience.audience,
    explain_override.override,
    explain_quality.quality,
):
    explain.explain.command()(explanation)
app.add_typer(explain.explain)
for group in (app, plan.app, audience.app, explain.explain):
    for registered in group.registered_commands:  # help ends in the example
        text = inspect.cleandoc(registered.callback.__doc__ or "")
        registered.help, _, registered.epilog = text.rpartition("\n\n")


def main() -> None:
    """Run a command; end in the exit code that `homespun.errors` draws."""
    signal.signal(signal.SIGTERM, _interrupt)
    gc.set_threshold(100_000, 20, 100)  # searching what is imported takes a seventh of a command
    try:
        app(standalone_mode=True)
    except HomespunError as error:
        notes().print(f"homespun: {error}", markup=False)
        if "--json" in sys.argv:
            print_json({"exit_code": error.exit_code, "error": str(error)})
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # as typer ends it, without a word
            notes().print("homespun: interrupted")
        raise


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM stops a run as Ctrl-C does: after the step in flight is recorded."""
    raise KeyboardInterrupt
