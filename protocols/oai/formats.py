"""The metadata formats that records are given in (section 2.3)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from protocols import dublin_core, marcxml
from protocols.oai.errors import OaiError

Book = Mapping[str, Any]

DC_NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_DC_ROOT = (
    f'<oai_dc:dc xmlns:oai_dc="{DC_NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{DC_NAMESPACE} {_DC_SCHEMA}">'
)


class Format(NamedTuple):
    """A format: where its schema is, and how a book is written with the record it came from."""

    schema: str
    namespace: str
    write: Callable[[Book, bytes | None], str]
    needs_original: bool


def _dublin_core(book: Book, _original: bytes | None) -> str:
    return f"{_DC_ROOT}{dublin_core.as_xml(book)}</oai_dc:dc>"


_MARC = Format(marcxml.SCHEMA, marcxml.NAMESPACE, marcxml.as_xml, needs_original=True)

FORMATS = {
    "oai_dc": Format(_DC_SCHEMA, DC_NAMESPACE, _dublin_core, needs_original=False),
    "marcxml": _MARC,
    "marc21": _MARC,
}


def require_format(prefix: str) -> None:
    """Raises OaiError `cannotDisseminateFormat` for a format that there is not."""
    if prefix not in FORMATS:
        raise OaiError("cannotDisseminateFormat", f"Records are given as {', '.join(FORMATS)}.")
