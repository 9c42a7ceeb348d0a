"""The guards: plans that no one is likely to have meant stop until a person approves them."""

from reverse_etl.config import Guard, Sync
from reverse_etl.plan import Plan


def verdict(plan: Plan, sync: Sync) -> str:
    """Why the plan may not be sent without approval; empty when it may."""
    guard, doubt = sync.config.guard, sync.doubt
    if doubt and plan.size:
        return doubt
    known = plan.acknowledged
    if not known:
        return ""
    if not plan.members and not guard.allow_empty and sync.config.mode != "append":
        return (
            f"the audience is empty, and {known} were acknowledged before; "
            "where that is normal, set guard.allow_empty"
        )
    if plan.removed >= guard.min_removed and plan.removed > guard.max_removed_share * known:
        return (
            f"{plan.removed} of {known} would be removed, more than "
            f"guard.max_removed_share {guard.max_removed_share:g} (counted from "
            f"{guard.min_removed} removals on)"
        )
    changed = plan.size - plan.removed
    share = guard.max_changed_share
    if share is not None and changed >= guard.min_changed and changed > share * known:
        return (
            f"{changed} would be added or changed where {known} are known, more than "
            f"guard.max_changed_share {share:g}"
        )
    return ""


def too_many_rejected(rejected: int, decided: int, guard: Guard) -> bool:
    """Whether going on would only collect more of the same refusals."""
    return rejected >= guard.min_rejected and rejected > guard.max_rejected_share * decided
