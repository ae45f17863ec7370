"""Spreadsheets that people and reports of other systems make: nothing in them is falsified."""

import io
from typing import Any

import pytest

import formats
from tests.unit.formats.format_samples import items, record


def read(header: str, row: str, **options: Any) -> formats.Record:
    return record("csv", f"{header}\n{row}\n".encode(), **options)


def fields(header: str, row: str) -> dict[str, Any]:
    """The fields of the book and its copy."""
    found = read(header, row)
    return {**found.book, **next(iter([*found.copies, *found.unlabelled]), {})}


def people(*cells: str) -> list[list[str]]:
    """The people of each book, whose cells stand in a column of authors."""
    rows = "".join(f'Volume {at},"{cell}"\n' for at, cell in enumerate(cells))
    books = [one.book for one in Whole(f"title,authors\n{rows}").records]
    return [
        [book["author"], *(one["name"] for one in book.get("contributors", []))] for book in books
    ]


class Whole:
    """What is read of a whole file, and what is said of it."""

    def __init__(self, text: str) -> None:
        reader = formats.read(io.BytesIO(text.encode()), "csv")
        self.records = [one for one in reader if isinstance(one, formats.Record)]
        self.notes = [note for one in self.records for note in one.notes]
        self.read_as, self.header = reader.read_as, reader.header


def written_again(**book: Any) -> dict[str, Any]:
    """The book after it was written as CSV and read."""
    return record("csv", b"".join(formats.write("csv", [(book, None)]))).book


@pytest.mark.parametrize("year", ["99", "05", "7", "99.0"])
def test_two_digits_do_not_tell_the_century_of_a_year_and_are_noted(year: str) -> None:
    found = read("Titel;Jahr", f"Emma;{year}")
    assert found.book == {"title": "Emma"}
    assert [(one.field, one.code) for one in found.notes] == [("published_year", "unreadable")]


@pytest.mark.parametrize(
    ("cell", "year"),
    [("0099", 99), ("0476", 476), ("476", 476), ("-350", -350), ("-44", -44), ("44 BC", -44)],
)
def test_years_of_antiquity_are_read(cell: str, year: int) -> None:
    assert fields("Titel;Jahr", f"Emma;{cell}")["published_year"] == year


def test_the_year_in_which_a_work_came_out_first_may_be_of_antiquity() -> None:
    header = "goodreads_book_id,authors,original_publication_year,title"
    assert fields(header, "1,Ovid,8.0,Metamorphoses")["published_year"] == 8


@pytest.mark.parametrize("year", [-350, -4, 4, 99, 476, 1815])
def test_a_year_that_is_written_is_read_again(year: int) -> None:
    assert written_again(title="Emma", published_year=year)["published_year"] == year


@pytest.mark.parametrize(
    ("header", "cell", "status"),
    [
        ("itemlost", "1", "lost"),
        ("items.itemlost", "2", "lost"),
        ("952$1", "1", "lost"),
        ("damaged", "1", "in_repair"),
        ("952$4", "1", "in_repair"),
        ("withdrawn", "1", "withdrawn"),
        ("items.wthdrawn", "1", "withdrawn"),
        ("952$0", "1", "withdrawn"),
        ("Lost", "Yes", "lost"),
        ("Lost", "ja", "lost"),
        ("Lost", "oui", "lost"),
        ("Discarded", "2020-05-31", "withdrawn"),
    ],
)
def test_a_column_for_one_state_says_that_a_copy_is_in_it(
    header: str, cell: str, status: str
) -> None:
    found = read(f"title,barcode,{header}", f"Emma,B1,{cell}")
    assert found.copies == [{"barcode": "B1", "status": status}]


@pytest.mark.parametrize("cell", ["0", "", "No", "false", "NULL", "0000-00-00", "not lost", "nein"])
def test_a_column_for_one_state_may_say_that_a_copy_is_not_in_it(cell: str) -> None:
    assert read("title,barcode,itemlost", f"Emma,B1,{cell}").copies == [{"barcode": "B1"}]


