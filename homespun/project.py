"""The dbt project that a command works on, and its one target, read from dbt's own files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import yaml

from homespun.errors import ConfigurationError


@dataclass(frozen=True)
class Target:
    """One output of dbt's profile: where the warehouse is and which schema prefix is ours."""

    name: str
    type: str
    schema: str
    settings: Mapping[str, Any] = field(repr=False)  # may hold credentials


@dataclass(frozen=True)
class Project:
    """A dbt project and its target."""

    name: str
    directory: Path
    profiles_dir: Path
    target: Target
    vars: Mapping[str, Any]
    target_path: Path

    @property
    def duckdb_path(self) -> Path:
        """The embedded warehouse's file. Raises ConfigurationError on another warehouse."""
        if self.target.type != "duckdb":
            raise ConfigurationError(
                f"target {self.target.name!r} is of type {self.target.type!r}; "
                "this command knows only duckdb so far: choose such a target with --target"
            )
        path = str(self.target.settings.get("path", ""))
        if not path or path == ":memory:" or path.startswith("md:") or "'" in path:
            raise ConfigurationError(
                f"target {self.target.name!r} has the path {path!r}; Homespun needs a "
                "file that stays, without a quote in its name: set HOMESPUN_DUCKDB_PATH"
            )
        if (self.directory / path).is_dir():
            raise ConfigurationError(
                f"the warehouse's path {path!r} is a folder: name a file in it"
            )
        return self.directory / path

    @property
    def raw_schema(self) -> str:
        """The schema that `homespun load` writes: dlt's dataset."""
        return str(self.vars.get("homespun_raw_schema", "raw"))

    def layer_schema(self, layer: str) -> str:
        """dbt's schema of a layer, such as `main_identity`."""
        return f"{self.target.schema}_{layer}"

    @property
    def manifest_path(self) -> Path:
        """Where dbt writes the manifest of this project."""
        return self.target_path / "manifest.json"


def read_project(
    project_dir: Path | None = None,
    *,
    profiles_dir: Path | None = None,
    target: str | None = None,
) -> Project:
    """Read `dbt_project.yml` and `profiles.yml` as dbt does: same folders, same variables.

    Raises ConfigurationError when a file, the profile or the target is missing.
    """
    directory = (project_dir or Path(os.environ.get("DBT_PROJECT_DIR", "."))).resolve()
    project = _read_yaml(directory / "dbt_project.yml", "is this a dbt project? see --project-dir")
    profiles_path = _find_profiles(directory, profiles_dir)
    profiles = _render(_read_yaml(profiles_path, "see --profiles-dir"))
    profile_name = str(project.get("profile", ""))
    if profile_name not in profiles:
        raise ConfigurationError(
            f"{profiles_path} has no profile {profile_name!r}; it has: {', '.join(profiles)}"
        )
    profile = profiles[profile_name]
    target_name = target or os.environ.get("DBT_TARGET") or str(profile.get("target", "default"))
    outputs = profile.get("outputs", {})
    if target_name not in outputs:
        raise ConfigurationError(
            f"profile {profile_name!r} has no target {target_name!r}; it has: {', '.join(outputs)}"
        )
    settings = outputs[target_name]
    return Project(
        name=str(project["name"]),
        directory=directory,
        profiles_dir=profiles_path.parent,
        target=Target(
            name=target_name,
            type=str(settings.get("type", "")),
            schema=str(settings.get("schema", "main")),
            settings=settings,
        ),
        vars=_own_vars(project),
        target_path=directory
        / (os.environ.get("DBT_TARGET_PATH") or str(project.get("target-path", "target"))),
    )


def _own_vars(project: Mapping[str, Any]) -> dict[str, Any]:
    """The project's vars as our package sees them: its own, then those set for `homespun`."""
    variables: dict[str, Any] = dict(project.get("vars") or {})
    for scope in (str(project["name"]), "homespun"):
        scoped = variables.pop(scope, None)
        if isinstance(scoped, dict):
            variables |= scoped
    return variables


def _find_profiles(directory: Path, profiles_dir: Path | None) -> Path:
    if profiles_dir is None and (from_environment := os.environ.get("DBT_PROFILES_DIR")):
        profiles_dir = Path(from_environment)
    if profiles_dir is not None:
        return profiles_dir.resolve() / "profiles.yml"
    beside_project = directory / "profiles.yml"
    return beside_project if beside_project.exists() else Path.home() / ".dbt" / "profiles.yml"


def _read_yaml(path: Path, remedy: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise ConfigurationError(f"{path} does not exist; {remedy}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path} holds no settings; {remedy}")
    return content


def _render(value: Any) -> Any:
    """Render the Jinja that profiles may hold (`env_var`), value by value."""
    if isinstance(value, dict):
        return {key: _render(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_render(item) for item in value]
    if isinstance(value, str) and "{" in value:
        environment = jinja2.Environment(autoescape=False)  # noqa: S701 - not HTML
        try:
            return environment.from_string(value).render(env_var=_env_var)
        except jinja2.TemplateError as error:
            raise ConfigurationError(f"profiles.yml: cannot render {value!r}: {error}") from error
    return value


def _env_var(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ConfigurationError(f"profiles.yml needs the environment variable {name}: set it")
    return value
