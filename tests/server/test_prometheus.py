"""A real Prometheus reads the numbers; alert rules and dashboard ask for none that is not there."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests

from tests.support import servers
from tests.support.servers import ADMIN, ROOT, Server, free_port, wait_for

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "octavo-alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "octavo.json"
VARIABLES = {"$__rate_interval": "1m", "$instance": ".*"}

pytestmark = [pytest.mark.server, pytest.mark.prometheus]


class Prometheus:
    """A running Prometheus."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/api/v1"

    def get(self, path: str, **query: str) -> Any:
        """What it answers."""
        answer = requests.get(f"{self._url}/{path}", params=query, timeout=10).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def values(self, expression: str) -> list[float]:
        """The values of an expression now."""
        return [float(one["value"][1]) for one in self.get("query", query=expression)["result"]]

    def tells(self, expression: str) -> bool:
        """Whether an expression has any value."""
        return bool(self.values(expression))

    def is_reading(self) -> bool:
        """Whether it has been told of everything that `busy` does."""
        try:
            return bool(self.values("octavo_rate_limited_total"))
        except requests.RequestException:
            return False


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has answered, written, refused and limited, and done its night's work."""
    started = servers.start(
        tmp_path_factory.mktemp("watched"), RATE_LIMIT_ANONYMOUS="10 per minute"
    )
    # A minute may begin meanwhile.
    while requests.get(started.api("/books"), timeout=10).status_code != 429:
        pass
    requests.post(started.api("/books"), json={"title": "Emma"}, auth=ADMIN, timeout=10)
    nightly = [str(ROOT / "bin" / "octavo"), "circulation", "nightly"]
    subprocess.run(nightly, env=started.environment, check=True, capture_output=True)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def prometheus(busy: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus with the configuration of deploy/, reading that server."""
    folder = tmp_path_factory.mktemp("prometheus")
    settings = (DEPLOY / "prometheus" / "prometheus.yml").read_text()
    for written, here in (
        ("127.0.0.1:80", busy.url.removeprefix("http://")),
        ("scrape_interval: 15s", "scrape_interval: 1s"),
        ("evaluation_interval: 15s", "evaluation_interval: 1s"),
    ):
        assert written in settings
        settings = settings.replace(written, here)
    (folder / "prometheus.yml").write_text(settings)
    (folder / "octavo-alerts.yml").write_text(RULES.read_text())
    with _running(folder) as found:
        wait_for(found.is_reading, 60)
        yield found


@contextmanager
def _running(folder: Path) -> Iterator[Prometheus]:
    """Prometheus on a free port, with the configuration that is in the folder."""
    address = f"127.0.0.1:{free_port()}"
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield Prometheus(f"http://{address}")
        finally:
            process.terminate()
            process.wait(timeout=30)


def expressions() -> list[str]:
    """Everything that the dashboard shows."""
    panels = orjson.loads(DASHBOARD.read_bytes())["panels"]
    found = [target["expr"] for panel in panels for target in panel["targets"]]
    for variable, value in VARIABLES.items():
        found = [one.replace(variable, value) for one in found]
    return found


def test_the_server_is_up_and_its_library_is_read(prometheus: Prometheus) -> None:
    assert prometheus.values('up{job="octavo"}') == [1]
    assert prometheus.values("octavo_database_up") == [1]
    assert prometheus.values('octavo_loans{status="overdue"}') == [0]


def test_every_number_asked_for_is_there(prometheus: Prometheus) -> None:
    asked = set(re.findall(r"\boctavo_\w+", " ".join([*expressions(), RULES.read_text()])))
    assert len(asked) > 12
    assert [name for name in sorted(asked) if not prometheus.values(f"count({name})")] == []


def test_every_panel_of_the_dashboard_can_be_drawn(prometheus: Prometheus) -> None:
    for expression in expressions():
        # A rate needs two readings.
        wait_for(partial(prometheus.tells, expression))


def test_the_alert_rules_are_read_and_none_fires_over_a_healthy_server(
    prometheus: Prometheus,
) -> None:
    (group,) = prometheus.get("rules")["groups"]
    assert {rule["health"] for rule in group["rules"]} <= {"ok", "unknown"}
    assert [rule["name"] for rule in group["rules"] if rule["state"] == "firing"] == []


def test_each_alert_says_what_to_do(prometheus: Prometheus) -> None:
    (group,) = prometheus.get("rules")["groups"]
    for rule in group["rules"]:
        assert {"summary", "action"} <= rule["annotations"].keys(), rule["name"]
        assert rule["labels"]["severity"] in ("page", "ticket")
