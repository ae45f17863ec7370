"""The well-known leaked passwords, which a new password may not be."""

import gzip
from functools import cache
from pathlib import Path


def is_common(password: str) -> bool:
    """Whether the password, ignoring case, is one that is tried first everywhere."""
    return password.casefold() in _common()


@cache
def _common() -> frozenset[str]:
    """The list, read once when the first password is set."""
    packed = Path(__file__).with_name("data") / "common-passwords.txt.gz"
    return frozenset(gzip.decompress(packed.read_bytes()).decode("utf-8").split("\n"))
