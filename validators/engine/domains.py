"""Domains with letters beyond ASCII, as the name system has them."""

import idna


def ascii_domain(domain: str) -> str:
    """A domain in ASCII, by IDNA 2008 (RFC 5891). Raises ValueError for what is no domain.

    Python's own codec is of IDNA 2003, which makes another domain of some: ss of ß.
    """
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
