"""Books: the title records of the catalogue."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from peewee import CompositeKey, ForeignKeyField, IntegerField, TextField, fn

from models import audit, bulk
from models.audit import Actor
from models.book_fields import DEFAULTS, FIELDS, LISTS, SHOWN, BookRow, Kind
from models.database import (
    Compiled,
    Table,
    database,
    for_update,
    is_postgresql,
    rows,
    run,
    slot,
)
from models.errors import Missing, Taken
from models.integrity import unique, unique_or_over
from models.new_book import COLUMNS, NewBook, Values, made, sort_keys
from models.rows import JsonReader, RowReader, Tag
from models.search import index, tallies
from models.timestamps import timestamp


class Book(Table):
    """A title record; its other columns are `FIELDS`.

    A deleted one stays as a row, so that past loans keep their title; one that was merged says
    which book it is now.
    """

    nonfiling = IntegerField(null=True)
    title_key = TextField()
    author_key = TextField()
    part_key = TextField()
    year_key = IntegerField()
    created_at = TextField()
    updated_at = TextField()
    deleted_at = TextField(null=True)
    merged_into = ForeignKeyField("self", null=True)
    revision = IntegerField()

    class Meta:
        # Among the books that are not deleted.
        indexes = ((("isbn", "part_key"), True),)


def _column(name: str) -> Any:
    kind = FIELDS[name].kind
    number = kind in (Kind.YEAR, Kind.PAGES)
    is_null = not (name == "title" or kind.is_list or kind is Kind.MATERIAL)
    return IntegerField(null=is_null) if number else TextField(null=is_null)


for _name in FIELDS:
    Book._meta.add_field(_name, _column(_name))


class FurtherIsbn(Table):
    """An ISBN of a book beside its first one."""

    isbn = TextField()
    book = ForeignKeyField(Book)

    class Meta:
        primary_key = CompositeKey("isbn", "book")


ROWS = RowReader(Book, BookRow)
WRITTEN = JsonReader(Book, SHOWN, LISTS)
"""Books as clients see them, written by the database."""


class WrittenBook(NamedTuple):
    """A book as clients see it: `json` is written by the database."""

    id: int
    revision: int
    json: Any

    @property
    def tag(self) -> Tag:
        """What names the present state of the record: noun, id and revision."""
        return ("book", self.id, self.revision)


def is_present() -> Any:
    """The condition that a book is in the catalogue."""
    return Book.deleted_at.is_null()


_BY_ID = Compiled(lambda: ROWS.select().where((Book.id == slot("id")) & is_present()))
_WRITTEN_BY_ID = Compiled(
    lambda: Book.select(Book.id, Book.revision, *WRITTEN.columns).where(
        (Book.id == slot("id")) & is_present()
    )
)
_LOCKED = Compiled(lambda: for_update(ROWS.select().where((Book.id == slot("id")) & is_present())))
TOLD_APART_BY = ("title", "subtitle", "language", "author", "part", "published_year", "isbn")
"""The fields by which an import tells the books of a name apart."""
# Values in one statement.
_AT_ONCE = 1000
_COLUMNS = (*COLUMNS, "created_at", "updated_at", "revision")
_INSERT = Compiled(lambda: Book.insert({name: slot(name) for name in _COLUMNS}))
_BURY = Compiled(
    lambda: Book.insert({name: slot(name) for name in (*_COLUMNS, "deleted_at", "merged_into")})
)
_HAVING = """
    SELECT {column}, id FROM book WHERE {column} IN ({among}) AND deleted_at IS NULL ORDER BY id
"""
_NOW = """
    SELECT {column}, id FROM book
    WHERE {column} IN ({among}) AND deleted_at IS NULL
    UNION
    SELECT merged.{column}, kept.id FROM book merged JOIN book kept
        ON kept.id = merged.merged_into_id
    WHERE merged.{column} IN ({among}) AND merged.merged_into_id IS NOT NULL
        AND kept.deleted_at IS NULL
    ORDER BY 2
"""
_FURTHER = """
    SELECT further_isbn.isbn, book_id FROM further_isbn JOIN book ON book.id = book_id
    WHERE further_isbn.isbn IN ({among}) AND deleted_at IS NULL ORDER BY book_id
