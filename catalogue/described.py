"""Books as far as they are compared with records."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from models.new_book import LONGEST_KEY
from models.text import fold
from models.title_forms import TitleForms, title_forms


class Described(NamedTuple):
    """A book as far as it is compared with records.

    `merged` gives those that were merged into it, and is asked where the book itself is another.
    """

    book_id: int
    title: str
    forms: TitleForms
    language: str | None
    author: str
    part: str
    year: int | None
    isbn: str | None
    merged: Callable[[], Iterable[Mapping[str, Any]]] = tuple

    def is_titled_as(self, other: "Described") -> bool:
        """Whether the titles count as the same, also that of a book which is this one now."""
        return any(one.forms.is_same(other.forms) for one in self._as_it_is_and_was())

    def is_book_of(self, record: "Described", *, by_title: bool) -> bool:
        """Whether the record, which something of the book has found, is that book.

        The titles are the same and the parts are no different ones; if nothing but the title found
        it, author and year are the same, too, as far as both have them. So with the book itself, or
        with one that was merged into it.
        """
        return any(
            one.forms.is_same(record.forms)
            and not one.is_other_part(record)
            and not (by_title and one.is_by_another(record))
            for one in self._as_it_is_and_was()
        )

    def _as_it_is_and_was(self) -> Iterator["Described"]:
        yield self
        for one in self.merged():
            yield described(self.book_id, one)

    def is_by_another(self, other: "Described") -> bool:
        """Whether author or year tell them apart."""
        return not (_agree(self.author, other.author) and _agree(self.year, other.year))

    def has_place_of(self, other: "Described") -> bool:
        """Whether both have the same first ISBN and part, which only one book may have."""
        return self.isbn is not None and (self.isbn, self.part) == (other.isbn, other.part)

    def is_other_part(self, other: "Described") -> bool:
        """Whether both are parts, and different ones."""
        return bool(self.part and other.part and self.part != other.part)


def described(
    book_id: int,
    values: Mapping[str, Any],
    merged: Callable[[], Iterable[Mapping[str, Any]]] = tuple,
) -> Described:
    """The book, with what gives those that were merged into it, or the record that is to be it."""
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
        merged,
    )


def _agree(one: Any, other: Any) -> bool:
    return not one or not other or one == other
