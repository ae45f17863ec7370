"""CSV as the programs of libraries and collectors write it, and what their columns mean."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

import formats
from formats.csv.headers import FLAGS, HEADERS, ROLES, plain
from formats.csv.profiles import PROFILES
from tests.unit.formats.format_samples import items, record, summary


def read(header: str, row: str, **options: Any) -> formats.Record:
    return record("csv", f"{header}\n{row}\n".encode(), **options)


def unused(header: str, row: str) -> list[str]:
    reader = formats.read(io.BytesIO(f"{header}\n{row}\n".encode()), "csv")
    list(reader)
    return reader.unused


PROGRAMS = {
    "LibraryThing": (
        (
            "Book Id\tTitle\tSort Character\tPrimary Author\tSecondary Author\tPublication\tDate\t"
            "Summary\tMedia\tPage Count\tAcquired\tBarcode\tTags\tLanguages\tISBN\t"
            "ISBNs\tSubjects\t"
            "Dewey Decimal\tCopies\tRating"
        ),
        (
            "1\tThe owls\t5\tVane, Olive\tPenn, T.|Rook, S.\t"
            "Quill (1999), Edition: 2nd, 312 pages\t"
            "1999\tThe owls by Olive Vane (1999)\tPaper Book\t312\t2020-05-31\tB1\tbirds, night\t"
            "English\t[0306406152]\t0306406152\tOwls|Night -- Fiction\t598.9\t1\t4"
        ),
        {
            "title": "The owls",
            "author": "Vane, Olive",
            "contributors": [
                {"name": "Penn, T.", "role": None},
                {"name": "Rook, S.", "role": None},
            ],
            "isbn": "9780306406157",
            "publisher": "Quill",
            "published_year": 1999,
            "edition": "2nd",
            "pages": 312,
            "language": "eng",
            "material_type": "text",
            "subjects": ["Owls", "Night -- Fiction", "birds", "night"],
            "classification": "598.9",
        },
        ["Book Id", "Summary", "Rating"],
    ),
    "LibraryThing of old": (
        "'TITLE',\"'AUTHOR (last, first)'\",'DATE','LCC','DDC','ISBN','PUBLICATION INFO','TAGS'",
        'The owls,"Vane, Olive",1999,QL1,598.9,[0306406152],Quill,"birds, night"',
        {
            "title": "The owls",
            "author": "Vane, Olive",
            "isbn": "9780306406157",
            "published_year": 1999,
            "subjects": ["birds", "night"],
            "classification": "QL1",
        },
        ["'PUBLICATION INFO'"],
    ),
    "Libib": (
        (
            "item_type,title,creators,first_name,last_name,ean_isbn13,upc_isbn10,description,"
            "publisher,"
            "publish_date,group,tags,notes,price,length,copies,status"
        ),
        (
            'book,The owls,"Olive Vane, Tilda Penn",,,9780306406157,0306406152,Birds.,Quill,'
            '1999-03-01,Shelf,"birds, night",mine,12.50,312,2,Not Begun'
        ),
        {
            "title": "The owls",
            "author": "Olive Vane",
            "contributors": [{"name": "Tilda Penn", "role": None}],
            "isbn": "9780306406157",
            "description": "Birds.",
            "publisher": "Quill",
            "published_year": 1999,
            "pages": 312,
            "series": "Shelf",
            "material_type": "text",
            "subjects": ["birds", "night"],
        },
        ["notes", "status"],
    ),
    "Calibre": (
        (
            "author_sort,authors,comments,cover,formats,id,identifiers,isbn,languages,pubdate,"
            "publisher,rating,series,series_index,tags,title,title_sort,uuid"
        ),
        (
            '"Vane, Olive & Penn, Tilda",Olive Vane & Tilda Penn,'
            "<p>Birds.</p><p>Night &amp; day.</p>,"
            "c.jpg,epub,7,isbn:9780306406157,,eng,1999-03-01T00:00:00+00:00,Quill,,Night,2.0,"
            '"birds, night",The owls,"owls, The",u-1'
        ),
        {
            "title": "The owls",
            "author": "Vane, Olive",
            "contributors": [{"name": "Penn, Tilda", "role": None}],
            "isbn": "9780306406157",
            "description": "Birds.\n\nNight & day.",
            "publisher": "Quill",
            "published_year": 1999,
            "language": "eng",
            "series": "Night",
            "series_volume": "2",
            "subjects": ["birds", "night"],
        },
        ["cover", "formats", "id", "rating", "title_sort", "uuid"],
    ),
    "StoryGraph": (
        "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Star Rating,Owned?",
        'The owls,"Olive Vane, Tilda Penn",,9780306406157,hardcover,read,4.5,Yes',
        {
            "title": "The owls",
            "author": "Olive Vane",
            "contributors": [{"name": "Tilda Penn", "role": None}],
            "isbn": "9780306406157",
            "material_type": "text",
        },
        ["Read Status", "Star Rating", "Owned?"],
    ),
    "Zotero": (
        (
            "Key,Item Type,Publication Year,Author,Title,Publication Title,ISBN,ISSN,Abstract Note,"
            "Pages,Num Pages,Series,Series Number,Publisher,Language,Editor,Translator,Manual Tags"
        ),
        (
            'K,book,1999,"Vane, Olive; Penn, Tilda",The owls,,978-0-306-40615-7,,'
            "Birds.,1-5,312,Night,"
            '2,Quill,en,"Rook, Sam","Hill, A.",birds; night'
        ),
        {
            "title": "The owls",
            "author": "Vane, Olive",
            "contributors": [
                {"name": "Penn, Tilda", "role": None},
                {"name": "Rook, Sam", "role": "editor"},
                {"name": "Hill, A.", "role": "translator"},
            ],
            "isbn": "9780306406157",
            "publisher": "Quill",
            "published_year": 1999,
            "language": "eng",
            "pages": 312,
            "series": "Night",
            "series_volume": "2",
            "material_type": "text",
            "description": "Birds.",
            "subjects": ["birds", "night"],
        },
        ["Key", "Publication Title", "Pages"],
    ),
    "BookBuddy": (
        (
            'Title,Original Title,Subtitle,Series,Volume,Author,"Author (Last, First)",Illustrator,'
            "Publisher,Year Published,Genre,Summary,Number of Pages,Language,ISBN,Status,Quantity,"
            "Wish List,Up Next"
        ),
        (
            'The owls,Die Eulen,a tale,Night,2,Olive Vane,"Vane, Olive",Sam Rook,Quill,1999,'
            '"Birds, Night",About owls.,312,English,9780306406157,Unread,1,0,0'
        ),
        {
            "title": "The owls",
            "original_title": "Die Eulen",
            "subtitle": "a tale",
            "series": "Night",
            "series_volume": "2",
            "author": "Vane, Olive",
            "contributors": [{"name": "Sam Rook", "role": "illustrator"}],
            "publisher": "Quill",
            "published_year": 1999,
            "subjects": ["Birds", "Night"],
            "description": "About owls.",
            "pages": 312,
            "language": "eng",
            "isbn": "9780306406157",
        },
        ["Status", "Wish List", "Up Next"],
    ),
    "Book Catalogue": (
        (
            "_id,author_details,title,isbn,publisher,date_published,series_details,pages,"
            "description,"
            "anthology_titles,language"
        ),
        '1,"Vane, Olive|Penn, Tilda",The owls,9780306406157,Quill,1999,Night (2),312,Birds.,One,en',
        {
            "title": "The owls",
            "author": "Vane, Olive",
            "contributors": [{"name": "Penn, Tilda", "role": None}],
            "isbn": "9780306406157",
            "publisher": "Quill",
            "published_year": 1999,
            "series": "Night",
            "series_volume": "2",
            "pages": 312,
            "description": "Birds.",
            "contents": "One",
            "language": "eng",
        },
        ["_id"],
    ),
    "Babelio": (
        "ISBN;Titre;Auteur;Editeur;Date de publication;Date d'entrée dans Babelio;Statut;Note",
        "9780306406157;Les hiboux;Vane Olive;Plume;18/01/1999;01/02/2021;Lu;5.0",
        {
            "isbn": "9780306406157",
            "title": "Les hiboux",
            "author": "Vane Olive",
            "publisher": "Plume",
            "published_year": 1999,
        },
        ["Date d'entrée dans Babelio", "Statut", "Note"],
    ),
    "CLZ": (
        "Author,Title,Publisher,Publication Date,Barcode,No. of Pages,Genre,Added Date,Owner",
        "Vane; Penn,The owls,Quill,1999,9780306406157,312,Birds; Night,2020-01-01,Me",
        {
            "title": "The owls",
            "author": "Vane",
            "contributors": [{"name": "Penn", "role": None}],
            "publisher": "Quill",
            "published_year": 1999,
            "isbn": "9780306406157",
            "pages": 312,
            "subjects": ["Birds", "Night"],
        },
        ["Added Date", "Owner"],
    ),
    "Koha": (
        (
            "biblionumber,title,subtitle,author,copyrightdate,publishercode,isbn,seriestitle,"
            "barcode,"
            "itemcallnumber,homebranch,itype,dateaccessioned,replacementprice"
        ),
        (
            '17,The owls,a tale,"Vane, Olive",1999,Quill,9780306406157,Night,B1,598 VAN,CPL,BK,'
            "2020-05-31,12.50"
        ),
        {
            "control_number": "17",
            "title": "The owls",
            "subtitle": "a tale",
            "author": "Vane, Olive",
            "published_year": 1999,
            "publisher": "Quill",
            "isbn": "9780306406157",
            "series": "Night",
        },
        [],
    ),
    "OpenLibry": (
        "Mediennummer;Titel;Autor;ISBN;Verlag;Ausleihstatus;Ausgeliehen am;Schlagworte;Preis",
        "B1;Die Eulen;Olive Vane;9780306406157;Quill;verfügbar;;Vögel; 12,50".replace(
            "Vögel;", '"Vögel;Nacht";'
        ),
        {
            "title": "Die Eulen",
            "author": "Olive Vane",
            "isbn": "9780306406157",
            "publisher": "Quill",
            "subjects": ["Vögel", "Nacht"],
        },
        ["Ausgeliehen am"],
    ),
    "PMB": (
        "Titre;Auteur;Éditeur;Collection;Année;Nombre de pages;Code-barres;Cote;Localisation",
        "Les hiboux;Vane, Olive;Plume;La nuit;1999;312 p.;B1;598 VAN;Salle",
        {
            "title": "Les hiboux",
            "author": "Vane, Olive",
            "publisher": "Plume",
            "series": "La nuit",
            "published_year": 1999,
            "pages": 312,
        },
        [],
    ),
    "Spanish": (
        "Título;Autor;Editorial;Año;Páginas;Materias;Código de barras;Signatura;Idioma",
        "Los búhos;Vane, Olive;Pluma;1999;312;Aves|Noche;B1;598 VAN;español",
        {
            "title": "Los búhos",
            "author": "Vane, Olive",
            "publisher": "Pluma",
            "published_year": 1999,
            "pages": 312,
            "subjects": ["Aves", "Noche"],
            "language": "spa",
        },
        [],
    ),
    "OpenLibry, as its tables are": (
        (
            "id,rentalStatus,rentedDate,title,author,topics,imageLink,isbn,editionDescription,pages,"
            "publisherName,publisherDate"
        ),
        (
            "1208,available,,Die Eulen,Olive Vane,Tiere;Nacht,http://example.org/e.jpg,9780306406157,"
            "2. Auflage,312,Quill,1999"
        ),
        {
            "title": "Die Eulen",
            "author": "Olive Vane",
            "isbn": "9780306406157",
            "publisher": "Quill",
            "published_year": 1999,
            "edition": "2. Auflage",
            "pages": 312,
            "subjects": ["Tiere", "Nacht"],
            "cover_url": "http://example.org/e.jpg",
        },
        ["rentalStatus", "rentedDate"],
    ),
    "Italian": (
        "Titolo;Autore;Editore;Anno;Pagine;Collana;Soggetti;Codice a barre;Collocazione;Lingua",
        "I gufi;Vane, Olive;Penna;1999;312;La notte;Uccelli;B1;598 VAN;italiano",
        {
            "title": "I gufi",
            "author": "Vane, Olive",
            "publisher": "Penna",
            "published_year": 1999,
            "pages": 312,
            "series": "La notte",
            "subjects": ["Uccelli"],
            "language": "ita",
        },
        [],
    ),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_columns_are_known_and_the_others_named(program: str) -> None:
    header, row, book, left = PROGRAMS[program]
    assert read(header, row).book == book
    assert unused(header, row) == left


def test_the_place_where_a_title_is_sorted_is_taken_from_librarything() -> None:
    header, row, *_ = PROGRAMS["LibraryThing"]
    assert read(header, row).nonfiling == 4


def test_copies_have_their_place_price_and_date() -> None:
    header, row, *_ = PROGRAMS["Koha"]
    assert read(header, row).copies == [
        {
            "barcode": "B1",
            "location": "CPL",
            "shelfmark": "598 VAN",
            "loan_type": "BK",
            "price": 1250,
            "acquired_on": "2020-05-31",
        }
    ]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Vane, Olive; Penn, Tilda; Rook, Sam", ["Vane, Olive", "Penn, Tilda", "Rook, Sam"]),
        ("Olive Vane & Tilda Penn", ["Olive Vane", "Tilda Penn"]),
        ("Johnson & Johnson", ["Johnson & Johnson"]),
        ("Vane, Olive|Penn, Tilda", ["Vane, Olive", "Penn, Tilda"]),
        ("Vane, Olive", ["Vane, Olive"]),
        ("van der Berg, Jan Willem", ["van der Berg, Jan Willem"]),
    ],
)
def test_people_in_one_cell_are_told_apart(written: str, names: list[str]) -> None:
    book = read("title,author", f'Emma,"{written}"').book
    assert [book["author"], *(one["name"] for one in book.get("contributors", []))] == names


def test_names_in_a_column_of_authors_may_have_commas_between_them() -> None:
    first, *_ = items("csv", b'title,authors\nEmma,"Olive Vane, Tilda Penn"\nIda,Sam Rook\n')
    assert isinstance(first, formats.Record)
    assert (first.book["author"], first.book["contributors"]) == (
        "Olive Vane",
        [{"name": "Tilda Penn", "role": None}],
    )
    assert read("title,authors", 'Emma,"Vane, Olive"').book["author"] == "Vane, Olive"


@pytest.mark.parametrize(
    ("written", "barcode"),
    [
        ('"=""00012345"""', "00012345"),
        ("'00012346", "00012346"),
        ("31234000123456.0", "31234000123456"),
        ("00012347", "00012347"),
    ],
)
def test_a_barcode_is_what_it_was_before_a_spreadsheet_had_it(written: str, barcode: str) -> None:
    assert read("title,barcode", f"Emma,{written}").copies == [{"barcode": barcode}]


