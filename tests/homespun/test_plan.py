"""The tracking plan's tools: check, draft, scaffold, and exchange with JSON Schema."""

import json
import re
from collections import Counter
from pathlib import Path

import duckdb
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from typer.testing import CliRunner

from homespun.cli import app
from homespun.errors import ConfigurationError
from homespun.plan.check import check_plan
from homespun.plan.infer import Seen, SeenEvent, draft_plan
from homespun.plan.rules import Rule, join_path, read_plan, snake_case, split_path, write_plan
from homespun.plan.scaffold import scaffold
from homespun.plan.schema import to_files, to_segment
from homespun.plan.schema_reading import Imported, LeftOut, from_segment
from tests.end_to_end.workshop import Workshop

REPOSITORY = Path(__file__).resolve().parents[2]
OUR_PLAN = read_plan(REPOSITORY / "seeds/tracking_plan.csv")
KEYS = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("track", "Order Completed", "x", "money"), "unknown type 'money'"),
        (Rule("trick", "Order Completed"), "unknown call type"),
        (Rule("track", "OrderCompleted"), "title case"),
        (Rule("track", "Order completed"), "title case"),
        (Rule("track", "顧客"), "no letter or digit"),
        (Rule("track"), "needs its event's name"),
        (Rule("page", "Home"), "only a track rule has an event"),
        (Rule("track", "A B", "x", "string", minimum="1"), "a range needs a number"),
        (Rule("track", "A B", "x", "number", minimum="2", maximum="1"), "greater than"),
        (Rule("track", "A B", "x", "number", minimum="few"), "are numbers"),
        (Rule("track", "A B", "x", "string", pattern="("), "cannot be read"),
        (Rule("track", "A B", "x", "string", pattern="(?!a)"), "look-around"),
        (Rule("track", "A B", "x", "string", pattern="(?=a)"), "look-around"),
        (Rule("track", "A B", "x", "string", pattern=r"(a)\1"), "cannot be read"),
        (Rule("track", "A B", "x", "number", minimum="NaN", maximum="1"), "are numbers"),
        (Rule("track", "A B", "x", "number", allowed_values="1|two"), "are no numbers"),
        (Rule("track", "A B", "x", "string", "yes"), "true or false"),
        (Rule("track", "A B", "a.b.c.d.e", "string"), "too deep"),
        (Rule("track", "A B", "x", "string", on_violation="drop"), "unknown reaction"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told(rule: Rule, words: str) -> None:
    complaints = check_plan([rule])

    assert any(words in complaint.message for complaint in complaints)


def test_names_that_differ_in_casing_only_are_told() -> None:
    rules = [
        Rule("track", "Order Completed"),
        Rule("track", "order completed"),
        Rule("track", "Order Completed", "orderId", "string"),
        Rule("track", "Order Completed", "order_id", "string"),
        Rule("track", "Order Completed", "tags", "string"),
        Rule("track", "Order Completed", "tags.$", "string"),
    ]

    messages = [complaint.message for complaint in check_plan(rules, casing="any")]

    assert messages == [
        "these events would share one table",
        "these properties share one column",
        "tags must be an array to have it inside",
    ]


def test_a_row_that_the_plan_has_twice_is_told() -> None:
    rules = [
        Rule("track", "A B"),
        Rule("track", "A B", description="again"),
        Rule("track", "A B", version="2"),
        Rule("track", "A B", "tags.$", "string"),
        Rule("track", "A B", "tags.$", "number"),
    ]

    complaints = check_plan(rules)

    assert [(each.subject, each.message) for each in complaints] == [
        ("track / A B", "the plan has more than one row of it"),
        ("track / A B / tags.$", "the plan has more than one row of it"),
    ]


def test_event_names_with_ids_or_dates_in_them_are_told() -> None:
    dynamic = [
        "Sale Of 31.12.2026",
        "Viewed 2026-01-02",
        "Viewed 2026/1/2",
        "Viewed product 1234567",
        "viewed_64f0c2a1b3d4e5f6a7b8c9d0",
    ]

    complaints = check_plan([], observed=["Order Completed", "Step 2 Done", "Api 1.2", *dynamic])

    assert [complaint.subject for complaint in complaints] == [
        f"track / {name}" for name in dynamic
    ]


def test_our_own_plan_has_nothing_to_mend() -> None:
    assert check_plan(OUR_PLAN) == []


def test_a_round_trip_through_json_schema_loses_nothing() -> None:
    rules = [
        Rule("track", "A B", description="An event", owner="o@example.com", on_violation="block"),
        Rule("track", "A B", "n", "number", "true", "1|2.5", "", "0", "10.5", "A number"),
        Rule("track", "A B", "at", "timestamp", "false"),
        Rule("track", "A B", "any", "any", "false"),
        Rule("track", "A B", "one_of_any", "any", "false", "1|x"),
        Rule("track", "A B", "items", "array", "true"),
        Rule("track", "A B", "items.$", "object", "false"),
        Rule("track", "A B", "items.$.sku", "string", "true", "", "^s", owner="p@example.com"),
        Rule("track", "A B", "a\\.b", "object", "false"),
        Rule("track", "A B", "a\\.b.\\$", "boolean", "false", "true", on_violation="omit"),
        Rule("track", "A B", "mixed", "any", "false"),
        Rule("track", "A B", "mixed.in", "string", "false"),
        Rule("track", "A B", version="2"),
        Rule("identify"),
        Rule("identify", "", "plan", "string", "false", "free|pro"),
    ]

    for plan in (rules, OUR_PLAN):
        read = [from_segment(each) for each in to_files(plan).values()]
        assert [rule for each in read for rule in each.rules] == plan
        assert from_segment(to_segment(plan)) == Imported(plan, [])


def test_a_segment_schema_with_nullable_types_is_read() -> None:
    schema = {
        "type": "TRACK",
        "key": "A B",
        "jsonSchema": {
            "properties": {
                "properties": {
                    "required": ["id"],
                    "properties": {
                        "id": {"type": ["string", "null"]},
                        "x": {"type": ["array", "object"]},
                    },
                }
            }
        },
    }

    read = from_segment({"data": {"rules": [schema]}})

    assert [(rule.property, rule.property_type, rule.required) for rule in read.rules] == [
        ("", "", False),
        ("id", "string", False),
        ("x", "any", False),
    ]
    assert read.left_out == [
        LeftOut("track / A B / id", "required (it may be null)"),
        LeftOut("track / A B / x", "type: array or object"),
    ]


def test_a_schema_of_the_properties_alone_is_read() -> None:
    schema = {
        "title": "A B",
        "description": "An event",
        "required": ["id"],
        "properties": {"id": {"type": "string"}, "anything": True, "properties": {"type": "array"}},
    }

    read = from_segment(schema)

    assert read.left_out == []
    assert read.rules == [
        Rule("track", "A B", description="An event"),
        Rule("track", "A B", "id", "string", "true"),
        Rule("track", "A B", "anything", "any", "false"),
        Rule("track", "A B", "properties", "array", "false"),
    ]


@pytest.mark.parametrize(
    ("schema", "held"),
    [
        ({"const": "a"}, {"allowed_values": "a"}),
        ({"enum": [5.0, 2.5]}, {"allowed_values": "5|2.5"}),
        ({"type": ["number", "integer"]}, {"property_type": "number"}),
        ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9.5},
         {"property_type": "integer", "minimum": "1", "maximum": "9"}),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": 0},
         {"property_type": "integer", "minimum": "3"}),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": True},
         {"property_type": "integer", "maximum": "8"}),
        ({"type": "number", "minimum": 3, "exclusiveMinimum": 0},
         {"property_type": "number", "minimum": "3"}),
        ({"type": "string", "minLength": 2, "maxLength": 5},
         {"property_type": "string", "pattern": r"^[\s\S]{2,5}$"}),
        ({"type": "string", "minLength": 1},
         {"property_type": "string", "pattern": r"^[\s\S]{1,}$"}),
        ({"$ref": "#/definitions/money~1eur", "maximum": 9},
         {"property_type": "number", "minimum": "0", "maximum": "9"}),
        ({"anyOf": [{"$ref": "#/definitions/money~1eur"}, {"type": "null"}]},
         {"property_type": "number", "minimum": "0"}),
        ({"allOf": [{"type": "string"}], "description": "d"},
         {"property_type": "string", "description": "d"}),
        ({"oneOf": [{"const": 1, "title": "One"}, {"const": "two"}]}, {"allowed_values": "1|two"}),
        ({"type": "object", "additionalProperties": False}, {"property_type": "object"}),
    ],
)  # fmt: skip
def test_what_a_plan_can_hold_of_a_schema_is_held(
    schema: dict[str, object], held: dict[str, str]
) -> None:
    read = from_segment(of_property(schema))

    defaults = {"property_type": "any", "is_required": "false"}
    planned = Rule("track", "A B", "x", **{**defaults, **held})
    assert read == Imported([Rule("track", "A B"), planned], [])


