"""Typed event models, written from the plan: the pair of files of each event."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb

from homespun.errors import ConfigurationError
from homespun.plan.rules import LONGEST_NAME, Rule, column_name, snake_case

_DATA_TYPES = {
    "number": "decimal(38, 9)",
    "integer": "bigint",
    "boolean": "boolean",
    "timestamp": "timestamp",
}
_YAML_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
# What Segment's warehouses reserve and no table here has: see the macro reserved_columns.
_RESERVED = {"channel", "context_passed_ip", "context_request_ip", "record_id"}


def scaffold(
    rules: Sequence[Rule], event: str, *, shared: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """The texts of an event's model and its description, by file name.

    `shared` is what dbt knows of the columns of `tracks`, which every event table has. A property
    whose name is one of these, or is reserved, gets no column; it is kept in discards.
    """
    slug = snake_case(event)
    own = [rule for rule in rules if rule.call_type == "track" and rule.event == event]
    if not own or not slug or len(slug) > LONGEST_NAME:
        raise ConfigurationError(f"the plan has no event {event!r} that a table can be made of")
    columns = _columns(own, _RESERVED | set(shared))
    described = next((rule.description for rule in own if not rule.property), "")
    return {
        f"{slug}.sql": _sql(slug, columns),
        f"{slug}.yml": _yml(slug, described, columns, shared),
    }


def _columns(rules: Sequence[Rule], taken: set[str]) -> dict[str, Rule]:
    columns: dict[str, Rule] = {}
    nested = {rule.property.rpartition(".")[0] for rule in rules}
    for rule in rules:
        name = column_name(rule)
        in_array = ".$" in f".{rule.property}"
        is_object = rule.property_type == "object" or (
            rule.property in nested and rule.property_type not in ("array", "any")
        )
        if name and not in_array and not is_object and name not in taken:
            first = columns.setdefault(name, rule)
            columns[name] = replace(first, property_type=_type_of_both(first, rule))
    return columns


def _type_of_both(one: Rule, other: Rule) -> str:
    """The type of a column for both: versions of an event, and casings of a name, share one."""
    types = {one.property_type, other.property_type}
    if len(types) == 1:
        return "string" if types == {"any"} else one.property_type
    return "number" if types == {"integer", "number"} else "string"


def _sql(slug: str, columns: Mapping[str, Rule]) -> str:
    lines = "".join(f"    '{name}': '{rule.property_type}',\n" for name, rule in columns.items())
    return (
        "{{ config(\n"
        "    materialized='incremental',\n"
        "    incremental_strategy='append',\n"
        "    on_schema_change='append_new_columns',\n"
        '    pre_hook="{{ homespun.forget_revised_messages() }}"\n'
        ") }}\n\n"
        f"{{{{ homespun.event_table('{slug}', {{\n{lines}}}) }}}}\n"
    )


def _yml(
    slug: str,
    description: str,
    columns: Mapping[str, Rule],
    shared: Mapping[str, Mapping[str, Any]],
) -> str:
    described = f"{_prose(description).rstrip('.')}." if description else ""
    quoted = {name for name in (slug, *columns) if name[0].isdigit()} | _keywords()
    table = f'"{slug}"' if slug in quoted else slug
    example = f"select event_text, count(*) from {table} group by 1"  # noqa: S608 - for people
    lines = [
        "models:",
        f"  - name: {_yaml(slug)}",
        "    description: >",
        f"      One row per {slug} call. {described}".rstrip(),
        f"      For example: {example}",
        "    config:",
        "      access: public",
        "      contract:",
        "        enforced: true",
        "    columns:",
    ]
    for name, column in shared.items():
        lines += _column(name, str(column.get("description", "")), str(column["data_type"]))
        if name == "id":
            lines += ["        data_tests:", "          - unique", "          - not_null"]
    for name, rule in columns.items():
        data_type = _DATA_TYPES.get(rule.property_type, "varchar")
        lines += _column(name, rule.description or f"The property {rule.property}.", data_type)
        if name in quoted:
            lines.append("        quote: true")
    return "\n".join(lines) + "\n"


def _column(name: str, description: str, data_type: str) -> list[str]:
    return [
        f"      - name: {_yaml(name)}",
        "        description: >",
        f"          {_prose(description)}",
        f"        data_type: {data_type}",
    ]


def _yaml(name: str) -> str:
    return f'"{name}"' if name in _YAML_WORDS or name[0].isdigit() else name


def _prose(text: str) -> str:
    """Text on one line, in which dbt finds no Jinja."""
    return " ".join(re.sub(r"\{(?=[{%#])", "{ ", text).split())


def _keywords() -> set[str]:
    """The words of SQL that are no names of columns, but for quotes around them."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select keyword_name from duckdb_keywords() where keyword_category != 'unreserved'"
        ).fetchall()
    return {word for (word,) in rows}
