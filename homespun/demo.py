"""`make demo`: the main job, on two days of a sample shop's events, told as it goes."""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from homespun.dbt import build
from homespun.errors import DONE, ConfigurationError, HomespunError
from homespun.project import Project, read_project
from homespun.sample import write_sample
from homespun.warehouse import connect
from ingestion.load import load
from reverse_etl.sync import sync

_EXPORTS = ("exports/repeat_buyers", "exports/crm.sqlite")
_WEBHOOK = "HOMESPUN_CART_ABANDONERS_TO_WEBHOOK_URL"
_WEBHOOK_PORT = 8787
_LAYERS = ("seeds", "staging", "spec", "identity", "traits", "audiences", "activation")
_NEXT = (
    ("homespun sync --dry-run", "what the next sync would send"),
    ("dbt show --select high_value", "who is in an audience"),
    ("dbt build --select +lapsing", "one audience, all it rests on, and their tests"),
)


def main() -> int:
    """Run the demo; leave the warehouse behind for whoever wants to look."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        _run(console, read_project())
    except HomespunError as error:
        console.print(f"demo: {error}", markup=False)
        return error.exit_code
    return DONE


def _run(console: Console, project: Project) -> None:
    events = project.target_path / "demo" / "events"
    _start_over(project, events)
    write_sample(events)
    with _receiver() as url:
        os.environ[_WEBHOOK] = url
        for day in ("day_1", "day_2"):
            console.print(f"\n[bold]{day.replace('_', ' ').capitalize()}[/bold]")
            _load(console, project, events / day)
            _build(console, project)
            _sync(console, project)
        console.print("\n[bold]Once more, with nothing new[/bold]")
        _sync(console, project)
    _tell_what_next(console, project)


def _start_over(project: Project, samples: Path) -> None:
    """Remove what an earlier demo left. Raises ConfigurationError if the warehouse holds more."""
    path = project.duckdb_path
    if not path.exists():
        return
    with connect(project, read_only=True) as warehouse:
        foreign = _foreign(warehouse, project, samples)
    if foreign:
        raise ConfigurationError(
            f"{path} holds {foreign}, and the demo starts over with an empty warehouse: "
            "name another file in HOMESPUN_DUCKDB_PATH"
        )
    beside = (path.with_name(path.name + suffix) for suffix in ("", ".wal", ".load", ".sync"))
    for old in (*beside, *(project.directory / name for name in _EXPORTS)):
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)


def _foreign(warehouse: duckdb.DuckDBPyConnection, project: Project, samples: Path) -> str:
    """What a warehouse holds that no demo made; nothing: an empty text."""
    raw = project.raw_schema
    schemas = {
        name for (name,) in warehouse.sql("select schema_name from duckdb_tables()").fetchall()
    }
    others = {name for name in schemas if name != raw and not name.startswith(f"{raw}_")}
    others -= {project.layer_schema(layer) for layer in _LAYERS}
    if others:
        return f"tables in schema {min(others)!r} that are not the demo's"
    if raw not in schemas:
        return ""
    found = warehouse.execute(
        f'select count(*) from "{raw}".events where not starts_with(file, ?)',  # noqa: S608
        [f"{samples}/"],
    ).fetchone()
    return f"{found[0]:,} events that are not the demo's" if found and found[0] else ""


def _load(console: Console, project: Project, folder: Path) -> None:
    report = load([str(folder)], project=project)
    rejected = sum(report.rejected.values())
    console.print(
        f"  load   {report.lines:,} lines with {report.events + rejected:,} messages: "
        f"{report.events:,} loaded, {report.duplicates:,} of them duplicates; {rejected} rejected"
    )
    reasons = ", ".join(f"{count} {reason}" for reason, count in report.rejected.items())
    console.print(f"         rejected: {reasons}")


def _build(console: Console, project: Project) -> None:
    log = project.target_path / "demo" / "dbt.log"
    with log.open("w") as output:
        report = build(project, output=output)
    if report.not_done:
        console.print(log.read_text(), markup=False)
        raise HomespunError(f"dbt build failed in {len(report.not_done)} nodes: see above")
    count = report.nodes
    console.print(
        f"  build  {count['model']} models built; "
        f"{count['test']} data tests and {count['unit_test']} unit tests passed"
    )
    with connect(project, read_only=True) as warehouse:
        _tell_who(console, project, warehouse)


def _tell_who(console: Console, project: Project, warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(f"use {project.layer_schema('identity')}")
    profiles, known, merges, conflicts = warehouse.sql(
        "select (select count(*) from profiles), (select count(user_id) from profiles), "
        "(select count(*) from profile_merges), (select count(*) from identity_conflicts)"
    ).fetchall()[0]
    console.print(
        f"         {profiles:,} profiles, {known:,} of them known by a user id; "
        f"{merges:,} merges, {conflicts:,} refused"
    )
    warehouse.execute(f"use {project.layer_schema('audiences')}")
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("         audience")
    for name in ("members", "entered", "exited"):
        table.add_column(name, justify="right")
    rows = warehouse.sql(
        "select audience, "
        "count(*) filter (where change = 'entered') - count(*) filter (where change = 'exited'), "
        "count(*) filter (where change = 'entered' and is_new), "
        "count(*) filter (where change = 'exited' and is_new) "
        "from (select *, changed_at = max(changed_at) over () as is_new from audience_changes) "
        "group by 1 order by 1"
    ).fetchall()
    for audience, *counts in rows:
        table.add_row(f"         {audience}", *(f"{number:,}" for number in counts))
    console.print(table)


def _sync(console: Console, project: Project) -> None:
    reports = sync(project)
    for report in reports:
        console.print(
            f"  sync   {report.sync} ({report.destination}): {report.added} added, "
            f"{report.changed} changed, {report.removed} removed; {report.sent} sent",
            markup=False,
        )
    failed = [report for report in reports if report.exit_code]
    if failed:
        raise HomespunError("; ".join(f"sync {report.sync}: {report.message}" for report in failed))


@contextmanager
def _receiver() -> Iterator[str]:
    """A web service on this machine that takes whatever is posted, for the webhook to call."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with _listen(Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/cart-abandoners"
        server.shutdown()


def _listen(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """A server on the port that the example sync names, or on any that is free."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", _WEBHOOK_PORT), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


def _tell_what_next(console: Console, project: Project) -> None:
    bin_folder = Path(sys.executable).parent
    here = (
        bin_folder.relative_to(Path.cwd()) if bin_folder.is_relative_to(Path.cwd()) else bin_folder
    )
    console.print("\n[bold]Look at[/bold]")
    console.print(f"  {project.duckdb_path.name:<24} the warehouse: a DuckDB file")
    console.print(f"  {_EXPORTS[0]:<24} what the files destination got")
    console.print(f"  {_EXPORTS[1]:<24} what the CRM's database got")
    console.print("\n[bold]Try next[/bold]")
    for command, what in _NEXT:
        console.print(f"  {here}/{command:<30} {what}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
