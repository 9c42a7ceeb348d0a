"""What Meta's error codes mean: the HTTP status is 400 for most of them, whatever went wrong."""

from typing import Any

import msgspec

from reverse_etl.destination import Answer, Outcome, Scope, Status
from reverse_etl.http_answers import read_object

_PERHAPS_APPLIED = frozenset({1, 2, 341, 5000, 21009})
_THROTTLED = frozenset({4, 17, 32, 613})
_TOKEN = frozenset({102, 190, 463, 467})
_POLICY = frozenset({368})
_TARGET = frozenset({33, 471, 2650, 2655, 1487301, 1487366, 1713230})


def outcome_of_error(answer: Answer) -> Outcome | None:
    """The outcome for all rows of a request that failed; none where the answer has no error."""
    content = read_object(answer)
    if isinstance(content, Outcome) or not isinstance(content.get("error"), dict):
        return None
    error = content["error"]
    code, subcode = int(error.get("code") or 0), int(error.get("error_subcode") or 0)
    reason = f"Meta error {code}" + (f", {subcode}" if subcode else "")
    if code in _THROTTLED or 80000 <= code <= 80014:
        wait = _minutes_to_wait(answer)
        return Outcome(Status.RETRY, f"{reason}: too many calls", Scope.BATCH, wait)
    if code in _TOKEN:
        return Outcome(Status.RETRY, f"{reason}: the access token is not valid", Scope.ACCOUNT)
    if code in _POLICY:
        advice = "the account is blocked by policy: see Meta's Account Quality"
        return Outcome(Status.RETRY, f"{reason}: {advice}", Scope.ACCOUNT)
    if {code, subcode} & _TARGET:
        advice = "the custom audience is missing or blocked: check settings.audience_id"
        return Outcome(Status.RETRY, f"{reason}: {advice}", Scope.TARGET)
    if code == 10 or 200 <= code <= 299:
        advice = "the token may not manage this ad account's audiences"
        return Outcome(Status.RETRY, f"{reason}: {advice}", Scope.ACCOUNT)
    if code in _PERHAPS_APPLIED or error.get("is_transient") or answer.status >= 500:
        return Outcome(Status.UNKNOWN, f"{reason}: a passing fault of Meta's", Scope.BATCH)
    return Outcome(Status.REJECTED, reason, Scope.BATCH)


def _minutes_to_wait(answer: Answer) -> float | None:
    """The longest of the waits that the usage header names, in seconds."""
    try:
        usage: dict[str, list[dict[str, Any]]] = msgspec.json.decode(
            answer.headers.get("x-business-use-case-usage", "{}")
        )
        waits = [use["estimated_time_to_regain_access"] for uses in usage.values() for use in uses]
        return 60.0 * max(map(float, waits), default=0.0) or None
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
