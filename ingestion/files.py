"""Finds the event files that paths, globs and URLs stand for, and tells what identifies each."""

import io
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from homespun.errors import ConfigurationError, Unavailable
from ingestion.sources import SourceRule

_EVENT_NAME = re.compile(r".*\.(json|jsonl|ndjson)(\.(gz|zst))?", re.IGNORECASE | re.DOTALL)
_ARCHIVE_NAME = re.compile(r"\d{10,}\.[\w.-]+\.gz")  # Segment's: 1440547200000.eebf2cb.1.2.ab.gz
_DOCUMENT_NAME = re.compile(r".*\.json(\.(gz|zst))?", re.IGNORECASE | re.DOTALL)
SUFFIXES = ".json, .jsonl or .ndjson, plain or with .gz or .zst"


@dataclass(frozen=True)
class EventFile:
    """A file to load. `fingerprint` changes when its content is replaced."""

    name: str
    source: str
    size: int
    fingerprint: str
    path: str = field(repr=False)

    def open(self) -> io.BufferedReader:
        """The file's bytes as they are stored."""
        if self.is_remote:
            return io.BufferedReader(_RemoteBytes(self.path))
        return Path(self.path).open("rb")

    @property
    def is_remote(self) -> bool:
        """Whether fsspec opens it."""
        return "://" in self.path

    @property
    def may_be_one_document(self) -> bool:
        """Whether the name allows a single JSON value over several lines."""
        return _DOCUMENT_NAME.fullmatch(self.name) is not None


def find_files(
    paths: Sequence[str], *, base: Path, source: SourceRule, allow_empty: bool = False
) -> list[EventFile]:
    """The event files behind the paths, each once, in the order of their names.

    A folder stands for every event file below it; hidden files, pipes and links out of the folder
    are left out. A file named itself is taken whatever its name. `base` is the folder that names
    are relative to. Raises ConfigurationError for a path that stands for nothing.
    """
    files: dict[str, EventFile] = {}
    for path in paths:
        found = list(_remote(path, source) if "://" in path else _local(path, base, source))
        if not found and not allow_empty:
            raise ConfigurationError(
                f"{path} holds no event file: name files that end in {SUFFIXES}, "
                "or pass --allow-empty"
            )
        files |= {file.name: file for file in found}
    return [files[name] for name in sorted(files)]


def _local(path: str, base: Path, source: SourceRule) -> Iterator[EventFile]:
    given = Path(path).expanduser()
    if given.exists():
        matches = [given]
    elif has_magic(path):
        matches = [Path(match) for match in glob(str(given), recursive=True)]  # noqa: PTH207
        matches = [match for match in matches if match.is_dir() or _is_event_name(match.name)]
    else:
        raise ConfigurationError(f"{path} does not exist: check the path")
    for match in matches:
        for file in _walk(match) if match.is_dir() else [match]:
            yield _local_file(file, base, source)


def _walk(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    for directory, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(directory, name)
            if _is_event_name(name) and file.is_file() and file.resolve().is_relative_to(root):
                yield file


def _is_event_name(name: str) -> bool:
    return not name.startswith(".") and (
        _EVENT_NAME.fullmatch(name) is not None or _ARCHIVE_NAME.fullmatch(name) is not None
    )


def _local_file(path: Path, base: Path, source: SourceRule) -> EventFile:
    absolute = Path(os.path.normpath(Path.cwd() / path))
    status = absolute.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ConfigurationError(f"{path} is no regular file: name a file or a folder")
    if not os.access(absolute, os.R_OK):
        raise ConfigurationError(f"{path} cannot be read: check its permissions")
    name = str(absolute.relative_to(base) if absolute.is_relative_to(base) else absolute)
    name = name.encode(errors="replace").decode()  # a name need not be UTF-8
    return EventFile(
        name=name,
        source=source.source_of(name),
        size=status.st_size,
        fingerprint=f"{status.st_size}-{status.st_mtime_ns}",
        path=str(absolute),
    )


def _remote(url: str, source: SourceRule) -> Iterator[EventFile]:
    from fsspec.core import url_to_fs  # readers of local files start sooner without it

    try:
        system, path = url_to_fs(url)
        entries = list(_list_remote(system, path))
    except (ImportError, ValueError) as error:
        raise ConfigurationError(f"{url} cannot be opened: {error}") from error
    except FileNotFoundError:
        raise ConfigurationError(f"{url} does not exist: check the URL") from None
    except PermissionError as error:
        raise ConfigurationError(f"{url} cannot be read: check the credentials") from error
    except Exception as error:  # each service's library has errors of its own
        raise Unavailable(f"{url} does not answer: {error}") from error
    for entry in entries:
        yield _remote_file(system, entry, source)


def _list_remote(system: Any, path: str) -> Iterator[dict[str, Any]]:
    """The entries of event files at a path: itself, what a glob matches, or all below a folder."""
    if has_magic(path) and not system.exists(path):
        found = list(system.glob(path, detail=True).values())
    else:
        entry = system.info(path)
        if entry["type"] == "file":
            yield entry
            return
        found = list(system.find(path, detail=True).values())
    for entry in found:
        if entry["type"] == "file" and _is_event_name(entry["name"].rsplit("/", 1)[-1]):
            yield entry


def _remote_file(system: Any, entry: dict[str, Any], source: SourceRule) -> EventFile:
    name = system.unstrip_protocol(entry["name"])
    identity = (
        entry.get("ETag") or entry.get("etag") or entry.get("mtime") or entry.get("LastModified")
    )
    return EventFile(
        name=name,
        source=source.source_of(name),
        size=int(entry["size"] or 0),
        fingerprint=f"{entry['size']}-{identity}",
        path=name,
    )


class _RemoteBytes(io.RawIOBase):
    """A remote file, whose service's errors are Unavailable."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._file = self._or_unavailable(lambda: _open_remote(url))
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count: int = self._or_unavailable(lambda: self._file.readinto(buffer))
        self._position += count
        return count

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        self._file.close()
        super().close()

    def _or_unavailable(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as error:
            raise Unavailable(f"{self._url} cannot be read: {error}; run it again") from error


def _open_remote(url: str) -> Any:
    from fsspec.core import url_to_fs

    system, path = url_to_fs(url)
    return system.open(path, "rb")