@pytest.mark.parametrize("written", ["3.1234E+13", "3,1E+13", "#REF!", "#N/A", "#NAME?"])
def test_a_barcode_that_a_spreadsheet_destroyed_makes_no_copy(written: str) -> None:
    found = read("title,barcode", f'Emma,"{written}"')
    assert (found.book, found.copies, found.unlabelled) == ({"title": "Emma"}, [], [])
    assert [(note.field, note.code) for note in found.notes] == [("barcode", "barcode-destroyed")]


@pytest.mark.parametrize("written", ["5E12", "100E25", "3e7"])
def test_a_barcode_with_an_e_in_it_is_one(written: str) -> None:
    assert read("title,barcode", f"Emma,{written}").copies == [{"barcode": written}]


@pytest.mark.parametrize("empty", ['"="""""', "[]", ""])
def test_an_isbn_that_is_not_there_is_no_fault(empty: str) -> None:
    found = read("title,isbn", f"Emma,{empty}")
    assert (found.book, found.notes) == ({"title": "Emma"}, [])


@pytest.mark.parametrize(
    ("header", "row", "labelled", "unlabelled"),
    [
        ("title,copies", "Emma,2", 0, 2),
        ("title,copies,barcode", "Emma,3,B1", 1, 2),
        ("title,copies", "Emma,0", 0, 0),
        ("title", "Emma", 0, 1),
        ("title,barcode", "Emma,B1", 1, 0),
    ],
)
def test_copies_without_barcodes_are_counted(
    header: str, row: str, labelled: int, unlabelled: int
) -> None:
    found = read(header, row)
    assert (len(found.copies), len(found.unlabelled)) == (labelled, unlabelled)


