"""`homespun explain audience`: why a profile is, or is not, in an audience."""

from dataclasses import asdict
from typing import Annotated

import duckdb
import typer

from homespun.commands.options import (
    DEFAULT_LOCK_TIMEOUT,
    AsJson,
    LockTimeout,
    ProfilesDir,
    ProjectDir,
    TargetName,
)
from homespun.errors import ConfigurationError
from homespun.explain import parse_identifier
from homespun.explain_audience import AudienceStory, explain_audience
from homespun.output import print_json, results
from homespun.project import read_project
from homespun.warehouse import connect


def audience(
    name: Annotated[str, typer.Argument(help="The audience.")],
    identifier: Annotated[str, typer.Argument(metavar="ID_TYPE:VALUE")],
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Print each condition of an audience, the profile's value, and whether it holds.

    Example: homespun explain audience lapsing email:jane@example.com
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    with connect(project, read_only=True, lock_timeout=lock_timeout) as connection:
        try:
            story = explain_audience(connection, project, name, parse_identifier(identifier))
        except duckdb.CatalogException:
            raise ConfigurationError(
                f"audience {name!r} is not built yet: run `dbt build --select +{name}` first"
            ) from None
    if as_json:
        told = asdict(story)
        print_json({told.pop("member_key"): told.pop("member"), **told})
    else:
        _print(story)


def _print(story: AudienceStory) -> None:
    out = results()
    word = "is" if story.is_member else "is not"
    kind = story.member_key.removesuffix("_id")
    out.print(f"{kind} {story.member} {word} in {story.audience}", markup=False)
    for verdict in story.conditions:
        value = "" if verdict.value is None else f": {verdict.value}"
        out.print(f"  {'yes' if verdict.holds else 'no ':<3}  {verdict.says}{value}", markup=False)
    for change in story.changes:
        reason = f" ({change.reason})" if change.reason else ""
        out.print(f"{change.change} at {change.changed_at}{reason}", markup=False)
