"""Reading CSV: every spreadsheet's dialect, and what spreadsheets do to numbers."""

import io
from time import process_time
from typing import Any

import pytest

import formats
from formats import Fault, Note, Record
from formats.csv import cells
from tests.unit.formats.format_samples import items, record, summary


def book(header: str, row: str, **options: Any) -> dict[str, Any]:
    return record("csv", f"{header}\n{row}\n".encode(), **options).book


def test_our_own_field_names_are_understood() -> None:
    header = (
        "title,subtitle,author,contributors,isbn,publisher,published_year,language,edition,pages"
    )
    more = ",description,subjects,classification,cover_url"
    row = 'Emma,A novel,"Austen, Jane",Gill (editor); Duckworth,0-19-953552-3,OUP,2008,en,2nd,418'
    rest = ",Matchmaking.,Courtship; England -- Fiction,823.7,https://example.org/1.jpg"
    assert book(header + more, row + rest) == {
        "title": "Emma",
        "subtitle": "A novel",
        "author": "Austen, Jane",
        "contributors": [{"name": "Gill", "role": "editor"}, {"name": "Duckworth", "role": None}],
        "isbn": "9780199535521",
        "publisher": "OUP",
        "published_year": 2008,
        "language": "eng",
        "edition": "2nd",
        "pages": 418,
        "description": "Matchmaking.",
        "subjects": ["Courtship", "England -- Fiction"],
        "classification": "823.7",
        "cover_url": "https://example.org/1.jpg",
    }


def test_a_goodreads_export_is_understood() -> None:
    header = (
        "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Publisher,"
        "Number of Pages,Year Published,Original Publication Year"
    )
    row = (
        '2767052,"The Hunger Games",Suzanne Collins,"Collins, Suzanne","A. One, B. Two",'
        '"=""0439023480""","=""9780439023481""",5,Scholastic,374,,2008'
    )
    assert book(header, row) == {
        "title": "The Hunger Games",
        "author": "Collins, Suzanne",
        "contributors": [{"name": "A. One", "role": None}, {"name": "B. Two", "role": None}],
        "isbn": "9780439023481",
        "publisher": "Scholastic",
        "pages": 374,
        "published_year": 2008,
    }


def test_a_librarything_export_is_understood() -> None:
    header = "'Book Id'\t'Title'\t'Primary Author'\t'Date'\t'ISBN'\t'Page Count'\t'Languages'"
    row = "'1'\t'Emma'\t'Austen, Jane'\t'c2008'\t'[0199535523]'\t'418 pages'\t'English, French'"
    assert book(header, row) == {
        "title": "Emma",
        "author": "Austen, Jane",
        "published_year": 2008,
        "isbn": "9780199535521",
        "pages": 418,
        "language": "eng",
    }


def test_goodbooks_lists_its_authors_with_commas() -> None:
    header = "goodreads_book_id,isbn,isbn13,authors,original_publication_year,title,language_code"
    row = '3,439554934,9.78043955493e+12,"J.K. Rowling, Mary GrandPré",1997.0,Harry Potter,en-US'
    assert book(header, row) == {
        "title": "Harry Potter",
        "author": "J.K. Rowling",
        "contributors": [{"name": "Mary GrandPré", "role": None}],
        "isbn": "9780439554930",
        "published_year": 1997,
        "language": "eng",
    }


@pytest.mark.parametrize(
    ("cell", "author", "others"),
    [
        ("Le Guin, Ursula K.", "Le Guin, Ursula K.", []),
        ("García Lorca, Federico de", "García Lorca, Federico de", []),
        ("Ursula K. Le Guin, Isabel Allende", "Ursula K. Le Guin", ["Isabel Allende"]),
        ("Le Guin U. K., Penn T.", "Le Guin U. K.", ["Penn T."]),
    ],
)
def test_first_names_behind_a_family_name_of_two_words_are_nobody_else(
    cell: str, author: str, others: list[str]
) -> None:
    found = book("title,authors", f'Owls,"{cell}"')
    assert found["author"] == author
    assert [one["name"] for one in found.get("contributors", [])] == others


