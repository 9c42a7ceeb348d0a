"""Which source a file's messages came from: a given name, a pattern, or the file's own name."""

import re
from dataclasses import dataclass
from typing import Protocol

from homespun.errors import ConfigurationError

_DATE_OR_NUMBER = re.compile(r"(?:^|[-_.])\d[\dTZ:_.-]*$")
_PLACE = re.compile(r"\{(\w+)\}")


class SourceRule(Protocol):
    """Names the source of a file."""

    def source_of(self, file: str) -> str:
        """The source's name, for a file of this name."""


def read_source_rule(source: str | None) -> SourceRule:
    """The rule that `--source` stands for. Raises ConfigurationError for a pattern of no use."""
    if source is None:
        return OwnName()
    if "{" not in source:
        return FixedName(source)
    if _PLACE.findall(source).count("source") != 1:
        raise ConfigurationError(
            f"--source {source!r} is a pattern without {{source}}: "
            "write one such as 'logs/{source}/{day}/{file}'"
        )
    return PathPattern(source)


@dataclass(frozen=True)
class FixedName:
    """One name for all files."""

    name: str

    def source_of(self, file: str) -> str:
        """The name."""
        return self.name


class OwnName:
    """The file's name without extensions, dates and numbers: `web-2026-01-31.jsonl.gz` is `web`.

    Where nothing is left, the nearest folder where something is: so the archive layout
    `segment-logs/web/1440460800000/1440547200000.eebf2c.gz` gives `web`.
    """

    def source_of(self, file: str) -> str:
        """The first name, from the file upwards, that is more than a date or a number."""
        *folders, name = file.split("/")
        for part in (re.split("[.?]", name)[0], *reversed(folders)):
            word = _DATE_OR_NUMBER.sub("", part)
            if word and "=" not in word and not word.endswith(":"):
                return word
        return "unknown"


@dataclass(frozen=True)
class PathPattern:
    """A part of the path, such as `logs/{source}/{day}/{file}`: a place is one folder or file."""

    pattern: str

    def source_of(self, file: str) -> str:
        """What stands at `{source}`. Raises ConfigurationError for a path that does not match."""
        parts = _PLACE.split(self.pattern)
        expression = "".join(
            (r"(?P<source>[^/]+)" if part == "source" else r"[^/]+") if odd else re.escape(part)
            for odd, part in zip([False, True] * len(parts), parts, strict=False)
        )
        found = re.search(rf"(?:^|/){expression}$", file)
        if found is None:
            raise ConfigurationError(f"{file} does not match --source {self.pattern!r}")
        return found["source"]
