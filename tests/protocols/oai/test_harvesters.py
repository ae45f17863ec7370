"""Harvesters of others take the whole catalogue, its deletions among it."""

import subprocess
from typing import Any

import pytest
import sickle
from oaipmh_scythe import Scythe

from models import book
from tests.protocols.conftest import Site
from tests.protocols.oai.test_verbs import add, dated, delete
from tests.support.people import NOBODY

pytestmark = pytest.mark.peer

_PERL = r"""
use HTTP::OAI;
my $harvester = HTTP::OAI::Harvester->new(baseURL => $ARGV[0]);
my $told = $harvester->Identify;
die $told->message if $told->is_error;
my ($all, $deleted) = (0, 0);
my $list = $harvester->ListRecords(metadataPrefix => 'oai_dc', onRecord => sub {
    $all++;
    $deleted++ if $_[0]->is_deleted;
});
die $list->message if $list->is_error;
print $told->repositoryName, "\n$all $deleted\n";
"""


@pytest.fixture
def library(app: Any) -> int:
    """230 books, 12 of them deleted; their number."""
    ids = [add(f"Title {number} & <more>", language="eng") for number in range(230)]
    for book_id in ids[::20]:
        delete(book_id)
    for book_id in ids:
        dated(book_id, "2026-03-01T00:00:00Z")
    return len(ids)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sickle_harvests_everything(library: int, site: Site, method: str) -> None:
    client = sickle.Sickle(f"{site.url}/oai", http_method=method)
    assert client.Identify().repositoryName == "Octavo"
    records = list(client.ListRecords(metadataPrefix="oai_dc"))
    assert len({record.header.identifier for record in records}) == library
    assert sum(record.deleted for record in records) == 12
    living = list(client.ListRecords(metadataPrefix="marcxml", ignore_deleted=True))
    assert len(living) == library - 12
    assert [one.setSpec for one in client.ListSets()] == ["language:eng"]
    with pytest.raises(sickle.oaiexceptions.NoRecordsMatch):
        client.ListRecords(metadataPrefix="oai_dc", set="language:fre")


def test_scythe_harvests_everything(library: int, site: Site) -> None:
    with Scythe(f"{site.url}/oai") as client:
        records: list[Any] = list(client.list_records(metadata_prefix="oai_dc"))
        headers = list(client.list_identifiers(metadata_prefix="marc21", set_="language:eng"))
    assert len({record.header.identifier for record in records}) == library
    assert len(headers) == library


@pytest.mark.perl
def test_http_oai_harvests_everything(library: int, site: Site) -> None:
    done = subprocess.run(
        ["perl", "-e", _PERL, f"{site.url}/oai"], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["Octavo", f"{library} 12"], done.stderr


def test_a_harvest_goes_on_by_the_date_of_the_one_before(library: int, site: Site) -> None:
    client = sickle.Sickle(f"{site.url}/oai")
    first = client.ListRecords(metadataPrefix="oai_dc")
    date = first.oai_response.xml.find(f"{first.sickle.oai_namespace}responseDate").text
    assert len(list(first)) == library
    changed = book.create({"title": "New since"}, NOBODY).id
    again = client.ListRecords(**{"metadataPrefix": "oai_dc", "from": date})
    assert [record.header.identifier for record in again] == [f"oai:127.0.0.1:book/{changed}"]