def test_any_header_can_be_named_for_a_field() -> None:
    options = {"columns": {"title": "Original Title", "pages": "n"}}
    assert book("Title,Original Title,N", "Emma,Эмма,12", **options) == {
        "title": "Эмма",
        "pages": 12,
    }


@pytest.mark.parametrize("columns", [{"title": "Titel"}, {"titel": "Name"}, {}])
def test_columns_that_are_not_there_are_one_fault(columns: dict[str, str]) -> None:
    found = items("csv", b"Name,Year\nEmma,1815\nPersuasion,1817\n", columns=columns)
    assert summary(found) == ["column"]


@pytest.mark.parametrize(
    ("written", "isbn"),
    [
        ("439023483", "9780439023481"),
        ("2247399", "9780002247399"),
        ("9780439023481.0", "9780439023481"),
        ("9.78043955493e+12", "9780439554930"),
        ("9,78043955493E+12", "9780439554930"),
        ("978-0-439-02348-1 (pbk)", "9780439023481"),
    ],
)
def test_a_mangled_isbn_is_recovered(written: str, isbn: str) -> None:
    assert book("title;isbn", f"Emma;{written}")["isbn"] == isbn


@pytest.mark.parametrize(
    "written", ["439023484", "9.78E+12", "9.7804251888e+12", "12345", "979-0-2600-0043-8", "none"]
)
def test_a_book_whose_isbn_is_lost_goes_in_without_it(written: str) -> None:
    read = record("csv", f"title;isbn\nEmma;{written}\n".encode())
    assert read.book == {"title": "Emma"}
    assert read.notes == [Note("isbn", "isbn-unreadable", f"No valid ISBN: {written}")]


def test_a_rounded_isbn_with_two_possible_endings_is_not_guessed() -> None:
    assert "isbn" not in book("title,isbn", "Emma,9.78000000003e+12")


def test_the_digits_of_a_rounded_isbn_are_no_isbn_of_their_own() -> None:
    # 7814169143 passes for an ISBN-10.
    assert book("title,isbn13,isbn", "City of Glass,9.7814169143e+12,1416914307")["isbn"] == (
        "9781416914303"
    )


def test_zeros_at_the_end_that_a_spreadsheet_dropped_come_back() -> None:
    assert book("title,isbn", "Angle of Repose,9.7801401693e+12")["isbn"] == "9780140169300"


@pytest.mark.parametrize(
    ("written", "year"),
    [("1815", 1815), ("-1750.0", -1750), ("[c1815]", 1815), ("1815-12-23", 1815)],
)
def test_a_year_is_read_in_any_usual_form(written: str, year: int) -> None:
    assert book("title,year", f"Emma,{written}")["published_year"] == year


@pytest.mark.parametrize("written", ["978-0-439-02348-2", "0439023482", "043902348x"])
def test_an_isbn_with_a_wrong_check_digit_is_left_out_with_a_note(written: str) -> None:
    read = record("csv", f"title;isbn\nEmma;{written}\n".encode())
    assert read.book == {"title": "Emma"}
    assert read.notes == [Note("isbn", "isbn-unreadable", f"No valid ISBN: {written}")]


def test_a_value_that_cannot_be_read_is_left_out_with_a_note() -> None:
    read = record("csv", b"title,year,language\nEmma,soon,Elvish\n")
    assert read.book == {"title": "Emma"}
    assert {(note.field, note.code) for note in read.notes} == {
        ("published_year", "unreadable"),
        ("language", "unreadable"),
    }


@pytest.mark.parametrize(
    "data",
    [
        "title,author\nÄmma,Jané\n".encode(),
        "\ufefftitle,author\r\nÄmma,Jané\r\n".encode(),
        "title;author\nÄmma;Jané\n".encode("cp1252"),
        "title\tauthor\rÄmma\tJané\r".encode("iso-8859-1"),
        "title,author\nÄmma,Jané\n".encode("utf-16"),
        '\ufeff"title","author"\n"Ämma","Jané"'.encode("utf-16-be"),
        "sep=;\ntitle;author\nÄmma;Jané".encode(),
        "\n\ntitle,author\n,\n\nÄmma,Jané,,\n,,\n".encode(),
    ],
)
def test_every_usual_encoding_and_delimiter_is_recognised(data: bytes) -> None:
    assert record("csv", data).book == {"title": "Ämma", "author": "Jané"}


