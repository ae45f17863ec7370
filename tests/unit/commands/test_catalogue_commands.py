"""Importing by command: the summary, the rejected records, the exit status."""

import os
import re
from pathlib import Path
from threading import Thread

import pytest

from models import copy
from models.database import database
from tests.unit.catalogue.given import barcodes, catalogue, titles
from tests.unit.commands.conftest import Run
from tests.unit.formats.format_samples import marc

HEADER = "title,isbn,pages,barcode\n"
GOOD = "Emma,9780199535521,418,A1\n"
BAD = ",,249,\n"
TWICE = "Sanditon,,,A1\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "books.csv"
    path.write_text(HEADER + GOOD + BAD + TWICE)
    return path


def test_a_file_is_imported_and_every_record_accounted_for(run: Run, file: Path) -> None:
    done = run("catalogue", "import", str(file))
    assert done.exit_code == 1
    assert re.sub(r"[0-9.]+ s\.|command-\w+\.", "…", done.stdout) == (
        "Of 3 records:\n"
        "        1 created\n"
        "        0 updated\n"
        "        0 skipped\n"
        "        2 failed\n"
        "It took …\n"
        "Why records failed:\n"
        "        1 title: required\n"
        "        1 barcode: barcode-taken\n"
        "The first:\n"
        "  record 2: title: This is required.\n"
        "  record 3: barcode: Another copy has the barcode A1.\n"
        "The audit log has what was made or changed under request_id …\n"
    )
    assert barcodes() == {"Emma": ["A1"]}


def test_all_went_in_is_status_0(run: Run, file: Path) -> None:
    file.write_text(HEADER + GOOD)
    assert run("catalogue", "import", str(file)).exit_code == 0


def test_rejected_records_make_a_file_to_mend_and_import_again(run: Run, file: Path) -> None:
    rejects = file.with_name("rejects.csv")
    run("catalogue", "import", str(file), "--rejects", str(rejects))
    assert rejects.read_text() == HEADER + BAD + TWICE
    rejects.write_text(HEADER + "Persuasion" + BAD + TWICE.replace("A1", "A2"))
    assert run("catalogue", "import", str(rejects)).exit_code == 0
    assert titles() == ["Emma", "Persuasion", "Sanditon"]


def test_without_rejected_records_there_is_no_such_file(run: Run, file: Path) -> None:
    file.write_text(HEADER + GOOD)
    rejects = file.with_name("rejects.csv")
    run("catalogue", "import", str(file), "--rejects", str(rejects))
    assert not rejects.exists()


@pytest.mark.parametrize("option", ["--rejects", "--report"])
def test_the_file_that_is_read_is_not_overwritten(run: Run, file: Path, option: str) -> None:
    done = run("catalogue", "import", str(file), option, str(file))
    assert done.exit_code == 2
    assert file.read_text() == HEADER + GOOD + BAD + TWICE


def test_a_dry_run_writes_nothing(run: Run, file: Path) -> None:
    done = run("catalogue", "import", str(file), "--dry-run")
    assert done.stdout.startswith(
        "Nothing was written. It would be, of 3 records:\n        1 created"
    )
    assert "request_id" not in done.stdout
    assert titles() == []


def test_an_import_goes_on_after_a_record(run: Run, file: Path) -> None:
    done = run("catalogue", "import", str(file), "--after", "2")
    assert done.stdout.startswith("Of 1 record:\n        1 created\n        0 updated\n")
    assert titles() == ["Sanditon"]


def test_columns_are_named(run: Run, file: Path) -> None:
    file.write_text("Werk,title\nEmma,ignored\n")
    assert run("catalogue", "import", str(file), "--columns", "title:Werk").exit_code == 0
    assert titles() == ["Emma"]


def test_the_encoding_is_named_or_found_out_and_told(run: Run, file: Path) -> None:
    file.write_bytes("title;shelf\nPříliš žluťoučký kůň;A1\n".encode("cp1250"))
    told = run("catalogue", "import", str(file), "--encoding", "cp1250").stdout
    assert "Read as windows-1250, such as Příliš žluťoučký, kůň." in told
    assert "Not used: shelf." in told
    assert titles() == ["Příliš žluťoučký kůň"]
    refused = run("catalogue", "import", str(file), "--encoding", "cp9999")
    assert "there is no encoding cp9999" in refused.stderr


