"""The SIP2 server as a process: over sockets, with another's client, in races, until it stops."""

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from peewee import SqliteDatabase

from circulation.checkout import Request, lend
from models import fee
from models.database import database
from models.errors import Refused
from protocols.sip2.server import LONGEST_FRAME
from tests.protocols.sip2.conftest import card_of
from tests.protocols.sip2.frames import BLANK_DATE, DATE, frame, read
from tests.protocols.sip2.machines import DESK, key_of
from tests.protocols.sip2.processes import COMMAND, Sip2Server, Wire, environment, running
from tests.support import needs
from tests.support.servers import ROOT, wait_for
from tests.unit.circulation.library import member, owes, title

pytestmark = pytest.mark.peer


@pytest.fixture
def url(library: Any) -> str:
    """Where the library is that the test has."""
    if isinstance(library, SqliteDatabase):
        return f"sqlite:///{library.database}"
    return f"{needs.POSTGRES.rpartition('/')[0]}/{library.database}"


@pytest.fixture
def sip2(url: str, tmp_path: Path) -> Iterator[Sip2Server]:
    """The server on each database."""
    with running(url, tmp_path) as started:
        yield started


def copy() -> str:
    """The barcode of the copy of a new book."""
    return title()[1][0]


def checkout(card: str, barcode: str) -> str:
    """A checkout."""
    return f"11NN{DATE}{BLANK_DATE}AO|AA{card}|AB{barcode}|AC|"


def test_another_s_client_goes_through_every_message(sip2: Sip2Server) -> None:
    card, barcode, other = card_of(member()), copy(), copy()
    client = _client(sip2)
    raw = []

    def ask(name: str, *values: Any, **named: Any) -> Any:
        request = getattr(client, f"sip_{name}_request")(*values, **named)
        answer = client.get_response(request)
        raw.append(answer)
        return getattr(client, f"sip_{name}_response")(answer)

    assert ask("login", "kiosk", key_of())["fixed"]["Ok"] == "1"
    assert ask("sc_status")["fixed"]["OnlineStatus"] == "Y"
    client.patron, client.patronpwd = card, ""
    assert ask("patron_status")["variable"]["AE"] == ["Byron, Ada"]
    assert ask("checkout", barcode)["fixed"]["Ok"] == "1"
    charged = ask("patron_information", "charged")
    assert charged["fixed"]["ChargedItemsCount"] == "0001"
    assert charged["variable"]["AU"] == [barcode]
    assert ask("item_information", barcode)["fixed"]["CirculationStatus"] == "04"
    assert ask("renew", barcode)["fixed"]["Ok"] in "01"
    assert ask("renew_all")["fixed"]["Ok"] == "1"
    assert ask("checkin", barcode)["fixed"]["Ok"] == "1"
    placed = ask("hold", "+", "", 2, other)
    assert placed["fixed"]["Ok"] == "1"
    assert ask("hold", "-", "", 2, other)["fixed"]["Ok"] == "1"
    assert ask("fee_paid", 1, 0, "1.00")["fixed"]["PaymentAccepted"] == "N"
    assert ask("item_status_update", barcode)["fixed"]["ItemPropertiesOk"] == "0"
    assert ask("patron_enable")["variable"]["BL"] == ["Y"]
    assert ask("end_patron_session")["fixed"]["EndSession"] == "Y"
    assert client.get_response(client.sip_sc_resend_request()) == raw[-1]
    for answer in raw:
        read(answer.encode())
    client.disconnect()


def _client(sip2: Sip2Server) -> Any:
    from Sip2.sip2 import Sip2

    client = Sip2()
    client.hostName, client.hostPort = "127.0.0.1", sip2.port
    client.tlsEnable = False
    client.logfile_path = str(sip2.log.parent) + "/"
    client.connect()
    return client


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n", b"\r\r", b"\r\n\r\n"])
def test_every_terminator_is_taken_and_every_message_answered(
    sip2: Sip2Server, terminator: bytes
) -> None:
    wire = sip2.wire()
    for number in range(3):
        wire.send(frame("9900302.00", number) + terminator)
        assert read(wire.receive()).code == "98"


def test_messages_sent_at_once_are_answered_in_order(sip2: Sip2Server) -> None:
    wire = sip2.wire()
    wire.send(b"".join(frame("9900302.00", number) + b"\r" for number in range(9)))
    for number in range(9):
        assert b"AY%dAZ" % number in wire.receive()


def test_a_message_may_come_byte_by_byte(sip2: Sip2Server) -> None:
    wire = sip2.wire()
    wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in frame("9900302.00", 1) + b"\r":
        wire.send(bytes([byte]))
    assert read(wire.receive()).code == "98"


def test_a_message_without_end_ends_its_connection_and_no_other(sip2: Sip2Server) -> None:
    endless, other = sip2.wire(), sip2.wire()
    with contextlib.suppress(OSError):
        endless.send(b"9" * (1 << 20))
    assert endless.receive() == b""
    other.send(frame("9900302.00", 1) + b"\r")
    assert read(other.receive()).code == "98"
    other.send(b"63" + b"x" * (LONGEST_FRAME - 10) + b"\r")
    assert read(other.receive(), has_checksum=False).code == "64"


