"""Pieces of XML: text and elements, safe whatever the text."""

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
