"""Whether two names of a target mean one place, however they are written."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

_FILES = ("sqlite:///", "duckdb:///")
_PORTS = {"http": 80, "https": 443, "postgresql": 5432}
_ALIASES = {"postgres": "postgresql"}


def place_of(target: str, directory: Path) -> str:
    """A target in one spelling: hosts in lower case, no default port, no slash at the end.

    Files are where they lie, from the project's `directory`.
    """
    address, mark, part = target.partition("#")
    if address.startswith(_FILES):
        scheme, _, path = address.partition(":///")
        return f"{scheme}:///{(directory / path).resolve()}{mark}{part}"
    if "://" not in address:
        is_path = address.startswith(("/", "."))
        return f"{Path(address).resolve()}{mark}{part}" if is_path else target
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return target
    scheme = _ALIASES.get(parts.scheme, parts.scheme)
    if scheme not in _PORTS:
        return f"{address.rstrip('/')}{mark}{part}"
    user, at, _ = parts.netloc.rpartition("@")
    host = f"[{host}]" if ":" in host else host
    where = f"{user}{at}{host}" + (f":{port}" if port not in (None, _PORTS[scheme]) else "")
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}://{where}{parts.path.rstrip('/')}{query}{mark}{part}"


def place_hash(target: str, directory: Path) -> str:
    """What tells a place from others and gives nothing away: an address may be a secret."""
    return hashlib.sha256(place_of(target, directory).encode()).hexdigest()[:16]


def is_one_place(known: str, target: str, directory: Path) -> bool:
    """Whether a target is a place that is known by its name, or by its hash."""
    names = {target, place_hash(target, directory)}
    return known in names or place_of(known, directory) == place_of(target, directory)
