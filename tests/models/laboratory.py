"""A dbt project of our macros alone, whose models are made-up profiles."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.end_to_end.workshop import REPOSITORY, Workshop
from tests.models.reference import AS_OF, Profile

INPUTS = {
    "profile_events": {
        "profile_id": "varchar", "message_id": "varchar", "event": "varchar",
        "properties": "json", "timestamp": "timestamp", "as_of": "timestamp",
    },
    "profile_traits": {"profile_id": "varchar", "plan": "varchar", "spent": "decimal(38, 9)"},
    "id_graph": {"id_type": "varchar", "id_value": "varchar", "profile_id": "varchar"},
    "account_profiles": {"account_id": "varchar", "profile_id": "varchar"},
    "as_of": {"as_of": "timestamp"},
}  # fmt: skip


def open_laboratory(folder: Path, people: Sequence[Profile]) -> Workshop:
    """A project of our macros, whose models are these profiles."""
    (folder / "macros").symlink_to(REPOSITORY / "macros")
    (folder / "profiles.yml").symlink_to(REPOSITORY / "profiles.yml")
    (folder / "dbt_project.yml").write_text(
        "name: homespun\nprofile: homespun\nvars: {homespun_tracking_plan: none}\n"
    )
    models = folder / "models"
    models.mkdir()
    rows: dict[str, list[dict[str, Any]]] = {
        "profile_events": [
            {
                "profile_id": profile.id,
                "message_id": event.message_id,
                "event": event.name.lower().replace(" ", "_"),
                "properties": event.properties,
                "timestamp": event.at.isoformat(),
                "as_of": AS_OF.isoformat(),
            }
            for profile in people
            for event in profile.events
        ],
        "profile_traits": [{"profile_id": profile.id, **profile.traits} for profile in people],
        "id_graph": [
            {"id_type": "email", "id_value": email, "profile_id": profile.id}
            for profile in people
            for email in profile.emails
        ],
        "account_profiles": [
            {"account_id": account, "profile_id": profile.id}
            for profile in people
            for account in profile.accounts
        ],
        "as_of": [{"as_of": AS_OF.isoformat()}],
    }
    for name, columns in INPUTS.items():
        path = folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows[name]))
        (models / f"{name}.sql").write_text(
            "{{ config(materialized='table') }}\n"
            f"select * from read_json('{path}', columns = {columns})"
        )
    return Workshop(folder)


def unsaid_errors(workshop: Workshop, wrong: Mapping[str, str]) -> list[str]:
    """The words that dbt does not say, of those that each wrong call of a condition owes."""
    for number, call in enumerate(wrong):
        (workshop.folder / f"models/wrong_{number}.sql").write_text(
            "select profile_id from {{ ref('profile_traits') }} "
            f"where {{{{ homespun.{call} }}}}"
        )
    done = workshop.dbt("run", "--select", "wrong_*")
    assert done.exit_code != 0
    return [words for words in wrong.values() if words not in done.words]
