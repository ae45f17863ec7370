"""The book that a record makes, and what it makes of one that is there."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalogue.record_check import Candidate, found_by
from models import book, marc_record
from models.database import is_postgresql
from models.new_book import NewBook, made
from models.search.entries import new_words


def updated(candidate: Candidate, book_id: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """The book as the record changes it. What finds both book and record goes on finding it.

    If they share an ISBN, the book loses none, and a record with a part of them changes none. The
    number of a book that was merged into this one takes the place of no other.
    """
    after = book.changed(before, candidate.changes)
    isbns, has = set(candidate.names.get("isbn", ())), before["isbns"]
    if isbns and isbns < {*has}:
        after |= {"isbn": before["isbn"], "isbns": has}
    elif not isbns.isdisjoint(has):
        after["isbns"] = list(dict.fromkeys([*after["isbns"], *has]))
    number = after["control_number"]
    if number != before["control_number"] and number in book.names_of_merged(
        book_id, "control_number"
    ):
        after["control_number"] = before["control_number"]
    return after


def place(values: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """What only one book may have."""
    return values["isbn"], values["part"]


def new_book(candidate: Candidate) -> NewBook:
    """The book of a record that is no correction."""
    return candidate.ready(for_postgresql=is_postgresql())


def values_of(candidate: Candidate) -> dict[str, Any]:
    """Every field of the book of a record that is no correction."""
    new = new_book(candidate)
    return {**new.read(), "nonfiling": new.get("nonfiling"), "created_at": new.created_at}


def remake(candidate: Candidate, **changed: Any) -> None:
    """Make its book anew, with something changed."""
    barcodes = found_by(candidate.copies.values())
    values = {**values_of(candidate), "barcodes": barcodes, **changed}
    new = candidate.made = made(values, for_postgresql=is_postgresql())
    if candidate.words is not None:
        candidate.words = tuple(new_words([new.entry], set(), for_postgresql=is_postgresql()))


def keep_originals(stored: Sequence[tuple[int, Candidate]]) -> None:
    """Keep the MARC records of books that came as such, given with their ids."""
    originals = [
        (book_id, one.original)
        for book_id, one in stored
        if one.original is not None and not one.is_correction
    ]
    if originals:
        marc_record.keep(originals)
