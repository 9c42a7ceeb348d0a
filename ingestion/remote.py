"""Finds and opens the event files behind fsspec's URLs.

A URL may let in whoever has it, by a password or by a signature in its query. Neither is in a
file's name, so that a URL that was signed again leads to the same file.
"""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from glob import has_magic
from typing import Any, Final

from homespun.errors import ConfigurationError, Unavailable

_PASSWORD = re.compile(r"(?<=://)[^/@:]*:[^/]*(?=@)")
_QUERY = re.compile(r"(https?://[^?]*)\?\S*", re.IGNORECASE)
_QUERIES_OF_A_CHAIN = re.compile(r"https?://[^?]*(\?.+?)(?=::|$)", re.IGNORECASE)
_SIGNATURES: Final = (  # which fields of a query tell each kind, and all that are part of it
    ({"x-amz-signature"}, r"x-amz-.*"),
    ({"x-goog-signature"}, r"x-goog-.*"),
    (
        {"signature"},
        r"signature|expires|policy|key-pair-id|\w*access(key)?id|(x-amz-)?security-token",
    ),
    (
        {"sig", "sv"},
        r"s[veprtis]|s(ig|ip|pr|rt|dd|es)|sk([tesv]|oid|tid)|(sa|su)oid|scid|rsc[cdelt]",
    ),
)


@dataclass(frozen=True)
class RemoteFile:
    """A file that fsspec opens: its path in a file system, which is described as JSON."""

    name: str
    size: int
    fingerprint: str
    path: str
    system: str


def find_remote(url: str, *, is_wanted: Callable[[str], bool]) -> list[RemoteFile]:
    """The file at a URL, or those with a wanted name that it is a folder or a pattern of.

    Raises ConfigurationError or Unavailable, which tell no secret that is in the URL.
    """
    from fsspec.core import url_to_fs  # readers of local files start sooner without it

    shown = without_secrets(url, url)
    try:
        system, path = url_to_fs(url)
        system.invalidate_cache()
        described, archive = system.to_json(), _archive_name(url, system)
        names_and_entries = [
            (_without_password(_name(system, entry["name"], archive), url), entry)
            for entry in _list(system, path, is_wanted)
        ]
        return [_remote_file(entry, described, name=name) for name, entry in names_and_entries]
    except (ImportError, ValueError) as error:
        reason = without_secrets(str(error), url)
        raise ConfigurationError(f"{shown} cannot be opened: {reason}") from error
    except FileNotFoundError as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError):
            reason = without_secrets(str(cause), url)
            raise Unavailable(f"{shown} does not answer: {reason}") from error
        raise ConfigurationError(f"{shown} does not exist: check the URL") from None
    except PermissionError as error:
        raise ConfigurationError(f"{shown} cannot be read: check the credentials") from error
    except Exception as error:  # each service's library has errors of its own
        reason = without_secrets(str(error), url)
        raise Unavailable(f"{shown} does not answer: {reason}") from error


def open_remote(name: str, *, system: str, path: str) -> io.BufferedReader:
    """The file's bytes. Whatever its service raises, when opened or read, is Unavailable."""
    return io.BufferedReader(_RemoteBytes(name, system=system, path=path))


def _list(system: Any, path: str, is_wanted: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """The entries of event files at a path: itself, what a glob matches, or all below a folder."""
    if has_magic(_split_query(path)[0]) and not system.exists(path):
        found = list(system.glob(path, detail=True).values())
    else:
        entry = system.info(path)
        if entry["type"] == "file":
            yield entry
            return
        found = list(system.find(path, detail=True).values())
    for entry in found:
        if entry["type"] == "file" and is_wanted(entry["name"].rsplit("/", 1)[-1]):
            yield entry


def _archive_name(url: str, system: Any) -> str:
    """The name of the archive that the file system is, by the rest of a chained URL; else nothing.

    A chain may also lead to a cache, which has the names of what it caches.
    """
    from fsspec.core import url_to_fs

    start, _, rest = url.partition("::")
    if not rest or not system.unstrip_protocol("").startswith(start.partition("://")[0]):
        return ""
    outer, path = url_to_fs(rest)
    return _name(outer, path, _archive_name(rest, outer))


def _name(system: Any, path: str, archive: str) -> str:
    return f"{archive}/{path}" if archive else _without_query(system.unstrip_protocol(path))


def _without_query(url: str) -> str:
    """A page's URL, in which a hash stands for the query, less any signature. Others as they are.

    What else a query holds may be secret as well, and may be all that tells two files apart.
    """
    address, query = _split_query(url)
    if not query:
        return url
    fields = [(field.partition("=")[0].lower(), field) for field in query.split("&")]
    names = {name for name, _ in fields}
    signs = [sign for tokens, sign in _SIGNATURES if tokens <= names]
    kept = [field for name, field in fields if not any(re.fullmatch(sign, name) for sign in signs)]
    if not kept:
        return address
    digest = hashlib.sha256("&".join(sorted(kept)).encode()).hexdigest()
    return f"{address}?sha256-{digest[:16]}"


def _split_query(url: str) -> tuple[str, str]:
    """A page's URL and its query; elsewhere a question mark is part of a name, or of a pattern."""
    address, _, query = url.partition("?")
    is_page = address.lower().startswith(("http://", "https://"))
    return (address, query) if is_page else (url, "")


def _remote_file(entry: dict[str, Any], described: str, *, name: str) -> RemoteFile:
    signs = ("ETag", "etag", "mtime", "LastModified", "CRC")
    identity = next((entry[sign] for sign in signs if entry.get(sign)), None)
    return RemoteFile(
        name=name,
        size=int(entry["size"] or 0),
        fingerprint=f"{entry['size']}-{identity}",
        path=entry["name"],
        system=described,
    )


def without_secrets(text: str, url: str) -> str:
    """A text about the URL, to show to people."""
    text = _without_password(text, url)
    for query in _QUERIES_OF_A_CHAIN.findall(url):  # which may have spaces
        text = text.replace(query, "?***")
    return _QUERY.sub(r"\1?***", text)


def _without_password(text: str, url: str) -> str:
    for password in _PASSWORD.findall(url):
        text = text.replace(password, "***")
    return text


class _RemoteBytes(io.RawIOBase):
    def __init__(self, name: str, *, system: str, path: str) -> None:
        from fsspec import AbstractFileSystem

        self._name = name
        self._url = f"{system} {path}"
        self._system = self._or_unavailable(  # kept: an archive closes with it
            lambda: AbstractFileSystem.from_json(system)
        )
        self._file = self._or_unavailable(lambda: self._system.open(path, "rb"))
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
            reason = without_secrets(str(error), self._url)
            raise Unavailable(f"{self._name} cannot be read: {reason}; run it again") from error
