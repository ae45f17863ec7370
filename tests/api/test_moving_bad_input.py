"""Files as spreadsheets and other systems really write them: each row told, nothing half done."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import Octavo
from tests.api.test_moving_in import CSV, counts
from tests.api.test_moving_in import move as move
from tests.api.test_moving_in import read as read
from tests.api.test_moving_in import shelf as shelf
from tests.api.test_moving_in import told as told
from tests.support.asking import Asker
from tests.support.people import Person


@pytest.mark.parametrize(
    ("encoding", "query"),
    [
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("cp1252", "encoding=windows-1252"),
        ("mac-roman", "encoding=mac-roman"),
    ],
)
def test_names_are_read_in_the_encoding_of_the_file(
    move: Any, read: Any, encoding: str, query: str
) -> None:
    text = 'Karte;Name\r\n0001;"Müller, Jürgen"\r\n0002;Zoë Ångström\r\n'
    query = f"columns=card_number:Karte&{query}"
    found = move("members", text.encode(encoding), query, media_type=CSV)
    assert counts(found) == (2, 2, 0, 0, 0)
    people = [(one["first_name"], one["last_name"]) for one in read("/users?role=member")["data"]]
    assert people == [("Jürgen", "Müller"), ("Zoë", "Ångström")]


@pytest.mark.parametrize(
    "rows",
    [
        "cardnumber;Name;Vorname\nC1;Lovelace;Ada\n",
        "cardnumber;Name;Surname\nC1;Ada;Lovelace\n",
        'cardnumber;Name;Vorname\nC1;"Lovelace, Ada";Ada\n',
        "cardnumber;Full name;Surname\nC1;Ada Lovelace;Lovelace\n",
        "cardnumber;Name;Vorname;Nachname\nC1;ada.l;Ada;Lovelace\n",
    ],
)
def test_a_name_beside_one_of_the_two_is_the_other_one(move: Any, read: Any, rows: str) -> None:
    assert counts(move("members", rows)) == (1, 1, 0, 0, 0)
    [member] = read("/users?role=member")["data"]
    assert (member["first_name"], member["last_name"]) == ("Ada", "Lovelace")


@pytest.mark.parametrize(
    "header",
    [
        (
            "Ausweis-Nr.;Familienname;Vorname;Klasse;Geburtsdatum;Straße;Postleitzahl;Wohnort;"
            "Telefon;E-Mail"
        ),
        "N° carte;Nom;Prénom;Classe;Date de naissance;Adresse;Code postal;Ville;Téléphone;Courriel",
        (
            "Número de socio;Apellidos;Nombre;Clase;Fecha de nacimiento;Dirección;Código postal;"
            "Localidad;Teléfono;Correo electrónico"
        ),
        "Tessera;Cognome;Nome;Classe;Data di nascita;Indirizzo;CAP;Città;Telefono;Email",
    ],
)
def test_lists_of_members_in_five_languages_are_understood(
    move: Any, read: Any, header: str
) -> None:
    row = "C1;Lovelace;Ada;student;13.4.2015;Way 1;01234;Ham;0123/4;ada@example.org"
    found = move("members", f"{header}\n{row}\n")
    assert (counts(found), found["unused"]) == ((1, 1, 0, 0, 0), [])
    [member] = read("/users?role=member")["data"]
    assert (member["first_name"], member["last_name"]) == ("Ada", "Lovelace")
    assert (member["card_number"], member["email"]) == ("C1", "ada@example.org")
    assert (member["birth_date"], member["phone"]) == ("2015-04-13", "0123/4")
    assert member["address"] == "Way 1\n01234 Ham"


@pytest.mark.parametrize("header", ["Catégorie;Classe", "Clase;Categoría"])
def test_a_category_is_one_before_the_class_at_school_is(move: Any, read: Any, header: str) -> None:
    cells = {"Catégorie": "teacher", "Categoría": "teacher"}
    row = ";".join(cells.get(name, "4a") for name in header.split(";"))
    move("members", f"cardnumber;surname;{header}\nC1;Byron;{row}\n")
    [member] = read("/users?role=member")["data"]
    assert member["category"] == "teacher"


def test_a_member_with_one_name_keeps_one(move: Any, read: Any) -> None:
    move("members", "cardnumber;Name;Vorname\nC1;Plato;Plato\n")
    [member] = read("/users?role=member")["data"]
    assert (member["first_name"], member["last_name"]) == ("Plato", None)


def test_a_new_family_name_beside_the_first_one_is_taken_over(move: Any, read: Any) -> None:
    move("members", "cardnumber;Nachname;Vorname\nC1;Byron;Ada\n")
    move("members", "cardnumber;Name;Vorname\nC1;Byron King;Ada\n", "on_match=update")
    [member] = read("/users?role=member")["data"]
    assert (member["first_name"], member["last_name"]) == ("Ada", "Byron King")


def test_cards_keep_their_zeros_and_destroyed_ones_are_told(
    move: Any, read: Any, told: Any
) -> None:
    found = move(
        "members",
        'cardnumber,surname\n="00012345",One\n\'00012346,Two\n3.1E+13,Three\n12347.0,Four\n',
    )
    assert told(found) == [(3, "card_number", "destroyed")]
    cards = [one["card_number"] for one in read("/users?role=member")["data"]]
    assert cards == ["00012345", "00012346", "12347"]


def test_zeros_that_one_file_has_lost_are_made_up_for(move: Any, read: Any) -> None:
    move("members", "cardnumber,surname\n0000123,Lovelace\n")
    assert counts(move("fees", "cardnumber,amount\n123,250\n")) == (1, 1, 0, 0, 0)


def test_zeros_of_barcodes_are_made_up_for_in_either_file(move: Any, shelf: None) -> None:
    move("copies", 'isbn,barcode\n9780141439587,"00456"\n9780141439587,46000\n')
    loans = "cardnumber,barcode,issuedate,date_due\nC1,456,2026-01-05,2026-02-02\n"
    assert counts(move("loans", loans)) == (1, 1, 0, 0, 0)
    loans = "cardnumber,barcode,issuedate,date_due\nC1,0046000,2026-01-05,2026-02-02\n"
    assert counts(move("loans", loans)) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("12.50", 1250),
        ('"12,50"', 1250),
        ('"12,- €"', 1200),
        ("12 €", 1200),
        ("$12", 1200),
        ("EUR 12", 1200),
        ("50 ct", 50),
        ("50p", 50),
        ("12", 12),
        ('"-12,\u2013"', -1200),
        ("1250", 1250),
        ('"1.234,50"', 123450),
        ('"1,234.50"', 123450),
        ("€ 3.00", 300),
        ("3.00 EUR", 300),
        ("2.500000", 250),
        ("12.5", 1250),
    ],
)
def test_money_is_read_as_it_is_meant(
    move: Any, shelf: None, read: Any, written: str, amount: int
) -> None:
    assert counts(move("fees", f"cardnumber,amount\nC1,{written}\n")) == (1, 1, 0, 0, 0)
    assert read("/fees")["data"][0]["amount"] == amount


@pytest.mark.parametrize(
    "written",
    ["-12.50", "(12.50)", "($12.50)", "€ (12.50)", "\u221212.50", '"(12,50 €)"', "\u201312.50"],
)
def test_less_than_nothing_stays_less_than_nothing(
    move: Any, shelf: None, read: Any, written: str
) -> None:
    assert counts(move("fees", f"cardnumber,amount\nC1,{written}\n")) == (1, 1, 0, 0, 0)
    [fee] = read("/fees")["data"]
    assert (fee["amount"], fee["kind"]) == (-1250, "refund")


def test_whole_amounts_are_major_units_when_that_is_said(move: Any, shelf: None, read: Any) -> None:
    found = move("fees", "cardnumber,amount\nC1,12\n", "money=major")
    assert read("/fees")["data"][0]["amount"] == 1200
    assert found["read_as"] == ["amount: whole amounts are major units (1)"]


@pytest.mark.parametrize("written", ["12.345", "twelve", "1.2.3.4", "--5"])
def test_what_is_no_money_is_told(move: Any, shelf: None, told: Any, written: str) -> None:
    [(_, field, _)] = told(move("fees", f"cardnumber,amount\nC1,{written}\n"))
    assert field == "amount"


@pytest.mark.settings(CURRENCY="JPY")
@pytest.mark.parametrize(
    ("written", "query", "amount"),
    [
        ("500", "", 500),
        ("500", "money=major", 500),
        ("500.000000", "", 500),
        ("500.00", "", 500),
        ('"1.500,00"', "", 1500),
    ],
)
def test_money_without_decimals_is_read_as_it_is_meant(
    move: Any, shelf: None, read: Any, written: str, query: str, amount: int
) -> None:
    assert counts(move("fees", f"cardnumber,amount\nC1,{written}\n", query)) == (1, 1, 0, 0, 0)
    assert read("/fees")["data"][0]["amount"] == amount


@pytest.mark.settings(CURRENCY="KWD")
@pytest.mark.parametrize(
    ("written", "query", "amount"),
    [
        ("1500", "", 1500),
        ("2", "money=major", 2000),
        ("1.500", "", 1500),
        ("1.50", "", 1500),
        ("1.5", "", 1500),
        ("1.250000", "", 1250),
        ('"1,234.500"', "", 1234500),
    ],
)
def test_money_with_three_decimals_is_read_as_it_is_meant(
    move: Any, shelf: None, read: Any, written: str, query: str, amount: int
) -> None:
    assert counts(move("fees", f"cardnumber,amount\nC1,{written}\n", query)) == (1, 1, 0, 0, 0)
    assert read("/fees")["data"][0]["amount"] == amount


@pytest.mark.parametrize(
    ("written", "has"),
    [
        pytest.param("5.50", "no decimals", marks=pytest.mark.settings(CURRENCY="JPY")),
        pytest.param("1.500", "no decimals", marks=pytest.mark.settings(CURRENCY="JPY")),
        pytest.param("1.505000", "two decimals", marks=pytest.mark.settings(CURRENCY="EUR")),
        pytest.param("1.5005", "three decimals", marks=pytest.mark.settings(CURRENCY="KWD")),
    ],
)
def test_more_decimals_than_money_has_are_told_with_how_many_it_has(
    move: Any, shelf: None, read: Any, written: str, has: str
) -> None:
    found = move("fees", f"cardnumber,amount\nC1,{written}\n")
    [fault] = read(f"/imports/{found['id']}/errors")["data"]
    assert (fault["field"], fault["code"]) == ("amount", "decimals")
    assert fault["detail"].startswith(f"Money has {has}")


@pytest.mark.settings(CURRENCY="KWD")
def test_prices_of_books_have_the_decimals_of_the_currency(
    move: Any, ask: Asker, admin: Person
) -> None:
    move("books", "title,barcode,price\nEmma,B1,1.500\n")
    [copy] = ask.get("/copies?barcode=B1", by=admin).json["data"]
    assert copy["price"] == 1500
    answer = ask.get("/exports/books?format=marcxml&copies=true", by=admin)
    assert b">1.500<" in answer.data


def test_no_date_is_no_date(move: Any, shelf: None, read: Any) -> None:
    loans = (
        "cardnumber,barcode,issuedate,date_due,returndate\n"
        "C1,B1,2026-01-05,2026-02-02,0000-00-00\nC1,B2,2026-01-05,2026-02-02,\\N\n"
    )
    assert counts(move("loans", loans)) == (2, 2, 0, 0, 0)
    assert {one["status"] for one in read("/loans")["data"]} == {"overdue"}


@pytest.mark.parametrize(
    ("written", "born"),
    [("10.12.45", "1945-12-10"), ("10.12.85", "1985-12-10"), ("10.12.15", "2015-12-10")],
)
def test_nobody_is_born_in_years_to_come(move: Any, read: Any, written: str, born: str) -> None:
    move("members", f"cardnumber,surname,dateofbirth\nC1,Hopper,{written}\n", "dates=dmy")
    [member] = read("/users?role=member")["data"]
    assert member["birth_date"] == born


def test_no_copy_was_acquired_in_years_to_come(move: Any, shelf: None, read: Any) -> None:
    move("copies", "isbn,barcode,acquired_on\n9780141439587,B8,31/12/65\n")
    move("books", "title,barcode,acquired_on\nOwls,B9,31/12/65\n")
    found = [read(f"/copies?barcode={barcode}")["data"][0] for barcode in ("B8", "B9")]
    assert [one["acquired_on"] for one in found] == ["1965-12-31", "1965-12-31"]


def test_a_membership_may_end_in_years_to_come(move: Any, read: Any) -> None:
    move("members", "cardnumber,surname,expires_on\nC1,Hopper,31/12/45\n")
    [member] = read("/users?role=member")["data"]
    assert member["expires_on"] == "2045-12-31"


def test_members_who_are_switched_off_keep_their_loans(move: Any, shelf: None, read: Any) -> None:
    move("members", "cardnumber,surname,active\nOFF,Gone,f\n")
    loans = "cardnumber,barcode,issuedate,date_due\nOFF,B1,2026-01-05,2026-02-02\n"
    assert counts(move("loans", loans)) == (1, 1, 0, 0, 0)
    assert read("/users?card_number=OFF")["data"][0]["is_active"] is False


def test_a_file_that_is_cut_off_loses_its_last_row_and_no_other(
    move: Any, shelf: None, told: Any
) -> None:
    loans = (
        "cardnumber,barcode,issuedate,date_due\n"
        "C1,B1,2026-01-05,2026-02-02\nC2,B2,2026-01-05,2026-02-02\nC2,B3,2026-"
    )
    found = move("loans", loans)
    assert (found["status"], counts(found)) == ("done", (3, 2, 0, 0, 1))
    assert [one[0] for one in told(found)] == [3]


@pytest.mark.parametrize("header", ["Lesernummer", "N° carte", "Número de socio", "Tessera"])
def test_members_are_known_by_their_cards_in_loans_as_in_lists_of_members(
    move: Any, shelf: None, header: str
) -> None:
    found = move("loans", f"{header};barcode;issuedate;date_due\nC1;B1;2026-01-05;2026-02-02\n")
    assert (found["status"], counts(found)) == ("done", (1, 1, 0, 0, 0))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 a workbook", "compressed"),
        (b"Name of the rose;Eco\nEmma;Austen\n", "column"),
        (b"00714cam a2200205 a 4500001001300000\x1e\x1d", "column"),
        (b"", "empty"),
    ],
)
def test_the_wrong_kind_of_file_is_refused_as_a_whole(
    move: Any, told: Any, data: bytes, code: str
) -> None:
    found = move("loans", data, media_type=CSV)
    assert (found["status"], told(found)[0][2]) == ("failed", code)


def test_a_second_run_brings_what_could_not_come_the_first_time(
    move: Any, shelf: None, read: Any
) -> None:
    loans = (
        "issue_id,cardnumber,barcode,issuedate,date_due\n"
        "1,C1,B1,2026-01-05,2026-02-02\n2,C3,B2,2026-01-05,2026-02-02\n"
    )
    assert counts(move("loans", loans)) == (2, 1, 0, 0, 1)
    move("members", "cardnumber,surname\nC3,Late\n")
    assert counts(move("loans", loans)) == (2, 1, 0, 1, 0)
    assert len(read("/loans")["data"]) == 2


def test_what_means_nothing_for_a_kind_is_refused_before_the_file_is_read(
    ask: Any, admin: Any
) -> None:
    for query in (
        "kind=nothing",
        "kind=loans&match=isbn",
        "kind=members&match=isbn",
        "kind=loans&columns=title:Titel",
        "kind=loans&make_barcodes=true",
    ):
        answer = ask.post(f"/imports?{query}", raw=b"x\n", by=admin, headers={"Content-Type": CSV})
        assert (answer.status_code, answer.json["code"]) == (400, "invalid"), query
    marc = {"Content-Type": "application/marc"}
    assert ask.post("/imports?kind=loans", raw=b"x", by=admin, headers=marc).status_code == 400


def test_a_librarian_brings_in_no_policies(ask: Any, librarian: Any) -> None:
    headers = {"Content-Type": CSV}
    answer = ask.post("/imports?kind=policies", raw=b"x\n", by=librarian, headers=headers)
    assert answer.status_code == 403


CELLS = st.text(max_size=30) | st.sampled_from(
    ["C1", "B1", "2026-01-05", "31/12/2026", "0000-00-00", "\\N", "1.234,50", "-1", "9" * 30, "'"]
)
KINDS = ["members", "copies", "loans", "holds", "fees", "payments", "orders", "posts", "closures"]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(kind=st.sampled_from(KINDS), rows=st.lists(st.lists(CELLS, min_size=9, max_size=9)))
def test_whatever_a_file_has_every_row_is_accounted_for(
    app: Octavo, move: Any, told: Any, kind: str, rows: list[list[str]]
) -> None:
    names = {
        "members": "card_number,last_name,email,birth_date,expires_on,blocked,phone,notices,role",
        "copies": "barcode,isbn,control_number,status,price,acquired_on,note,created_at,location",
        "loans": "card_number,barcode,borrowed_at,due_at,returned_at,renewals,status,fines,renewed",
        "holds": "card_number,barcode,isbn,placed_at,status,queue,expires_at,ended_at,end_reason",
        "fees": "card_number,amount,balance,waived,kind,status,created_at,waivers,voided_at",
        "payments": "card_number,amount,method,paid_at,voided_at,fee_source_key,email,currency,x",
        "orders": "card_number,title,isbn,quantity,received,status,unit_price,receipts,created_at",
        "posts": "title,content,published,published_at,author_email,created_at,x,y,z",
        "closures": "starts_on,ends_on,reason,source_key,a,b,c,d,e",
    }[kind]
    cells = ['"' + cell.replace('"', '""') + '"' for row in rows for cell in row]
    lines = [",".join(cells[at : at + 9]) for at in range(0, len(cells), 9)]
    data = "\n".join([names, *lines]).encode("utf-8", "replace")
    found = move(kind, data, "dates=dmy&encoding=utf-8", media_type=CSV)
    processed, *became = counts(found)
    assert processed == sum(became)
    assert "internal" not in [code for _, _, code in told(found)]