@pytest.mark.parametrize(
    ("dates", "read_as"),
    [
        (["31.12.2020", "01.02.2020"], "2020-12-31"),
        (["12/31/2020", "1/2/2020"], "2020-12-31"),
        (["2020-12-31", ""], "2020-12-31"),
        (["31.12.20", "0000-00-00"], "2020-12-31"),
    ],
)
def test_dates_are_read_in_the_order_that_their_column_tells(
    dates: list[str], read_as: str
) -> None:
    rows = "".join(f"Volume {at};B{at};{text}\n" for at, text in enumerate(dates))
    first, second = items("csv", f"title;barcode;acquired on\n{rows}".encode())
    assert isinstance(first, formats.Record)
    assert isinstance(second, formats.Record)
    assert first.copies[0]["acquired_on"] == read_as
    assert second.notes == []


def test_a_column_of_ambiguous_dates_is_refused_until_somebody_tells() -> None:
    data = b"title;barcode;acquired on\nEmma;B1;01.02.2020\n"
    assert summary(items("csv", data)) == ["dates"]
    assert record("csv", data, dates="mdy").copies[0]["acquired_on"] == "2020-01-02"


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("ausgeliehen", "available"),
        ("perdu", "lost"),
        ("In repair", "in_repair"),
        ("withdrawn", "withdrawn"),
        ("on_loan", "available"),
    ],
)
def test_states_of_copies_are_read_in_several_languages(written: str, status: str) -> None:
    assert read("title,barcode,status", f"Emma,B1,{written}").copies[0]["status"] == status


