"""`homespun plan check` on the names that models give to macros."""

from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes
from typer.testing import CliRunner

from homespun.cli import app
from homespun.plan.known import known_names
from homespun.plan.names import CALLS, COLUMNS, PARAMETERS, check_names
from homespun.plan.rules import Rule

REPOSITORY = Path(__file__).resolve().parents[2]
KNOWN = known_names(
    [
        Rule("track", "Order Completed"),
        Rule("track", "Order Completed", "total"),
        Rule("track", "Order Completed", "address.city"),
        Rule("track", "Order Completed", "extra"),
        Rule("track", "Order Completed", r"utm\.source"),
        Rule("track", "注文"),
        Rule("track", "Product Viewed", "category"),
    ],
    traits={"lifetime_value", "plan"},
    models={"repeat_buyers", "lapsing"},
)
WRONG = {
    "event_count('Order Complete')": "has no event 'Order Complete'; did you mean 'Order Comp",
    "performed(event=['Product Viewed', 'Product Vewed'])": "did you mean 'Product Viewed'?",
    "performed_then('Order Completed', then='Ordr')": "no event 'Ordr'",
    "last_at('$pages')": "'$pages' is no call; did you mean '$page'?",
    "property_sum('Order Completed', 'totl')": "has no property 'totl'; did you mean 'total'?",
    "performed('Order Completed', where=[['adress.city', '=', x]])": "did you mean 'address.city'?",
    "first_value('Order Completed', 'address.cty')": "did you mean 'address.city'?",
    "first_value('Order Completed', 'utm.source')": "no property 'utm.source'",
    "performed('注文 取消')": "no event '注文 取消'",
    "last_value('$page', 'message.chanel')": "did you mean 'message.channel'?",
    "performed_then_not(viewed, 'Order Completed', first_where=[['x', 'exists']])": "no property",
    "trait_is('lifetime_valu', '>', 1)": "did you mean 'lifetime_value'?",
    "top(5, by='lifetime_value', per='plann')": "no trait 'plann'; did you mean 'plan'?",
    "member_of('repeat_buyer')": "no audience 'repeat_buyer'; did you mean 'repeat_buyers'?",
    "priority_list(['lapsing', 'lapsed'])": "no audience 'lapsed'; did you mean 'lapsing'?",
}
RIGHT = (
    "event_count()",
    r"first_value('Order Completed', 'utm\\.source')",
    "first_value('Order Completed', 'address')",
    "first_value('Order Completed', 'extra.anything')",
    "performed('注文')",
    "performed('order completed', where=[['Total', '>=', 1], 'total is not null'])",
    "first_value('$page', 'message.page_path')",
    "last_value('$identify', 'anything')",
    "performed(some_variable, where=conditions)",
    "trait_is('plan', 'one of', 'free')",
    "member_of('lapsing')",
)


def model(folder: Path, call: str) -> Path:
    path = folder / "one.sql"
    path.write_text(
        "{%- set viewed = 'Product Viewed' -%}\n{% call(events) homespun.by_profile() %}\n"
        f"select {{{{ homespun.{call} }}}} from {{{{ events }}}}\n{{% endcall %}}\n"
    )
    return path


@pytest.mark.parametrize(("call", "words"), WRONG.items())
def test_a_wrong_name_is_told_with_the_nearest(tmp_path: Path, call: str, words: str) -> None:
    [complaint] = check_names([model(tmp_path, call)], KNOWN, root=tmp_path)

    assert complaint.subject == "one.sql"
    assert words in complaint.message


@pytest.mark.parametrize("call", RIGHT)
def test_a_right_name_and_one_that_jinja_computes_are_not_told(tmp_path: Path, call: str) -> None:
    assert check_names([model(tmp_path, call)], KNOWN, root=tmp_path) == []


def test_what_is_checked_are_the_parameters_of_the_macros() -> None:
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do"])
    paths = [*REPOSITORY.glob("macros/traits/*.sql"), *REPOSITORY.glob("macros/audiences/*.sql")]
    macros = {
        macro.name: [argument.name for argument in macro.args]
        for path in paths
        for macro in environment.parse(path.read_text()).find_all(nodes.Macro)
    }

    assert {name: macros[name][: len(said)] for name, said in PARAMETERS.items()} == {
        name: list(said) for name, said in PARAMETERS.items()
    }
    asked = {"event", "events", "property", "trait", "audience", "first", "by"}
    public = {name for name, said in macros.items() if asked & set(said)}
    assert public - PARAMETERS.keys() <= INNER


INNER = {
    *("check_event", "check_property", "check_trait", "trait", "matching_value"),
    *("property_path", "property_slug", "member_key"),
    *("sequence", "sequence_condition", "event_words", "property_value", "previous_build"),
}


def test_the_names_of_calls_and_columns_are_those_of_the_macros() -> None:
    events = (REPOSITORY / "macros/traits/check_event.sql").read_text()
    properties = (REPOSITORY / "macros/traits/check_property.sql").read_text()

    assert [name for name in CALLS if f"'{name}'" not in events] == []
    assert [name for name in COLUMNS if f"'{name}'" not in properties] == []


def test_a_wrong_name_in_a_model_fails_the_command(tmp_path: Path) -> None:
    for name in ("dbt_project.yml", "profiles.yml", "seeds"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    (tmp_path / "models").mkdir()
    model(tmp_path / "models", "event_count('Order Complete')")

    done = CliRunner().invoke(app, ["plan", "check", "--no-data", "--project-dir", str(tmp_path)])

    assert done.exit_code == 1
    assert "models/one.sql: the tracking plan has no event 'Order Complete'" in done.output
