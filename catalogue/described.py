"""Books as far as they are compared with records."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from models.new_book import LONGEST_KEY
from models.text import fold
from models.title_forms import TitleForms, title_forms


class Described(NamedTuple):
    """A book as far as it is compared with records."""

    book_id: int
    title: str
    forms: TitleForms
    language: str | None
    author: str
    part: str
    year: int | None
    isbn: str | None

    def is_titled_as(self, other: "Described") -> bool:
        """Whether the titles count as the same."""
        return self.forms.is_same(other.forms)

    def is_same_work(self, other: "Described") -> bool:
        """Whether titles are the same, and author and year as far as both have them."""
        return (
            self.is_titled_as(other)
            and _agree(self.author, other.author)
            and _agree(self.year, other.year)
        )

    def has_place_of(self, other: "Described") -> bool:
        """Whether both have the same first ISBN and part, which only one book may have."""
        return self.isbn is not None and (self.isbn, self.part) == (other.isbn, other.part)

    def is_other_part(self, other: "Described") -> bool:
        """Whether both are parts, and different ones."""
        return bool(self.part and other.part and self.part != other.part)


DESCRIBED_BY = ("title", "subtitle", "language", "author", "part", "published_year", "isbn")


def described(book_id: int, values: Mapping[str, Any]) -> Described:
    """The book, or the record that is to become it."""
    title, language = values["title"], values["language"]
    return Described(
        book_id,
        title,
        title_forms(title, values["subtitle"], language),
        language,
        fold(values["author"] or ""),
        fold(values["part"] or "")[:LONGEST_KEY],
        values["published_year"],
        values["isbn"],
    )


def _agree(one: Any, other: Any) -> bool:
    return not one or not other or one == other
