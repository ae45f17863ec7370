"""The site of deploy/ as it is: TLS, HTTP/2, and refusals before a body is sent."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
import requests

from api.problem_codes import PROBLEMS
from tests.support import people, proxies
from tests.support.servers import ADMIN, Server

pytestmark = [pytest.mark.server, pytest.mark.nginx]
MEBIBYTE = 1 << 20
CREDENTIALS = people.basic(*ADMIN)["Authorization"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server behind nginx with TLS."""
    folder = tmp_path_factory.mktemp("tls")
    with proxies.behind_nginx(folder, tls=True, WORKERS="2") as started:
        yield started


@pytest.fixture
def certificate(site: Server) -> Path:
    """What clients believe the site by."""
    return site.log.with_name("fullchain.pem")


def connected(site: Server, certificate: Path, *protocols: str) -> ssl.SSLSocket:
    """A connection over TLS that offers these protocols."""
    context = ssl.create_default_context(cafile=certificate)
    context.set_alpn_protocols(list(protocols))
    parts = urlsplit(site.url)
    plain = socket.create_connection((parts.hostname, parts.port), timeout=20)
    return context.wrap_socket(plain, server_hostname=parts.hostname)


def asked_first(
    site: Server, certificate: Path, path: str, length: int, headers: str = ""
) -> bytes:
    """The first that is answered to a client that waits with its body until it is asked for it."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{headers}"
    with connected(site, certificate, "http/1.1") as connection:
        connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
            if received.startswith(b"HTTP/1.1 100") or received.endswith(b"}"):
                break
    return received


def test_http_2_is_spoken_where_a_client_offers_it(site: Server, certificate: Path) -> None:
    with connected(site, certificate, "h2", "http/1.1") as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_a_book_is_made_over_http_2(site: Server, certificate: Path) -> None:
    asked = ["curl", "--silent", "--http2", "--cacert", str(certificate), "--user", ":".join(ADMIN)]
    asked += ["--write-out", "\n%{http_version} %{http_code}", "--json", '{"title": "Emma"}']
    told = subprocess.run([*asked, site.api("/books")], capture_output=True, text=True, check=True)
    body, _, outcome = told.stdout.rpartition("\n")
    assert (orjson.loads(body)["title"], outcome) == ("Emma", "2 201")


def test_old_versions_of_tls_are_refused(site: Server, certificate: Path) -> None:
    parts = urlsplit(site.url)
    asked = ["openssl", "s_client", "-connect", f"127.0.0.1:{parts.port}", "-tls1_1"]
    told = subprocess.run(
        [*asked, "-cipher", "DEFAULT@SECLEVEL=0"],
        input=b"",
        capture_output=True,
        check=False,
        timeout=20,
    )
    assert told.returncode != 0


def test_browsers_are_told_to_come_over_tls_alone(site: Server, certificate: Path) -> None:
    answer = requests.get(f"{site.url}/healthz", verify=str(certificate), timeout=10)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


REFUSED = {
    "a file without credentials": ("/api/v1/imports", 1000, "Content-Type: text/csv\r\n", 401),
    "a file of another type": (
        "/api/v1/imports",
        1000,
        f"Authorization: {CREDENTIALS}\r\nContent-Type: image/png\r\n",
        415,
    ),
    "a file too large": (
        "/api/v1/imports",
        65 * MEBIBYTE,
        f"Authorization: {CREDENTIALS}\r\nContent-Type: text/csv\r\n",
        413,
    ),
    "a body too large": ("/api/v1/books", MEBIBYTE + 1, "Content-Type: application/json\r\n", 413),
}


@pytest.mark.parametrize(
    ("path", "length", "headers", "status"), REFUSED.values(), ids=REFUSED.keys()
)
def test_what_the_header_alone_shows_is_refused_before_the_body_is_sent(
    site: Server, certificate: Path, path: str, length: int, headers: str, status: int
) -> None:
    head, _, body = asked_first(site, certificate, path, length, headers).partition(b"\r\n\r\n")
    problem = orjson.loads(body)
    assert head.split(b" ", 2)[1] == str(status).encode()
    assert b"content-type: application/problem+json" in head.lower()
    assert problem["status"] == status
    assert problem["title"] == PROBLEMS[problem["code"]].title


def test_a_file_that_may_be_taken_is_asked_for(site: Server, certificate: Path) -> None:
    headers = f"Authorization: {CREDENTIALS}\r\nContent-Type: text/csv; charset=utf-8\r\n"
    assert asked_first(site, certificate, "/api/v1/imports", 10, headers).startswith(
        b"HTTP/1.1 100 Continue\r\n"
    )


def test_a_file_is_imported_over_tls(site: Server, certificate: Path) -> None:
    answer = requests.post(
        site.api("/imports"),
        data=b"title\nEmma\n",
        headers={"Content-Type": "text/csv"},
        auth=ADMIN,
        verify=str(certificate),
        timeout=10,
    )
    assert answer.status_code == 202


def test_without_tls_a_client_is_sent_to_the_name_of_the_site_and_no_other(site: Server) -> None:
    text = site.log.with_name("nginx.conf").read_text()
    port = text.partition("listen 127.0.0.1:")[2].partition(";")[0]
    answer = requests.get(
        f"http://127.0.0.1:{port}/books?q=x",
        headers={"Host": "evil.example"},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.status_code == 308
    assert answer.headers["Location"] == "https://library.example.org/books?q=x"
