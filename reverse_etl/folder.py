"""A folder that files are put into whole: on this machine, or at an fsspec URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import fsspec

from homespun.errors import ConfigurationError
from reverse_etl.abilities import AnswerLost, NotSent

_DENIED = (
    "the storage does not accept the credentials, or finds none: set them in the environment as "
    "its own tools take them (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for s3://, "
    "GOOGLE_APPLICATION_CREDENTIALS for gs://), with the right to write there"
)


def open_folder(place: str) -> "Folder":
    """The folder at a path or a URL; it need not exist yet."""
    return RemoteFolder(place) if "://" in place else LocalFolder(Path(place))


class Folder(Protocol):
    """Where whole files go."""

    def names(self) -> list[str]:
        """The files there, sorted; none where there is no folder yet."""

    def read(self, name: str) -> bytes:
        """A file's content."""

    def write(self, name: str, content: bytes) -> None:
        """Put a file there, whole or not at all; the same again changes nothing."""


class LocalFolder:
    """A folder on this machine: written beside, synced, then renamed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        """The files there, sorted; none where there is no folder yet."""
        if not self._path.exists():
            return []
        return sorted(entry.name for entry in self._path.iterdir() if entry.is_file())

    def read(self, name: str) -> bytes:
        """A file's content."""
        return (self._path / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """Put a file there. Raises NotSent when that is not possible."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            aside = self._path / f".{name}.tmp"
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._path / name)
            folder = os.open(self._path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise NotSent(f"cannot write into {self._path}: {error.strerror}") from None


class RemoteFolder:
    """A folder at an fsspec URL, where an object appears whole when it is put."""

    def __init__(self, url: str) -> None:
        try:
            self._files, self._path = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise ConfigurationError(f"settings.path: {error}") from None

    def names(self) -> list[str]:
        """The files there, sorted; none where there is no folder yet."""
        with _told():
            self._files.invalidate_cache()
            if not self._files.exists(self._path):
                return []
            found: list[str] = self._files.ls(self._path, detail=False)
        return sorted(path.rpartition("/")[2] for path in found)

    def read(self, name: str) -> bytes:
        """A file's content."""
        with _told():
            content: bytes = self._files.cat_file(f"{self._path}/{name}")
        return content

    def write(self, name: str, content: bytes) -> None:
        """Put a file there. Raises AnswerLost when it is not known whether it is there."""
        with _told():
            self._files.makedirs(self._path, exist_ok=True)
            self._files.pipe_file(f"{self._path}/{name}", content)


@contextmanager
def _told() -> Iterator[None]:
    """Raises ConfigurationError where the storage does not let us, AnswerLost where it fails."""
    try:
        yield
    except PermissionError:
        raise ConfigurationError(_DENIED) from None
    except OSError as error:
        raise AnswerLost(f"no answer from the storage: {type(error).__name__}") from None
    except Exception as error:
        if "Credential" in type(error).__name__:  # each storage's library has its own
            raise ConfigurationError(_DENIED) from None
        raise
