"""What a configuration may say; one that is wrong is named, and stops nothing else."""

import json
from typing import Any

import duckdb
import pytest

from homespun.errors import ConfigurationError
from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.receiver import Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook


def run(shop: Shop, **options: Any) -> SyncReport:
    [report] = sync(shop.project, **options)
    return report


def test_a_sync_that_fails_does_not_stop_the_others(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1))
    shop.write_syncs(
        a_broken={**to_webhook(receiver), "destination": "carrier_pigeon"},
        b_fine=to_webhook(receiver),
    )

    broken, fine = sync(shop.project)

    assert (broken.status, broken.exit_code) == ("misconfigured", 2)
    assert "sql_table, webhook" in broken.message
    assert (fine.status, fine.sent) == ("done", 1)


def test_an_unknown_name_stops_everything_and_names_the_nearest(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))

    with pytest.raises(ConfigurationError, match="did you mean: crm"):
        sync(shop.project, names=["crn"])


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"modes": "mirror"}, "unknown key 'modes'; allowed: destination, settings, mode"),
    ({"cursor": "email"}, "a cursor is for mode 'append' alone"),
    ({"mode": "append", "cursor": "loaded"}, "no column 'loaded' for its cursor"),
    ({"mode": "miror"}, "mode: Input should be 'mirror', 'upsert' or 'append'"),
    ({"settings": {"urls": "x"}}, "unknown key 'settings.urls'; allowed: url, allow_private"),
    ({"settings": {"url": "ftp://x"}}, "settings.url: must be an http or https"),
    ({"settings": {"url": "https://a:b@x.io"}}, "must not hold a user name or password"),
    ({"settings": {"secret": "hush"}}, "_SECRET in the environment"),
    (
        {"settings": {"signed": True}},
        "signed needs the setting 'secret': set HOMESPUN_",
    ),
    ({"guard": {"max": 1}}, "unknown key 'guard.max'; allowed: max_removed_share"),
    ({"key": "id"}, "has no key column 'id' in main_audiences.vips; it has: user_id, email"),
    ({"fields": {"a": "b"}}, "has no column 'b' for field 'a' in main_audiences.vips"),
    ({"identifiers": ["x"]}, "identifiers ['x'] are no fields"),
    (
        {"destination": "files", "settings": {"path": "foo://bucket"}},
        "settings.path: there is no kind of storage 'foo'",
    ),
    ({"destination": "nowhere:Crm"}, "'nowhere:Crm' cannot be imported"),
    ({"destination": "json:JSONDecoder"}, "is not a destination"),
]


def test_a_wrong_configuration_is_named_and_nothing_is_sent(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1))
    shop.write_syncs(
        **{f"crm_{n:02}": to_webhook(receiver, **change) for n, (change, _) in enumerate(WRONG)}
    )

    reports = sync(shop.project)

    for report, (_, message) in zip(reports, WRONG, strict=True):
        assert report.exit_code == 2
        assert message in report.message
        assert "hush" not in report.message
    assert receiver.requests == []


def test_a_relation_that_was_not_built_is_named(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience([], name="vips")
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("drop table main_audiences.vips")

    report = run(shop)

    assert report.exit_code == 2
    assert "no relation main_audiences.vips: run `dbt build --select +vips`" in report.message


def test_a_setting_comes_from_the_environment_first(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMESPUN_CRM_URL", receiver.url + "/from-environment")
    monkeypatch.setenv("HOMESPUN_CRM_TOKEN", "hush")
    shop.write_audience(members(1))
    shop.write_syncs(crm=to_webhook(receiver))

    run(shop)

    assert receiver.requests[0].path == "/list/from-environment"
    assert receiver.requests[0].headers["authorization"] == "Bearer hush"


def test_a_sync_that_rests_on_no_model_stops_no_other(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1))
    shop.write_syncs(lost=to_webhook(receiver), fine=to_webhook(receiver))
    manifest = json.loads(shop.project.manifest_path.read_text())
    manifest["exposures"]["exposure.shop.lost"]["depends_on"]["nodes"] = []
    shop.project.manifest_path.write_text(json.dumps(manifest))

    fine, lost = sync(shop.project)

    assert (fine.exit_code, lost.exit_code) == (0, 2)
    assert "'lost' must depend on exactly one model" in lost.message
    assert shop.query("select status from main_activation.sync_runs where sync = 'lost'") == [
        ("misconfigured",)
    ]
