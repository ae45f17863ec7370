"""Fields that came later are filled from the MARC records that were kept, once."""

import pytest

from catalogue.import_run import Import, Rules
from catalogue.kept_records import fill_fields
from models import book
from models.database import run
from models.search import upkeep
from tests.unit.catalogue.given import WHO, Heard, catalogue
from tests.unit.formats.format_samples import marc, record

pytestmark = pytest.mark.usefixtures("db")


def test_a_book_of_an_earlier_version_gets_what_its_record_says() -> None:
    read = record(
        "marc",
        marc("020   $a9780140434088", "245 14$aThe Moonstone.$nPart 1", "490 0 $aClassics ;$v7"),
    )
    Import(Rules(), WHO, Heard().keep).run([read])
    run("UPDATE book SET part = NULL, series = NULL, series_volume = NULL, nonfiling = NULL")
    run("UPDATE index_version SET number = 1")
    assert fill_fields() == 1
    (found,) = catalogue()
    assert (found["part"], found["series"], found["series_volume"]) == ("Part 1", "Classics", "7")
    assert book.find(found["id"]).nonfiling == 4


def test_what_was_emptied_since_stays_empty() -> None:
    read = record("marc", marc("245 10$aEmma", "490 0 $aClassics"))
    Import(Rules(), WHO, Heard().keep).run([read])
    upkeep.reindex()
    run("UPDATE book SET series = NULL")
    assert fill_fields() == 0
    assert catalogue()[0]["series"] is None