def test_an_encoding_is_recognised_however_late_it_shows() -> None:
    data = b"title\n" + b"Emma\n" * 20_000 + "Ämma\n".encode("cp1252")
    last = items("csv", data)[-1]
    assert isinstance(last, Record)
    assert last.book == {"title": "Ämma"}


def test_a_line_in_another_encoding_is_a_fault() -> None:
    data = "title\nÄmma\n".encode() + "Ämma\n".encode("cp1252") + "Jané\n".encode()
    assert summary(items("csv", data)) == ["Ämma", "encoding", "Jané"]


def test_quoted_cells_hold_line_ends_delimiters_and_quotes() -> None:
    read = record("csv", b'title,author\n"Em""ma\n, or",Jane\n')
    assert read.book == {"title": 'Em"ma\n, or', "author": "Jane"}
    assert read.raw == b'"Em""ma\n, or",Jane\n'


def test_a_lone_quote_costs_its_own_line_only() -> None:
    found = items("csv", b'title,author\n"Emma,Jane\nLolita,Nabokov\nUlysses,Joyce\n')
    assert summary(found) == ["malformed-row", "Lolita", "Ulysses"]
    assert found[0].raw == b'"Emma,Jane\n'


def test_a_lone_quote_that_meets_another_costs_its_own_line_only() -> None:
    found = items("csv", b'title,author\nEmma,"Jane\nLolita,Nabokov\n"A, B",Joyce\n')
    assert summary(found) == ["malformed-row", "Lolita", "A, B"]


def test_quotes_mean_nothing_in_tab_separated_values_that_do_not_use_them() -> None:
    assert book("title\tauthor", '"Repent," he said\tEllison')["title"] == '"Repent," he said'


@pytest.mark.parametrize("row", ["Emma", "Emma,Jane,1815"])
def test_a_row_with_other_columns_than_the_header_is_a_fault(row: str) -> None:
    found = items("csv", f"title,author\n{row}\nLolita,Nabokov\n".encode())
    assert summary(found) == ["columns", "Lolita"]


def test_a_row_with_nul_characters_is_a_fault() -> None:
    assert summary(items("csv", b"title,author\nEm\0ma,Jane\nLolita,Nabokov\n")) == [
        "nul",
        "Lolita",
    ]


def test_an_endless_cell_is_a_fault_and_the_next_row_is_read() -> None:
    data = b'title\n"' + b"x" * 200_000 + b'"\n' + b"x" * 2_000_000 + b"\nLolita\n"
    assert summary(items("csv", data)) == ["too-long", "too-long", "Lolita"]


def test_rejected_rows_make_a_file_again_with_the_header() -> None:
    reader = formats.read(io.BytesIO(b"\xef\xbb\xbftitle,author\r\nEmma\r\nLolita,N\r\n"), "csv")
    [fault, _] = list(reader)
    assert isinstance(fault, Fault)
    assert reader.header + fault.raw == b"\xef\xbb\xbftitle,author\r\nEmma\r\n"


def test_a_row_with_a_barcode_brings_a_copy() -> None:
    header = b"title,barcode,location,call number,loan type,price\n"
    data = header + b"Emma,001,Main,PR 4,book,12.50\nIda,,M,,,\n"
    first, second = items("csv", data)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.copies == [
        {
            "barcode": "001",
            "location": "Main",
            "shelfmark": "PR 4",
            "loan_type": "book",
            "price": 1250,
        }
    ]
    assert second.copies == []


def test_a_price_that_cannot_be_read_is_left_out_with_a_note() -> None:
    read = record("csv", b"title,barcode,price\nEmma,A1,much\n")
    assert read.copies == [{"barcode": "A1"}]
    assert read.notes == [Note("price", "unreadable", "Left out: much")]


def test_a_cell_guarded_against_formulas_loses_its_guard() -> None:
    assert book("title", "'=1+1") == {"title": "=1+1"}


