"""Headers and records as XML (sections 2.5, 3.2)."""

from collections.abc import Sequence

from models import harvest, marc_record, source_key
from models.harvest import Header
from protocols.oai import sets
from protocols.oai.formats import FORMATS
from protocols.oai.repository import Repository
from protocols.xml import element


def headers_xml(repository: Repository, headers: Sequence[Header], _prefix: str) -> str:
    """The headers alone."""
    places = harvest.locations_of(headers)
    return "".join(_header(repository, one, places[one.book_id]) for one in headers)


def records_xml(repository: Repository, headers: Sequence[Header], prefix: str) -> str:
    """The records in a format; a book deleted since its header was read counts as deleted."""
    form = FORMATS[prefix]
    living = [one.book_id for one in headers if not one.is_deleted]
    books = harvest.books(living)
    originals = marc_record.of_books(living) if form.needs_original else {}
    places = harvest.locations_of(headers)
    library = {"library": source_key.code()} if form.needs_original else {}
    parts = []
    for one in headers:
        book = books.get(one.book_id)
        shown = one._replace(is_deleted=book is None)
        parts.append(f"<record>{_header(repository, shown, places[one.book_id])}")
        if book is not None:
            written = form.write({**book, **library}, originals.get(one.book_id))
            parts.append(f"<metadata>{written}</metadata>")
        parts.append("</record>")
    return "".join(parts)


def _header(repository: Repository, header: Header, places: list[str]) -> str:
    status = ' status="deleted"' if header.is_deleted else ""
    return (
        f"<header{status}>"
        + element("identifier", repository.identifier(header.book_id))
        + element("datestamp", header.changed_at)
        + "".join(element("setSpec", spec) for spec in sets.of_header(header, places))
        + "</header>"
    )
