"""A PostgreSQL server on loopback, in a folder of its own, run by whom it lets itself be run by."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.reverse_etl.destinations.vendor_server import SECRET

USER = "crm"
NO_POSTGRES = "PostgreSQL is not installed (apt install postgresql)"


@dataclass(frozen=True)
class Postgres:
    """A running server, whose user needs the password `SECRET`."""

    url: str  # without the password


def binaries() -> Path | None:
    """Where initdb and pg_ctl are."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    return max(found, default=Path(on_path).parent if on_path else None, key=str)


@contextmanager
def running_postgres(programs: Path) -> Iterator[Postgres]:
    """Start a server, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="homespun-postgres-") as name:
        folder = Path(name)
        runner = _runner()
        password = folder / "password"
        password.write_text(SECRET)
        if runner:
            for path in (folder, password):
                shutil.chown(path, runner)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [str(programs / program), "-D", str(folder / "data"), *arguments],
                cwd=folder,
                user=runner,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdout=subprocess.DEVNULL,
                check=True,
                timeout=60,
            )

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        login = ["-U", USER, "-A", "scram-sha-256", f"--pwfile={password}"]
        run("initdb", *login, "--no-sync", "-E", "UTF8")
        options = f"-F -h 127.0.0.1 -p {port} -k {folder}"
        run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield Postgres(f"postgresql://{USER}@127.0.0.1:{port}/postgres")
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")


def _runner() -> str | None:
    """PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
