"""What goes out comes in again: the same bytes from another library."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymarc
import pytest

from catalogue.export import sources
from catalogue.import_run import Import, Rules
from formats import MEDIA_TYPES, read, write
from models.database import connect, database, run
from tests.unit.catalogue.given import WHO, Heard, barcodes
from tests.unit.formats.format_samples import collection, marc, marcxml, read_as_xml

DEMO = Path(__file__).parents[3] / "demo" / "catalogue.csv"
FIELDS = (
    (
        "001 ocm1",
        "005 19840507000000.0",
        "020   $a9780199535521",
        "245 10$aEmma :$ba novel /$cJ. A.",
    ),
    ("001 ocm2", "100 1 $aŽižek, Slavoj", "245 10$aЖизнь", "999   $aLocal$iB1"),
    ("001 ocm3", "245 00$aNo ISBN.", "650  0$aCourtship$zEngland$vFiction."),
)
FILES = {
    "marc": b"".join(marc(*fields, leader="00000nam a2200000 i 4500") for fields in FIELDS),
    "marcxml": collection(*(marcxml(*fields) for fields in FIELDS)),
    "csv": DEMO.read_bytes(),
    "ndjson": b'{"title": "Emma", "subjects": ["A; B", "C"]}\n{"title": "=1+1", "pages": 3}\n',
}
Library = Callable[[], Any]


@pytest.fixture
def another_library(sqlite_template: Path, folder: Path) -> Iterator[Library]:
    """Connects an empty library in place of the one before."""

    def begin() -> Any:
        path = folder / f"{len(list(folder.iterdir()))}.db"
        shutil.copyfile(sqlite_template, path)
        return connect(f"sqlite:///{path}")

    begin()
    yield begin
    database.obj.close()
    database.initialize(None)


def bring_in(kind: str, data: bytes) -> None:
    told = Heard()
    done = Import(Rules(), WHO, told.keep).run(read(io.BytesIO(data), kind))
    assert (done.failed, done.created) == (0, done.processed), told.faults
    assert done.created > 0


def taken_out(kind: str, *, copies: bool = False) -> bytes:
    records = kind in ("marc", "marcxml")
    found = sources({}, with_records=records, with_copies=copies)
    return b"".join(write(kind, found, copies=copies))


@pytest.mark.parametrize("kind", list(MEDIA_TYPES))
@pytest.mark.parametrize("came_as", list(FILES))
def test_an_export_imported_elsewhere_is_exported_there_as_the_same_bytes(
    another_library: Library, came_as: str, kind: str
) -> None:
    bring_in(came_as, FILES[came_as])
    first = taken_out(kind)
    another_library()
    bring_in(kind, first)
    assert taken_out(kind) == first


@pytest.mark.parametrize("came_as", list(FILES))
def test_other_programs_read_the_marc_that_goes_out(another_library: Library, came_as: str) -> None:
    bring_in(came_as, FILES[came_as])
    data = taken_out("marc")
    books = [book for book, *_ in sources({}, with_records=False)]
    found = [record for record in pymarc.MARCReader(data) if record is not None]
    assert len(found) == len(books)
    inside = read_as_xml(taken_out("marcxml"))
    # Lengths and offsets in the leader are only of ISO 2709.
    assert [list(map(str, one.fields)) for one in inside] == [
        list(map(str, one.fields)) for one in found
    ]


WITHOUT_NUMBER = b'{"title": "Emma"}\n{"title": "Owls", "author": "Doe, Jane"}\n'


@pytest.mark.parametrize("kind", ["marc", "marcxml", "unimarc"])
@pytest.mark.parametrize("on_match", ["skip", "update"])
def test_titles_without_a_number_are_known_again_in_the_marc_that_went_out(
    another_library: Library, on_match: Any, kind: str
) -> None:
    bring_in("ndjson", WITHOUT_NUMBER)
    found = list(sources({}, with_records=True))
    first = b"".join(write(kind, found))
    read_as = "marc" if kind == "unimarc" else kind
    for _ in range(2):
        done = Import(Rules(on_match=on_match), WHO, Heard().keep).run(
            read(io.BytesIO(first), read_as)
        )
        assert done.created == 0
    again = list(sources({}, with_records=True))
    assert [book["control_number"] for book, *_ in again] == [None, None]
    assert b"".join(write(kind, again)) == first


def test_the_numbers_of_titles_without_one_say_whose_they_are(another_library: Library) -> None:
    bring_in("ndjson", WITHOUT_NUMBER)
    data = taken_out("marc")
    another_library()
    run("UPDATE library SET code = 'elsewhere'")
    bring_in("ndjson", b'{"title": "Emma", "subtitle": "ours"}')
    bring_in("marc", data)
    assert [book["subtitle"] for book, *_ in sources({}, with_records=False)] == [
        "ours",
        None,
        None,
    ]
    assert taken_out("marc").endswith(data)


@pytest.mark.yaz
@pytest.mark.parametrize("came_as", list(FILES))
@pytest.mark.parametrize("kind", ["marc", "marcxml"])
def test_yaz_reads_the_marc_that_goes_out(
    another_library: Library, tmp_path: Path, came_as: str, kind: str
) -> None:
    bring_in(came_as, FILES[came_as])
    path = tmp_path / "books"
    path.write_bytes(taken_out(kind))
    dump = ["yaz-marcdump", "-i", kind, "-o", "line", str(path)]
    done = subprocess.run(dump, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    assert done.stdout.count("\n245 ") == len(list(sources({}, with_records=False)))
    assert "(Bad" not in done.stdout


def test_a_record_that_was_not_changed_goes_out_as_it_came(another_library: Library) -> None:
    bring_in("marc", FILES["marc"])
    assert taken_out("marc") == FILES["marc"]


@pytest.mark.parametrize("kind", ["marc", "marcxml"])
def test_books_with_copies_from_evergreen_come_in_again_with_their_copies(
    another_library: Library, kind: str
) -> None:
    bring_in("marc", marc("245 10$aEmma.", "852 4 $bBR1$cStacks$pB1", "852 4 $bBR1$cStacks$pB2"))
    first = taken_out(kind, copies=True)
    another_library()
    bring_in(kind, first)
    assert (barcodes(), taken_out(kind, copies=True)) == ({"Emma": ["B1", "B2"]}, first)


def test_books_without_number_come_in_again_from_csv_with_their_copies(
    another_library: Library,
) -> None:
    bring_in(
        "ndjson",
        b'{"title": "Emma", "copies": [{"barcode": "B1"}, {"barcode": "B2"}]}\n'
        b'{"title": "Ida", "copies": [{"barcode": "B3"}, {"barcode": "B4"}]}\n',
    )
    first = taken_out("csv", copies=True)
    another_library()
    done = Import(Rules(), WHO, Heard().keep).run(read(io.BytesIO(first), "csv"))
    assert (done.created, done.skipped, done.failed) == (2, 2, 0)
    assert taken_out("csv", copies=True) == first
