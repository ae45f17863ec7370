"""Which book a record is: in the database, and for a dry run as if what went before were there."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, NamedTuple

from catalogue.record_check import Candidate
from catalogue.remembered import Remembered
from models import book, copy, source_key
from models.new_book import sort_keys
from models.text import fold
from models.title_forms import TitleForms, title_forms

Key = Literal["source_key", "isbn", "control_number", "barcode", "title"]
KEYS: tuple[Key, ...] = ("source_key", "isbn", "control_number", "barcode", "title")
_ALWAYS = ("source_key", "isbn", "barcode")

_AT_ONCE = 1000


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

    def is_other_part(self, other: "Described") -> bool:
        """Whether both are parts, and different ones."""
        return bool(self.part and other.part and self.part != other.part)


_DESCRIBED_BY = ("title", "subtitle", "language", "author", "part", "published_year", "isbn")


def described(book_id: int, values: Mapping[str, Any]) -> Described:
    """The book, or the record that is to become it."""
    title, language = values["title"], values["language"]
    return Described(
        book_id,
        title,
        title_forms(title, values["subtitle"], language),
        language,
        fold(values["author"] or ""),
        fold(values["part"] or ""),
        values["published_year"],
        values["isbn"],
    )


def _agree(one: Any, other: Any) -> bool:
    return not one or not other or one == other


class Known:
    """The books by what records name them by, as they are while one batch is decided on.

    A book that is not stored has the number of its record, negative, for an id. What `pretends`
    remembers such books from batch to batch, in a file, since it never finds them in the database.
    Records that have nothing to be known by are known `by_title`, if that is asked for, among the
    books that were there before.
    """

    def __init__(
        self,
        *,
        pretends: bool,
        keys: Sequence[Key] = ("isbn", "control_number"),
        by_title: bool = False,
    ) -> None:
        self.pretends = pretends
        self._keys: tuple[Key, ...] = ("source_key", *(key for key in keys if key != "source_key"))
        self._by_title = by_title
        self._newest = book.newest() if by_title else 0
        self._compared: tuple[Key, ...] = tuple(
            key for key in KEYS if key in (*keys, *_ALWAYS) or (key == "title" and by_title)
        )
        self._books: dict[int, Mapping[str, Any]] = {}
        self._described: dict[int, Described] = {}
        self._found: dict[Key, dict[str, list[int]]] = {key: {} for key in KEYS}
        self._called: dict[int, str] = {}
        self._strangers: set[int] = set()
        self._before = Remembered(lasting=True) if pretends else None

    def begin(self) -> None:
        """A transaction begins: `forget` takes back what is remembered from here on."""
        if self._before is not None:
            self._before.begin()

    def look_up(self, candidates: Sequence[Candidate]) -> None:
        """Find what the database has of what these records name."""
        self._books.clear()
        self._described.clear()
        self._called.clear()
        for found in self._found.values():
            found.clear()
        acquainted: set[int] = set()
        # ISBNs and barcodes are among what is compared always: they must be unique.
        for key in self._compared:
            named = _named(candidates, key)
            wanted = {name for name, _ in named}
            self._found[key] = _in_parts(FINDERS[key], wanted)
            self._recall_names(key, wanted)
            acquainted |= self._acquainted(key, named, is_unique=len(wanted) == len(named))
        self._strangers = {one.number for one in candidates} - acquainted
        known = {one for names in self._found.values() for ids in names.values() for one in ids}
        for row in book.some({one for one in known if one > 0}):
            self._books[row.id] = row._asdict()
        self._recall_books(known)
        if any(one.source_key for one in candidates):
            self._called.update(source_key.of_records("books", self._books.keys()))

    def forget(self) -> None:
        """The last batch that was looked up is undone: nothing of it is known."""
        if self._before is not None:
            self._before.undo()

    def _recall_names(self, key: Key, names: Iterable[str]) -> None:
        """Add the books that earlier records would have given these names."""
        if self._before is None:
            return
        found = self._found[key]
        for name in names:
            if ids := self._before.get(key, name):
                there = found.get(name, [])
                found[name] = there + [one for one in ids if one not in there]

    def _recall_books(self, ids: Iterable[int]) -> None:
        """Add what earlier records said of these books."""
        if self._before is None:
            return
        for book_id in ids:
            said = self._before.get("book", book_id)
            if said is not None:
                self._books.setdefault(book_id, dict(zip(_DESCRIBED_BY, said, strict=True)))
            called = self._before.get("called", book_id)
            if called is not None:
                self._called[book_id] = called

    def _acquainted(
        self, key: Key, named: Sequence[tuple[str, int]], *, is_unique: bool
    ) -> set[int]:
        """The records that share a name with a book or with another record."""
        found = self._found[key]
        if is_unique:
            return {number for name, number in named if name in found} if found else set()
        first: dict[str, int] = {}
        shared = {number for name, number in named if first.setdefault(name, number) != number}
        shared |= {first[name] for name, number in named if number in shared}
        return shared | {number for name, number in named if name in found}

    def is_stranger(self, candidate: Candidate) -> bool:
        """Whether nothing by which it may be known is a book's or another record's.

        Then it is a new book, and there is nothing to decide or to remember; so are most records
        of most files. What `pretends` remembers every record.
        """
        return not self.pretends and candidate.number in self._strangers

    def with_isbn(self, candidate: Candidate) -> list[Described]:
        """The books that have one of its ISBNs."""
        return self._with("isbn", candidate)

    def matches(self, candidate: Candidate) -> Iterator[tuple[Key, Described]]:
        """What the keys find that are asked for, key by key, each book once."""
        seen: set[int] = set()
        if self._by_title and not any(_names(candidate, key) for key in KEYS if key != "title"):
            before = (x for x in self._with("title", candidate) if 0 < x.book_id <= self._newest)
            yield from (("title", each) for each in before)
            return
        for key in self._keys:
            for each in self._with(key, candidate):
                if each.book_id not in seen:
                    seen.add(each.book_id)
                    yield key, each

    def is_another(self, candidate: Candidate, book_id: int) -> bool:
        """Whether the library that the record comes from has the book as another one."""
        key, other = candidate.source_key, self._called.get(book_id)
        if key is None or other is None or key == other or ":" not in key:
            return False
        return key.partition(":")[0] == other.partition(":")[0]

    def foreign_barcode(self, candidate: Candidate, book_id: int | None) -> str | None:
        """A barcode of the candidate that belongs to another book than this one."""
        for key, values in candidate.copies.items():
            if any(owner != book_id for owner in self._found["barcode"].get(key, ())):
                barcode: str = values["barcode"]
                return barcode
        return None

    def missing_copies(self, candidate: Candidate) -> list[str]:
        """The barcode keys of the candidate that nobody has."""
        return [key for key in candidate.copies if not self._found["barcode"].get(key)]

    def add(self, candidate: Candidate, book_id: int, names: Collection[Key] = KEYS) -> None:
        """The candidate's book is, or will be, this one, and has its names of these kinds."""
        before = -candidate.number
        kinds = [key for key in self._compared if key in names]
        if candidate.source_key is not None:
            self._called.setdefault(book_id, candidate.source_key)
        for key in kinds:
            for name in _names(candidate, key):
                ids = self._found[key].setdefault(name, [])
                ids[:] = [*(one for one in ids if one not in (before, book_id)), book_id]
        self._books.pop(before, None)
        if not candidate.is_correction:
            self._books.setdefault(book_id, candidate.book)
        if self._before is not None:
            self._remember(candidate, book_id, kinds, self._before)

    def _remember(
        self, candidate: Candidate, book_id: int, kinds: Iterable[Key], before: Remembered
    ) -> None:
        for key in kinds:
            for name in _names(candidate, key):
                before.put(key, name, list(self._found[key][name]))
        if book_id in self._called:
            before.put("called", book_id, self._called[book_id])
        if book_id < 0 and book_id in self._books:
            said = self._books[book_id]
            before.put("book", book_id, [said[name] for name in _DESCRIBED_BY])

    def _with(self, key: Key, candidate: Candidate) -> list[Described]:
        ids = (one for name in _names(candidate, key) for one in self._found[key].get(name, ()))
        return [self._describe(one) for one in dict.fromkeys(ids) if one in self._books]

    def _describe(self, book_id: int) -> Described:
        if book_id not in self._described:
            self._described[book_id] = described(book_id, self._books[book_id])
        return self._described[book_id]


