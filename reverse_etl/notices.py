"""One notice per change of a sync's state, to a webhook or to Slack.

`HOMESPUN_NOTIFY_URL` is sent a JSON object, `HOMESPUN_NOTIFY_SLACK_URL` a line of text. What was
said last to each is a word in a file beside the journal, so that a state is told once; a notice
that could not be delivered is tried again by the next run.
"""

import logging
import os
from pathlib import Path
from typing import Any

import httpx2

from homespun.project import Project
from reverse_etl.health import State, state_of
from reverse_etl.journal_file import journal_path
from reverse_etl.report import SyncReport

JSON_VARIABLE = "HOMESPUN_NOTIFY_URL"
SLACK_VARIABLE = "HOMESPUN_NOTIFY_SLACK_URL"
_SUFFIXES = {JSON_VARIABLE: ".state", SLACK_VARIABLE: ".slack_state"}
_TIMEOUT = 10.0  # seconds


def notify(project: Project, report: SyncReport) -> str:
    """Tell of a change of state, where someone wants to know; why that failed, if it did."""
    if report.status == "locked":
        return ""
    problems = [
        _tell(project, report, variable) for variable in _SUFFIXES if os.environ.get(variable)
    ]
    return "; ".join(filter(None, problems))


def _tell(project: Project, report: SyncReport, variable: str) -> str:
    file = journal_path(project, report.sync).with_suffix(_SUFFIXES[variable])
    state, before = state_of(report.status), _read(file)
    if state is before:
        return ""
    notice = _notice(report, state, before)
    content = {"text": notice["text"]} if variable == SLACK_VARIABLE else notice
    problem = _post(os.environ[variable], content)
    if problem:
        return f"the notice to {variable} could not be delivered: {problem}"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(state)
    return ""


def _notice(report: SyncReport, state: State, before: State) -> dict[str, Any]:
    word = "recovered" if state is State.OK else state.value
    counts = f"{report.sent} sent, {report.rejected} rejected, {report.held} held"
    reason = f": {report.message}" if report.message else ""
    return {
        "text": f"sync {report.sync} to {report.destination}: {word} ({counts}){reason}",
        "sync": report.sync,
        "destination": report.destination,
        "state": word,
        "before": before.value,
        "status": report.status,
        "run": report.run,
        "sent": report.sent,
        "rejected": report.rejected,
        "held": report.held,
        "message": report.message,
    }


def _read(file: Path) -> State:
    """The state that was told last; at first all is well."""
    try:
        return State(file.read_text())
    except (FileNotFoundError, ValueError):
        return State.OK


def _post(url: str, content: dict[str, Any]) -> str:
    """What went wrong; the address is a secret and not named, not by httpx2's own log either."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        with httpx2.stream("POST", url, json=content, timeout=_TIMEOUT) as answer:
            return "" if answer.is_success else f"HTTP {answer.status_code}"  # whatever it says
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return type(error).__name__
