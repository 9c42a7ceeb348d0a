"""The project on a Git ref and in the working tree, each compiled against one warehouse."""

import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from homespun.conditions import audience_nodes, compiled_sql
from homespun.dbt import compile_models
from homespun.errors import ConfigurationError
from homespun.manifest import Relation, read_manifest
from homespun.project import Project

_LONGEST_REASON = 300


@dataclass(frozen=True)
class Model:
    """A model as one of the trees has it."""

    unique_id: str
    name: str
    relation: Relation
    materialized: str
    sql: str
    parents: Sequence[str]


@dataclass(frozen=True)
class Tree:
    """The compiled project: the asked audiences, and all that they rest on."""

    name: str
    manifest: Mapping[str, Any]
    models: Mapping[str, Model]  # by unique id

    def named(self, name: str) -> Model | None:
        """The model of this name, if the tree has it."""
        return next((model for model in self.models.values() if model.name == name), None)


@contextmanager
def both_trees(project: Project, ref: str, names: Sequence[str]) -> Iterator[tuple[Tree, Tree]]:
    """The tree of a Git ref and the working tree, compiled in folders that go away afterwards.

    Raises ConfigurationError when there is no such ref, or dbt cannot compile one of them.
    """
    with TemporaryDirectory(prefix="homespun-diff-") as scratch:
        base = Path(scratch, "base")
        _export(project.directory, ref, base)
        packages = project.directory / "dbt_packages"
        if packages.exists() and not (base / "dbt_packages").exists():
            (base / "dbt_packages").symlink_to(packages)
        yield (
            _compile(project, base, Path(scratch, "base-target"), name=ref, audiences=names),
            _compile(
                project, project.directory, Path(scratch, "head-target"),
                name="the working tree", audiences=names,
            ),
        )  # fmt: skip


def _export(directory: Path, ref: str, into: Path) -> None:
    git = shutil.which("git")
    if git is None:
        raise ConfigurationError("there is no git on the PATH")
    done = subprocess.run(  # noqa: S603
        [git, "archive", "--format=tar", "--end-of-options", ref],
        cwd=directory,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()[:_LONGEST_REASON]
        raise ConfigurationError(f"git cannot read {ref!r} of {directory}: {reason}")
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(into, filter="data")


def _compile(
    project: Project, directory: Path, target: Path, *, name: str, audiences: Sequence[str]
) -> Tree:
    compile_models(project, directory=directory, target_path=target, name=name)
    compiled = Project(
        name=project.name,
        directory=directory,
        profiles_dir=project.profiles_dir,
        target=project.target,
        vars=project.vars,
        target_path=target,
    )
    manifest = read_manifest(compiled)
    nodes = manifest["nodes"]
    wanted = [
        unique_id
        for unique_id, node in nodes.items()
        if node["resource_type"] == "model"
        and node["name"] in (audiences or audience_nodes(manifest))
    ]
    models: dict[str, Model] = {}
    while wanted:
        unique_id = wanted.pop()
        node = nodes.get(unique_id, {})
        if unique_id in models or node.get("resource_type") != "model":
            continue
        relation = Relation(node["database"], node["schema"], node["alias"])
        sql = compiled_sql(compiled, node)
        parents = [
            parent
            for parent in _parents(node, nodes)
            if parent in nodes and _relation_of(nodes[parent]) in sql
        ]
        models[unique_id] = Model(
            unique_id, node["name"], relation, node["config"]["materialized"], sql, parents
        )
        wanted += parents
    return Tree(name, manifest, models)


def _parents(node: Mapping[str, Any], nodes: Mapping[str, Any]) -> Iterator[str]:
    """What a model reads, through the ephemeral ones, whose SQL is in its own."""
    for parent in node["depends_on"]["nodes"]:
        if nodes.get(parent, {}).get("config", {}).get("materialized") == "ephemeral":
            yield from _parents(nodes[parent], nodes)
        else:
            yield parent


def _relation_of(node: Mapping[str, Any]) -> str:
    """The relation as compiled SQL names it: what a hook alone reads is not in there."""
    return str(
        node.get("relation_name")
        or Relation(node["database"], node["schema"], node["alias"]).quoted()
    )
