"""The names that models give to our macros: events, properties, traits and audiences, checked."""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes

from homespun.plan.check import Complaint
from homespun.plan.known import Known, is_planned, path_slug, slug

CALLS = ("$page", "$screen", "$identify", "$group", "$alias")
COLUMNS = (
    *("message_id", "event", "name", "group_id", "channel", "page_path", "page_referrer"),
    *("campaign_name", "campaign_source", "campaign_medium", "timestamp"),
)
_ABOUT_EVENTS = ("event", "where", "within", "between")
_ABOUT_PROPERTIES = ("event", "property", "type", "where", "within", "between")
_ABOUT_NUMBERS = ("event", "property", "where", "within", "between")
_SINCE = ("event", "unit", "where", "within", "between")
_SEQUENCE = ("first", "then", "within", "first_where", "then_where")
PARAMETERS: Mapping[str, Sequence[str]] = {
    "event_condition": _ABOUT_EVENTS,
    "event_count": _ABOUT_EVENTS,
    "active_days": _ABOUT_EVENTS,
    "first_at": _ABOUT_EVENTS,
    "last_at": _ABOUT_EVENTS,
    "time_since_first": _SINCE,
    "time_since_last": _SINCE,
    "property_sum": _ABOUT_NUMBERS,
    "property_average": _ABOUT_NUMBERS,
    "property_minimum": _ABOUT_PROPERTIES,
    "property_maximum": _ABOUT_PROPERTIES,
    "first_value": _ABOUT_PROPERTIES,
    "last_value": _ABOUT_PROPERTIES,
    "most_frequent": ("event", "property", "minimum", "type", "where", "within", "between"),
    "unique_list": _ABOUT_NUMBERS,
    "unique_count": _ABOUT_NUMBERS,
    "performed": ("event", "at_least", "at_most", "exactly", "where", "within", "between"),
    "performed_then": _SEQUENCE,
    "performed_then_not": _SEQUENCE,
    "trait_is": ("trait", "operator"),
    "top": ("number", "by", "per", "among", "ascending"),
    "member_of": ("audience",),
    "priority_list": ("audiences",),
}
_PAIRS = (("event", "where"), ("first", "first_where"), ("then", "then_where"))


def check_names(models: Iterable[Path], known: Known, *, root: Path) -> list[Complaint]:
    """A complaint about each name in a model that there is not, with the nearest that there is.

    Only what a model says outright is checked: what Jinja computes is checked when dbt compiles.
    """
    found: dict[Complaint, None] = {}
    for path in sorted(models):
        for words in _wrong(path.read_text(encoding="utf-8"), known):
            found[Complaint(str(path.relative_to(root)), words)] = None
    return list(found)


def _wrong(source: str, known: Known) -> Iterator[str]:
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do"])
    try:
        tree = environment.parse(source)
    except jinja2.TemplateSyntaxError:
        return  # dbt knows more tags, and says itself what it can't read
    settings: dict[str, Any] = {}
    assigned = Counter(name.name for name in tree.find_all(nodes.Name) if name.ctx != "load")
    for assignment in tree.find_all(nodes.Assign):
        target = assignment.target
        if isinstance(target, nodes.Name) and assigned[target.name] == 1:
            settings[target.name] = _value(assignment.node, settings)
    for call in tree.find_all(nodes.Call):
        target = call.node
        if (
            isinstance(target, nodes.Getattr)
            and isinstance(target.node, nodes.Name)
            and target.node.name == "homespun"
            and target.attr in PARAMETERS
        ):
            named = dict(zip(PARAMETERS[target.attr], call.args, strict=False))
            named |= {keyword.key: keyword.value for keyword in call.kwargs}
            said = {name: _value(node, settings) for name, node in named.items()}
            yield from _wrong_in_call(said, known)


def _value(node: nodes.Node, settings: Mapping[str, Any]) -> Any:
    """What the author wrote, as far as it stands there; None for what is computed."""
    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.List | nodes.Tuple):
        return [_value(item, settings) for item in node.items]
    return settings.get(node.name) if isinstance(node, nodes.Name) else None


def _texts(value: Any) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, str)]


def _wrong_in_call(said: Mapping[str, Any], known: Known) -> Iterator[str]:
    for events_name, where_name in _PAIRS:
        events = _texts(said.get(events_name))
        yield from _wrong_events(events, known)
        where = said.get(where_name)
        conditions = [one for one in where if isinstance(one, list) and one] if where else []
        properties = [name for one in conditions for name in _texts(one[0])]
        if events_name == "event":
            properties += _texts(said.get("property"))
        for name in properties:
            yield from _wrong_property(events, name, known)
    for name in _texts([said.get("trait"), said.get("by"), said.get("per")]):
        if known.traits and name not in known.traits:
            yield f"there is no trait {name!r}{_hint(name, known.traits)}"
    for name in [*_texts(said.get("audience")), *_texts(said.get("audiences"))]:
        if known.models and name not in known.models:
            yield f"there is no audience {name!r}{_hint(name, known.models)}"


def _wrong_events(events: Iterable[str], known: Known) -> Iterator[str]:
    for name in events:
        if name.startswith("$"):
            if name not in CALLS:
                yield f"{name!r} is no call{_hint(name, CALLS)}"
        elif known.events and slug(name) not in known.properties:
            yield f"the tracking plan has no event {name!r}{_hint(name, known.events)}"


def _wrong_property(events: Sequence[str], name: str, known: Known) -> Iterator[str]:
    prefix, _, column = name.partition(".")
    if prefix == "message":
        if column not in COLUMNS:
            nearest = [f"message.{each}" for each in COLUMNS]
            yield f"a message has no {name!r}{_hint(name, nearest)}"
        return
    planned = {one for event in events for one in known.properties.get(slug(event), ())}
    if planned and not is_planned(path_slug(name), planned):
        about = ", ".join(events)
        yield f"by the tracking plan, {about} has no property {name!r}{_hint(name, planned)}"


def _hint(name: str, names: Collection[str]) -> str:
    by_slug = {slug(one): one for one in sorted(names)}
    near = difflib.get_close_matches(slug(name), list(by_slug), n=1, cutoff=0.4)
    return f"; did you mean {by_slug[near[0]]!r}?" if near else ""