@pytest.mark.parametrize(
    ("schema", "kept", "words"),
    [
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
         {"property_type": "number", "minimum": "0", "maximum": "1"},
         ["exclusiveMinimum (kept as minimum)", "exclusiveMaximum (kept as maximum)"]),
        ({"type": "string", "pattern": "^a", "maxLength": 5},
         {"property_type": "string", "pattern": "^a"}, ["maxLength"]),
        ({"type": "string", "maxLength": 5000}, {"property_type": "string"}, ["maxLength"]),
        ({"minLength": 1}, {}, ["minLength"]),
        ({"type": "string", "format": "email"}, {"property_type": "string"}, ["format: email"]),
        ({"const": {"a": 1}}, {}, ["const"]),
        ({"enum": [[1], 2]}, {}, ["enum"]),
        ({"enum": [""]}, {}, ["enum"]),
        ({"type": "null"}, {}, ["type: null"]),
        ({"type": "date"}, {}, ["type: date"]),
        ({"$ref": "https://example.com/x.json"}, {}, ["$ref"]),
        ({"$ref": "#/definitions/none"}, {}, ["$ref"]),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, {}, ["anyOf"]),
        ({"allOf": [{"type": "string"}, {"minLength": 1}]}, {}, ["allOf"]),
        ({"if": {"const": 1}, "then": {"minimum": 1}, "not": {}}, {}, ["if", "then", "not"]),
        ({"type": "array", "items": [{"type": "string"}], "minItems": 1},
         {"property_type": "array"}, ["items", "minItems"]),
        ({"type": "object", "additionalProperties": {"type": "string"}, "title": "X"},
         {"property_type": "object"}, ["additionalProperties", "title"]),
        (False, {}, ["false"]),
    ],
)  # fmt: skip
def test_what_a_plan_cannot_hold_of_a_schema_is_told(
    schema: object, kept: dict[str, str], words: list[str]
) -> None:
    read = from_segment(of_property(schema))

    defaults = {"property_type": "any", "is_required": "false"}
    planned = Rule("track", "A B", "x", **{**defaults, **kept})
    assert read.rules == [Rule("track", "A B"), planned]
    assert read.left_out == [LeftOut("track / A B / x", word) for word in words]