"""
_ADD_ISBN = "INSERT INTO further_isbn (isbn, book_id) VALUES (?, ?)"


def find(book_id: int) -> BookRow:
    """The book. Raises Missing, of a merged one `merged` with `into`."""
    stored = _BY_ID.row(id=book_id)
    if stored is None:
        raise missing(book_id)
    return ROWS.read(stored)


def written(book_id: int) -> WrittenBook:
    """The book as JSON, which takes half as long as to read it. Raises as `find` does."""
    stored = _WRITTEN_BY_ID.row(id=book_id)
    if stored is None:
        raise missing(book_id)
    found, revision, text = stored
    return WrittenBook(found, revision, orjson.Fragment(text))


def locked(book_id: int) -> BookRow:
    """The book, locked against other writers until the transaction ends. Raises as `find` does."""
    stored = _LOCKED.row(id=book_id)
    if stored is None:
        raise missing(book_id)
    return ROWS.read(stored)


def create(values: Values, actor: Actor) -> BookRow:
    """Add a book. Raises Taken `isbn-taken` with `existing_id`."""
    new, moment = _new(values), timestamp()
    with unique(lambda: _taken(new.get("isbn"), new.get("part_key"))):
        book_id = _INSERT.insert(**_row(new, moment))
    _add_isbns([(book_id, new.isbns)])
    index.add([(book_id, new.entry)])
    audit.record(actor, "book.create", "book", book_id)
    return find(book_id)


def create_all(many: Iterable[Values], actor: Actor) -> list[int]:
    """Add many books at once, as `add_all` does, given as values such as `create` takes."""
    return add_all(list(map(_new, many)), actor)


def add_all(
    many: Sequence[NewBook],
    actor: Actor,
    known_words: set[str] | None = None,
    *,
    knows_all: bool = False,
) -> list[int]:
    """Add many books at once, and give their ids in order; call it with some hundred at a time.

    `known_words` and `knows_all` as in `index.add`. Raises Taken `isbn-taken` if one cannot be
    added: then the transaction that it is called in has to end.
    """
    if not many:
        return []
    moment = timestamp()
    rows = [(*one.stored, one.created_at or moment, moment, 1) for one in many]
    with unique_or_over(lambda: Taken("Another book has this ISBN.", code="isbn-taken")):
        tallies.begin()
        ids = bulk.insert_rows(Book, _COLUMNS, rows)
        tallies.count(many, ids[0], ids[-1])
        _add_isbns(zip(ids, [one.isbns for one in many], strict=True))
        entries = list(zip(ids, [one.entry for one in many], strict=True))
        index.add(entries, known_words, knows_all=knows_all)
    audit.record_all(actor, "book.create", "book", ids)
    return ids


def update(book: BookRow, values: Values, actor: Actor) -> BookRow:
    """Write changed fields of a book that is `locked`, and give it; the same if nothing changed.

    Raises Taken `isbn-taken`. Whoever changes the title may say how many of its characters are
    `nonfiling`.
    """
    before = described(book)
    after = changed(before, values)
    if after == before:
        return book
    write(book.id, before, after, actor)
    return find(book.id)


def write(book_id: int, before: Values, after: Values, actor: Actor) -> None:
    """Write what `changed` made of a book that is `locked`. Raises Taken `isbn-taken`."""
    changes = audit.differences(before, after)
    written = {name: after[name] for name in changes}
    changes.pop("nonfiling", None)
    keys = sort_keys(after)
    stamps = {"updated_at": timestamp(), "revision": Book.revision + 1}
    tallies.settle()
    with unique(lambda: _taken(after["isbn"], keys["part_key"])):
        Book.update({**_stored(written), **keys, **stamps}).where(Book.id == book_id).execute()
    if "isbns" in changes:
        FurtherIsbn.delete().where(FurtherIsbn.book == book_id).execute()
        _add_isbns([(book_id, after["isbns"])])
    if changes.keys() & index.FIELDS:
        index.refresh([book_id])
    audit.record(actor, "book.update", "book", book_id, changes=changes)


def renew(book_id: int, actor: Actor) -> None:
    """Note that the record kept of a book has changed, which its fields do not show."""
    stamps = {"updated_at": timestamp(), "revision": Book.revision + 1}
    Book.update(stamps).where(Book.id == book_id).execute()
    audit.record(actor, "book.update", "book", book_id, changes={"marc": None})


def described(book: BookRow) -> dict[str, Any]:
    """The fields of a book and its `nonfiling`, as `changed` takes them."""
    return {**book.read(), "nonfiling": book.nonfiling}


def changed(before: Values, values: Values) -> dict[str, Any]:
    """What `update` makes of a book that is `described`; the same if it would write nothing."""
    given = {name: value for name, value in values.items() if name in FIELDS}
    after = {**before, **_with_isbns(given, before)}
    kept = before["nonfiling"] if after["title"] == before["title"] else None
    return {**after, "nonfiling": values.get("nonfiling", kept)}


def delete(book: BookRow, actor: Actor) -> None:
    """Take a book that is `locked` out of the catalogue; loans and holds are checked before."""
    tallies.settle()
    Book.update(deleted_at=timestamp(), updated_at=timestamp(), revision=Book.revision + 1).where(
        Book.id == book.id
    ).execute()
    index.remove([book.id])
    audit.record(actor, "book.delete", "book", book.id)


class Deleted(NamedTuple):
    """A book that is no longer in the catalogue: since when, and which one it is now, if any."""

    book: BookRow
    deleted_at: str
    merged_into: int | None


def deleted_after(book_id: int, limit: int) -> list[Deleted]:
    """Books that were deleted or merged, so many with ids beyond this one, by id."""
    query = ROWS.select().where((Book.id > book_id) & Book.deleted_at.is_null(False))
    found = ROWS.all(query.order_by(Book.id).limit(limit))
    ids = [one.id for one in found]
    columns = (Book.id, Book.deleted_at, Book.merged_into)
    ends = {one[0]: one[1:] for one in rows(Book.select(*columns).where(Book.id.in_(ids)))}
    return [Deleted(one, *ends[one.id]) for one in found]


def bury(values: Values, deleted_at: str, merged_into: int | None, actor: Actor) -> int:
    """Add a book that was deleted elsewhere, and give its id.

    It is found by that alone, so that what is past keeps its title.
    """
    new = _new(values)
    ended = {"deleted_at": deleted_at, "merged_into": merged_into}
    book_id = _BURY.insert(**_row(new, timestamp()), **ended)
    _add_isbns([(book_id, new.isbns)])
    audit.record(actor, "book.create", "book", book_id)
    return book_id


def exists(book_id: int) -> bool:
    """Whether a book is in the catalogue."""
    return bool(Book.select().where((Book.id == book_id) & is_present()).exists())


def newest() -> int:
    """The greatest id that a book has, or 0."""
    found: int | None = Book.select(fn.MAX(Book.id)).scalar()
    return found or 0


def titles(book_ids: Iterable[int]) -> dict[int, str]:
    """The titles of books, deleted ones included, by id."""
    query = Book.select(Book.id, Book.title).where(Book.id.in_(list(book_ids)))
    return dict(rows(query))


def with_isbn(isbn: str) -> int | None:
    """The id of a book in the catalogue that has an ISBN, in its stored form."""
    return with_isbns([isbn]).get(isbn)


def with_isbns(isbns: Iterable[str]) -> dict[str, int]:
    """The ids of the books in the catalogue that have one of these ISBNs, by ISBN.

    A book whose first ISBN it is comes before others, and of these the oldest.
    """
    return {isbn: ids[0] for isbn, ids in ids_by_isbn(isbns).items()}


def ids_by_isbn(isbns: Iterable[str]) -> dict[str, list[int]]:
    """The books that have each of these ISBNs, those first whose first ISBN it is."""
    wanted = list(isbns)
    found = _ids_by("isbn", wanted)
    for isbn, book_id in run(_FURTHER.format(among=_among(len(wanted))), wanted).fetchall():
        found.setdefault(isbn, []).append(book_id)
    return found


def ids_by_control_number(numbers: Iterable[str]) -> dict[str, list[int]]:
    """The books that have each of these control numbers, or that those are now which had it."""
    return _now("control_number", numbers)


def merged_into(book_ids: Iterable[int]) -> dict[int, int]:
    """The books that those of these are now which were merged, by their ids."""
    is_merged = Book.id.in_(list(book_ids)) & Book.merged_into.is_null(False)
    return dict(rows(Book.select(Book.id, Book.merged_into).where(is_merged)))


def merged_titles(book_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The books that were merged into each of these, as stored: what tells titles apart."""
    found: dict[int, list[dict[str, Any]]] = {}
    ids = list(book_ids)
    columns = [getattr(Book, name) for name in TOLD_APART_BY]
    for first in range(0, len(ids), _AT_ONCE):
        among = Book.merged_into.in_(ids[first : first + _AT_ONCE])
        for into, *values in rows(Book.select(Book.merged_into, *columns).where(among)):
            found.setdefault(into, []).append(dict(zip(TOLD_APART_BY, values, strict=True)))
    return found


