"""Finds the event files that paths, globs and URLs stand for, and tells what identifies each."""

import errno
import io
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path

from homespun.errors import ConfigurationError
from ingestion.remote import find_remote, open_remote, without_secrets
from ingestion.sources import SourceRule

_EVENT_NAME = re.compile(r".*\.(json|jsonl|ndjson)(\.(gz|zst))?", re.IGNORECASE | re.DOTALL)
_ARCHIVE_NAME = re.compile(r"\d{10,}\.[\w.-]+\.gz")  # Segment's: 1440547200000.eebf2cb.1.2.ab.gz
_DOCUMENT_NAME = re.compile(r".*\.json(\.(gz|zst))?(\?.*)?", re.IGNORECASE | re.DOTALL)
SUFFIXES = ".json, .jsonl or .ndjson, plain or with .gz or .zst"


@dataclass(frozen=True)
class EventFile:
    """A file to load. `fingerprint` changes when its content is replaced."""

    name: str
    source: str
    size: int
    fingerprint: str
    path: bytes = field(repr=False)
    system: str = field(repr=False, default="")

    def open(self) -> io.BufferedReader:
        """The file's bytes as they are stored."""
        if self.is_remote:
            return open_remote(self.name, system=self.system, path=self.path.decode())
        return Path(os.fsdecode(self.path)).open("rb")

    @property
    def is_remote(self) -> bool:
        """Whether fsspec opens it."""
        return bool(self.system)

    @property
    def may_be_one_document(self) -> bool:
        """Whether the name allows a single JSON value over several lines."""
        return _DOCUMENT_NAME.fullmatch(self.name) is not None


def find_files(
    paths: Sequence[str], *, base: Path, source: SourceRule, allow_empty: bool = False
) -> list[EventFile]:
    """The event files behind the paths, each once, in the order of their names.

    A folder stands for every event file below it; hidden files, pipes and links out of the folder
    are left out, and so are pipes of a pattern. A file named itself is taken whatever its name.
    `base` is the folder that names are relative to. Raises ConfigurationError for a path that
    stands for nothing.
    """
    files: dict[str, EventFile] = {}
    for path in (path.removeprefix("file://") for path in paths):
        try:
            found = list(_remote(path, source) if "://" in path else _local(path, base, source))
        except OSError as error:
            raise ConfigurationError(
                f"{error.filename} cannot be read: {error.strerror}"
            ) from error
        if not found and not allow_empty:
            raise ConfigurationError(
                f"{without_secrets(path, path)} holds no event file: "
                f"name files that end in {SUFFIXES}, or pass --allow-empty"
            )
        files |= {file.name: file for file in found}
    return [files[name] for name in sorted(files)]


def _local(path: str, base: Path, source: SourceRule) -> Iterator[EventFile]:
    given = Path(os.path.expanduser(path))  # noqa: PTH111 - leaves what names no user as it is
    named = bool(path) and _exists(given)
    if not named and not has_magic(path):
        raise ConfigurationError(f"{path or 'an empty path'} does not exist: check the path")
    if not named:
        _refuse_closed_folders(given)
    for match in [given] if named else _matches(given):
        for file in _walk(match) if match.is_dir() else [match]:
            try:
                yield _local_file(file, base, source)
            except FileNotFoundError:  # between the listing and here
                continue


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _refuse_closed_folders(pattern: Path) -> None:
    """Raise PermissionError for a folder on the pattern's way, which glob would pass over."""
    for folders, name in zip(pattern.parents, reversed(pattern.parts), strict=False):
        is_listed = has_magic(name) or folders.name == "**"
        needed = os.X_OK | os.R_OK if is_listed else os.X_OK
        for folder in map(Path, glob(str(folders), recursive=True)):  # noqa: PTH207
            if folder.is_dir() and not os.access(folder, needed):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _matches(pattern: Path) -> list[Path]:
    """Folders and event files of a pattern, each once whatever links lead to it."""
    matches = [Path(match) for match in glob(str(pattern), recursive=True)]  # noqa: PTH207
    best_last = sorted(
        matches, key=lambda match: (match.is_symlink(), len(match.parts), match), reverse=True
    )
    found = [
        match
        for match in best_last
        if match.is_dir() or (match.is_file() and _is_event_name(match.name))
    ]
    return list({match.resolve(): match for match in found}.values())


def _walk(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    for directory, folders, names in os.walk(folder, onerror=_refuse_folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(directory, name)
            if _is_event_name(name) and file.is_file() and file.resolve().is_relative_to(root):
                yield file


def _refuse_folder(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _is_event_name(name: str) -> bool:
    return not name.startswith(".") and (
        _EVENT_NAME.fullmatch(name) is not None or _ARCHIVE_NAME.fullmatch(name) is not None
    )


def _local_file(path: Path, base: Path, source: SourceRule) -> EventFile:
    absolute = Path(os.path.normpath(Path.cwd() / path))
    # The folder above a link is the one above what it leads to.
    if ".." in path.parts and not (absolute.exists() and absolute.samefile(path)):
        absolute = path.parent.resolve() / path.name
    status = absolute.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ConfigurationError(f"{path} is no regular file: name a file or a folder")
    if not os.access(absolute, os.R_OK):
        raise ConfigurationError(f"{path} cannot be read: check its permissions")
    name = str(absolute.relative_to(base) if absolute.is_relative_to(base) else absolute)
    name = os.fsencode(name).decode(errors="backslashreplace")  # it need not be UTF-8
    return EventFile(
        name=name,
        source=source.source_of(name),
        size=status.st_size,
        fingerprint=f"{status.st_size}-{status.st_mtime_ns}",
        path=os.fsencode(absolute),
    )


def _remote(url: str, source: SourceRule) -> Iterator[EventFile]:
    for file in find_remote(url, is_wanted=_is_event_name):
        yield EventFile(
            name=file.name,
            source=source.source_of(file.name),
            size=file.size,
            fingerprint=file.fingerprint,
            path=file.path.encode(),
            system=file.system,
        )
