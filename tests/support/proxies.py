"""nginx with the project's own site, on a free port, in front of a server of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import servers
from tests.support.servers import ROOT, Server

SITE = ROOT / "deploy" / "nginx" / "octavo.conf"
PARAMETERS = Path("/etc/nginx/uwsgi_params")
AROUND = """
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{site}
}}
"""


@contextmanager
def behind_nginx(
    folder: Path, ini: str = "uwsgi.ini", *, tls: bool = False, **settings: str
) -> Iterator[Server]:
    """A server started in `folder`, and nginx in front of it; `url` is that of nginx."""
    port, inner = servers.free_port(), servers.free_port()
    with started(folder, port, inner, tls=tls) as url:
        behind = {"OCTAVO_SOCKET": f"127.0.0.1:{inner}", "TRUSTED_PROXIES": "1"}
        certificate = str(folder / "fullchain.pem") if tls else None
        server = servers.start(
            folder, url=url, ini=ini, certificate=certificate, **behind, **settings
        )
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def two_nodes(folder: Path, **settings: str) -> Iterator[Server]:
    """Two servers with a folder each and one database, and nginx that asks them in turn.

    `url` is that of nginx; the rest is that of the first node.
    """
    port, inner = servers.free_port(), [servers.free_port(), servers.free_port()]
    with started(folder, port, *inner) as url:
        nodes = []
        try:
            for number, each in enumerate(inner):
                own = folder / f"node{number}"
                own.mkdir()
                behind = {"OCTAVO_SOCKET": f"127.0.0.1:{each}", "TRUSTED_PROXIES": "1"}
                nodes.append(servers.start(own, url=url, WORKERS="2", **behind, **settings))
            yield nodes[0]
        finally:
            for node in nodes:
                node.stop()


@contextmanager
def started(folder: Path, port: int, *inner: int, tls: bool = False) -> Iterator[str]:
    """Run nginx on `port`, passing requests on to uWSGI on each of `inner`; give its URL.

    With `tls` as the site has it, with a certificate of its own (`certify`); else in the clear.
    """
    site = SITE.read_text()
    clear = [
        (line, "") for line in site.splitlines(keepends=True) if line.lstrip().startswith("ssl_")
    ]
    if tls:
        certify(folder)
        clear = []
    for written, here in (
        *clear,
        (
            "server 127.0.0.1:8001;",
            " ".join(f"server 127.0.0.1:{each} max_fails=0;" for each in inner),
        ),
        ("listen 80;", f"listen 127.0.0.1:{servers.free_port()};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port}{' ssl http2' if tls else ''};"),
        ("listen [::]:443 ssl http2;", ""),
        ("/etc/ssl/octavo/", f"{folder}/") if tls else ("", ""),
        ("/var/log/nginx/octavo.log", "octavo.log"),
        ("include uwsgi_params;", f"include {PARAMETERS};"),
    ):
        assert written in site
        site = site.replace(written, here) if written else site
    configuration = folder / "nginx.conf"
    configuration.write_text(AROUND.format(site=site))
    nginx = ["nginx", "-p", str(folder), "-e", "error.log", "-c", str(configuration)]
    process = subprocess.Popen(nginx)
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def certify(folder: Path) -> None:
    """Make a certificate for 127.0.0.1, signed by itself, where the site looks for one."""
    made = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        " -keyout privkey.pem -out fullchain.pem"
    )
    subprocess.run(made.split(), cwd=folder, check=True, capture_output=True)