def test_of_several_states_of_a_copy_the_strongest_counts() -> None:
    header = "title,barcode,damaged,itemlost,withdrawn,status"
    assert fields(header, "Emma,B1,1,1,0,available")["status"] == "lost"


@pytest.mark.parametrize("header", ["notforloan", "items.notforloan", "952$7", "Not for loan"])
def test_a_copy_that_is_not_for_loan_stays_in_the_library(header: str) -> None:
    assert fields(f"title,barcode,{header}", "Emma,B1,1")["loan_type"] == "reference"
    assert "loan_type" not in fields(f"title,barcode,{header}", "Emma,B1,0")


def test_copies_of_one_title_may_be_in_different_states() -> None:
    found = items("csv", b"title,barcode,itemlost\nEmma,B1,0\nEmma,B2,1\n")
    assert [one.first_row for one in found if isinstance(one, formats.Record)] == [1, 1]


def test_the_table_before_a_column_in_a_report_counts_as_nothing() -> None:
    header = "biblio.title,biblioitems.isbn,items.barcode,items.itemcallnumber"
    assert fields(header, "Emma,9780306406157,B1,PR 4") == {
        "title": "Emma",
        "isbn": "9780306406157",
        "barcode": "B1",
        "shelfmark": "PR 4",
    }


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Nº inventario", "barcode"),
        ("N.º de inventario", "barcode"),
        ("N° inventario", "barcode"),
        ("Núm. inventario", "barcode"),
        ("No. inventario", "barcode"),
        ("Inventar-Nr.", "barcode"),
        ("№ inventario", "barcode"),
        ("Accession No.", "barcode"),
        ("Nº ISBN", "isbn"),
        ("ISBN-Nr.", "isbn"),
    ],
)
def test_any_word_for_a_number_is_one(header: str, field: str) -> None:
    assert fields(f"{header};Title", "9780306406157;Emma")[field] == "9780306406157"


def test_a_column_that_only_counts_the_rows_is_not_used() -> None:
    reader = formats.read(io.BytesIO("Nº;Título;Nº páginas\n1;Emma;312\n".encode()), "csv")
    [found] = list(reader)
    assert isinstance(found, formats.Record)
    assert (found.book, reader.unused) == ({"title": "Emma", "pages": 312}, ["Nº"])


@pytest.mark.parametrize(
    ("name", "code"),
    [("Português", "por"), ("Inglês", "eng"), ("Espanhol", "spa"), ("Engels", "eng"),
     ("Duits", "ger"), ("angielski", "eng"), ("niemiecki", "ger")],
)  # fmt: skip
def test_languages_have_their_names_in_the_languages_of_headers(name: str, code: str) -> None:
    assert fields("title,language", f"Emma,{name}")["language"] == code


HEADERS = {
    "Portuguese": "Título;Autor;Editora;Ano de publicação;Nº de páginas;Assuntos;Nº de tombo;"
    "Localização;Preço;Data de aquisição;Idioma",
    "Dutch": "Titel;Auteur;Uitgever;Jaar;Aantal pagina's;Trefwoorden;Streepjescode;Locatie;Prijs;"
    "Aankoopdatum;Taal",
    "Polish": "Tytuł;Autor;Wydawnictwo;Rok wydania;Liczba stron;Słowa kluczowe;Nr inwentarzowy;"
    "Lokalizacja;Cena;Data zakupu;Język",
}


@pytest.mark.parametrize("language", HEADERS)
def test_headers_are_known_in_more_languages(language: str) -> None:
    row = "Emma;Olive Vane;Quill;1999;312;Owls;B1;Hall;12,50;2020-05-31;eng"
    assert fields(HEADERS[language], row) == {
        "title": "Emma",
        "author": "Olive Vane",
        "publisher": "Quill",
        "published_year": 1999,
        "pages": 312,
        "subjects": ["Owls"],
        "barcode": "B1",
        "location": "Hall",
        "price": 1250,
        "acquired_on": "2020-05-31",
        "language": "eng",
    }