def of_property(schema: object) -> dict[str, object]:
    """A Segment rule about one property."""
    return {
        "type": "TRACK",
        "key": "A B",
        "jsonSchema": {
            "definitions": {"money/eur": {"type": "number", "minimum": 0}},
            "properties": {"properties": {"properties": {"x": schema}}},
        },
    }


def test_a_schema_that_holds_itself_is_followed_once() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/definitions/node"}}}
    schema = {"title": "A B", "definitions": {"node": node}, "properties": {"x": node}}

    read = from_segment(schema)

    assert [rule.property for rule in read.rules] == ["", "x", "x.child", "x.child.child"]
    assert read.left_out == [LeftOut("track / A B / x.child.child", "$ref")]


def test_what_a_schema_says_of_the_rest_of_a_message_is_told() -> None:
    inside = {"properties": {"x": {}}, "required": ["x", "y"], "minProperties": 1, "labels": {}}
    schema = {
        "properties": {"context": {"required": ["ip"]}, "traits": {}, "properties": inside},
        "required": ["context", "properties"],
        "labels": {"team": "web"},
    }
    document = {"type": "TRACK", "key": "A B", "jsonSchema": schema, "deprecatedAt": "2026-01-01"}

    read = from_segment(document)

    assert [(rule.property, rule.required) for rule in read.rules] == [
        ("", False),
        ("x", True),
        ("y", True),
    ]
    assert read.left_out == [
        LeftOut("track / A B", word)
        for word in ("deprecatedAt", "labels", "required: context", "context", "minProperties")
    ]


