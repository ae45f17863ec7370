"""What a form was drawn with: which of its fields were changed in it, and which by others since."""

from hashlib import blake2b


def as_sent(text: str, *, of_many_lines: bool = False) -> str:
    """A text as the field of a browser gives it back, with LF at the ends of lines.

    Browsers send CRLF (HTML, 4.10.22.4), drop line breaks where a field has one line only, and drop
    one at the beginning of a `textarea`.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return (lines if of_many_lines else lines.replace("\n", "")).strip()


def mark(text: str) -> str:
    """What stands in a form for the text that one of its fields was drawn with."""
    return blake2b(text.encode(), digest_size=8).hexdigest()
