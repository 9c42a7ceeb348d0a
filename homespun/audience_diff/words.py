"""A comparison of audiences in words: plain lines, or Markdown for a pull request."""

from collections.abc import Iterator, Sequence

from homespun.audience_diff.compare import AudienceDiff


def as_text(diffs: Sequence[AudienceDiff], base: str) -> str:
    """Lines for a terminal."""
    lines = []
    for diff in diffs:
        lines.append(
            f"{diff.audience}: {diff.base:,} on {base}, {diff.head:,} now; {diff.entered:,} enter, "
            f"{diff.left:,} leave, {diff.unchanged:,} stay; overlap {diff.overlap:.0%}"
        )
        lines += [f"  {line}" for line in _details(diff)]
    return "\n".join(lines)


def as_markdown(diffs: Sequence[AudienceDiff], base: str) -> str:
    """A table and the examples, for a comment on a pull request."""
    lines = [
        f"### Audiences against `{base}`",
        "",
        "| audience | before | after | enter | leave | stay | overlap |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(
            f"| `{diff.audience}` | {diff.base:,} | {diff.head:,} | {diff.entered:,} "
            f"| {diff.left:,} | {diff.unchanged:,} | {diff.overlap:.0%} |"
            for diff in diffs
        ),
    ]
    for diff in diffs:
        if details := list(_details(diff)):
            lines += ["", f"`{diff.audience}`", "", *(f"- {line}" for line in details)]
    return "\n".join(lines) + "\n"


def _details(diff: AudienceDiff) -> Iterator[str]:
    for sync in diff.syncs:
        yield (
            f"sync {sync.sync}: {sync.added:,} added, {sync.removed:,} removed, "
            f"{sync.requests:,} request{'s' * (sync.requests != 1)} at least"
        )
    for example in diff.examples:
        verb = "enters" if example.change == "entered" else "leaves"
        reasons = "; ".join(example.reasons) or "what it rests on changed"
        yield f"{example.profile_id} {verb}: {reasons}"
