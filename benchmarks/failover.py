"""A primary is lost while the desk lends: seconds without service, and loans that are lost.

    python -m benchmarks.failover [--seconds 60] [--clients 8] [--switch]

starts etcd, two Patronis with a PostgreSQL each (Debian: patroni, etcd-server, postgresql), and two
nodes of Octavo behind nginx. Clients lend and take back; whatever is not answered 2xx is sent again
under its key. After ten seconds Patroni and PostgreSQL of the primary are killed. Prints the
longest time without an acknowledged loan and without a read of the catalogue, and looks each
acknowledged loan up in the end. Then the lost server is started again, and has to follow. With
`--switch` nothing is killed: the standby takes over as for maintenance.
"""

import argparse
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import requests

from tests.support import proxies
from tests.support.servers import ADMIN, Server, free_port, wait_for

HERE = Path(__file__).parent
BEFORE = 10.0
PAUSE = 0.2
"""Seconds that a client waits before it sends something again."""
CONFIGURATION = HERE.parent / "deploy" / "patroni" / "octavo.yml"
OWNER = "postgres" if os.getuid() == 0 else None


@dataclass
class Member:
    """A Patroni and its PostgreSQL."""

    name: str
    folder: Path
    port: int
    rest: int
    etcd: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL."""
        text = CONFIGURATION.read_text()
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        for written, here in (
            ("name: db1", f"name: {self.name}"),
            ("db1.library.internal:8008", f"127.0.0.1:{self.rest}"),
            ("0.0.0.0:8008", f"127.0.0.1:{self.rest}"),
            ("db1.library.internal:5432", f"127.0.0.1:{self.port}"),
            ("0.0.0.0:5432", f"127.0.0.1:{self.port}"),
            ("/var/lib/postgresql/octavo", str(self.folder / "data")),
            ("/usr/lib/postgresql/15/bin", str(programs)),
            (
                "etcd1.library.internal:2379,etcd2.library.internal:2379,etcd3.library.internal:2379",
                f"127.0.0.1:{self.etcd}",
            ),
            ("10.0.0.0/24 scram-sha-256", "127.0.0.1/32 trust"),
        ):
            if written not in text:
                raise RuntimeError(f"{CONFIGURATION} has no {written}")
            text = text.replace(written, here)
        (self.folder / "patroni.yml").write_text(text)
        with (self.folder / "patroni.log").open("ab") as log:
            command = ["/usr/bin/patroni", str(self.folder / "patroni.yml")]
            environ = {**os.environ, "HOME": str(self.folder)}  # It keeps passwords there.
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, user=OWNER, env=environ, start_new_session=True
            )

    def lose(self) -> None:
        """Kill both, as when the machine is gone."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        os.kill(postmaster, signal.SIGKILL)

    def hand_over(self, to: "Member") -> None:
        """Let another one be the primary, as `patronictl switchover` does."""
        body = {"leader": self.name, "candidate": to.name}
        answer = requests.post(f"http://127.0.0.1:{self.rest}/switchover", json=body, timeout=60)
        if not answer.ok:
            raise RuntimeError(answer.text)

    def stop(self) -> None:
        """Stop Patroni, which stops PostgreSQL."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)

    def is_now(self, role: str) -> bool:
        """Whether Patroni says so: `primary`, `replica`, `synchronous`."""
        try:
            return requests.get(f"http://127.0.0.1:{self.rest}/{role}", timeout=2).ok
        except requests.RequestException:
            return False


@dataclass
class Told:
    """What clients were told, and when."""

    loans: set[int] = field(default_factory=set)
    returned: set[int] = field(default_factory=set)
    lent_at: list[float] = field(default_factory=list)
    read_at: list[float] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Run it and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--switch", action="store_true")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="octavo-failover-") as name, _members(Path(name)) as members:
        hosts = ",".join("127.0.0.1" for _ in members)
        ports = ",".join(str(member.port) for member in members)
        where = f"postgresql://postgres@/octavo?host={hosts}&port={ports}"
        nodes = Path(name) / "nodes"
        nodes.mkdir()
        chosen = {
            "DATABASE_URL": f"{where}&target_session_attrs=read-write&connect_timeout=2",
            "DATABASE_READ_URL": f"{where}&target_session_attrs=standby",
        }
        with proxies.two_nodes(nodes, **chosen) as server:
            _run(server, members, asked)


@contextmanager
def _members(folder: Path) -> Iterator[list[Member]]:
    """Two members, the first one primary, the other one its synchronous standby."""
    client, peer = free_port(), free_port()
    folder.chmod(0o755)
    with (folder / "etcd.log").open("wb") as log:
        etcd = subprocess.Popen(_etcd(folder, client, peer), stdout=log, stderr=log)
    members = []
    try:
        for name in ("db1", "db2"):
            own = folder / name
            own.mkdir()
            if OWNER:
                shutil.chown(own, OWNER)
            members.append(Member(name, own, free_port(), free_port(), client))
        first, second = members
        first.start()
        wait_for(lambda: first.is_now("primary"), 60)
        second.start()
        wait_for(lambda: second.is_now("synchronous"), 90)
        url = f"postgresql://postgres@127.0.0.1:{first.port}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE octavo")
        yield members
    except TimeoutError:
        logs = [each.folder / "patroni.log" for each in members]
        sys.exit("".join(log.read_text()[-3000:] for log in logs if log.exists()))
    finally:
        for member in members:
            member.stop()
        etcd.terminate()
        etcd.wait(timeout=20)


def _etcd(folder: Path, client: int, peer: int) -> list[str]:
    at = f"http://127.0.0.1:{client}"
    among = f"http://127.0.0.1:{peer}"
    return [
        *("etcd", "--data-dir", str(folder / "etcd"), "--listen-client-urls", at),
        *("--advertise-client-urls", at, "--listen-peer-urls", among),
        *("--initial-advertise-peer-urls", among, "--initial-cluster", f"default={among}"),
    ]


def _run(server: Server, members: list[Member], asked: argparse.Namespace) -> None:
    first, second = members
    made = [_desk(server, number) for number in range(asked.clients)]
    told = Told()
    began = time.monotonic()
    ends = began + asked.seconds
    with ThreadPoolExecutor(asked.clients + 1) as pool:
        running = [pool.submit(_lend, server, told, *each, ends) for each in made]
        running.append(pool.submit(_read, server, told, ends))
        time.sleep(BEFORE)
        lost = time.monotonic()
        if asked.switch:
            first.hand_over(second)
        else:
            first.lose()
        wait_for(lambda: second.is_now("primary"), 60)
        promoted = time.monotonic() - lost
        for each in running:
            each.result()
    print(f"promoted after {promoted:.1f} s")
    for what, moments in (("loan", told.lent_at), ("read", told.read_at)):
        print(f"longest time without an acknowledged {what}: {_gap(moments):.1f} s")
    print(f"acknowledged loans {len(told.loans)}, returns {len(told.returned)}")
    print(f"other answers: {dict(told.refusals)}")
    print(f"lost: {_lost(second, told)}")
    if not asked.switch:
        first.start()
    again = time.monotonic()
    wait_for(lambda: first.is_now("synchronous"), 90)
    print(f"the former primary follows after {time.monotonic() - again:.1f} s")


def _desk(server: Server, number: int) -> tuple[str, int]:
    """A copy and a member of a client's own."""
    with requests.Session() as session:
        session.auth = ADMIN
        book = session.post(server.api("/books"), json={"title": f"Volume {number}"}).json()
        barcode = uuid4().hex
        session.post(server.api(f"/books/{book['id']}/copies"), json={"barcode": barcode})
        person = {"first_name": "Ada", "card_number": uuid4().hex[:12]}
        member: int = session.post(server.api("/users"), json=person).json()["id"]
    return barcode, member


