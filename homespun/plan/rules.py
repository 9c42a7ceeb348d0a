"""The tracking plan's rules, and the spreadsheet that holds them."""

import builtins
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from homespun.errors import ConfigurationError
from homespun.project import Project

CALLS = ("track", "identify", "group", "page", "screen")
TYPES = ("string", "number", "integer", "boolean", "timestamp", "array", "object", "any")
REACTIONS = ("allow", "omit", "block")
LEVELS = 4  # how deep the build follows the plan into a message: products.$.sku is on the third
LONGEST_NAME = 63  # bytes; PostgreSQL cuts what is longer, and two names become one


@dataclass(frozen=True)
class Rule:
    """One row of the plan: about a property, or, where that is empty, about the event itself."""

    call_type: str
    event: str = ""
    property: str = ""
    property_type: str = ""
    is_required: str = ""
    allowed_values: str = ""
    pattern: str = ""
    minimum: str = ""
    maximum: str = ""
    description: str = ""
    owner: str = ""
    version: str = ""
    on_violation: str = ""

    @builtins.property
    def about(self) -> tuple[str, str, str]:
        """The call, event and version that the rule belongs to."""
        return (self.call_type, self.event, self.version or "1")

    @builtins.property
    def required(self) -> bool:
        """Must the property be there?"""
        return self.is_required.lower() == "true"


COLUMNS = tuple(field.name for field in fields(Rule))
_STEP = re.compile(r"(?:\\.|[^.\\])+")


def plan_path(project: Project) -> Path:
    """The seed that holds the project's plan. Raises ConfigurationError when there is none."""
    name = str(project.vars.get("homespun_tracking_plan", "tracking_plan"))
    found = sorted(project.directory.glob(f"seeds/**/{name}.csv"))
    if not found:
        raise ConfigurationError(
            f"there is no {name}.csv in {project.directory / 'seeds'}: "
            "the var homespun_tracking_plan names the seed that holds the plan"
        )
    return found[0]


def read_plan(path: Path) -> list[Rule]:
    """The rules of a spreadsheet. Raises ConfigurationError when it is none of a plan."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not in UTF-8: save it as CSV UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="")
    unknown = set(reader.fieldnames or ()) - set(COLUMNS)
    if unknown or "call_type" not in (reader.fieldnames or ()):
        raise ConfigurationError(
            f"{path} is no tracking plan: its columns must be {', '.join(COLUMNS)}"
        )
    return [_rule(row, f"{path}, line {reader.line_num}") for row in reader]


def _rule(row: Mapping[str, str | None], where: str) -> Rule:
    if "" in row:
        raise ConfigurationError(f"{where}: more values than columns; quote one that has a comma")
    return Rule(**{name: value or "" for name, value in row.items()})


def write_plan(rules: Iterable[Rule]) -> str:
    """The rules as the spreadsheet's text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(rule) for rule in rules)
    return text.getvalue()


def split_path(path: str) -> list[str]:
    """A path's steps: keys as they are sent, and `$` for the items of an array."""
    return [step if step == "$" else re.sub(r"\\(.)", r"\1", step) for step in _STEP.findall(path)]


def join_path(keys: Sequence[str]) -> str:
    """The path of keys that are no array's items."""
    return ".".join(
        "\\$" if key == "$" else key.replace("\\", "\\\\").replace(".", "\\.") for key in keys
    )


def snake_case(name: str) -> str:
    """A name as Segment's warehouses write it; empty where nothing is left of it."""
    return "_".join(re.findall(r"[A-Z0-9]+[a-z0-9]*|[a-z0-9]+", name)).lower()


def column_name(rule: Rule) -> str:
    """The column of a property; empty where its name is none that every warehouse can hold."""
    name = snake_case(" ".join(split_path(rule.property)))
    return name if len(name) <= LONGEST_NAME else ""
