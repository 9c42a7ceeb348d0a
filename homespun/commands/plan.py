"""`homespun plan`: the tracking plan's tools."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from homespun.commands.options import (
    DEFAULT_LOCK_TIMEOUT,
    AsJson,
    LockTimeout,
    ProfilesDir,
    ProjectDir,
    TargetName,
)
from homespun.commands.plan_exchange import Output, hand_over
from homespun.errors import DONE, SOME_FAILED, ConfigurationError
from homespun.output import notes, print_json, results, write_file
from homespun.plan.check import check_plan
from homespun.plan.infer import draft_plan, observed
from homespun.plan.known import built_traits, known_names, parsed_models
from homespun.plan.names import check_names
from homespun.plan.report import read_digest
from homespun.plan.rules import plan_path, read_plan, snake_case
from homespun.plan.scaffold import scaffold as scaffold_event
from homespun.project import read_project
from homespun.warehouse import connect_to_models

app = typer.Typer(name="plan", help="The tracking plan's tools.", no_args_is_help=True)
Casing = Literal["title", "snake", "camel", "any"]


@app.command()
def check(
    casing: Annotated[Casing, typer.Option(help="How event names are written.")] = "title",
    data: Annotated[bool, typer.Option(help="Look at the names that arrived, too.")] = True,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Check the plan and who uses it: names, types, duplicates, event names with ids in them, and
    the names of events, properties, traits and audiences that models give to macros.

    Exit code 1 says that there is something to mend.

    Example: homespun plan check --casing title
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    rules = read_plan(plan_path(project))
    names: list[str] = []
    parsed = parsed_models(project)
    traits = parsed.get("profile_traits", set())
    if data and project.duckdb_path.exists():
        with connect_to_models(project, lock_timeout=lock_timeout) as connection:
            found = connection.execute(
                f'select distinct event from "{project.raw_schema}".events '  # noqa: S608
                "where type = 'track'"
            ).fetchall()
            names = [name for (name,) in found]
            traits |= built_traits(connection, project)
    models = sorted(project.directory.glob("models/**/*.sql"))
    names_of_models = {path.stem for path in models} | parsed.keys()
    known = known_names(rules, traits=traits, models=names_of_models)
    complaints = [
        *check_plan(rules, casing=casing, observed=names),
        *check_names(models, known, root=project.directory),
    ]
    if as_json:
        print_json({"rules": len(rules), "complaints": [asdict(each) for each in complaints]})
    else:
        for each in complaints:
            results().print(f"{each.subject}: {each.message}", markup=False)
        results().print(f"{len(rules)} rules, {len(complaints)} complaints", markup=False)
    raise typer.Exit(SOME_FAILED if complaints else DONE)


@app.command()
def infer(
    output: Output = None,
    most: Annotated[int, typer.Option(help="How many messages of each event to read.")] = 10_000,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Draft the plan from what has arrived: the plan as it is, then what it does not know yet.

    Needs a `dbt build`. Required is what every message had; descriptions hold counts.

    Example: homespun plan infer --output seeds/tracking_plan.csv
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    planned = read_plan(plan_path(project))
    with connect_to_models(project, lock_timeout=lock_timeout) as connection:
        events = observed(connection, project, most=most)
    rules = draft_plan(events, planned=planned)
    new = len(rules) - len(planned)
    hand_over(rules, output, as_json=as_json, beside={"new": new})
    notes().print(f"{new} new rules", markup=False)


@app.command()
def scaffold(
    events: Annotated[list[str], typer.Argument(metavar="EVENT...", help="Events of the plan.")],
    folder: Annotated[Path, typer.Option(help="Where the models go.")] = Path("models/spec/events"),
    force: Annotated[bool, typer.Option(help="Replace models that are there.")] = False,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
) -> None:
    """Write the typed model of each event, with its description and tests.

    Needs a manifest (`dbt parse`), whose description of the shared columns it repeats.

    Example: homespun plan scaffold "Article Read"
    """
    from homespun.manifest import read_manifest

    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    rules = read_plan(plan_path(project))
    nodes = read_manifest(project)["nodes"]
    shared = nodes["model.homespun.tracks"]["columns"]
    models = {
        node["name"]: project.directory / node["original_file_path"]
        for node in nodes.values()
        if node["resource_type"] == "model"
    }
    for event in events:
        slug = snake_case(event)
        model = models.get(slug)
        if model and model != project.directory / folder / f"{slug}.sql":
            raise ConfigurationError(
                f"{slug} is a model already, {model}: the rows of the event {event!r} stay in "
                "tracks; it would need another name to have a table of its own"
            )
    files = {
        project.directory / folder / name: text
        for event in events
        for name, text in scaffold_event(rules, event, shared=shared).items()
    }
    there = [path for path in files if path.exists()]
    if there and not force:
        raise ConfigurationError(f"{there[0]} exists already: replace it with --force")
    for path, text in files.items():
        write_file(path, text)
    if as_json:
        print_json({"files": [str(path) for path in files]})
    else:
        results().print("\n".join(map(str, files)), markup=False)


@app.command()
def report(
    days: Annotated[int, typer.Option(help="How long the period is.", min=1, max=36_500)] = 1,
    markdown: Annotated[Path | None, typer.Option(help="Write a Markdown file, too.")] = None,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Tell the violations, new unplanned events and volumes of the last days.

    Needs a `dbt build`. Days are counted back from the latest message received.

    Example: homespun plan report --days 7 --markdown plan.md
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    with connect_to_models(project, lock_timeout=lock_timeout) as connection:
        digest = read_digest(connection, project, days=days)
    if markdown is not None:
        write_file(markdown, digest.as_markdown())
    if as_json:
        print_json(digest.as_dict())
    else:
        results().print(digest.as_markdown(), markup=False)
