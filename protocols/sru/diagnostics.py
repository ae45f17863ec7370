"""Diagnostics of SRU: every refusal by its official number."""

from typing import NamedTuple

URI = "info:srw/diagnostic/1/"

_MESSAGES = {
    4: "Unsupported operation",
    5: "Unsupported version",
    6: "Unsupported parameter value",
    7: "Mandatory parameter not supplied",
    8: "Unsupported parameter",
    10: "Query syntax error",
    12: "Too many characters in query",
    15: "Unsupported context set",
    16: "Unsupported index",
    19: "Unsupported relation",
    20: "Unsupported relation modifier",
    22: "Unsupported combination of relation and index",
    26: "Non special character escaped in term",
    27: "Empty term unsupported",
    28: "Masking character not supported",
    29: "Masked words too short",
    31: "Anchoring character not supported",
    36: "Term in invalid format for index or relation",
    38: "Too many boolean operators in query",
    37: "Unsupported boolean operator",
    46: "Unsupported boolean modifier",
    49: "Masking character in unsupported position",
    61: "First record position out of range",
    66: "Unknown schema for retrieval",
    71: "Unsupported record packing",
    72: "XPath retrieval unsupported",
    80: "Sort not supported",
    82: "Unsupported sort sequence",
    84: "Too many sort keys to sort",
    110: "Stylesheets not supported",
    120: "Response position out of range",
    121: "Too many terms requested",
}


class Told(NamedTuple):
    """A diagnostic as it is written: its number, what it is about, and its message."""

    number: int
    details: str
    message: str


class Diagnostic(Exception):
    """A request that is refused; `details` is the part of it that is at fault."""

    def __init__(self, number: int, details: str = "") -> None:
        super().__init__(number, details)
        self.told = Told(number, details, _MESSAGES[number])