def test_a_rule_that_is_about_no_one_call_is_told() -> None:
    common = {"type": "COMMON", "key": None, "jsonSchema": {"required": ["context"]}}

    read = from_segment({"rules": [common]})

    assert read == Imported([], [LeftOut("common", "type: COMMON")])


def test_what_an_import_leaves_out_is_told_and_the_rest_is_imported(tmp_path: Path) -> None:
    schema = {"title": "A B", "properties": {f"p{n}": {"multipleOf": 2} for n in range(150)}}
    (tmp_path / "plan.json").write_text(json.dumps(schema))

    done = CliRunner().invoke(app, ["plan", "import", str(tmp_path / "plan.json")])

    told = done.stderr.splitlines()
    assert done.exit_code == 0
    assert done.stdout.count("track,A B,p") == 150
    assert told[0] == "left out: track / A B / p0: multipleOf"
    assert told[100:] == ["left out: 50 words more"]


def test_what_a_plan_only_implies_may_be_null_as_in_the_build() -> None:
    rules = [Rule("track", "A B"), Rule("track", "A B", "items.$.sku", "string", "true")]

    (exported,) = to_segment(rules)["rules"]

    validator = Draft7Validator(exported["jsonSchema"])
    assert validator.is_valid({"properties": {"items": None}})
    assert not validator.is_valid({"properties": {"items": [{}]}})


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"x": {"type": "string", "enum": ["a|b", "c"]}}, "A B / x: an allowed value holds |"),
        ({"": {"type": "string"}}, "no word for an empty name"),
    ],
)
def test_what_a_plan_cannot_hold_is_refused(properties: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        from_segment({"title": "A B", "properties": properties})


def test_a_plan_of_other_things_than_rules_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no tracking plan"):
        from_segment({"rules": ["A B"]})


@pytest.mark.parametrize("wrong", [{"properties": []}, {"properties": {}, "x-homespun": "page"}])
def test_a_schema_of_other_things_than_properties_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="no JSON Schema"):
        from_segment(wrong)


def test_a_number_that_is_none_is_not_exported() -> None:
    with pytest.raises(ConfigurationError, match="'v2' is no number"):
        to_segment([Rule("track", "A B", version="v2")])