def test_a_volume_is_a_part_where_no_column_is_its_series() -> None:
    assert read("title,volume", "Emma,2").book == {"title": "Emma", "part": "2"}


def test_the_number_of_a_book_in_openlibry_is_its_barcode() -> None:
    [copy] = read("id,rentalStatus,title", "1208,available,Die Eulen").copies
    assert copy["barcode"] == "1208"


def test_the_stars_that_a_reader_gives_in_babelio_are_no_note_on_the_copy() -> None:
    header = "ISBN;Titre;Auteur;Editeur;Date d'entrée dans Babelio;Statut;Note"
    found = read(header, ";Les hiboux;Vane Olive;Plume;01/02/2021;Lu;5.0")
    assert (found.unlabelled, found.notes) == ([{}], [])


def test_book_catalogue_writes_line_ends_and_backslashes_with_a_backslash() -> None:
    header = "_id,author_details,series_details,title,description"
    row = r'1,"Vane, Olive",,AC\\DC,"Owls.\n\nBirds of ""night""."'
    book = read(header, row).book
    assert (book["title"], book["description"]) == (r"AC\DC", 'Owls.\n\nBirds of "night".')


def test_a_backslash_in_other_files_is_one() -> None:
    assert read("title,description", r"C:\new,a\nb").book["title"] == r"C:\new"


