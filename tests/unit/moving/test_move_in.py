"""Whole libraries from Koha, Evergreen and OpenBiblio, made after the layouts of their files."""

import pickle
import sqlite3
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import bcrypt
import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.passwords import matches
from api.commands.signed import signed
from circulation import rulebook
from formats.record import Options
from models import audit
from models.copy import Copy
from models.database import database
from models.fee import Fee
from models.hold import Hold
from models.loan import Loan
from models.search import index
from models.user import User
from moving import dumps, run
from moving import move_in as moving
from moving.move_in import Report, move_in
from moving.reading import Wish
from tests.checker import broken
from tests.unit.circulation.library import DESK, berlin

PASSWORD = "a long enough password"


@pytest.fixture
def library(db: Any) -> Any:
    audit.subscribe({})
    berlin()
    return db


def come(folder: Path, system: str, *, dry_run: bool = False) -> Report:
    return move_in(folder, system, DESK, lambda kind, rows: None, dry_run=dry_run)


def came(report: Report) -> dict[str, int]:
    return {name: after - report.before[name] for name, after in report.after.items()}


@pytest.fixture
def koha(tmp_path: Path) -> Path:
    """borrowers.db, MARC with items in 952, and a report of holds."""
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    with sqlite3.connect(tmp_path / "borrowers.db") as made:
        made.execute(
            "CREATE TABLE borrowers (borrowernumber INTEGER, cardnumber TEXT, surname TEXT,"
            " firstname TEXT, email TEXT, categorycode TEXT, dateexpiry TEXT, password TEXT,"
            " total_fines TEXT)"
        )
        made.execute(
            "INSERT INTO borrowers VALUES (7, '0007', 'Lovelace', 'Ada', 'ada@example.org', 'J',"
            " '2030-12-31', ?, '2.500000'), (8, '0008', 'Hopper', 'Grace', NULL, 'PT', NULL, '!',"
            " NULL)",
            (hashed,),
        )
        made.execute(
            "CREATE TABLE issues (borrowernumber INTEGER, itemnumber INTEGER, barcode TEXT,"
            " biblionumber INTEGER, issuedate TEXT, date_due TEXT, renewals INTEGER)"
        )
        made.execute(
            "INSERT INTO issues VALUES (7, 1, 'K1', 5, '2026-01-05 10:00:00',"
            " '2026-02-02 23:59:00', 1), (8, 9, 'gone', 5, '2026-01-05 10:00:00',"
            " '2026-02-02 23:59:00', 0)"
        )
    with (tmp_path / "books.mrc").open("wb") as file:
        file.write(_record("Emma", "5", ["K1", "K2"]).as_marc())
    (tmp_path / "holds.csv").write_text(
        "reserve_id,borrowernumber,biblionumber,reservedate,priority,found,suspend\n"
        "1,8,5,2026-01-06,1,,0\n"
    )
    return tmp_path


def _record(title: str, number: str, barcodes: list[str]) -> Any:
    record: Any = pymarc.Record(force_utf8=True)
    parts = [pymarc.Subfield("a", title)]
    record.add_field(pymarc.Field("245", pymarc.Indicators("1", "0"), parts))
    for barcode in barcodes:
        told = [pymarc.Subfield("p", barcode), pymarc.Subfield("y", "BK")]
        record.add_field(pymarc.Field("952", pymarc.Indicators(" ", " "), told))
    told = [pymarc.Subfield("c", number), pymarc.Subfield("d", number)]
    record.add_field(pymarc.Field("999", pymarc.Indicators(" ", " "), told))
    return record


def test_koha_comes_with_members_copies_loans_holds_and_fines(library: Any, koha: Path) -> None:
    report = come(koha, "koha")
    assert came(report) == {
        "members": 2,
        "titles": 1,
        "copies": 2,
        "open loans": 1,
        "overdue loans": 1,
        "lost loans": 0,
        "holds": 1,
        "owed": 250,
    }
    assert (report.there["open loans"], report.there["owed"]) == (2, 250)
    assert [(one.kind, one.number, one.code) for one in report.left] == [
        ("loans", 2, "copy-not-found")
    ]
    loan = Loan.get()
    assert (loan.borrowed_at, loan.due_at) == ("2026-01-05T09:00:00Z", "2026-02-02T22:59:00Z")
    assert loan.renewals == 1
    assert broken(library) == []


