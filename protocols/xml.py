"""XML: text and elements, safe whatever the text; and documents of others, read."""

from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from formats.text import printable

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_RETURN = {"\r": "&#13;"}


def text(value: str) -> str:
    """Text between tags, without what XML 1.0 cannot carry."""
    return escape(printable(value), _RETURN)


def attribute(value: str) -> str:
    """A value in quotes."""
    return quoteattr(printable(value), _RETURN)


def element(name: str, value: str, **attributes: str) -> str:
    """An element that holds text."""
    shown = "".join(f" {key}={attribute(each)}" for key, each in attributes.items())
    return f"<{name}{shown}>{text(value)}</{name}>"


def read(document: bytes) -> ET.Element:
    """The root of a document of unknown origin, in the encoding that it names.

    Raises ValueError for what is not well-formed, is in an encoding that is not known, or has a
    document type, and with it perhaps entities.
    """
    try:
        return ET.fromstring(document, ET.XMLParser(target=_WithoutType()))  # noqa: S314  see there
    except (ET.ParseError, LookupError) as error:
        raise ValueError(str(error)) from None


class _WithoutType(ET.TreeBuilder):
    """Elements of a document without a document type."""

    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        """Refuse it, before any entity is declared."""
        raise ValueError(f"a document type ({name}) is not taken")