def test_dates_are_in_the_order_that_is_named(run: Run, file: Path) -> None:
    file.write_text("title,barcode,date acquired\nEmma,B1,03/04/2020\n")
    assert run("catalogue", "import", str(file), "--dates", "dmy").exit_code == 0
    assert [one.acquired_on for one in copy.of_books([1])[1]] == ["2020-04-03"]


def test_copies_without_barcodes_get_one_when_told_to(run: Run, file: Path) -> None:
    file.write_text("title,copies\nEmma,2\n")
    assert run("catalogue", "import", str(file), "--make-barcodes").exit_code == 0
    assert [one.barcode for one in copy.of_books([1])[1]] == ["30000000000012", "30000000000020"]


def test_a_file_may_come_out_of_a_pipe(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "books.csv"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(HEADER + GOOD,))
    writer.start()
    assert run("catalogue", "import", str(pipe)).exit_code == 0
    writer.join()
    assert titles() == ["Emma"]


def test_a_record_updates_its_book_when_told_to(run: Run, file: Path) -> None:
    run("catalogue", "import", str(file))
    file.write_text(HEADER + GOOD.replace("418", "420"))
    run("catalogue", "import", str(file), "--on-match", "update")
    assert catalogue()[0]["pages"] == 420


def test_a_file_of_corrections_needs_no_titles(run: Run, file: Path) -> None:
    run("catalogue", "import", str(file))
    file.write_text("isbn,pages\n9780199535521,420\n")
    assert run("catalogue", "import", str(file), "--on-match", "update").exit_code == 0
    assert catalogue()[0]["pages"] == 420


def test_the_format_is_named_where_the_file_does_not(run: Run, file: Path) -> None:
    other = file.rename(file.with_suffix(".bin"))
    assert "give --format" in run("catalogue", "import", str(other)).stderr
    assert run("catalogue", "import", str(other), "--format", "csv").exit_code == 1
    assert titles() == ["Emma"]