@pytest.mark.parametrize(
    "name", ["Vargas Llosa, José María", "García Márquez, Gabriel José", "van der Berg, Jan Willem"]
)
def test_a_family_name_of_several_words_and_first_names_are_one_person(name: str) -> None:
    assert people(name) == [[name]]
    assert people("Vane, Olive", name, "World Library Club", "Penn, Tilda") == [
        ["Vane, Olive"],
        [name],
        ["World Library Club"],
        ["Penn, Tilda"],
    ]


def test_commas_part_people_where_the_other_names_of_the_column_stand_as_they_are_said() -> None:
    assert people("Malcolm X, Alex Haley", "Olive Vane", "Sam Rook", "Vane, Olive") == [
        ["Malcolm X", "Alex Haley"],
        ["Olive Vane"],
        ["Sam Rook"],
        ["Vane, Olive"],
    ]


def test_three_whole_names_with_commas_between_them_are_three_people() -> None:
    assert people("Olive Vane, Tilda Penn, Sam Rook") == [["Olive Vane", "Tilda Penn", "Sam Rook"]]


def test_it_is_told_what_the_commas_of_a_column_of_authors_part() -> None:
    turned = Whole('title,authors\nEmma,"Vane, Olive"\n')
    assert turned.read_as == ["authors: commas stand between family name and first names"]
    listed = Whole('title,authors\nEmma,"Olive Vane, Tilda Penn, Sam Rook"\n')
    assert listed.read_as == ["authors: commas stand between people"]


BOOKBUDDY = "Title,Genre,Wish List,Up Next"


@pytest.mark.parametrize(
    ("cell", "subjects"),
    [
        ("Body, Mind & Spirit", ["Body, Mind & Spirit"]),
        ("Fiction, Body, Mind and Spirit", ["Fiction", "Body, Mind and Spirit"]),
        ("Fiction, Biography & Autobiography", ["Fiction", "Biography & Autobiography"]),
        ("Mystery, Thriller & Suspense", ["Mystery, Thriller & Suspense"]),
        ("Nobody, Mind & Brain", ["Nobody", "Mind & Brain"]),
    ],
)  # fmt: skip
def test_a_heading_of_booksellers_with_a_comma_stays_whole(cell: str, subjects: list[str]) -> None:
    assert fields(BOOKBUDDY, f'Emma,"{cell}",,')["subjects"] == subjects


def test_commas_are_part_of_the_items_where_semicolons_part_them() -> None:
    found = Whole('title,tags\nEmma,"birds; Owls, barn"\nIda,"Owls, barn"\n')
    assert [one.book["subjects"] for one in found.records] == [
        ["birds", "Owls, barn"],
        ["Owls, barn"],
    ]
    assert found.read_as == ["tags: semicolons stand between the items"]


@pytest.mark.parametrize(
    "above",
    [
        "Inventory of 3 May 2024\n\n",
        "Library;;\n",
        '"Biblioteca ""Olmo""";;\n;;\n',
        "School;Town;\nInventory\n\nAll rooms\n",
    ],
)
def test_headers_are_found_below_the_title_of_a_list(above: str) -> None:
    found = Whole(f"{above}Title;Author;Barcode\nEmma;Olive Vane;B1\n")
    [record] = found.records
    assert (record.number, record.book) == (1, {"title": "Emma", "author": "Olive Vane"})
    assert record.copies == [{"barcode": "B1"}]
    assert found.header.decode() == f"{above}Title;Author;Barcode\n"
    assert [one.split(":")[0] for one in found.read_as] == ["headers"]


def test_it_is_told_below_which_line_the_headers_are() -> None:
    found = Whole("Inventory, 3 May 2024\n\nTitle,Author\nEmma,Olive Vane\n")
    assert found.read_as == ["headers: the line below 'Inventory, 3 May 2024'"]


def test_of_several_lines_above_the_headers_the_last_one_is_told_as_it_is_written() -> None:
    found = Whole("School\nBücher der Klasse 5b\n\nTitle,Author\nEmma,Olive Vane\n")
    assert found.read_as == ["headers: the line below 'Bücher der Klasse 5b'"]