def test_a_header_alone_has_no_records() -> None:
    assert items("csv", b"title,author\r\n") == []


def test_a_cell_may_hold_several_barcodes() -> None:
    data = b"title,barcodes,location\nEmma,A1|A2,Hall\n"
    assert record("csv", data).copies == [
        {"barcode": "A1", "location": "Hall"},
        {"barcode": "A2", "location": "Hall"},
    ]


@pytest.mark.parametrize("cell", ["A1|A2", "A1; A2", "A1;A2", '"A1, A2"', '"[""A1"",""A2""]"'])
def test_the_barcodes_in_a_cell_may_have_any_usual_sign_between_them(cell: str) -> None:
    copies = record("csv", f"title,barcode\nEmma,{cell}\n".encode()).copies
    assert [one["barcode"] for one in copies] == ["A1", "A2"]


@pytest.mark.parametrize(
    "cell",
    [
        "0596101996 0452263328",
        "978-0-596-10199-2 978-0-452-26332-1",
        "978 0 596 10199 2 978 0 452 26332 1",
        "9780596101992 0-452-26332-8",
        "0-596-10199-6 12 9780452263321",
    ],
)
def test_isbns_with_a_blank_between_them_are_all_read(cell: str) -> None:
    assert book("title,isbn", f"Emma,{cell}")["isbns"] == ["9780596101992", "9780452263321"]


def test_copies_that_are_too_many_for_one_row_are_named() -> None:
    found = record("csv", b"title,copies\nEmma,1500\n")
    assert len(found.unlabelled) == 1000
    assert [(note.field, note.code) for note in found.notes] == [("copies", "too-many")]


@pytest.mark.parametrize(
    "cell", ["0028-0836", "00280836", "ISSN 0028-0836", '"0028-0836, 1476-4687"']
)
def test_an_issn_is_read_as_programs_write_it(cell: str) -> None:
    assert book("title,issn", f"Nature,{cell}")["issn"] == "0028-0836"


@pytest.mark.parametrize(
    "said", ["not available", "unavailable", "nicht vorhanden", "no disponible"]
)
def test_a_status_that_says_only_what_is_not_is_noted(said: str) -> None:
    found = record("csv", f"title,barcode,status\nEmma,A1,{said}\n".encode())
    assert found.copies == [{"barcode": "A1"}]
    assert [(one.field, one.code) for one in found.notes] == [("status", "unreadable")]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Lost, not paid", "lost"),
        ("Non disponible - perdu", "lost"),
        ("Withdrawn; not replaced", "withdrawn"),
        ("Checked in - no holds", "available"),
    ],
)
def test_a_status_is_read_though_something_else_is_not(said: str, state: str) -> None:
    found = record("csv", f'title,barcode,status\nEmma,A1,"{said}"\n'.encode())
    assert found.copies == [{"barcode": "A1", "status": state}]


def test_lists_may_be_separated_by_bars() -> None:
    found = book("title,subjects,contributors", "Emma,Courtship|England; Surrey,Gill (editor)|Orr")
    assert found["subjects"] == ["Courtship", "England; Surrey"]
    assert found["contributors"] == [
        {"name": "Gill", "role": "editor"},
        {"name": "Orr", "role": None},
    ]


def first_rows(*rows: str, header: str = "title,author,barcode,location") -> list[int | None]:
    """Of the record of each row, the first row of its title."""
    data = "\n".join([header, *rows, ""]).encode()
    return [item.first_row for item in items("csv", data) if isinstance(item, Record)]


def test_rows_of_the_copies_of_one_title_say_which_row_is_the_first() -> None:
    rows = ["Owls,Penn,T1,Hall", "", "Owls,Penn,T2,Stacks", "Moths,Penn,T3,", "Owls,Penn,T4,Hall"]
    assert first_rows(*rows) == [1, 1, 3, 4]


def test_rows_of_the_copies_of_one_title_are_records_with_the_numbers_of_rows() -> None:
    read = items("csv", b"title,barcode,location\nOwls,T1,Hall\nOwls,T2,Stacks\n")
    assert [(item.number, item.raw) for item in read] == [
        (1, b"Owls,T1,Hall\n"),
        (2, b"Owls,T2,Stacks\n"),
    ]


