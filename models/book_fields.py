"""The fields of a book, listed once; columns, schemas, files and the search index derive from it.

This module belongs to the vocabulary: it knows no table, and everything may import it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import orjson

from models.vocabulary import MaterialType

NAME = 500
TITLE = 1000
TEXT = 20_000

# Where the words of a field stand in the search index.
IN_TITLE, IN_AUTHOR, IN_SUBJECT, IN_PUBLISHER, IN_SERIES, IN_REST = (
    "title",
    "author",
    "subject",
    "publisher",
    "series",
    "rest",
)

_fragment = orjson.Fragment
JsonText = str
"""A list, stored and answered as JSON text."""


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    YEAR = "year"
    PAGES = "pages"
    ISBN = "isbn"
    ISSN = "issn"
    LANGUAGE = "language"
    MATERIAL = "material"
    URL = "url"
    TEXTS = "texts"
    ISBNS = "isbns"
    PEOPLE = "people"

    @property
    def is_list(self) -> bool:
        """Whether the field has several values, and an empty list for none."""
        return self in (Kind.TEXTS, Kind.ISBNS, Kind.PEOPLE)


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    `longest` is the most characters of a text, or of each text of a list; `most` the most values
    of a list. `search` names the column of the search index that has its words.
    """

    description: str
    kind: Kind = Kind.TEXT
    longest: int = NAME
    most: int = 100
    search: str | None = None
    example: Any = None

    @property
    def default(self) -> Any:
        """What the field is when it is left out; of the title, which is never, None."""
        if self.kind.is_list:
            return []
        return MaterialType.TEXT if self.kind is Kind.MATERIAL else None


class BookRow(NamedTuple):
    """A book as it is stored. What is annotated with a `Field` is for clients to write."""

    id: int
    title: Annotated[
        str, Field("The title proper.", longest=TITLE, search=IN_TITLE, example="The Moonstone")
    ]
    subtitle: Annotated[str | None, Field("The rest of the title.", longest=TITLE, search=IN_REST)]
    part: Annotated[
        str | None,
        Field("Number and title of the part that it is.", longest=TITLE, search=IN_TITLE),
    ]
    author: Annotated[
        str | None,
        Field("The main author, family name first.", search=IN_AUTHOR, example="Collins, Wilkie"),
    ]
    contributors: Annotated[
        JsonText,
        Field(
            "Everybody else who had a part in it.",
            kind=Kind.PEOPLE,
            most=200,
            search=IN_AUTHOR,
        ),
    ]
    isbn: Annotated[
        str | None,
        Field(
            "The first ISBN, given with 10 or 13 digits, kept with 13.",
            kind=Kind.ISBN,
            example="9780141439679",
        ),
    ]
    isbns: Annotated[
        JsonText,
        Field(
            "All ISBNs, the first one first; each of them finds the book.",
            kind=Kind.ISBNS,
            search=IN_REST,
        ),
    ]
    issn: Annotated[
        str | None,
        Field("The ISSN of a serial.", kind=Kind.ISSN, search=IN_REST, example="0028-0836"),
    ]
    publisher: Annotated[
        str | None, Field("Who published it.", search=IN_PUBLISHER, example="Penguin")
    ]
    published_year: Annotated[
        int | None, Field("Negative before our era.", kind=Kind.YEAR, example=1868)
    ]
    language: Annotated[
        str | None,
        Field("ISO 639-2/B; two-letter codes are converted.", kind=Kind.LANGUAGE, example="eng"),
    ]
    edition: Annotated[str | None, Field("The edition statement.")]
    pages: Annotated[int | None, Field("How many pages.", kind=Kind.PAGES)]
    series: Annotated[
        str | None, Field("The series it belongs to.", longest=TITLE, search=IN_SERIES)
    ]
    series_volume: Annotated[str | None, Field("Its number within the series.")]
    material_type: Annotated[str, Field("What kind of thing it is.", kind=Kind.MATERIAL)]
    original_title: Annotated[
        str | None, Field("The title in its original script.", longest=TITLE, search=IN_TITLE)
    ]
    original_author: Annotated[
        str | None, Field("The author in the original script.", search=IN_AUTHOR)
    ]
    alternative_titles: Annotated[
        JsonText,
        Field("Other titles it is known by.", kind=Kind.TEXTS, longest=TITLE, search=IN_TITLE),
    ]
    contents: Annotated[
        str | None, Field("What is in it, part by part.", longest=TEXT, search=IN_REST)
    ]
    description: Annotated[str | None, Field("A summary.", longest=TEXT, search=IN_REST)]
    subjects: Annotated[
        JsonText,
        Field(
            "What it is about.",
            kind=Kind.TEXTS,
            longest=200,
            search=IN_SUBJECT,
            example=["Detective stories"],
        ),
    ]
    classification: Annotated[
        str | None, Field("The class number.", longest=200, search=IN_REST, example="823.8")
    ]
    cover_url: Annotated[str | None, Field("A picture of the cover.", kind=Kind.URL, longest=2000)]
    control_number: Annotated[
        str | None,
        Field("The number that another catalogue gave it.", longest=200, search=IN_REST),
    ]
    created_at: str
    updated_at: str
    revision: int
    nonfiling: int | None
    """How many characters of the title do not count in sorting, where its source said so."""

    @property
    def tag(self) -> tuple[str, int, int]:
        """What names the present state of the record: noun, id and revision."""
        return ("book", self.id, self.revision)

    def to_json(self) -> dict[str, Any]:
        """The book as clients see it; lists are passed on as the text they are stored as."""
        shown: dict[str, Any] = dict(zip(SHOWN, self, strict=False))
        for name in LISTS:
            text = shown[name]
            shown[name] = () if text == "[]" else _fragment(text)
        return shown

    def read(self) -> dict[str, Any]:
        """The book with its lists as lists, to compare and to write into files."""
        values = self._asdict()
        del values["nonfiling"]
        for name in LISTS:
            values[name] = orjson.loads(values[name])
        return values


def _fields() -> dict[str, Field]:
    hints = get_type_hints(BookRow, include_extras=True)
    annotated = {name: get_args(hint)[1:] for name, hint in hints.items()}
    return {
        name: found[0] for name, found in annotated.items() if found and type(found[0]) is Field
    }


FIELDS: dict[str, Field] = _fields()
"""The fields that clients write, in the order of answers and files."""

LISTS: tuple[str, ...] = tuple(name for name, field in FIELDS.items() if field.kind.is_list)

SHOWN: tuple[str, ...] = BookRow._fields[:-1]
"""What clients see of a book: all but `nonfiling`, which is the last."""

DEFAULTS: dict[str, Any] = {
    name: field.default for name, field in FIELDS.items() if name != "title"
}
"""What the fields are when they are left out."""
