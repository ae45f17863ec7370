"""A PostgreSQL of our own with a streaming replica, in a folder, on free ports."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from tests.support import servers

_PROGRAMS = ("initdb", "pg_basebackup", "pg_ctl")
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
max_wal_senders = 4
wal_level = replica
hot_standby = on
"""
DATABASE = "octavo"


def lacking() -> str | None:
    """Why none can be run here, or None when one can."""
    absent = [name for name in _PROGRAMS if _program(name) is None]
    return f"there is no program {absent[0]} of PostgreSQL" if absent else None


def _program(name: str) -> str | None:
    """Where a program is; Debian keeps the server's off the path."""
    known = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(known[0]) if known else shutil.which(name)


def _run(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL, which does not run as root."""
    user = "postgres" if os.getuid() == 0 else None
    command = [str(_program(name)), *arguments]
    subprocess.run(command, user=user, check=True, stdout=subprocess.DEVNULL, cwd="/")


@dataclass
class Member:
    """One server: its folder and port."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The URL of the library's database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{DATABASE}"

    def run(self, sql: str, name: str = DATABASE) -> Any:
        """The first row of a statement, if it has any."""
        url = f"postgresql://postgres@127.0.0.1:{self.port}/{name}"
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchone() if cursor.description else None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = str(self.folder) + ".log"
        _run("pg_ctl", "-D", str(self.folder), "-l", log, "-o", f"-p {self.port}", "-w", "start")

    def stop(self) -> None:
        """Stop it at once; connections are cut."""
        _run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")

    def promote(self) -> None:
        """Make a primary of a replica."""
        _run("pg_ctl", "-D", str(self.folder), "-w", "promote")

    def wait_for_standby(self, name: str) -> None:
        """Have commits of a primary wait for a standby of this name; for none if it is empty."""
        self.run(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        self.run("SELECT pg_reload_conf()")
        servers.wait_for(lambda: self.run("SHOW synchronous_standby_names") == (name,), 10)

    def pause(self) -> None:
        """Have a replica receive and not replay, until `resume`."""
        self.run("SELECT pg_wal_replay_pause()")
        servers.wait_for(
            lambda: self.run("SELECT pg_get_wal_replay_pause_state()") == ("paused",), 10
        )

    def resume(self) -> None:
        """Have it replay again."""
        self.run("SELECT pg_wal_replay_resume()")


@dataclass
class Cluster:
    """A primary, and a replica that follows it."""

    primary: Member
    replica: Member

    def wait_until_replayed(self) -> None:
        """Return when the replica has all that the primary has."""
        (written,) = self.primary.run("SELECT pg_current_wal_insert_lsn()::text")
        replayed = f"SELECT pg_last_wal_replay_lsn() >= '{written}'"
        servers.wait_for(lambda: self.replica.run(replayed) == (True,), 20)


@contextmanager
def alone() -> Iterator[Member]:
    """A server with an empty database."""
    with TemporaryDirectory(prefix="octavo-cluster-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        primary = Member(folder / "primary", servers.free_port())
        _run(
            *("initdb", "-D", str(primary.folder), "-U", "postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        with (primary.folder / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS)
        primary.start()
        try:
            primary.run(f"CREATE DATABASE {DATABASE}", "postgres")
            yield primary
        finally:
            _end(primary)


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster with an empty database."""
    with alone() as primary:
        replica = Member(primary.folder.with_name("replica"), servers.free_port())
        _run(
            *("pg_basebackup", "-d", f"host=127.0.0.1 port={primary.port} user=postgres"),
            *("-D", str(replica.folder), "--write-recovery-conf", "--checkpoint=fast"),
            "--no-sync",
        )
        replica.start()
        try:
            yield Cluster(primary, replica)
        finally:
            _end(replica)


def _end(member: Member) -> None:
    """Stop it, if it runs."""
    if (member.folder / "postmaster.pid").exists():
        member.stop()
