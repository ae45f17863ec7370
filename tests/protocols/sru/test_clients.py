"""Clients of others search, page, and are told what is wrong."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from sruthi import SruError, explain, searchretrieve

from protocols.sru import cql
from tests.protocols.conftest import Site
from tests.protocols.sru.conftest import add
from tests.support.needs import PACKAGES
from tests.support.servers import BIN

pytestmark = pytest.mark.peer

_JAVASCRIPT = """
import sru from '@natlibfi/sru-client';
const [url, query, version] = process.argv.slice(2);
const client = sru.default({url, recordSchema: 'marcxml', version, maxRecordsPerRequest: 10});
let total, records = 0;
client.searchRetrieve(query)
  .on('total', number => { total = number; })
  .on('record', () => { records++; })
  .on('end', () => console.log(`${total} ${records}`))
  .on('error', error => { console.error(error); process.exit(1); });
"""

_PERL = r"""
use SRU::Request; use SRU::Response;
my $request = SRU::Request->newFromURI($ARGV[0]);
die $SRU::Error unless $request;
my $tree = $request->cql or die "no CQL";
print $request->type, ' ', $tree->toCQL, "\n";
"""


@pytest.fixture
def books(app: object) -> int:
    """25 books with one word in their titles; their number."""
    for number in range(25):
        add(f"Cartography {number}", author="Mercator, Gerardus", language="lat")
    return 25


def yaz(site: Site, *commands: str) -> str:
    """What yaz-client says."""
    script = "\n".join([*commands, "quit", ""])
    done = subprocess.run(
        ["yaz-client"], input=script, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout + done.stderr


@pytest.mark.yaz
@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_yaz_client_searches_by_url(books: int, site: Site, version: str) -> None:
    said = yaz(
        site,
        f"sru get {version}",
        f"open {site.url}/sru",
        "querytype cql",
        "find cartography and dc.creator=mercator",
        "show 1+2",
        "show 25",
    )
    assert f"Number of hits: {books}" in said
    assert said.count("Mercator, Gerardus") == 3
    assert "diagnostic" not in said.lower()


@pytest.mark.yaz
def test_yaz_client_searches_by_soap(books: int, site: Site) -> None:
    said = yaz(
        site, f"open {site.url}/sru", "querytype cql", "find cartography", "show 24", "show 25"
    )
    assert f"Number of hits: {books}" in said
    assert said.count("Mercator, Gerardus") == 2


@pytest.mark.yaz
@pytest.mark.parametrize("way", ["sru get 1.1", "sru get 1.2", "sru soap 1.1"])
def test_yaz_client_is_told_what_is_refused(books: int, site: Site, way: str) -> None:
    said = yaz(site, way, f"open {site.url}/sru", "querytype cql", "find dc.colour=red")
    assert "info:srw/diagnostic/1/16" in said
    assert "dc.colour" in said


@pytest.mark.yaz
def test_yaz_client_scans(books: int, site: Site) -> None:
    said = yaz(site, "sru get 1.2", f"open {site.url}/sru", "querytype cql", "scan dc.creator=m")
    assert "Mercator, Gerardus" in said


@pytest.mark.yaz
@pytest.mark.parametrize("query", ["cartography", "nothing", "dc.colour=red"])
def test_zoomsh_ends_whatever_is_found(books: int, site: Site, query: str) -> None:
    done = subprocess.run(
        [
            "zoomsh",
            f"connect {site.url}/sru",
            f"search cql:{query}",
            "show 0 3",
            "quit",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = done.stdout + done.stderr
    expected = {"cartography": f"{books} hits", "nothing": "0 hits", "dc.colour=red": "16"}
    assert expected[query] in said


def test_sruthi_searches_and_understands_the_explanation(books: int, site: Site) -> None:
    found = searchretrieve(f"{site.url}/sru", query="cartography", record_schema="dc")
    assert found.count == books
    assert len(list(found)) == books
    told = explain(f"{site.url}/sru")
    assert told.database["title"] == "Octavo"
    assert "marcxml" in told.schema
    with pytest.raises(SruError, match="Unsupported index"):
        searchretrieve(f"{site.url}/sru", query="dc.colour=red")


@pytest.mark.javascript
@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_the_client_of_the_national_library_of_finland_pages_through(
    books: int, site: Site, tmp_path: Path, version: str
) -> None:
    (tmp_path / "node_modules").symlink_to(PACKAGES / "node_modules")
    script = tmp_path / "story.mjs"
    script.write_text(_JAVASCRIPT)
    node = shutil.which("node", path=f"{BIN}{os.pathsep}{os.environ['PATH']}") or "node"
    done = subprocess.run(
        [node, str(script), f"{site.url}/sru", "cartography", version],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.strip() == f"{books} {books}", done.stderr


@pytest.mark.perl
@pytest.mark.parametrize(
    "query", ["dc.title=a", "a and b not c", 'dc.creator any "a b"', '"a phrase" or d']
)
def test_what_another_s_parser_reads_as_cql_is_no_syntax_error_here(
    books: int, site: Site, query: str
) -> None:
    asked = f"{site.url}/sru?version=1.1&operation=searchRetrieve&query={quote(query)}"
    done = subprocess.run(["perl", "-e", _PERL, asked], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("searchRetrieve "), done.stderr
    cql.parse(query)
