"""`homespun plan import` and `export`: the tracking plan as others write it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from homespun.commands.options import AsJson, ProfilesDir, ProjectDir, TargetName
from homespun.errors import ConfigurationError
from homespun.output import notes, print_json, write_file
from homespun.plan.rules import Rule, plan_path, read_plan, write_plan
from homespun.plan.schema import to_files, to_segment
from homespun.plan.schema_reading import Imported, from_segment
from homespun.project import read_project

Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="The file to write.", show_default="stdout")
]
_MOST_TOLD = 100  # lines about what an import leaves out


def import_plan(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=".json or .csv files.")],
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Read Segment Protocols plans, JSON Schema files or spreadsheets into one plan.

    What a schema says and a plan has no column for is left out, and told on stderr.

    Example: homespun plan import protocols.json --output seeds/tracking_plan.csv
    """
    read = [_read(path) for path in files]
    left_out = [each for one in read for each in one.left_out]
    rules = [rule for each in read for rule in each.rules]
    told = [asdict(each) for each in left_out]
    hand_over(rules, output, as_json=as_json, beside={"left_out": told})
    for each in left_out[:_MOST_TOLD]:
        notes().print(f"left out: {each.subject}: {each.word}", markup=False)
    if len(left_out) > _MOST_TOLD:
        notes().print(f"left out: {len(left_out) - _MOST_TOLD} words more", markup=False)


def export_plan(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The file, or the folder of schemas.", show_default="stdout"
        ),
    ] = None,
    to: Annotated[
        Literal["segment", "schemas", "csv"], typer.Option(help="The format.")
    ] = "segment",
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
) -> None:
    """Write the plan as Segment Protocols' rules (JSON Schema), as a folder with a JSON Schema file
    for each event, or as a spreadsheet.

    Example: homespun plan export --to segment --output protocols.json
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    rules = read_plan(plan_path(project))
    if to == "csv":
        hand_over(rules, output, as_json=as_json)
    elif to == "segment":
        hand_over(rules, output, as_json=as_json, text=_json(to_segment(rules)))
    elif output is None:
        raise ConfigurationError("--to schemas writes a file for each event: say where, --output")
    else:
        for name, schema in to_files(rules).items():
            write_file(output / name, _json(schema))
        if as_json:
            print_json(_handed_over(rules, output))


def hand_over(
    rules: Sequence[Rule],
    output: Path | None,
    *,
    as_json: bool,
    text: str | None = None,
    beside: Mapping[str, Any] | None = None,
) -> None:
    """Write rules, as a spreadsheet or the given text, to a file or stdout; with `as_json` stdout
    gets the rules and what goes beside them as one object.
    """
    content = write_plan(rules) if text is None else text
    if output is not None:
        write_file(output, content)
    if as_json:
        print_json({**_handed_over(rules, output), **(beside or {})})
    elif output is None:
        typer.echo(content, nl=False)


def _handed_over(rules: Sequence[Rule], output: Path | None) -> dict[str, Any]:
    return {"rules": [asdict(rule) for rule in rules], "output": output and str(output)}


def _read(path: Path) -> Imported:
    if not path.is_file():
        raise ConfigurationError(f"{path} is no file")
    if path.suffix == ".csv":
        return Imported(read_plan(path), [])
    try:
        return from_segment(json.loads(path.read_bytes()))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is no JSON: {error}") from error


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
