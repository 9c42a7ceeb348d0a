"""`homespun explain`: why something is as it is."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import duckdb
import typer

from homespun.commands.options import (
    DEFAULT_LOCK_TIMEOUT,
    AsJson,
    LockTimeout,
    ProfilesDir,
    ProjectDir,
    TargetName,
)
from homespun.errors import ConfigurationError
from homespun.explain import (
    Explainer,
    PairStory,
    ProfileStory,
    Refusal,
    parse_identifier,
)
from homespun.explain_chain import Link
from homespun.output import print_json, results
from homespun.project import read_project
from homespun.warehouse import connect

explain = typer.Typer(
    name="explain", help="Say why something is as it is.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip


@explain.callback()
def _explain() -> None:
    """Say why something is as it is.

    Example: homespun explain profile email:jane@example.com
    """


@explain.command()
def profile(
    identifier: Annotated[str, typer.Argument(metavar="ID_TYPE:VALUE")],
    other: Annotated[str | None, typer.Argument(metavar="[ID_TYPE:VALUE]")] = None,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Print a profile; with two identifiers, the chain of messages that makes them one profile.

    Where they are not one, the merge that was refused is printed.

    Example: homespun explain profile email:jane@example.com anonymous_id:9f1c
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    asked = [parse_identifier(text) for text in (identifier, other) if text is not None]
    with connect(project, read_only=True, lock_timeout=lock_timeout) as connection:
        try:
            explainer = Explainer(connection, project)
            known = [explainer.normalised(one) for one in asked]
            story = explainer.profile(known[0])
            pair = explainer.pair(known[0], known[1]) if len(known) > 1 else None
        except duckdb.CatalogException:
            raise ConfigurationError(
                "the identity models are not built yet: run `dbt build` first"
            ) from None
    if as_json:
        print_json(_as_json(story, pair))
    elif pair is None:
        _print_profile(story)
    else:
        _print_pair(pair)


def _as_json(story: ProfileStory, pair: PairStory | None) -> dict[str, Any]:
    answer = asdict(story) | {"identifiers": [one._asdict() for one in story.identifiers]}
    if pair is not None:
        answer["pair"] = asdict(pair)
    return answer


def _print_profile(story: ProfileStory) -> None:
    _print(f"profile {story.profile_id}")
    for identifier in story.identifiers:
        _print(f"  {identifier}")
    for merge in story.merges:
        _print(
            f"merged  {merge.merged_profile_id} at {merge.at}, "
            f"{_by(merge.rule, merge.message_id)}"
        )  # fmt: skip
    _print_refusals(story.refusals)


def _print_pair(pair: PairStory) -> None:
    _print("one profile" if pair.is_one_profile else "not one profile")
    if not pair.chain:
        _print("  no message ties them" if not pair.is_one_profile else "  they are the same")
    for link in pair.chain:
        _print(f"  {_told(link)}")
    if not pair.is_one_profile:
        _print_refusals(pair.refusals)


def _told(link: Link) -> str:
    source = f" from {link.source}" if link.source else ""
    refused = ", refused" if link.is_refused else ""
    tie = _by(link.rule, link.message_id)
    return f"{link.one} - {link.other}: {tie}{source} at {link.at}{refused}"


def _print_refusals(refusals: Sequence[Refusal]) -> None:
    for refusal in refusals:
        _print(
            f"refused {refusal.identifier} at {refusal.at}, message {refusal.message_id}: "
            f"{refusal.broken_limit}"
        )


def _by(rule: str, message_id: str | None) -> str:
    return f"{rule}, message {message_id}" if message_id else f"{rule} by a person"


def _print(line: str) -> None:
    results().print(line, markup=False)
