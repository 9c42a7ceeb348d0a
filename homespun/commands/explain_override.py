"""`homespun explain override`: what people's decisions about identities move."""

from dataclasses import asdict

import duckdb

from homespun.commands.options import (
    DEFAULT_LOCK_TIMEOUT,
    AsJson,
    LockTimeout,
    ProfilesDir,
    ProjectDir,
    TargetName,
)
from homespun.errors import ConfigurationError
from homespun.explain_override import Effect, OverrideReport
from homespun.output import print_json, results
from homespun.project import read_project
from homespun.warehouse import connect


def override(
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Print what each row of seeds/identity_overrides.csv moves, as of the last build.

    For each override: the identifiers and messages that are elsewhere than they would be without
    it, and the traits and audiences of the profiles concerned. A merge that a split of the same
    two profiles forbids is overruled.

    Example: homespun explain override
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    with connect(project, read_only=True, lock_timeout=lock_timeout) as connection:
        try:
            effects = OverrideReport(connection, project).effects()
        except duckdb.CatalogException:
            raise ConfigurationError(
                "the models are not built yet: run `dbt build` first"
            ) from None
    if as_json:
        print_json({"overrides": [asdict(effect) for effect in effects]})
        return
    for effect in effects:
        _print(effect)
    if not effects:
        results().print("no overrides: seeds/identity_overrides.csv is empty")


def _print(effect: Effect) -> None:
    lines = [f"{effect.action} {effect.one} and {effect.other}: {effect.state}"]
    if effect.reason:
        lines.append(f"  because {effect.reason} ({effect.author or 'nobody said who decided'})")
    if effect.state == "applied":
        lines.append(f"  moves {len(effect.identifiers)} identifiers, {effect.messages} messages")
    for profile, holds in effect.profiles.items():
        lines.append(
            f"  profile {profile}: {len(holds.traits)} traits, "
            f"audiences {', '.join(holds.audiences) or 'none'}"
        )
    for line in lines:
        results().print(line, markup=False)