def test_a_sentence_with_words_that_are_headers_is_a_row() -> None:
    rows = ["Owls;How they are put in order: by title, author, series, volume", "Ida;Moths"]
    found = Whole("\n".join(["Title;About the book", *rows]))
    assert [one.book["title"] for one in found.records] == ["Owls", "Ida"]
    assert found.read_as == []


def test_a_row_that_looks_like_headers_is_a_row_below_headers_that_are_known() -> None:
    found = Whole("Title,Author\nTitle,Author\n")
    assert [one.book for one in found.records] == [{"title": "Title", "author": "Author"}]


def test_headers_that_are_named_for_fields_are_known_though_a_row_looks_like_some() -> None:
    data = b"n,name\nTitle,Author\n"
    assert record("csv", data, columns={"title": "name", "pages": "n"}).book["title"] == "Author"


def test_a_column_with_both_kinds_of_amounts_is_noted_once_with_one_of_each() -> None:
    found = Whole("title;price\nEmma;10\nIda;12,5\nAda;0\nEva;20\n")
    prices = [one.unlabelled[0]["price"] for one in found.records]
    assert prices == [10, 1250, 0, 20]
    [note] = found.notes
    assert (note.field, note.code) == ("price", "mixed-amounts")
    assert "(12,5)" in note.detail
    assert "10 was read as 0.10" in note.detail
    assert found.read_as == [
        "price: amounts with decimals or a sign are major units (1)",
        "price: whole amounts are minor units (3)",
    ]


@pytest.mark.parametrize("prices", [("10", "20"), ("10.00", "12.5"), ("0", "12.5")])
def test_a_column_with_one_kind_of_amounts_has_no_note(prices: tuple[str, str]) -> None:
    first, second = prices
    assert Whole(f"title;price\nEmma;{first}\nIda;{second}\n").notes == []


def test_a_row_behind_a_lone_quotation_mark_tells_the_order_of_dates_too() -> None:
    rows = ['"Emma,01.02.2020,Hall', 'Ida,31.12.2020,Attic"', "Ada,02.03.2020,Hall"]
    found = Whole("\n".join(["title,acquired on,location", *rows, ""]))
    assert found.read_as == ["acquired_on: day, month, year"]


def test_the_order_of_dates_that_a_column_shows_is_told() -> None:
    found = Whole("title;acquired on\nEmma;31.12.2020\n")
    assert found.read_as == ["acquired_on: day, month, year"]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Damage", "in_repair"),
        ("danificado", "in_repair"),
        ("baixado", "withdrawn"),
        ("emprestado", "available"),
        ("afgevoerd", "withdrawn"),
        ("beschadigd", "in_repair"),
        ("uitgeleend", "available"),
        ("zagubiona", "lost"),
        ("zaginiona", "lost"),
        ("vermist", "lost"),
        ("wycofana", "withdrawn"),
        ("dostępna", "available"),
    ],
)
def test_states_of_copies_are_read_in_the_languages_of_headers(said: str, state: str) -> None:
    assert fields("title,barcode,status", f"Emma,B1,{said}")["status"] == state


@pytest.mark.parametrize(
    "said", ["não disponível", "niet beschikbaar", "indisponível", "niedostępna"]
)
def test_a_state_that_says_only_what_is_not_is_noted_in_these_languages(said: str) -> None:
    found = read("title,barcode,status", f"Emma,B1,{said}")
    assert found.copies == [{"barcode": "B1"}]
    assert [(one.field, one.code) for one in found.notes] == [("status", "unreadable")]


@pytest.mark.parametrize(
    ("header", "cell", "field", "value"),
    [
        ("Publikationsdatum", "1999", "published_year", 1999),
        ("Jaartal", "1999", "published_year", 1999),
        ("biblioitems.itemtype", "BK", "loan_type", "BK"),
        ("Afgevoerd", "ja", "status", "withdrawn"),
    ],
)
def test_columns_of_school_libraries_and_reports_are_known(
    header: str, cell: str, field: str, value: Any
) -> None:
    assert fields(f"Titel;Barcode;{header}", f"Emma;B1;{cell}")[field] == value