def test_failed_sign_ins_end_the_connection(sip2: Sip2Server) -> None:
    wire = sip2.wire()
    for _ in range(3):
        assert wire.say("9300CNx|COwrong|")["ok"] == "0"
    assert wire.receive() == b""


def test_of_machines_and_clerks_who_race_for_a_copy_one_gets_it(sip2: Sip2Server) -> None:
    key = key_of()
    wires = [sip2.wire().sign_in(key, f"kiosk-{number}") for number in range(6)]
    for _ in range(5):
        barcode = copy()
        cards = [card_of(member()) for _ in range(8)]
        start = threading.Barrier(8)

        def at_machine(
            wire: Wire, card: str, code: str = barcode, at: threading.Barrier = start
        ) -> bool:
            at.wait(60)
            return wire.say(checkout(card, code))["ok"] == "1"

        def at_desk(card: str, code: str = barcode, at: threading.Barrier = start) -> bool:
            at.wait(60)
            try:
                lend(Request(barcode=code, card_number=card), DESK, datetime.now(UTC))
            except Refused:
                return False
            finally:
                database.obj.close()
            return True

        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(at_machine, *each) for each in zip(wires, cards, strict=False)]
            asked += [pool.submit(at_desk, card) for card in cards[6:]]
            assert [one.result() for one in asked].count(True) == 1


def test_one_payment_sent_by_connections_at_once_is_taken_once(sip2: Sip2Server) -> None:
    key = key_of()
    wires = [sip2.wire().sign_in(key) for _ in range(4)]
    user_id = member()
    owes(user_id, 1000)
    card = card_of(user_id)
    start = threading.Barrier(4)

    def pay(wire: Wire) -> str:
        start.wait(60)
        return wire.say(f"37{DATE}0100EURBV2.00|AA{card}|BKt1|")["payment_accepted"]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(pay, wires)) == {"Y"}
    assert fee.balance(user_id) == 800


def test_a_stop_finishes_what_is_in_work_and_ends_the_connections(url: str, tmp_path: Path) -> None:
    with running(url, tmp_path, PASSWORD_ROUNDS="14") as sip2:
        wire = sip2.wire().sign_in(key_of())
        idle = sip2.wire()
        slow = f"23000{DATE}AO|AAnobody|AC|ADwrong password|"
        wire.send(frame("9900302.00", 5) + b"\r" + frame(slow, 6) + b"\r")
        assert read(wire.receive()).code == "98"
        assert sip2.stop() == 0
        assert read(wire.receive()).code == "24"
        assert wire.receive() == idle.receive() == b""
        assert '"stopped"' in sip2.log.read_text()


def test_whoever_started_it_is_told_when_it_serves(url: str, tmp_path: Path) -> None:
    where = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(where))
        systemd.settimeout(60)
        with running(url, tmp_path, NOTIFY_SOCKET=str(where)) as sip2:
            assert systemd.recv(100) == b"READY=1"
            assert sip2.wire().say("9900302.00")["online"] == "Y"


def test_the_log_has_one_line_a_message_and_nothing_personal(sip2: Sip2Server) -> None:
    card, barcode, key = card_of(member()), copy(), key_of()
    wire = sip2.wire().sign_in(key, "hall-left")
    wire.say(checkout(card, barcode))
    wire.say(f"23000{DATE}AO|AA{card}|AC|AD4711|")
    wait_for(lambda: sip2.log.read_text().count('"message":"message"') >= 3)
    log = sip2.log.read_text()
    assert '"machine":"hall-left"' in log
    assert '"sip2":"checkout"' in log
    for secret in (card, barcode, "Byron", "4711", key.split("_", 2)[2]):
        assert secret not in log


def test_tls_serves_those_who_trust_the_certificate(url: str, tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    with running(url, tmp_path, SIP2_CERT=str(cert), SIP2_KEY=str(key)) as sip2:
        context = ssl.create_default_context(cafile=str(cert))
        plain = socket.create_connection(("127.0.0.1", sip2.port), timeout=30)
        wire = sip2.wire(context.wrap_socket(plain, server_hostname="localhost"))
        assert wire.say("9900302.00")["online"] == "Y"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"SIP2_PORT": ""}, "SIP2_PORT"),
        ({"SIP2_PORT": "1", "SIP2_CERT": "/nowhere"}, "SIP2_CERT"),
        (
            {"SIP2_PORT": "1", "SIP2_CERT": "/nowhere", "SIP2_KEY": "/nowhere"},
            "SIP2_CERT, SIP2_KEY: they cannot be used",
        ),
    ],
)
def test_settings_that_cannot_be_meant_end_it_with_a_sentence(
    url: str, settings: dict[str, str], told: str
) -> None:
    done = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=environment(url, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named(sip2: Sip2Server, url: str) -> None:
    again = environment(url, SIP2_PORT=str(sip2.port))
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=again, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert f"127.0.0.1:{sip2.port}" in done.stderr
