"""Answers of OAI-PMH: parsed without recovering, validated by schema, and read."""

import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

SCHEMAS = Path(__file__).parent / "schemas"
NAMESPACES = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "m": "http://www.loc.gov/MARC21/slim",
    "i": "http://www.openarchives.org/OAI/2.0/oai-identifier",
}
_XML_LANG = """
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
        targetNamespace="http://www.w3.org/XML/1998/namespace">
      <xs:attribute name="lang" type="xs:string"/>
    </xs:schema>
"""


class Record(NamedTuple):
    """A record, or a header: its identifier, its date, whether it is deleted, and its sets."""

    identifier: str
    datestamp: str
    is_deleted: bool
    sets: list[str]
    element: Any

    @property
    def book_id(self) -> int:
        """The id of the book."""
        return int(self.identifier.rpartition("/")[2])

    @property
    def title(self) -> str | None:
        """The title, in Dublin Core."""
        found: list[str] = self.element.xpath(".//dc:title/text()", namespaces=NAMESPACES)
        return found[0] if found else None


class Answered:
    """One answer."""

    def __init__(self, root: Any) -> None:
        self.root = root

    def all(self, path: str) -> list[Any]:
        """What an XPath finds; the namespaces are those of `NAMESPACES`."""
        found: list[Any] = self.root.xpath(path, namespaces=NAMESPACES)
        return found

    def text(self, path: str) -> str:
        """The text of the one element that an XPath finds."""
        [found] = self.all(path)
        return found.text or ""

    @property
    def errors(self) -> list[str]:
        """The codes of the errors."""
        return self.all("o:error/@code")

    @property
    def records(self) -> list[Record]:
        """The records or headers."""
        return [_record(header) for header in self.all("//o:header")]

    @property
    def ids(self) -> list[int]:
        """The ids of the books."""
        return [record.book_id for record in self.records]

    @property
    def token(self) -> str | None:
        """The resumption token: None without the element, empty at the end of a list."""
        found = self.all("//o:resumptionToken")
        return (found[0].text or "") if found else None

    @property
    def date(self) -> str:
        """The date of the answer."""
        return self.text("o:responseDate")


def read(data: bytes) -> Answered:
    """The answer, once it has been validated."""
    root = etree.fromstring(data)
    _require(_own("response.xsd"), root)
    for element in root.xpath("//oai_dc:dc", namespaces=NAMESPACES):
        _require(_own("oai_dc.xsd"), element)
    require_marcxml(root)
    official = os.environ.get("OCTAVO_TEST_SCHEMAS")
    if official:
        _require(_official(official), root)
    return Answered(root)


def require_marcxml(root: Any) -> None:
    """Fail unless every MARC record in an answer is valid."""
    for element in root.xpath("//m:record", namespaces=NAMESPACES):
        _require(_own("marcxml.xsd"), element)


def _record(header: Any) -> Record:
    def texts(name: str) -> list[str]:
        found: list[str] = header.xpath(f"o:{name}/text()", namespaces=NAMESPACES)
        return found

    [identifier], [datestamp] = texts("identifier"), texts("datestamp")
    is_deleted = header.get("status") == "deleted"
    return Record(identifier, datestamp, is_deleted, texts("setSpec"), header.getparent())


def _require(schema: Any, element: Any) -> None:
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    assert schema.validate(alone), schema.error_log


@cache
def _own(name: str) -> Any:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / name)))


@cache
def _official(folder: str) -> Any:
    """The published schemas together, since each demands that of what it contains."""
    imports = "".join(
        f'<xs:import namespace="{NAMESPACES[prefix]}" schemaLocation="{Path(folder) / name}"/>'
        for prefix, name in (
            ("o", "OAI-PMH.xsd"),
            ("oai_dc", "oai_dc.xsd"),
            ("i", "oai-identifier.xsd"),
            ("m", "MARC21slim.xsd"),
        )
    )
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_XmlNamespace())
    schema = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(schema, parser))


class _XmlNamespace(etree.Resolver):
    """Gives the schema of `xml:lang`, which others import from elsewhere."""

    def resolve(self, url: str, _id: str, context: Any) -> Any:
        """The schema, for the address it usually has."""
        return self.resolve_string(_XML_LANG, context) if url.endswith("xml.xsd") else None