@pytest.fixture
def currency(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Names the currency of the library for one test."""
    for name in ("_currency", "_known"):
        monkeypatch.setattr(rulebook, name, getattr(rulebook, name))
    return rulebook.use_currency


@pytest.mark.parametrize(("code", "owed"), [("JPY", 3), ("EUR", 250), ("KWD", 2500)])
def test_fines_of_koha_have_the_decimals_of_the_currency(
    library: Any, koha: Path, currency: Any, code: str, owed: int
) -> None:
    currency(code)
    report = come(koha, "koha")
    assert (report.there["owed"], came(report)["owed"]) == (owed, owed)


@pytest.mark.parametrize(("code", "owed"), [("JPY", 27), ("KWD", 26990)])
def test_fees_of_evergreen_have_the_decimals_of_the_currency(
    library: Any, tmp_path: Path, currency: Any, code: str, owed: int
) -> None:
    currency(code)
    (tmp_path / "all.sql").write_text(COPY)
    report = come(tmp_path, "evergreen")
    assert (report.there["owed"], came(report)["owed"]) == (owed, owed)


@pytest.mark.parametrize(("code", "owed"), [("JPY", 3), ("KWD", 2500)])
def test_accounts_of_openbiblio_have_the_decimals_of_the_currency(
    library: Any, tmp_path: Path, currency: Any, code: str, owed: int
) -> None:
    currency(code)
    (tmp_path / "openbiblio.sql").write_text(OPENBIBLIO)
    report = come(tmp_path, "openbiblio")
    assert (report.there["owed"], came(report)["owed"]) == (owed, owed)


@pytest.mark.parametrize(("code", "shown"), [("JPY", "3"), ("EUR", "2.50"), ("KWD", "2.500")])
def test_the_report_shows_what_is_owed_with_the_decimals_of_the_currency(
    library: Any, koha: Path, currency: Any, code: str, shown: str
) -> None:
    currency(code)
    report = come(koha, "koha")
    [line] = [one for one in signed(report, dry_run=False) if one.startswith("owed")]
    assert line.split()[1] == shown


def test_an_opening_reads_money_the_same_in_another_process(library: Any, currency: Any) -> None:
    currency("KWD")
    opening = pickle.dumps(run.opening("fees", Wish("csv", Options()), run.about(DESK)))
    currency("EUR")
    [row] = pickle.loads(opening)(BytesIO(b"card_number,amount\nC1,1.500\n"))  # noqa: S301
    assert row.values["amount"] == 1500


def test_members_of_koha_bring_the_passwords_they_have_there(library: Any, koha: Path) -> None:
    come(koha, "koha")
    ada, grace = User.select().order_by(User.id)
    assert ada.password_hash.startswith("bcrypt:$2")
    assert grace.password_hash is None
    assert not matches("another password", ada.password_hash)
    assert matches(PASSWORD, ada.password_hash)


def test_files_that_are_not_read_are_named(library: Any, koha: Path) -> None:
    (koha / "reports").mkdir()
    (koha / "reports" / "fines.csv").write_text("Ausweis,Betrag\n0007,2.50\n")
    told = signed(come(koha, "koha"), dry_run=False)
    assert "Files that were not read: reports/fines.csv" in told


def test_koha_comes_once(library: Any, koha: Path) -> None:
    come(koha, "koha")
    again = came(come(koha, "koha"))
    assert set(again.values()) == {0}


def test_a_dry_run_tells_the_same_and_leaves_nothing(library: Any, koha: Path) -> None:
    dry = came(come(koha, "koha", dry_run=True))
    assert (User.select().count(), Copy.select().count()) == (0, 0)
    assert came(come(koha, "koha")) == dry


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_move_leaves_the_search_index_in_order(
    library: Any, koha: Path, monkeypatch: pytest.MonkeyPatch, *, dry_run: bool
) -> None:
    tidied: list[int] = []
    monkeypatch.setattr(index, "tidy", lambda: tidied.append(database.obj.transaction_depth()))
    come(koha, "koha", dry_run=dry_run)
    assert tidied == ([] if dry_run else [0])


def test_a_move_that_breaks_off_leaves_nothing(
    library: Any, koha: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("the power is cut")

    monkeypatch.setattr(moving._Move, "_passwords", lambda self: fail())
    with pytest.raises(RuntimeError):
        come(koha, "koha")
    assert (User.select().count(), Copy.select().count(), Loan.select().count()) == (0, 0, 0)


COPY = """COPY actor.usr (id, card, profile, email, first_given_name, family_name, active, barred, deleted, create_date, expire_date) FROM stdin;
2\t2\t2\t\\N\tTerri\tBrooks\tt\tf\tf\t2020-10-27 10:26:51-04\t2030-01-01 03:00:00-05
3\t3\t2\tx@example.org\tShannon\tJackson\tf\tt\tf\t2020-10-27 10:26:51-04\t2030-01-01 03:00:00-05
4\t4\t2\t\\N\tGone\tMember\tt\tf\tt\t2020-10-27 10:26:51-04\t\\N
\\.
COPY actor.card (id, usr, barcode, active) FROM stdin;
2\t2\t99999395390\tt
3\t3\t99999320945\tt
\\.
COPY biblio.record_entry (id, deleted, marc) FROM stdin;
1\tf\t<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">1</controlfield><datafield tag="245" ind1="1" ind2="0"><subfield code="a">Emma\\tagain</subfield></datafield></record>
\\.
COPY asset.call_number (id, record, label) FROM stdin;
5\t1\tAUS
\\.
COPY asset.copy (id, call_number, status, price, barcode, deleted, create_date) FROM stdin;
10\t5\t1\t24.99\tCONC1\tf\t2020-10-27 10:26:51-04
11\t5\t3\t24.99\tCONC2\tf\t2020-10-27 10:26:51-04
12\t5\t0\t24.99\tCONC3\tf\t2020-10-27 10:26:51-04
\\.
COPY action.circulation (id, usr, xact_start, xact_finish, target_copy, due_date, checkin_time, stop_fines, stop_fines_time) FROM stdin;
1\t2\t2026-01-05 10:00:00-05\t\\N\t10\t2026-02-02 23:59:59-05\t\\N\tMAXFINES\t2026-03-02 23:59:59-05
2\t3\t2026-01-05 10:00:00-05\t\\N\t11\t2026-02-02 23:59:59-05\t\\N\tLOST\t2026-03-02 23:59:59-05
3\t3\t2025-01-05 10:00:00-05\t2025-01-09 10:00:00-05\t12\t2025-02-02 23:59:59-05\t2025-01-09 10:00:00-05\tCHECKIN\t\\N
\\.
COPY action.hold_request (id, request_time, fulfillment_time, cancel_time, target, current_copy, usr, hold_type, frozen) FROM stdin;
1\t2026-01-06 10:26:51-05\t\\N\t\\N\t1\t\\N\t3\tT\tf
2\t2026-01-07 10:26:51-05\t\\N\t\\N\t12\t\\N\t2\tC\tf
3\t2026-01-07 10:26:51-05\t\\N\t\\N\t77\t\\N\t2\tM\tf
4\t2026-01-08 10:26:51-05\t\\N\t\\N\t78\t12\t9\tT\tf
5\t2026-01-09 10:26:51-05\t\\N\t\\N\t77\t11\t2\tM\tf
\\.
COPY money.billing (id, xact, amount, voided, billing_type) FROM stdin;
1\t1\t3.00\tf\tOverdue materials
2\t2\t24.99\tf\tLost Materials
\\.
COPY money.cash_payment (id, xact, voided, amount) FROM stdin;
1\t1\tf\t1.00
\\.
"""  # noqa: E501


def test_evergreen_comes_from_its_copy_files(library: Any, tmp_path: Path) -> None:
    (tmp_path / "all.sql").write_text(COPY)
    report = come(tmp_path, "evergreen")
    assert came(report) == {
        "members": 2,
        "titles": 1,
        "copies": 3,
        "open loans": 2,
        "overdue loans": 1,
        "lost loans": 1,
        "holds": 3,
        "owed": 2699,
    }
    assert {name: report.there[name] for name in report.there} == {
        "members": 2,
        "titles": 1,
        "copies": 3,
        "open loans": 2,
        "overdue loans": 1,
        "lost loans": 1,
        "holds": 5,
        "owed": 2699,
    }
    assert [(one.kind, one.number) for one in report.left] == [("holds", 3), ("holds", 4)]
    assert report.passed_by["members deleted there"] == 1
    assert [(one.card_number, one.blocked) for one in User.select().order_by(User.id)] == [
        ("99999395390", 0),
        ("99999320945", 1),
    ]
    assert [(one.kind, one.amount, one.balance) for one in Fee.select().order_by(Fee.id)] == [
        ("overdue", 300, 200),
        ("lost", 2499, 2499),
    ]
    assert [one.requested_copy_id is None for one in Hold.select().order_by(Hold.id)] == [
        True,
        False,
        True,
    ]
    assert broken(library) == []


SEED = """COPY actor.usr (id, usrname, family_name, active, deleted) FROM stdin;
9\tadmin\tAdministrator\tt\tf
\\.
"""


def test_a_table_may_be_in_several_files_with_other_columns(library: Any, tmp_path: Path) -> None:
    (tmp_path / "all.sql").write_text(COPY)
    (tmp_path / "seed.sql").write_text(SEED)
    report = come(tmp_path, "evergreen")
    assert (report.there["members"], came(report)["members"]) == (3, 3)
    assert [one.code for one in report.left] == ["required", "book-not-found"]


OPENBIBLIO = r"""
CREATE TABLE `member` (
  `mbrid` int(11) NOT NULL,
  `barcode_nmbr` varchar(20) NOT NULL,
  `last_name` varchar(50) NOT NULL,
  `first_name` varchar(50) NOT NULL,
  `address` text,
  `classification` smallint(6) NOT NULL,
  PRIMARY KEY (`mbrid`)
);
INSERT INTO `member` VALUES (1,'M1','O\'Brien','Flann','Main St\n1',1),(2,'M2','Hopper','Grace',NULL,2);
INSERT INTO `biblio` (`bibid`, `title`, `author`, `call_nmbr1`) VALUES (3,'Emma; a novel','Austen, Jane','823');
INSERT INTO `biblio_copy` (`bibid`, `copyid`, `barcode_nmbr`, `status_cd`, `status_begin_dt`, `due_back_dt`, `mbrid`, `renewal_count`) VALUES
(3,1,'B1','out','2026-01-05 10:00:00','2026-02-02',1,2),(3,2,'B2','hld','2026-01-05 10:00:00',NULL,NULL,0);
INSERT INTO `biblio_hold` (`bibid`, `copyid`, `holdid`, `hold_begin_dt`, `mbrid`) VALUES (3,2,1,'2026-01-06 10:00:00',2);
INSERT INTO `member_account` (`mbrid`, `transid`, `transaction_type_cd`, `amount`) VALUES (1,1,'+c',3.50),(1,2,'-p',-1.00);
"""  # noqa: E501


def test_openbiblio_comes_from_its_dump(library: Any, tmp_path: Path) -> None:
    (tmp_path / "openbiblio.sql").write_text(OPENBIBLIO, encoding="cp1252")
    report = come(tmp_path, "openbiblio")
    assert report.left == []
    assert came(report) == {
        "members": 2,
        "titles": 1,
        "copies": 2,
        "open loans": 1,
        "overdue loans": 1,
        "lost loans": 0,
        "holds": 1,
        "owed": 250,
    }
    assert [(one.last_name, one.address) for one in User.select().order_by(User.id)] == [
        ("O'Brien", "Main St\n1"),
        ("Hopper", None),
    ]
    loan, hold = Loan.get(), Hold.get()
    assert (loan.due_at, loan.renewals) == ("2026-02-02T22:59:59Z", 2)
    assert (hold.status, hold.copy_id is None) == ("ready", False)
    assert broken(library) == []


def test_a_dump_of_mysql_is_read_no_further_than_its_statement() -> None:
    lines = iter(
        [
            "-- The library's members\n",
            "INSERT INTO `member` VALUES (1,'a;b\\'\n",
            "c'),\n",
            "(2,'it''s');  insert into member values (3,NULL);\n",
            "INSERT INTO `biblio` VALUES (4",
        ]
    )
    found = dumps.statements(lines)
    assert next(found) == "INSERT INTO `member` VALUES (1,'a;b\\'\nc'),\n(2,'it''s');"
    assert next(found) == "insert into member values (3,NULL);"
    assert next(lines) == "INSERT INTO `biblio` VALUES (4"


CUT = {
    "a COPY": ("evergreen", COPY[: COPY.index("\\.\nCOPY money.billing")]),
    "a row of a COPY": ("evergreen", COPY[: COPY.index("Jackson")]),
    "a statement": ("openbiblio", OPENBIBLIO[: OPENBIBLIO.index("Hopper")]),
    "behind a statement of mysqldump": (
        "openbiblio",
        f"-- MySQL dump 10.13\n{OPENBIBLIO[: OPENBIBLIO.index('INSERT INTO `biblio`')]}",
    ),
    "behind a COPY of pg_dump": (
        "evergreen",
        f"--\n-- PostgreSQL database dump\n--\n{COPY[: COPY.index('COPY biblio')]}",
    ),
}


@pytest.mark.parametrize(("system", "dump"), CUT.values(), ids=CUT)
def test_a_dump_that_is_cut_off_is_named_and_nothing_is_brought_in(
    library: Any, tmp_path: Path, system: str, dump: str
) -> None:
    (tmp_path / "cut.sql").write_text(dump)
    with pytest.raises(ValueError, match=r"cut\.sql is cut off"):
        come(tmp_path, system)
    assert User.select().count() == 0


def test_a_file_of_sqlite_that_is_cut_off_is_named_and_nothing_is_brought_in(
    library: Any, koha: Path
) -> None:
    file = koha / "borrowers.db"
    file.write_bytes(file.read_bytes()[:-4096])
    with pytest.raises(ValueError, match=r"borrowers\.db: "):
        come(koha, "koha")
    assert User.select().count() == 0


def test_rows_of_a_copy_that_do_not_fit_are_reported_by_table_and_line(
    library: Any, tmp_path: Path
) -> None:
    rows = ("5\tann\tOne\tt\tf", "6\tbob\tTwo\tt\tf\tmore", "7\teve\tThree\tt\tf", "8\tida")
    (tmp_path / "usr.sql").write_text(SEED.replace("\\.", "\n".join([*rows, "\\."])))
    report = come(tmp_path, "evergreen")
    damaged = [one for one in report.left if one.code == "damaged"]
    assert [(one.kind, one.number) for one in damaged] == [("actor_usr", 4), ("actor_usr", 6)]
    assert (
        damaged[0].detail == "usr.sql: This row has 6 values for 5 columns: 6, bob, Two, t, f, more"
    )
    assert report.there["members"] == 3


@pytest.mark.parametrize("marc", ["", "\\N", "<record>", "<note/>"])
def test_a_damaged_record_of_evergreen_is_reported_and_gives_its_key_to_no_other(
    library: Any, tmp_path: Path, marc: str
) -> None:
    begun = COPY.index("1\tf\t<record")
    whole = (
        COPY[begun:].replace("1\tf\t<record", "2\tf\t<record", 1).replace("5\t1\tAUS", "5\t2\tAUS")
    )
    (tmp_path / "all.sql").write_text(f"{COPY[:begun]}1\tf\t{marc}\n{whole}")
    report = come(tmp_path, "evergreen")
    assert [one.kind for one in report.left if one.code == "damaged"] == ["books"]
    assert (came(report)["titles"], came(report)["copies"]) == (1, 3)


@pytest.mark.parametrize(
    ("system", "dump", "gone"),
    [
        ("evergreen", COPY, "5\t1\tAUS\n"),
        ("openbiblio", OPENBIBLIO, OPENBIBLIO.splitlines(keepends=True)[11]),
    ],
)
def test_copies_without_their_title_are_reported(
    library: Any, tmp_path: Path, system: str, dump: str, gone: str
) -> None:
    assert gone in dump
    (tmp_path / "all.sql").write_text(dump.replace(gone, ""))
    report = come(tmp_path, system)
    left = [one.number for one in report.left if one.kind == "copies"]
    assert left == list(range(1, report.there["copies"] + 1))


def test_rows_of_inserts_that_do_not_fit_are_reported_by_table_and_line(
    library: Any, tmp_path: Path
) -> None:
    more = """INSERT INTO `member` VALUES (3,'M3'),(4,'M4','Noether','Emmy',NULL,1);
REPLACE INTO `member` VALUES (5,'M5','Curie','Marie',NULL,1;
INSERT INTO `biblio_field` VALUES (1,2,3);
INSERT INTO `library`.`member` VALUES (6,'M6','Meitner','Lise',NULL,1);
INSERT INTO `themes` VALUES (1,2,3);
"""
    (tmp_path / "openbiblio.sql").write_text(OPENBIBLIO + more)
    report = come(tmp_path, "openbiblio")
    begun = OPENBIBLIO.count("\n")
    assert [(one.kind, one.number - begun) for one in report.left] == [
        ("member", 1),
        ("member", 2),
        ("biblio_field", 3),
    ]
    assert came(report)["members"] == 4


BODIES = {
    "a trigger of mysqldump": """DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `told`
AFTER INSERT ON `member` FOR EACH ROW BEGIN
  INSERT INTO log SELECT NEW.mbrid;
  INSERT INTO `member` VALUES (9,'M9','Nobody','At all',NULL,1);
END */;;
DELIMITER ;
""",
    "a routine of phpMyAdmin": """DELIMITER $$
CREATE DEFINER=`root`@`%` PROCEDURE `tidy` ()
BEGIN
INSERT INTO log SELECT 1;
END$$

DELIMITER ;
""",
    "a trigger with a body": """CREATE TRIGGER told AFTER INSERT ON member BEGIN
  INSERT INTO log SELECT 1;
END;
""",
    "a trigger of one statement": """CREATE TRIGGER told AFTER INSERT ON member FOR EACH ROW
  INSERT INTO log SELECT 1;
""",
    "a function": """CREATE OR REPLACE FUNCTION told() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
BEGIN
  INSERT INTO log SELECT 1;
  RETURN NEW;
END; $_$;
""",
    "a block": """DO $$
INSERT INTO log SELECT 1;
$$;
""",
    "a rule": """CREATE RULE told AS
    ON DELETE TO actor.usr DO ( INSERT INTO log (id)
  VALUES (1);
 INSERT INTO log (id)  SELECT 5;
);
""",
    "a comment": "-- It costs AS $$ says.\n# DELIMITER ;;\n",
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_statements_in_a_body_are_no_rows_and_are_not_reported(
    library: Any, tmp_path: Path, body: str
) -> None:
    more = "INSERT INTO `member` VALUES (4,'M4','Noether','Emmy',NULL,1);\n"
    (tmp_path / "openbiblio.sql").write_text(OPENBIBLIO + body + more)
    report = come(tmp_path, "openbiblio")
    assert (report.left, came(report)["members"]) == ([], 3)


def test_a_dump_that_is_cut_off_in_a_body_is_named(library: Any, tmp_path: Path) -> None:
    (tmp_path / "cut.sql").write_text(f"{OPENBIBLIO}DELIMITER ;;\nCREATE TRIGGER told")
    with pytest.raises(ValueError, match=r"cut\.sql is cut off: .* DELIMITER"):
        come(tmp_path, "openbiblio")


INSERTS = r"""SET standard_conforming_strings = on;
CREATE TABLE actor.usr (
    id integer NOT NULL,
    family_name text DEFAULT 'x'::text NOT NULL,
    key text,
    active boolean,
    deleted boolean,
    CONSTRAINT usr_check CHECK ((id > 0))
);
CREATE TABLE money.payment (
    id bigint,
    xact bigint NOT NULL,
    voided boolean DEFAULT false
);
CREATE TABLE money.cash_payment (
    amount numeric(10,2)
)
INHERITS (money.payment);
INSERT INTO actor.usr VALUES (2, 'O''Brien; C:\', 'k', true, false);
INSERT INTO "actor"."usr" (id, family_name, deleted) VALUES (3, 'Gone', true);
INSERT INTO actor.usr (id, family_name, active, deleted) OVERRIDING SYSTEM VALUE VALUES (4, 'Byron
Ada', true, false);
INSERT INTO money.cash_payment VALUES (1, 7, false, 1.00);
"""


def test_a_dump_of_postgresql_with_inserts_is_read_as_one_with_copy(tmp_path: Path) -> None:
    (tmp_path / "all.sql").write_text(INSERTS)
    asked = dumps.Asked()
    asked.load(tmp_path / "all.sql")
    members = asked.rows("SELECT id, family_name, active, deleted FROM actor_usr")
    assert [tuple(one.values()) for one in members] == [
        ("2", "O'Brien; C:\\", "t", "f"),
        ("3", "Gone", "t"),
        ("4", "Byron\nAda", "t", "f"),
    ]
    [paid] = asked.rows("SELECT * FROM money_cash_payment")
    assert paid == {"id": "1", "xact": "7", "voided": "f", "amount": "1.00"}
    assert asked.damaged == []


@pytest.mark.parametrize("rows", ["(1,2,3)", "SELECT 1"])
def test_damaged_rows_of_a_table_beyond_the_first_thousand_are_counted(
    tmp_path: Path, rows: str
) -> None:
    verb = "VALUES " if rows.startswith("(") else ""
    (tmp_path / "all.sql").write_text(f"INSERT INTO t {verb}{rows};\n" * 5000)
    asked = dumps.Asked()
    asked.load(tmp_path / "all.sql")
    assert len(asked.damaged) == 1001
    assert asked.damaged[-1].line == 1000
    assert "4,000 more" in asked.damaged[-1].detail


@pytest.mark.parametrize(
    ("system", "dump"),
    [
        ("openbiblio", f"-- MySQL dump 10.13\n{OPENBIBLIO}\n-- Dump completed on 2026-11-01\n"),
        (
            "evergreen",
            f"-- PostgreSQL database dump\n{COPY}-- PostgreSQL database dump complete\n",
        ),
    ],
)
def test_a_whole_dump_may_be_followed_by_comments_of_any_length(
    library: Any, tmp_path: Path, system: str, dump: str
) -> None:
    (tmp_path / "all.sql").write_text(dump + "-- Kept by the library.\n" * 1000)
    assert came(come(tmp_path, system))["members"] == 2


def test_a_dump_that_is_cut_off_behind_a_whole_one_is_named(library: Any, tmp_path: Path) -> None:
    whole = f"-- MySQL dump 10.13\n{OPENBIBLIO}\n-- Dump completed\n"
    (tmp_path / "cut.sql").write_text(f"{whole}-- MySQL dump 10.13\n{OPENBIBLIO}")
    with pytest.raises(ValueError, match=r"cut\.sql is cut off"):
        come(tmp_path, "openbiblio")


@given(st.lists(st.text(st.sampled_from("'\\;,()\n \"`aé"), max_size=8), min_size=1, max_size=4))
def test_every_text_in_a_dump_of_mysql_comes_as_it_was(texts: list[str]) -> None:
    quoted = (text.replace("\\", "\\\\").replace("'", "\\'") for text in texts)
    row = ",".join(f"'{text}'" for text in quoted)
    lines = f"INSERT INTO t (a) VALUES ({row}),({row});\n".splitlines(keepends=True)  # noqa: S608
    [statement] = dumps.statements(iter(lines))
    assert list(dumps._values(statement, statement.index("VALUES ") + 7)) == [texts, texts]


def test_a_folder_without_files_of_the_system_is_refused(library: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.sql").write_text("Buy milk.")
    with pytest.raises(ValueError, match="no tables of this system"):
        come(tmp_path, "evergreen")
    assert database.execute_sql("SELECT COUNT(*) FROM audit").fetchone() == (0,)