NAMES_THAT_STAY = {"control_number": Book.control_number, "title": Book.title_key}
"""The names by which a book that was merged into another one finds that, with their columns."""


def names_of_merged(book_id: int, kind: str) -> set[str]:
    """What the books were called that were merged into this one; see `NAMES_THAT_STAY`."""
    column = NAMES_THAT_STAY[kind]
    merged = (Book.merged_into == book_id) & column.is_null(False)
    return {row[0] for row in rows(Book.select(column).where(merged))}


def ids_by_title(keys: Iterable[str]) -> dict[str, list[int]]:
    """The books that have each of these titles, given as `sort_keys` makes them.

    Or that have become the books of these titles by merging.
    """
    return _now("title_key", keys)


def _now(column: str, values: Iterable[str]) -> dict[str, list[int]]:
    """The books by a column, also by that of the books that were merged into them."""
    wanted = list(values)
    return _grouped(_NOW.format(column=column, among=_among(len(wanted))), [*wanted, *wanted])


def _ids_by(column: str, values: Iterable[str]) -> dict[str, list[int]]:
    """The books by a column; an import asks this for each few records."""
    wanted = list(values)
    return _grouped(_HAVING.format(column=column, among=_among(len(wanted))), wanted)


def _grouped(sql: str, values: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for value, book_id in run(sql, values).fetchall():
        found.setdefault(value, []).append(book_id)
    return found


def _among(count: int) -> str:
    """Places for so many values in a list of SQL."""
    return ", ".join("?" * count)


def some(book_ids: Iterable[int]) -> list[BookRow]:
    """Those of the books that are in the catalogue."""
    ids = list(book_ids)
    found: list[BookRow] = []
    for first in range(0, len(ids), _AT_ONCE):
        among = Book.id.in_(ids[first : first + _AT_ONCE])
        found += ROWS.all(ROWS.select().where(among & is_present()))
    return found


def has_isbn(isbn: Any) -> Any:
    """The condition that an ISBN is one of a book's."""
    further = FurtherIsbn.select(FurtherIsbn.book).where(FurtherIsbn.isbn == isbn)
    return (Book.isbn == isbn) | Book.id.in_(further)


def missing(book_id: int) -> Missing:
    """The error of a book that is not in the catalogue; of a merged one `merged` with `into`."""
    into = Book.select(Book.merged_into).where(Book.id == book_id).scalar()
    if into is None:
        return Missing("There is no such book.")
    return Missing(f"This book was merged into book {into}.", code="merged", into=into)


def _with_isbns(values: Values, before: Values) -> Values:
    """The values with `isbns` complete, and `isbn` as the first of them.

    An ISBN alone takes the place of the first one; of both, the one that is new decides.
    """
    if "isbn" not in values and "isbns" not in values:
        return values
    isbn, isbns = values.get("isbn"), values.get("isbns")
    if isbns is None or (isbns == before["isbns"] and isbn not in (None, before["isbn"])):
        isbns = before["isbns"][1:]
    elif isbns and isbn == before["isbn"]:
        isbn = None
    whole = list(dict.fromkeys([*([isbn] if isbn else []), *isbns]))
    return {**values, "isbn": whole[0] if whole else None, "isbns": whole}


def _new(values: Values) -> NewBook:
    return made({**DEFAULTS, **values}, for_postgresql=is_postgresql())


def _row(new: NewBook, moment: str) -> dict[str, Any]:
    named = dict(zip(COLUMNS, new.stored, strict=True))
    stamps = {"created_at": new.created_at or moment, "updated_at": moment, "revision": 1}
    return {**named, **stamps}


def _stored(values: Values) -> dict[str, Any]:
    lists = {
        name: orjson.dumps(values[name]).decode() if values[name] else "[]"
        for name in LISTS
        if name in values
    }
    return {**values, **lists}


def _add_isbns(books: Iterable[tuple[int, Sequence[str]]]) -> None:
    further = [(isbn, book_id) for book_id, isbns in books for isbn in isbns[1:]]
    if further:
        database.obj.cursor().executemany(_ADD_ISBN.replace("?", database.obj.param), further)


def _taken(isbn: str | None, part_key: str) -> Taken:
    same = (Book.isbn == isbn) & (Book.part_key == part_key)
    return Taken(
        "Another book has this ISBN.",
        code="isbn-taken",
        existing_id=Book.select(Book.id).where(same & is_present()).scalar(),
    )
