"""A book as schema.org describes it, in JSON-LD: for search engines and other programs."""

from collections.abc import Mapping
from typing import Any

from formats.languages import language_tag

MEDIA_TYPE = "application/ld+json"
_SCHEMA = "https://schema.org"


def as_json_ld(
    book: Mapping[str, Any], url: str, library: str, *, copies: int, available: int
) -> dict[str, Any]:
    """The book at `url` as a `Book`, with an `Offer` of the library that lends it.

    `copies` is how many the library has, `available` how many of them may be taken at the moment.
    """
    described = {
        "@context": _SCHEMA,
        "@type": "Book",
        "@id": url,
        "url": url,
        "name": book["title"],
        "alternativeHeadline": book["subtitle"],
        "alternateName": book["alternative_titles"],
        "author": _person(book["author"]),
        "contributor": [_contributor(person) for person in book["contributors"]],
        "isbn": book["isbns"] or None,
        "bookEdition": book["edition"],
        "numberOfPages": book["pages"],
        "inLanguage": language_tag(book["language"]) if book["language"] else None,
        "datePublished": _year(book["published_year"]),
        "publisher": _named("Organization", book["publisher"]),
        "isPartOf": _named("BookSeries", book["series"]),
        "position": book["series_volume"],
        "about": book["subjects"],
        "description": book["description"],
        "image": book["cover_url"],
        "dateModified": book["updated_at"],
        "offers": _offer(library, copies, available) if copies else None,
    }
    return {name: value for name, value in described.items() if value not in (None, [])}


def _year(year: int | None) -> str | None:
    """A year of our era in four digits (ISO 8601), None for one before it.

    ISO 8601 has a year 0, which is 1 BC, and writes years before it by agreement only.
    """
    return f"{year:04d}" if year is not None and year > 0 else None


def _offer(library: str, copies: int, available: int) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "availability": f"{_SCHEMA}/{'InStock' if available else 'OutOfStock'}",
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "inventoryLevel": {"@type": "QuantitativeValue", "value": available, "maxValue": copies},
        "offeredBy": _named("Library", library),
    }


def _person(name: str | None) -> dict[str, Any] | None:
    return _named("Person", name)


def _contributor(person: Mapping[str, Any]) -> dict[str, Any]:
    described = {"@type": "Person", "name": person["name"]}
    if not person.get("role"):
        return described
    return {"@type": "Role", "roleName": person["role"], "contributor": described}


def _named(kind: str, name: str | None) -> dict[str, Any] | None:
    return {"@type": kind, "name": name} if name else None
