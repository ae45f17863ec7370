"""Reads of the catalogue from a streaming replica; a real one follows a real primary here."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from api import settings
from api.app import create_app
from models import replica, schema
from models.database import connect, database
from tests.support import clusters, people, servers
from tests.support.clusters import Cluster

pytestmark = [pytest.mark.replica, pytest.mark.slow]
BOOKS = "/api/v1/books"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A primary with the library's tables, and a replica."""
    with clusters.running() as started:
        connect(started.primary.url)
        schema.migrate()
        people.add("admin", "admin@example.org")
        database.obj.close()
        database.initialize(None)
        yield started


@pytest.fixture
def client(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A client of a node that has both, with a book of its own and credentials."""
    monkeypatch.setattr(replica, "AWAY_SECONDS", 0.2)
    app = create_app(
        settings.read(
            {
                **servers.QUICK,
                "DATABASE_URL": cluster.primary.url,
                "DATABASE_READ_URL": cluster.replica.url,
                "REPLICA_MAX_LAG_SECONDS": "1",
            }
        )
    )
    opened = app.test_client()
    opened.environ_base["HTTP_AUTHORIZATION"] = people.basic("admin@example.org", people.PASSWORD)[
        "Authorization"
    ]
    opened.post(BOOKS, json={"title": "Emma"})
    cluster.wait_until_replayed()
    yield opened
    chosen = replica.in_use()
    assert chosen is not None
    chosen.close()
    replica.use("", 1)
    database.obj.close()
    database.initialize(None)


def counted(client: FlaskClient) -> Counter[str]:
    """How many reads of the catalogue went where, as /metrics tells."""
    told = re.findall(
        r'octavo_catalogue_reads_total{source="(.+)"} (.+)', client.get("/metrics").get_data(True)
    )
    return Counter({source: int(float(number)) for source, number in told})


def source(client: FlaskClient, path: str, **headers: str) -> str:
    """Where a read went; nothing where there was no choice."""
    before = counted(client)
    # Closed, as a server does: only then a request is over, and counted.
    with client.get(path, headers=headers) as answer:
        assert answer.status_code == 200
    return " ".join(sorted(set((counted(client) - before).elements())))


def comes_from(client: FlaskClient, wanted: str) -> None:
    """Return when a book is read from there."""
    servers.wait_for(lambda: source(client, f"{BOOKS}/1") == wanted, 20)


def readiness(client: FlaskClient) -> tuple[int, str]:
    """What /readyz says of the replica."""
    answer = client.get("/readyz")
    return answer.status_code, answer.get_json()["parts"]["replica"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (BOOKS, {}),
        (f"{BOOKS}/1", {}),
        (f"{BOOKS}/1", {"Accept": "application/marcxml+xml"}),
        (f"{BOOKS}?q=emma&facets=language", {}),
        (f"{BOOKS}?q=ema", {}),
        (f"{BOOKS}?cursor=&sort=title", {}),
        ("/oai?verb=ListRecords&metadataPrefix=oai_dc", {}),
        ("/sru?version=1.2&operation=searchRetrieve&query=emma", {}),
    ],
)
def test_the_catalogue_is_read_from_the_replica(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    assert source(client, path, **headers) == "replica"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"{BOOKS}/1?embed=availability", {}),
        (f"{BOOKS}?embed=copies", {}),
        (f"{BOOKS}?available=true", {}),
        (f"{BOOKS}/1", {"Accept": "application/ld+json"}),
        (f"{BOOKS}/1/copies", {}),
        ("/api/v1/copies", {}),
        ("/api/v1/users", {}),
        ("/api/v1/loans", {}),
        ("/api/v1/holds", {}),
        ("/api/v1/fees", {}),
        ("/api/v1/auth/profile", {}),
    ],
)
def test_what_is_on_the_shelf_and_all_of_members_is_not(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    assert source(client, path, **headers) == ""


def test_a_reader_without_credentials_is_answered_by_the_replica(client: FlaskClient) -> None:
    del client.environ_base["HTTP_AUTHORIZATION"]
    assert source(client, f"{BOOKS}?q=emma&limit=7") == "replica"


@pytest.fixture
def behind(client: FlaskClient, cluster: Cluster) -> Iterator[FlaskClient]:
    """The client, with a replica that replays nothing from now on."""
    comes_from(client, "replica")
    cluster.replica.pause()
    yield client
    cluster.replica.resume()
    cluster.wait_until_replayed()


def test_a_change_is_read_at_once_though_the_replica_has_not_got_it(
    behind: FlaskClient, cluster: Cluster
) -> None:
    behind.patch(f"{BOOKS}/1", json={"title": "Sanditon"})
    assert behind.get(f"{BOOKS}/1").get_json()["title"] == "Sanditon"
    assert source(behind, f"{BOOKS}/1") == "primary"
    cluster.replica.resume()
    comes_from(behind, "replica")
    assert behind.get(f"{BOOKS}/1").get_json()["title"] == "Sanditon"


@contextmanager
def ahead(client: FlaskClient, cluster: Cluster, change: str) -> Iterator[str]:
    """The path of a book with a change that the replica shows and the primary does not yet.

    So it is for a moment with every change where commits wait for a standby.
    """
    book_id = client.post(BOOKS, json={"title": "Sense"}).get_json()["id"]
    cluster.wait_until_replayed()
    comes_from(client, "replica")
    cluster.primary.wait_for_standby("nobody")
    with ThreadPoolExecutor(1) as pool:
        changed = f"UPDATE book SET {change}, revision = revision + 1 WHERE id = {book_id}"  # noqa: S608
        writing = pool.submit(cluster.primary.run, changed)
        try:
            shown = f"SELECT revision = 2 FROM book WHERE id = {book_id}"  # noqa: S608
            servers.wait_for(lambda: cluster.replica.run(shown) == (True,), 20)
            assert cluster.primary.run(shown) == (False,)
            yield f"{BOOKS}/{book_id}"
        finally:
            cluster.primary.wait_for_standby("")
        writing.result()


@pytest.mark.parametrize("change", ["title = 'Ahead'", "deleted_at = updated_at"])
def test_nobody_is_shown_what_the_primary_does_not_show_yet(
    client: FlaskClient, cluster: Cluster, change: str
) -> None:
    """Else the next one, who is told of the primary's version, would be shown what is older."""
    with ahead(client, cluster, change) as path:
        answer = client.get(path)
        assert (answer.status_code, answer.get_json()["title"]) == (200, "Sense")
        assert source(client, path) == "primary"


def test_a_new_barcode_is_found_at_once_though_the_replica_has_not_got_it(
    behind: FlaskClient,
) -> None:
    barcode = uuid4().hex
    behind.post(f"{BOOKS}/1/copies", json={"barcode": barcode})
    assert behind.get(f"{BOOKS}?q={barcode}").get_json()["pagination"]["total"] == 1


def test_changes_of_others_than_books_leave_the_replica_in_use(behind: FlaskClient) -> None:
    behind.post("/api/v1/posts", json={"title": "News", "content": "We are open."})
    assert source(behind, f"{BOOKS}/1") == "replica"


def test_a_replica_too_many_seconds_behind_is_not_read_from(
    behind: FlaskClient, cluster: Cluster
) -> None:
    behind.post("/api/v1/posts", json={"title": "News", "content": "We are open."})
    comes_from(behind, "primary")
    servers.wait_for(lambda: readiness(behind) == (200, "late"), 20)
    cluster.replica.resume()
    comes_from(behind, "replica")
    assert readiness(behind) == (200, "ok")


def test_a_replica_stays_in_use_where_nothing_is_written(client: FlaskClient) -> None:
    comes_from(client, "replica")
    sleep(1.5)  # It may be one second behind.
    assert source(client, f"{BOOKS}/1") == "replica"


def test_without_its_replica_the_catalogue_is_read_on(
    client: FlaskClient, cluster: Cluster
) -> None:
    comes_from(client, "replica")
    cluster.replica.stop()
    assert [client.get(f"{BOOKS}/1").status_code for _ in range(3)] == [200] * 3
    assert readiness(client) == (200, "away")
    assert "octavo_replica_up 0.0" in client.get("/metrics").get_data(True)
    cluster.replica.start()
    comes_from(client, "replica")
    assert readiness(client) == (200, "ok")
    assert "octavo_replica_up 1.0" in client.get("/metrics").get_data(True)


def test_a_read_that_the_replica_breaks_off_is_done_on_the_primary(
    client: FlaskClient, cluster: Cluster
) -> None:
    comes_from(client, "replica")
    cluster.replica.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert source(client, f"{BOOKS}/1") == "primary"
    comes_from(client, "replica")


def test_a_server_that_is_no_replica_is_not_read_from(
    client: FlaskClient, cluster: Cluster
) -> None:
    replica.use(cluster.primary.url, 1)
    assert source(client, f"{BOOKS}/1") == "primary"
    assert readiness(client) == (200, "away")


def test_the_cache_keeps_nothing_older_than_its_version(behind: FlaskClient) -> None:
    path = f"{BOOKS}?q=lady+susan"
    behind.post(BOOKS, json={"title": "Lady Susan"})
    del behind.environ_base["HTTP_AUTHORIZATION"]
    totals = {behind.get(path).get_json()["pagination"]["total"] for _ in range(2)}
    assert len(totals) == 1
    assert totals != {0}
