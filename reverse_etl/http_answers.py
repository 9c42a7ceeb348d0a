"""What HTTP answers mean wherever a destination says nothing else."""

from typing import Any

import msgspec

from reverse_etl.destination import Answer, Outcome, Scope, Status
from reverse_etl.settle import TOO_LARGE

_NOT_APPLIED = frozenset({408, 425, 429})
_TARGET_GONE = frozenset({404, 405, 410, 501})


def outcome_of_status(answer: Answer) -> Outcome:
    """The outcome for a whole batch, by status: done for 2xx, unknown for most 5xx."""
    status = answer.status
    reason = f"HTTP {status}"
    if 200 <= status < 300:
        return Outcome(Status.DONE)
    if 300 <= status < 400:
        advice = "a redirect, which is not followed: put the final address into the settings"
        return Outcome(Status.RETRY, f"{reason}: {advice}", Scope.TARGET)
    if status in _NOT_APPLIED or (status == 503 and "retry-after" in answer.headers):
        return Outcome(Status.RETRY, reason, Scope.BATCH)
    if status in (401, 403):
        advice = "the credentials are not accepted: check the secrets in the environment"
        return Outcome(Status.RETRY, f"{reason}: {advice}", Scope.ACCOUNT)
    if status in _TARGET_GONE:
        advice = "there is no such target: check the address in the settings"
        return Outcome(Status.RETRY, f"{reason}: {advice}", Scope.TARGET)
    if status == 413:
        return Outcome(Status.REJECTED, TOO_LARGE, Scope.BATCH)
    if 400 <= status < 500:
        return Outcome(Status.REJECTED, reason, Scope.BATCH)
    return Outcome(Status.UNKNOWN, reason, Scope.BATCH)


def read_object(answer: Answer) -> dict[str, Any] | Outcome:
    """The JSON object in a 2xx answer, empty where the answer holds plain text or nothing.

    Unknown where the answer is a web page, is cut off, or is not the JSON it claims to be: what
    sent it may not be the destination.
    """
    if answer.truncated:
        return Outcome(Status.UNKNOWN, "the answer is longer than what is read")
    kind = answer.headers.get("content-type", "").lower()
    body = answer.body.strip()
    if "html" in kind or body[:1] == b"<":
        return Outcome(Status.UNKNOWN, "the answer is a web page: is the address right?")
    if not body:
        return {}
    if "json" not in kind and body[:1] not in (b"{", b"["):
        return {}
    try:
        content = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return Outcome(Status.UNKNOWN, "the answer is not valid JSON")
    return content if isinstance(content, dict) else {}
