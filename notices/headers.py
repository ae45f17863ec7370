"""Headers of mails, written so that every mail program reads them.

Python folds long ones wherever a blank is: it takes a name's quotation marks away, so that its
commas part addresses, and writes an address as an encoded word (RFC 2047, section 5, forbids it).
"""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.policy import SMTP, Policy

_LINE = 78
_ENCODING = "utf-8"


class _Person(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]  # as Python combines them
    """One person's name and address; a name that no line has room for is in encoded words."""

    def fold(self, *, policy: Policy) -> str:
        """The header with its line ends."""
        [person] = self.addresses
        name, _, address = str(person).rpartition(" ")
        if not (name.isascii() and len(f"{self.name}: {name}") <= _LINE):
            words = Header(person.display_name, _ENCODING, header_name=self.name)
            name = words.encode(linesep=policy.linesep)
        last = f"{self.name}: {name}".rpartition(policy.linesep)[2]
        fold = policy.linesep if len(f"{last} {address}") > _LINE else ""
        return f"{self.name}: {name}{fold} {address}{policy.linesep}"


class _Whole(UnstructuredHeader, BaseHeader):
    """Addresses in angle brackets (RFC 2369), which are never folded."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        """The header with its line end."""
        return f"{self.name}: {self}{policy.linesep}"


def _registry() -> HeaderRegistry:
    known = HeaderRegistry()
    known.map_to_type("from", _Person)
    known.map_to_type("to", _Person)
    known.map_to_type("list-unsubscribe", _Whole)
    return known


POLICY = SMTP.clone(header_factory=_registry(), cte_type="7bit")
"""How mails are written: in seven bits, for a mail server need not take eight (RFC 6152)."""