@pytest.mark.parametrize(
    "row",
    ["Owls,Vane,T2,Hall", "Owls,Penn,,Hall", "Owls,Penn,T2"],
    ids=["another author", "no barcode", "a row with a fault"],
)
def test_a_row_that_is_no_further_copy_ends_the_title(row: str) -> None:
    first, *_, last = first_rows("Owls,Penn,T1,Hall", row, "Owls,Penn,T3,Hall")
    assert (first, last) == (1, 3)


@pytest.mark.parametrize("known", ["isbn", "control number"])
def test_rows_that_are_known_by_a_number_need_no_first_row(known: str) -> None:
    rows = ["Emma,9780199535521,T1", "Emma,9780199535521,T2"]
    assert first_rows(*rows, header=f"title,{known},barcode") == [None, None]


def test_copies_that_have_no_barcode_yet_are_counted_once_for_all_rows_of_a_title() -> None:
    read = items("csv", b"title,copies,barcode\nOwls,3,T1\nOwls,3,T2\n")
    assert [len(one.unlabelled) for one in read if isinstance(one, Record)] == [1, 0]


def test_a_title_has_any_number_of_rows() -> None:
    assert first_rows(*(f"Owls,Penn,T{number},Hall" for number in range(2500))) == [1] * 2500


def description(cell: str) -> Any:
    """What is read of a cell of descriptions."""
    quoted = cell.replace('"', '""')
    [read] = items("csv", f'title,description\nOwls,"{quoted}"\n'.encode())
    assert isinstance(read, Record)
    return read.book["description"]


@pytest.mark.parametrize(
    "cell",
    [
        "<p>Owls<o:p></o:p></p>",
        '<p class=MsoNormal><st1:place w:st="on">Owls</st1:place></p>',
        '<?xml:namespace prefix = o ns = "urn:schemas-microsoft-com:office:office" /><p>Owls</p>',
        "<!DOCTYPE html><html><body>Owls</body></html>",
        "<!--[if gte mso 9]><xml></xml><![endif]-->Owls",
        "Owls<hr noshade>",
        "<ul compact><li>Owls</ul>",
        '<audio controls src="hoot.mp3"></audio>Owls',
        "<td nowrap align=left>Owls</td>",
        "<ruby>Owls<rp></rp><rt></rt></ruby>",
        '<a href="/owls"class="bird">Owls</a>',
        "<IFRAME SRC='/owls' AllowFullScreen></IFRAME>Owls",
        "<details open><summary>Owls</summary></details>",
        "<map><area/></map><marquee>Owls</marquee>",
    ],
)
def test_no_tag_of_html_is_shown_in_a_description(cell: str) -> None:
    assert description(cell) == "Owls"


@pytest.mark.parametrize(
    "cell",
    [
        "a<b and c>d",
        "a<b, c>d",
        "p<q or r>s",
        "Owls <owls@example.org>",
        "Owls <https://example.org/owls>",
        "Owls <mailto:owls@example.org>",
        "a <hidden> place",
        "a<!b>c",
    ],
)
def test_what_stands_between_signs_in_a_description_is_no_tag(cell: str) -> None:
    assert description(cell) == cell


@pytest.mark.parametrize("piece", [" ", "<b ", '<b a="', "<!--", "<o:p x=1 ", "<b open ", "<p> "])
def test_a_description_of_a_whole_megabyte_is_read_at_once(piece: str) -> None:
    long = "<p>" + piece * (1_000_000 // len(piece)) + "Owls"
    before = process_time()
    cells.markup(long)
    assert process_time() - before < 5


@pytest.mark.parametrize(
    ("cell", "pages"),
    [
        ("1,024 pages", 1024),
        ("1,024", 1024),
        ("1.024 S.", 1024),
        ("1 024", 1024),
        ("1,000", 1000),
        ("474.0", 474),
        ("474.000", 474),
    ],
)
def test_pages_may_have_a_sign_for_thousands(cell: str, pages: int) -> None:
    assert book("title;pages", f'Emma;"{cell}"')["pages"] == pages