def test_a_round_trip_through_a_spreadsheet_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text(write_plan(OUR_PLAN))

    assert read_plan(path) == OUR_PLAN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"call_type,description\ntrack,an order, or more\n", "line 2: more values than columns"),
        (b"call_type,description\ntrack,caf\xe9\n", "not in UTF-8"),
    ],
)
def test_a_spreadsheet_that_went_wrong_is_told(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(text)

    with pytest.raises(ConfigurationError, match=words):
        read_plan(path)


@given(KEYS)
def test_any_keys_are_a_path_and_back(keys: list[str]) -> None:
    path = join_path(keys)

    assert split_path(path) == keys or "$" in keys


@given(st.text())
def test_a_name_in_snake_case_stays(name: str) -> None:
    once = snake_case(name)

    assert snake_case(once) == once


def test_a_draft_keeps_the_plan_and_adds_what_it_does_not_know() -> None:
    planned = [Rule("track", "A B"), Rule("track", "A B", "id", "string", "true")]
    event = SeenEvent(count=2)
    event.paths["id"] = Seen(2, Counter(integer=2), "5")
    event.paths["at"] = Seen(1, Counter(timestamp=1))
    event.paths["total"] = Seen(2, Counter(integer=1, number=1), "1")
    event.paths["odd"] = Seen(2, Counter(integer=1, array=1))

    draft = draft_plan({("track", "A B"): event}, planned=planned)

    assert draft[:2] == planned
    assert [(rule.property, rule.property_type, rule.required) for rule in draft[2:]] == [
        ("at", "timestamp", False),
        ("odd", "any", True),
        ("total", "number", True),
    ]


def test_a_draft_is_a_plan_that_the_build_agrees_with() -> None:
    event = SeenEvent()
    event.take({"order": "20260101120", "at": "2026-01-01T10:00:00Z", "day": "20260101T1000"})
    event.take({"": 1, "none": {}, "a": {"b": {"c": {"d": {"e": 1}}}}, "mixed": "x"})
    event.take({"mixed": {"in": 1}, "great": 2**63})

    draft = draft_plan({("track", "A B"): event})

    assert [(rule.property, rule.property_type) for rule in draft] == [
        ("", ""),
        ("a.b.c.d", "object"),
        ("at", "timestamp"),
        ("day", "string"),
        ("great", "number"),
        ("mixed", "any"),
        ("mixed.in", "integer"),
        ("none", "object"),
        ("order", "string"),
    ]
    assert check_plan(draft) == []


def test_a_scaffold_has_a_column_per_leaf_and_none_of_ours_twice() -> None:
    rules = [
        Rule("track", "A B", description="Something"),
        Rule("track", "A B", "id", "string"),
        Rule("track", "A B", "channel", "string"),
        Rule("track", "A B", "Ship To.Street", "string"),
        Rule("track", "A B", "items", "array"),
        Rule("track", "A B", "items.$.sku", "string"),
        Rule("track", "A B", "total", "number"),
    ]

    files = scaffold(rules, "A B", shared={"id": {"description": "Id", "data_type": "varchar"}})

    assert set(files) == {"a_b.sql", "a_b.yml"}
    assert (
        "{\n    'ship_to_street': 'string',\n    'items': 'array',\n    'total': 'number',\n}"
        in (files["a_b.sql"])
    )
    assert files["a_b.yml"].count("- name: id\n") == 1


def test_a_value_that_is_sometimes_an_object_has_a_column_beside_what_is_in_it() -> None:
    event = SeenEvent()
    for price in (1.5, {"eur": 1}):
        event.take({"price": price})

    files = scaffold(draft_plan({("track", "A B"): event}), "A B", shared={})

    assert "{\n    'price': 'string',\n    'price_eur': 'integer',\n}" in files["a_b.sql"]


def test_a_column_holds_what_each_version_and_casing_of_its_property_may_be() -> None:
    rules = [
        Rule("track", "A B", "code", "integer"),
        Rule("track", "A B", "Total", "integer"),
        Rule("track", "A B", "total", "number"),
        Rule("track", "A B", "code", "string", version="2"),
    ]

    files = scaffold(rules, "A B", shared={})

    assert "{\n    'code': 'string',\n    'total': 'number',\n}" in files["a_b.sql"]
    assert "data_type: decimal(38, 9)" in files["a_b.yml"]


def test_a_scaffold_quotes_what_is_no_plain_name() -> None:
    names = ["from", "2fa", "on", "total"]
    rules = [
        Rule("track", "A B", description="{{ it }}"),
        *(Rule("track", "A B", name, "string") for name in names),
    ]

    text = scaffold(rules, "A B", shared={})["a_b.yml"]

    (model,) = yaml.safe_load(text)["models"]
    assert [(each["name"], each.get("quote", False)) for each in model["columns"]] == [
        ("from", True),
        ("2fa", True),
        ("on", True),
        ("total", False),
    ]
    assert "{{" not in text
    assert (
        'from "2fa_enabled" group by 1'
        in (scaffold([Rule("track", "2FA Enabled")], "2FA Enabled", shared={})["2fa_enabled.yml"])
    )


def test_a_name_that_a_warehouse_would_cut_has_no_column() -> None:
    rules = [
        Rule("track", "A B"),
        Rule("track", "A B", "x" * 63, "string"),
        Rule("track", "A B", "y" * 64, "string"),
    ]

    files = scaffold(rules, "A B", shared={})

    assert f"'{'x' * 63}': 'string'" in files["a_b.sql"]
    assert "y" * 60 not in files["a_b.sql"]
    assert [each.subject for each in check_plan(rules)] == [f"track / A B / {'y' * 64}"]


def test_an_event_with_the_name_of_another_table_gets_none(
    compiled: Workshop, tmp_path: Path
) -> None:
    refused = compiled.homespun("plan", "scaffold", "Users", "--folder", tmp_path)

    assert refused.exit_code == 2
    assert "users is a model already" in refused.stderr


@pytest.mark.parametrize("command", ["check", "infer", "report"])
def test_a_warehouse_without_models_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    duckdb.connect(tmp_path / "empty.duckdb").close()
    monkeypatch.setenv("HOMESPUN_DUCKDB_PATH", str(tmp_path / "empty.duckdb"))

    done = CliRunner().invoke(app, ["plan", command, "--project-dir", str(REPOSITORY)])

    assert isinstance(done.exception, ConfigurationError)
    assert "run `homespun load PATH` and `dbt build` first" in str(done.exception)


@pytest.mark.parametrize("to", ["csv", "schemas"])
def test_a_plan_that_cannot_be_written_is_told(tmp_path: Path, to: str) -> None:
    place = tmp_path / "a_file" / "plan"
    place.parent.write_text("")

    done = CliRunner().invoke(
        app,
        ["plan", "export", "--to", to, "--output", str(place), "--project-dir", str(REPOSITORY)],
    )

    assert isinstance(done.exception, ConfigurationError)
    assert "cannot be written: " in str(done.exception)


def test_a_file_that_is_no_text_is_no_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(b'{"title": "\xff"}')

    done = CliRunner().invoke(app, ["plan", "import", str(tmp_path / "plan.json")])

    assert isinstance(done.exception, ConfigurationError)
    assert "plan.json is no JSON" in str(done.exception)


def test_events_whose_names_say_little_or_much_have_files_of_their_own() -> None:
    events = ["Page", "page", "../page", "a b", "x" * 300, "x" * 301]

    files = to_files([Rule("page"), *(Rule("track", event) for event in events)])

    assert [name for name in files if len(name) > 70 or "/" in name] == []
    assert [schema.get("title") for schema in files.values()] == [None, *events]


def test_a_plan_goes_through_the_commands(tmp_path: Path) -> None:
    exported, imported, files = (tmp_path / name for name in ("plan.json", "plan.csv", "schemas"))
    here = ["--project-dir", str(REPOSITORY), "--profiles-dir", str(REPOSITORY)]

    for arguments in (
        ["export", "--output", str(exported), *here],
        ["import", str(exported), "--output", str(imported)],
        ["export", "--to", "schemas", "--output", str(files), "--json", *here],
        ["check", "--no-data", *here],
    ):
        done = CliRunner().invoke(app, ["plan", *arguments])
        assert done.exit_code == 0, done.output

    assert read_plan(imported) == OUR_PLAN
    assert {rule.event for rule in OUR_PLAN} == {
        json.loads(path.read_text())["title"] for path in files.iterdir()
    }
