"""A book as the fifteen elements of Dublin Core (ISO 15836), for OAI-PMH and SRU."""

from collections.abc import Iterator, Mapping
from typing import Any

from protocols.xml import element

Book = Mapping[str, Any]

# The DCMI type of each kind of material.
_TYPES = {
    "text": "Text",
    "serial": "Text",
    "audio": "Sound",
    "music": "Sound",
    "video": "MovingImage",
    "image": "StillImage",
    "map": "Image",
    "score": "Text",
    "object": "PhysicalObject",
    "electronic": "Text",
}


def elements(book: Book) -> Iterator[tuple[str, str]]:
    """The elements that a book has, in the order of the standard's schema, without namespace."""
    yield "title", _title(book)
    for other in book.get("alternative_titles") or ():
        yield "title", other
    yield from _each("creator", [book["author"]])
    yield from _each("subject", book["subjects"])
    yield from _each("description", [book["description"]])
    yield from _each("publisher", [book["publisher"]])
    yield from _each("contributor", [person["name"] for person in book["contributors"]])
    if book["published_year"] is not None:
        yield "date", str(book["published_year"])
    yield "type", _TYPES.get(book.get("material_type") or "text", "Collection")
    if book["pages"] is not None:
        yield "format", f"{book['pages']} p."
    yield from _identifiers(book)
    yield from _each("language", [book["language"]])
    yield from _each("relation", [book.get("series")])


def as_xml(book: Book) -> str:
    """The elements, each with the prefix `dc`."""
    return "".join(element(f"dc:{name}", value) for name, value in elements(book))


def _title(book: Book) -> str:
    parts = (book["title"], book.get("part"))
    whole = ". ".join(part for part in parts if part)
    return f"{whole} : {book['subtitle']}" if book["subtitle"] else whole


def _identifiers(book: Book) -> Iterator[tuple[str, str]]:
    numbers = book.get("isbns") or [book["isbn"]]
    yield from _each("identifier", [f"urn:isbn:{number}" for number in numbers if number])
    if book.get("issn"):
        yield "identifier", f"urn:issn:{book['issn']}"


def _each(name: str, values: Any) -> Iterator[tuple[str, str]]:
    for value in values:
        if value:
            yield name, value
