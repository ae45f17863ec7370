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
def behind_nginx(folder: Path, ini: str = "uwsgi.ini", **settings: str) -> Iterator[Server]:
    """A server started in `folder`, and nginx in front of it; `url` is that of nginx."""
    port, inner = servers.free_port(), servers.free_port()
    with started(folder, port, inner) as url:
        behind = {"OCTAVO_SOCKET": f"127.0.0.1:{inner}", "TRUSTED_PROXIES": "1"}
        server = servers.start(folder, url=url, ini=ini, **behind, **settings)
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def started(folder: Path, port: int, inner: int) -> Iterator[str]:
    """Run nginx on `port`, passing requests on to uWSGI on `inner`; give its URL."""
    site = SITE.read_text()
    for written, here in (
        ("server 127.0.0.1:8001;", f"server 127.0.0.1:{inner};"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("listen [::]:80;", ""),
        ("include uwsgi_params;", f"include {PARAMETERS};"),
    ):
        assert written in site
        site = site.replace(written, here)
    configuration = folder / "nginx.conf"
    configuration.write_text(AROUND.format(site=site))
    nginx = ["nginx", "-p", str(folder), "-e", "error.log", "-c", str(configuration)]
    process = subprocess.Popen(nginx)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