@pytest.mark.parametrize(
    "header",
    [
        "Inventar-Nr.;Titel",
        "N° d'inventaire;Titre",
        "Numéro d'inventaire;Titre",
        "Número de registro;Título",
        "Número de inventario;Título",
        "Numero di inventario;Titolo",
    ],
)
def test_the_number_in_the_inventory_is_the_barcode_in_every_language(header: str) -> None:
    [copy] = read(header, "00012;Owls").copies
    assert copy["barcode"] == "00012"


def test_every_known_header_is_in_the_documentation() -> None:
    text = Path("docs/importing.md").read_text(encoding="utf-8")
    known = (
        {header for headers in HEADERS.values() for header in headers} | ROLES.keys() | FLAGS.keys()
    )
    missing = sorted(known - set(re.findall(r"`([^`]*)`", text)))
    assert missing == []
    assert [one.name for one in PROFILES if one.name not in text] == []


def test_headers_are_compared_without_case_accents_and_signs() -> None:
    assert plain("'Numéro_d’Exemplaire (1)'") == "numero d exemplaire 1"
    assert all(header == plain(header) for headers in HEADERS.values() for header in headers)


def test_bookbuddy_has_every_author_in_one_column_and_the_first_in_another() -> None:
    header = 'Title,Author,"Author (Last, First)",Illustrator,Google VolumeID'
    row = 'Owls,"Olive Vane, Tilda van Penn, Sam Rook","Vane, Olive","Jo Hill, Ann Lee",x'
    book = read(header, row).book
    assert book["author"] == "Vane, Olive"
    assert book["contributors"] == [
        {"name": "Tilda van Penn", "role": None},
        {"name": "Sam Rook", "role": None},
        {"name": "Jo Hill", "role": "illustrator"},
        {"name": "Ann Lee", "role": "illustrator"},
    ]


