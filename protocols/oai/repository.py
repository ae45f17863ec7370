"""The library as a repository: what it says of itself, and the identifiers of its records."""

import re
from typing import NamedTuple

from api.auth.tokens import Signer
from models import harvest
from models.harvest import Header
from protocols.oai.errors import OaiError
from protocols.xml import element

_OAI_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_DOTTED = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]*)+\Z")
_ID = re.compile("[1-9][0-9]{0,17}")
_BEGINNING = "1970-01-01T00:00:00Z"


class Repository(NamedTuple):
    """What harvesters are told; `host` is the part of identifiers that names the library."""

    name: str
    base_url: str
    host: str
    email: str
    signer: Signer

    def identifier(self, book_id: int) -> str:
        """The identifier of a book."""
        return f"oai:{self.host}:book/{book_id}"

    def header(self, identifier: str) -> Header:
        """The header of the record with an identifier. Raises OaiError `idDoesNotExist`."""
        number = identifier.removeprefix(self.identifier(0)[:-1])
        known = harvest.one(int(number)) if _ID.fullmatch(number) else None
        if known is None or self.identifier(known.book_id) != identifier:
            raise OaiError("idDoesNotExist", "There is no such record.")
        return known

    def identify(self) -> str:
        """The element `Identify`."""
        return (
            "<Identify>"
            + element("repositoryName", self.name)
            + element("baseURL", self.base_url)
            + element("protocolVersion", "2.0")
            + element("adminEmail", self._email())
            + element("earliestDatestamp", harvest.earliest() or _BEGINNING)
            + element("deletedRecord", "persistent")
            + element("granularity", "YYYY-MM-DDThh:mm:ssZ")
            + (self._description() if _DOTTED.match(self.host) else "")
            + "</Identify>"
        )

    def _email(self) -> str:
        """The address of the library, as the schema demands it: with a dot in its domain."""
        domain = self.email.rpartition("@")[2]
        return self.email if "." in domain else f"{self.email}.localdomain"

    def _description(self) -> str:
        """The scheme of the identifiers, which demands a host name with a dot."""
        location = f"{_OAI_IDENTIFIER} http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"
        return (
            f'<description><oai-identifier xmlns="{_OAI_IDENTIFIER}"'
            f' xsi:schemaLocation="{location}">'
            + element("scheme", "oai")
            + element("repositoryIdentifier", self.host)
            + element("delimiter", ":")
            + element("sampleIdentifier", self.identifier(1))
            + "</oai-identifier></description>"
        )
