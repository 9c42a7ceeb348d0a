"""`homespun explain quality`: how well profiles agree with a file of who is who."""

from dataclasses import asdict
from pathlib import Path
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
from homespun.explain_chain import Identifier
from homespun.manifest import read_manifest, relation_names
from homespun.output import print_json, results
from homespun.project import Project, read_project
from homespun.quality import Quality, measure, read_truth
from homespun.warehouse import connect


def quality(
    truth: Annotated[Path, typer.Argument(metavar="TRUTH.csv")],
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Print the pairwise precision and recall of the profiles against a file of who is who.

    The file is a CSV of person, id_type and id_value, such as the sample's truth.csv. Identifiers
    of several people are counted apart: no profile can get them right.

    Example: homespun explain quality target/demo/sample/truth.csv
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    people = read_truth(truth)
    with connect(project, read_only=True, lock_timeout=lock_timeout) as connection:
        found = measure(people, _profiles(connection, project))
    if as_json:
        print_json(asdict(found) | {"precision": found.precision, "recall": found.recall})
    else:
        _print(found)


def _profiles(connection: duckdb.DuckDBPyConnection, project: Project) -> dict[Identifier, str]:
    id_graph = relation_names(read_manifest(project), ["id_graph"])["id_graph"]
    try:
        rows = connection.execute(f"select id_type, id_value, profile_id from {id_graph}")  # noqa: S608
    except duckdb.CatalogException:
        raise ConfigurationError(
            "the identity models are not built yet: run `dbt build` first"
        ) from None
    return {Identifier(id_type, value): profile for id_type, value, profile in rows.fetchall()}


def _print(found: Quality) -> None:
    out = results()
    out.print(
        f"precision {found.precision:.4f}  {found.right_pairs:,} of {found.pairs_of_profiles:,} "
        f"pairs in one profile are one person; {found.mixed_profiles:,} profiles hold several"
    )
    out.print(
        f"recall    {found.recall:.4f}  {found.right_pairs:,} of {found.pairs_of_people:,} "
        f"pairs of one person are one profile; {found.split_people:,} people are several profiles"
    )
    out.print(
        f"of {found.identifiers:,} identifiers; {found.shared:,} more are several people's, "
        f"{found.missing:,} are in no profile"
    )