def test_copies_come_from_a_local_field_of_marc_records(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "one.xml"
    path.write_text(
        '<collection xmlns="http://www.loc.gov/MARC21/slim"><record>'
        "<leader>00000nam a2200000 a 4500</leader>"
        '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">Emma /</subfield></datafield>'
        '<datafield tag="999" ind1=" " ind2=" "><subfield code="i">A1</subfield></datafield>'
        "</record></collection>"
    )
    assert run("catalogue", "import", str(path), "--copies", "999$i").exit_code == 0
    assert barcodes() == {"Emma": ["A1"]}


def test_what_could_not_be_read_of_a_record_is_told(run: Run, file: Path) -> None:
    file.write_text("title,isbn\nEmma,12345\n")
    told = "        1 isbn: isbn-unreadable (record 1: No valid ISBN: 12345)\n"
    assert told in run("catalogue", "import", str(file)).stdout


def test_of_what_could_not_be_read_the_first_ten_records_are_named(run: Run, file: Path) -> None:
    file.write_text("title,isbn\n" + "Emma,12345\n" * 12)
    told = "       12 isbn: isbn-unreadable (record 1: No valid ISBN: 12345; also 2, 3, 4, 5, 6, 7"
    assert f"{told}, 8, 9, 10, …)\n" in run("catalogue", "import", str(file)).stdout


def test_it_is_told_which_records_were_skipped_and_why(run: Run, file: Path) -> None:
    file.write_text(HEADER + GOOD)
    run("catalogue", "import", str(file))
    file.write_text(HEADER + "Sanditon,,,\n" + GOOD)
    assert (
        "Why records were skipped:\n        1 The book is in the catalogue already. (record 2)\n"
        in run("catalogue", "import", str(file)).stdout
    )
    assert (
        "        1 The record has all this already. (record 2)\n"
        in run("catalogue", "import", str(file), "--on-match", "update").stdout
    )


def test_all_that_is_to_be_said_of_records_is_reported(run: Run, file: Path) -> None:
    file.write_text("title,isbn,pages\nEmma,9780199535521,\nEmma,9780199535521,\nX,1,2000000\n")
    report = file.with_name("report.csv")
    run("catalogue", "import", str(file), "--report", str(report))
    assert sorted(report.read_text().splitlines()) == [
        "2,skipped,,in-catalogue,The book is in the catalogue already.",
        "3,noted,isbn,isbn-unreadable,No valid ISBN: 1",
        "3,noted,pages,too-large,Left out: This may be at most 1000000.",
        "record,outcome,field,code,detail",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.csv",), "No such file"),
        ((".",), "Is a directory"),
        (("FILE", "--columns", "title"), "This must be a list of pairs"),
        (("FILE", "--columns", "colour:Colour"), "there is no field colour"),
        (("FILE", "--copies", "$i"), "Copies are described by"),
        (("FILE", "--match", "colour"), "'colour' is not one of"),
        (("FILE", "--format", "marc", "--columns", "title:Werk"), "only CSV has columns"),
        (("FILE", "--copies", "999$i"), "only MARC takes this"),
        (("FILE", "--rejects", "/nonexistent/x"), "/nonexistent/x cannot be written to"),
        (("FILE", "--report", "/nonexistent/x"), "/nonexistent/x cannot be written to"),
        (("FILE", "--rejects", "new", "--report", "new"), "the file of --rejects"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    run: Run, file: Path, words: tuple[str, ...], told: str
) -> None:
    given = [str(file) if word == "FILE" else word for word in words]
    done = run("catalogue", "import", *given)
    assert done.exit_code == 2
    assert told in done.stderr
    assert "Traceback" not in done.output


def test_a_database_without_tables_is_told(run: Run, file: Path) -> None:
    database.execute_sql("DELETE FROM schema_migration WHERE name LIKE '0004%'")
    done = run("catalogue", "import", str(file))
    assert done.exit_code == 1
    assert done.stderr.endswith("Run `bin/octavo db upgrade` first.\n")


@pytest.mark.parametrize(
    ("system", "field", "wanted"),
    [
        (
            "koha",
            (
                "952   $00$10$2ddc$3v. 1$41$50$6823_AUS$70$8FIC$9311$aCPL$bMPL$cHALL$d2020-05-31"
                "$eShop$fX$g12.50$h1$iINV7$jS1$l4$m2$n1$o823 AUS$pB1$r2026-01-02$s2026-01-01$tc.2"
                "$uhttp://example.org$v15.00$w2020-06-01$xTorn$yBK$zSigned"
            ),
            ("HALL", "823 AUS", "BK", 1250, "2020-05-31", "in_repair", "Torn; Signed"),
        ),
        (
            "evergreen",
            (
                "852 4 $aX$bBR1$bBR2$cStacks$gbook$j823 AUS$kREF$mv.1$pB1$tc.2$xnonreference"
                "$xholdable$xcirculating$xvisible$y12.50$zMissing$zTorn"
            ),
            ("Stacks", "REF 823 AUS v.1", "book", 1250, None, "lost", "Torn"),
        ),
    ],
)
def test_items_with_all_their_subfields_come_by_command(
    run: Run, tmp_path: Path, system: str, field: str, wanted: tuple[object, ...]
) -> None:
    file = tmp_path / "books.mrc"
    other = {"koha": "852   $bX$pNO", "evergreen": "952   $aX$pNO"}[system]
    file.write_bytes(marc("245 10$aEmma.", field, other))
    done = run("catalogue", "import", str(file), "--copies", system)
    assert done.exit_code == 0, done.output
    columns = "location, shelfmark, loan_type, price, acquired_on, status, note"
    found = database.execute_sql(f"SELECT barcode, {columns} FROM copy").fetchall()  # noqa: S608
    assert found == [("B1", *wanted)]
    run("export", str(tmp_path / "out"))
    [book] = (tmp_path / "out" / "books.ndjson").read_text().splitlines()
    assert '{"t":"c.2"}' in book, "what has no field of ours stays in the record"
