"""A PostgreSQL server of a test's own, on loopback and in a folder that goes with it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    port: int

    def profile(self, database: str) -> str:
        return (
            "shop: {target: dev, outputs: {dev: {type: postgres, host: 127.0.0.1, "
            f"port: {self.port}, user: loader, password: secret, dbname: {database}, "
            "schema: main}}}\n"
        )

    def query(self, database: str, sql: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(
            f"host=127.0.0.1 port={self.port} user=loader password=secret dbname={database}"
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


def find_binaries() -> Path | None:
    """Debian's folder of the server's programs, or that of the one on the path."""
    if BINARIES:
        return BINARIES[-1]
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def run_server(binaries: Path) -> Iterator[Server]:
    """Start a server with the user `loader`, and end it."""
    with TemporaryDirectory(prefix="pg") as folder, socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
        probe.close()
        data, password = Path(folder, "data"), Path(folder, "password")
        password.write_text("secret")
        as_other: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            as_other = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(folder, "nobody", "nogroup")
            shutil.chown(password, "nobody", "nogroup")

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [str(binaries / program), *arguments],
                check=True,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **as_other,
            )

        run(
            *("initdb", "-D", str(data), "-U", "loader", "-E", "UTF8", "--locale=C"),
            *("-A", "scram-sha-256", f"--pwfile={password}", "--no-sync"),
        )
        settings = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off"
        run("pg_ctl", "-D", str(data), "-w", "-o", settings, "-l", f"{folder}/log", "start")
        try:
            yield Server(port)
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
