"""What dbt knows about the project, read from the manifest that it wrote."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from homespun.errors import ConfigurationError
from homespun.project import Project
from homespun.sql import quoted


@dataclass(frozen=True)
class Relation:
    """A model's place in the warehouse."""

    database: str
    schema: str
    name: str

    def quoted(self) -> str:
        """The relation's full name, each part quoted."""
        return quoted(self.database, self.schema, self.name)


@dataclass(frozen=True)
class Exposure:
    """An exposure that describes a sync: where one model's rows go."""

    name: str
    description: str
    relation: Relation
    model: str
    model_id: str
    sync: Mapping[str, Any]
    consents: Relation | None = None  # the project's model `profile_consents`
    personal: frozenset[str] = frozenset()  # the model's columns with `meta: {pii: true}`
    problem: str = ""  # why it cannot be synced, whatever `sync` says


def read_manifest(project: Project) -> dict[str, Any]:
    """The manifest as dbt wrote it. Raises ConfigurationError when there is none yet."""
    path = project.manifest_path
    try:
        manifest: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        raise ConfigurationError(
            f"there is no manifest at {path} yet: run `dbt build` (or `dbt parse`) first"
        ) from None
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{path} is not a manifest: run `dbt parse` again") from error
    return manifest


def relation_names(manifest: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The quoted relations of Homespun's own models and seeds, by name.

    Raises ConfigurationError for one that the manifest does not know.
    """
    found = {
        node["name"]: Relation(node["database"], node["schema"], node["alias"]).quoted()
        for node in manifest["nodes"].values()
        if node.get("resource_type") in ("model", "seed") and node["package_name"] == "homespun"
    }
    if missing := [name for name in names if name not in found]:
        raise ConfigurationError(f"the manifest has no model {missing[0]!r}: run `dbt build` again")
    return found


def sync_exposures(manifest: Mapping[str, Any]) -> list[Exposure]:
    """The project's own exposures with `meta.sync`, by name; a package's examples are left out.

    One that does not rest on exactly one model has a `problem`, and no model.
    """
    own_name = manifest["metadata"]["project_name"]
    consents = next(
        (
            _relation(node)
            for unique_id, node in manifest["nodes"].items()
            if unique_id.startswith("model.") and node["name"] == "profile_consents"
        ),
        None,
    )
    exposures = []
    for node in manifest["exposures"].values():
        meta = meta_of(node)
        if node["package_name"] != own_name or "sync" not in meta:
            continue
        parents = [manifest["nodes"].get(unique_id) for unique_id in node["depends_on"]["nodes"]]
        model = parents[0] if len(parents) == 1 else None
        problem = (
            f"sync {node['name']!r} must depend on exactly one model, not {len(parents)}: "
            "give it `depends_on: [ref('the_audience')]`"
        )
        exposures.append(
            Exposure(
                name=node["name"],
                description=node.get("description") or "",
                relation=_relation(model) if model else Relation(_database(manifest), "", ""),
                model=model["name"] if model else "",
                model_id=node["depends_on"]["nodes"][0] if model else "",
                sync=meta["sync"],
                consents=consents,
                personal=_personal_columns(model) if model else frozenset(),
                problem="" if model else problem,
            )
        )
    return sorted(exposures, key=lambda exposure: exposure.name)


def _database(manifest: Mapping[str, Any]) -> str:
    """The warehouse, as the models name it."""
    return next(
        (
            str(node["database"])
            for unique_id, node in manifest["nodes"].items()
            if unique_id.startswith("model.")
        ),
        "",
    )


def _relation(model: Mapping[str, Any]) -> Relation:
    return Relation(model["database"], model["schema"], model["alias"])


def _personal_columns(model: Mapping[str, Any]) -> frozenset[str]:
    columns = (model.get("columns") or {}).items()
    return frozenset(name for name, column in columns if meta_of(column).get("pii"))


def meta_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node's or a column's `meta`: that of its `config` over its own."""
    return {**(node.get("meta") or {}), **((node.get("config") or {}).get("meta") or {})}
