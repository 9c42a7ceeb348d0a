"""What dbt's last results say of an audience: built and tested well, and not too long ago."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from homespun.manifest import Exposure
from homespun.project import Project

_BAD = frozenset({"error", "fail", "runtime error", "skipped"})
_BUILDS_NOTHING = frozenset({"compile", "generate", "docs", "show", "list", "parse"})


def doubt(
    project: Project, manifest: Mapping[str, Any], exposure: Exposure, *, max_age: float | None
) -> str:
    """Why the audience may be wrong; empty where nothing says so. `max_age` is in hours.

    dbt keeps the results of its last command alone: what that did not touch is not doubted, unless
    there is a `max_age`.
    """
    path = project.target_path / "run_results.json"
    try:
        results: Mapping[str, Any] = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        results = {}
    if not isinstance(results, dict):
        results = {}
    found = list(_results_of(exposure, manifest, results))
    bad = sorted(unique_id for unique_id, status in found if status in _BAD)
    if bad:
        names = ", ".join(unique_id.split(".")[2] for unique_id in bad[:3])
        return (
            f"the audience {exposure.model!r} was not built or tested well: {names} "
            f"failed in dbt's last run ({len(bad)} in all)"
        )
    if max_age is None:
        return ""
    age = _age(results) if found else None
    if age is None:
        return f"dbt's last results do not hold the audience {exposure.model!r}: build it again"
    if age > max_age:
        return (
            f"the audience {exposure.model!r} was built {age:.1f} hours ago, more than "
            f"guard.max_build_age {max_age:g}"
        )
    return ""


def _results_of(
    exposure: Exposure, manifest: Mapping[str, Any], results: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The results of the audience's model and of the tests that read it."""
    for result in results.get("results", ()):
        unique_id = result["unique_id"]
        node = manifest["nodes"].get(unique_id, {})
        tested = (node.get("depends_on") or {}).get("nodes") or ()
        is_test = unique_id.startswith(("test.", "unit_test."))
        if unique_id == exposure.model_id or (is_test and exposure.model_id in tested):
            yield unique_id, result["status"]


def _age(results: Mapping[str, Any]) -> float | None:
    """Hours since dbt built or tested what the results hold; none where it did neither."""
    if (results.get("args") or {}).get("which") in _BUILDS_NOTHING:
        return None
    written = (results.get("metadata") or {}).get("generated_at")
    if not written:
        return None
    at = datetime.fromisoformat(str(written))
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (datetime.now(UTC) - at).total_seconds() / 3600