def test_bookbuddy_of_today_is_not_taken_for_librarything() -> None:
    header = 'Title,Author,"Author (Last, First)",Summary,DDC,LCC,Status,Tags,Google VolumeID'
    row = 'Owls,Olive Vane & Tilda Penn,"Vane, Olive",About owls.,598,QL696,Read,"birds, night",x'
    found = read(header, row)
    assert (found.book["description"], found.notes) == ("About owls.", [])
    assert found.book["contributors"] == [{"name": "Tilda Penn", "role": None}]
    assert unused(header, row) == ["Status", "Google VolumeID"]


@pytest.mark.parametrize(
    ("turned", "name"),
    [
        ("Homer, Homer", "Homer"),
        ("Jr., Walter M. Miller", "Miller, Walter M., Jr."),
        ("III, William Strunk", "Strunk, William, III"),
        ("Guin, Ursula K. Le", "Guin, Ursula K. Le"),
        ("Ford, Ford Madox", "Ford, Ford Madox"),
    ],
)
def test_names_that_goodreads_has_turned_around_wrongly_are_as_people_write_them(
    turned: str, name: str
) -> None:
    book = read("Book Id,Title,Author,Author l-f,Exclusive Shelf", f'1,Emma,X,"{turned}",read').book
    assert book["author"] == name


def test_a_part_of_a_book_in_zotero_does_not_take_its_isbn() -> None:
    header = "Key,Item Type,Title,Publication Title,ISBN"
    part = read(header, "K,bookSection,On owls,Birds,978-0-306-40615-7")
    assert "isbn" not in part.book
    assert [(one.field, one.code) for one in part.notes] == [("isbn", "isbn-of-the-whole")]
    assert read(header, "K,book,Birds,,978-0-306-40615-7").book["isbn"] == "9780306406157"


@pytest.mark.parametrize("kind", ["journalArticle", "magazineArticle", "encyclopediaArticle"])
def test_an_article_is_a_text_and_no_periodical(kind: str) -> None:
    book = read("Key,Item Type,Title,Publication Title", f"K,{kind},Owls,Birds").book
    assert book["material_type"] == "text"


@pytest.mark.parametrize(("kind", "pages"), [("book", 117), ("movie", None), ("music", None)])
def test_the_length_of_films_and_music_in_libib_is_no_number_of_pages(
    kind: str, pages: int | None
) -> None:
    found = read("item_type,title,creators,ean_isbn13,length", f"{kind},Owls,Vane,,117")
    assert found.book.get("pages") == pages


def test_semicolons_are_part_of_tags_where_the_program_writes_commas_between_them() -> None:
    header = "title,authors,author_sort,title_sort,tags,uuid"
    found = read(header, 'Owls,Olive Vane,"Vane, Olive",Owls,"Dystopias; Fiction, Birds",u1')
    assert found.book["subjects"] == ["Dystopias; Fiction", "Birds"]


def test_somebody_who_is_named_twice_contributes_once() -> None:
    authors = b'"Penn, T.; Vane, O.; Rook, S.; Vane, O."'
    data = b'title,authors,editor\nIda,%s,"Vane, O.; Vane, O."\n' % authors
    assert record("csv", data).book["contributors"] == [
        {"name": "Vane, O.", "role": None},
        {"name": "Rook, S.", "role": None},
        {"name": "Vane, O.", "role": "editor"},
    ]


def test_columns_that_name_the_same_author_name_one() -> None:
    book = read('Title,Author,"Author l-f"', 'Owls,Olive Vane,"Vane, Olive"').book
    assert (book["author"], book.get("contributors")) == ("Vane, Olive", None)
