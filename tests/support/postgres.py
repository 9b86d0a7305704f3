"""A private PostgreSQL server in a temporary folder: Debian's package, an ordinary user, a socket and no network."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_USERS = ("postgres", "nobody")


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, the newest; None where there is none."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def why_not() -> str:
    """Why no server can be started here; "" when one can."""
    if programs() is None:
        return "PostgreSQL is not installed"
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        return f"psycopg cannot be used: {error}"
    if os.getuid() == 0 and not shutil.which("setpriv"):
        return "PostgreSQL does not run as the super-user, and there is no setpriv to become another one"
    return ""


class Server:
    """A running server; ``new_database`` gives the URL of an empty database in it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="twopop-pg-"))
        self._count = itertools.count(1)
        self._bin = programs() or Path()
        self._as = self._ordinary_user()
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-N", "--no-instructions")
        self.start()

    @property
    def data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self._folder} -c fsync=off -c max_connections=200 -c shared_buffers=32MB"
        self._run("pg_ctl", "-D", self.data, "-w", "-o", options, "-l", self._folder / "log", "start")

    def stop(self) -> None:
        """As when its power is cut."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def close(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    @contextlib.contextmanager
    def new_database(self) -> Iterator[str]:
        """The URL of an empty database, which is thrown away at the end."""
        name = f"catalogue{next(self._count)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE template0")
        yield self.url(name)
        self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, command: str) -> None:
        import psycopg

        with psycopg.connect(f"host={self._folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(command)  # type: ignore[arg-type]

    def _ordinary_user(self) -> list[str]:
        if os.getuid() != 0:
            return []
        for user in _USERS:
            try:
                shutil.chown(self._folder, user)
            except LookupError:
                continue
            return ["setpriv", f"--reuid={user}", "--clear-groups", "--"]
        pytest.skip("there is no ordinary user to run PostgreSQL as")

    def _run(self, program: str, *arguments: object) -> None:
        words = [*self._as, str(self._bin / program), *map(str, arguments)]
        # No pipes: the server that pg_ctl leaves behind would hold them open.
        with (self._folder / f"{program}.log").open("a+", encoding="utf-8") as log:
            done = subprocess.run(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", timeout=120)
            log.seek(0)
            assert done.returncode == 0, log.read()
