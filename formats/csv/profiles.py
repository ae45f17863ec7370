"""The programs whose files are known by their headers, and what is different in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from formats.csv.headers import ROLES


@dataclass(frozen=True, slots=True)
class Profile:
    """What is different in the files of one program, told by headers that only it has.

    `columns` gives for a header the field it is (empty: none), `lists` what parts the items of a
    column. With `escapes`, line ends and backslashes are written with a backslash.
    """

    name: str
    signs: tuple[frozenset[str], ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    escapes: bool = False


def _signs(*alternatives: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(headers.split("|")) for headers in alternatives)


PROFILES = (
    Profile(
        "Goodreads",
        _signs(
            "book id|exclusive shelf", "book id|additional authors", "goodreads book id|authors"
        ),
        lists={"authors": ",", "additional authors": ","},
    ),
    # It may have all the columns by which old files of LibraryThing are told.
    Profile(
        "BookBuddy",
        _signs("google volumeid", "wish list|up next", "author last first|guided reading level"),
        {"status": ""},
        dict.fromkeys(("author", *ROLES, "tags", "genre"), ","),
    ),
    Profile(
        "LibraryThing",
        _signs("book id|primary author", "book id|work id", "author last first|lcc|tags"),
        {"summary": "", "publication": "publication", "sort character": "sort_character"},
        {"secondary author": "|", "tags": ",", "subjects": "|", "languages": ","},
    ),
    Profile(
        "Libib",
        _signs("creators|ean isbn 13", "creators|upc isbn 10", "creators|item type"),
        {
            "item type": "material_type",
            "status": "",
            "length": "pages",
            "notes": "",
            "group": "series",
            "call numbers": "shelfmark",
        },
        {"creators": ",", "tags": ","},
    ),
    Profile(
        "Calibre",
        _signs("author sort|title sort", "uuid|identifiers"),
        {"comments": "description", "cover": "", "identifiers": "isbn", "formats": ""},
        {"authors": "&", "author sort": "&", "tags": ",", "languages": ","},
    ),
    Profile(
        "StoryGraph",
        _signs("star rating|read status"),
        lists={"authors": ",", "contributors": ",", "tags": ","},
    ),
    # Its shelves are those of a reader.
    Profile(
        "BookWyrm",
        _signs("author text|openlibrary key", "author text|shelf name"),
        {"author text": "author"},
        {"author text": ","},
    ),
    Profile(
        "Open Library",
        _signs("work id|edition id|title", "work id|first publish year"),
        lists={"authors": ",", "subjects": ","},
    ),
    # Its barcode is the one on the cover, which is the ISBN.
    Profile(
        "Readerware",
        _signs("rowkey|title", "title|author2|category1|content language"),
        {
            "barcode": "isbn",
            "alt title": "alternative_titles",
            "content language": "language",
            **dict.fromkeys([f"author{number}" for number in range(2, 7)], "contributors"),
            **dict.fromkeys([f"category{number}" for number in range(1, 4)], "subjects"),
        },
    ),
    Profile(
        "Zotero",
        _signs("item type|publication title"),
        {"item type": "material_type", "pages": "", "volume": "", "short title": ""},
    ),
    Profile(
        "Book Catalogue",
        _signs("author details|series details"),
        lists={"author details": "|"},
        escapes=True,
    ),
    # Its status is whether one has read a book, its note how one likes it.
    Profile("Babelio", _signs("isbn|date d entree dans babelio"), {"statut": "", "note": ""}),
    Profile(
        "CLZ",
        _signs("collection status", "index|read it", "author|added date|owner"),
        {"barcode": "isbn", "no of pages": "pages"},
        {"genre": ";", "subject": ";"},
    ),
    # The number of a book is what its label has.
    Profile("OpenLibry", _signs("rentalstatus|title"), {"id": "barcode"}),
    Profile("French", _signs("titre|collection", "titre|editeur"), {"collection": "series"}),
)


def profile_of(headers: frozenset[str]) -> Profile | None:
    """The program that files with these plain headers come from, if it is known."""
    return next(
        (one for one in PROFILES if any(signs <= headers for signs in one.signs)),
        None,
    )