def _named(candidates: Sequence[Candidate], key: Key) -> list[tuple[str, int]]:
    """The names of a kind, each with the number of its record."""
    if key == "title":
        return [(name, one.number) for one in candidates for name in _names(one, key)]
    return [(name, one.number) for one in candidates if key in one.names for name in one.names[key]]


def _names(candidate: Candidate, key: Key) -> Iterable[str]:
    if key != "title":
        return candidate.names.get(key, ())
    if candidate.is_correction:
        return []
    return [sort_keys({**candidate.book, "nonfiling": None})["title_key"]]


def _by_source_key(keys: Iterable[str]) -> dict[str, list[int]]:
    return {key: [one] for key, one in source_key.find("books", keys).items() if one}


FINDERS: dict[Key, Callable[[Iterable[str]], dict[str, list[int]]]] = {
    "source_key": _by_source_key,
    "isbn": book.ids_by_isbn,
    "control_number": book.ids_by_control_number,
    "barcode": copy.books_by_barcode,
    "title": book.ids_by_title,
}


def _in_parts(
    find: Callable[[Iterable[str]], dict[str, list[int]]], wanted: Iterable[str]
) -> dict[str, list[int]]:
    """What the query finds, asked in parts: a statement takes only so many values."""
    found: dict[str, list[int]] = {}
    for part in _parts(iter(wanted)):
        found |= find(part)
    return found


def _parts(values: Iterator[str]) -> Iterator[list[str]]:
    while part := list(islice(values, _AT_ONCE)):
        yield part
