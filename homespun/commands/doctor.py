"""`homespun doctor`: what is set up, what is not, and what to do about it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import typer

from homespun.commands.options import AsJson, ProfilesDir, ProjectDir, TargetName
from homespun.commands.run import event_sources
from homespun.errors import DONE, ConfigurationError, HomespunError, combined_exit_code
from homespun.manifest import read_manifest, sync_exposures
from homespun.output import print_json, results
from homespun.project import Project, read_project
from homespun.warehouse import connect


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: fine, or what is wrong and what to do."""

    subject: str
    message: str
    exit_code: int = DONE


def doctor(
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
) -> None:
    """Check the configuration, the warehouse, the manifest and every sync's settings.

    Nothing is changed and nothing is sent. The exit code is that of the worst finding.

    Example: homespun doctor
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    findings = [*_project(project), *_warehouse(project), *_syncs(project)]
    code = combined_exit_code(finding.exit_code for finding in findings)
    if as_json:
        print_json({"exit_code": code, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = "ok   " if finding.exit_code == DONE else "FAULT"
            results().print(f"{mark}  {finding.subject}: {finding.message}", markup=False)
    raise typer.Exit(code)


def _project(project: Project) -> Iterator[Finding]:
    yield Finding("project", f"{project.name} in {project.directory}")
    yield Finding("target", f"{project.target.name} ({project.target.type})")
    try:
        sources = event_sources(project)
    except ConfigurationError as error:
        yield Finding("sources", str(error), error.exit_code)
    else:
        yield Finding("sources", f"{len(sources)} configured for homespun run")


def _warehouse(project: Project) -> Iterator[Finding]:
    try:
        with connect(project, read_only=True, lock_timeout=0) as connection:
            tables = connection.execute(
                "select count(*) from information_schema.tables where table_schema = ?",
                [project.raw_schema],
            ).fetchone()
    except HomespunError as error:
        yield Finding("warehouse", str(error), error.exit_code)
        return
    if tables is None or tables[0] == 0:
        remedy = f"has no schema {project.raw_schema!r} yet: run `homespun load PATH`"
        yield Finding("warehouse", remedy, ConfigurationError.exit_code)
    else:
        yield Finding("warehouse", str(project.duckdb_path))


def _syncs(project: Project) -> Iterator[Finding]:
    from reverse_etl.config import configure

    try:
        exposures = sync_exposures(read_manifest(project))
    except HomespunError as error:
        yield Finding("manifest", str(error), error.exit_code)
        return
    yield Finding("manifest", f"{len(exposures)} syncs")
    for exposure in exposures:
        try:
            sync = configure(exposure, [str(project.directory)], needs_secrets=True)
        except HomespunError as error:
            yield Finding(f"sync {exposure.name}", str(error), error.exit_code)
        else:
            yield Finding(f"sync {exposure.name}", f"to {sync.config.destination}")