def _lend(server: Server, told: Told, barcode: str, member: int, ends: float) -> None:
    with requests.Session() as session:
        session.auth = ADMIN
        while time.monotonic() < ends:
            body = {"barcode": barcode, "user_id": member}
            lent = _acknowledged(session, told, server.api("/loans"), body, ends)
            if lent is None:
                return
            told.loans.add(lent)
            told.lent_at.append(time.monotonic())
            if _acknowledged(session, told, server.api("/returns"), {"barcode": barcode}, ends):
                told.returned.add(lent)


def _acknowledged(
    session: requests.Session, told: Told, url: str, body: object, ends: float
) -> int | None:
    """Send it until it is acknowledged; the loan's id, or None where the time is over before."""
    headers = {"Idempotency-Key": uuid4().hex}
    while time.monotonic() < ends:
        try:
            answer = session.post(url, json=body, headers=headers, timeout=30)
        except requests.RequestException as error:
            told.refusals[type(error).__name__] += 1
        else:
            if answer.ok:
                answered = answer.json()
                found: int = answered.get("loan", answered)["id"]
                return found
            told.refusals[f"{answer.status_code} {answer.json().get('code')}"] += 1
        time.sleep(PAUSE)
    return None


def _read(server: Server, told: Told, ends: float) -> None:
    number = 0
    with requests.Session() as session:
        while time.monotonic() < ends:
            number += 1
            with suppress(requests.RequestException):
                if session.get(server.api(f"/books?q=volume&page={number}"), timeout=30).ok:
                    told.read_at.append(time.monotonic())
            time.sleep(PAUSE / 4)


def _gap(moments: list[float]) -> float:
    ordered = sorted(moments)
    return max(after - before for before, after in itertools.pairwise(ordered))


def _lost(member: Member, told: Told) -> int:
    """How many of the acknowledged loans and returns are not there."""
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{member.port}/octavo") as connection:
        known: dict[int, str | None] = dict(
            connection.execute("SELECT id, returned_at FROM loan").fetchall()
        )
    unreturned = sum(known.get(each) is None for each in told.returned)
    return sum(each not in known for each in told.loans) + unreturned


if __name__ == "__main__":
    main()
