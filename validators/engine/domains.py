"""Domains with letters beyond ASCII, as the name system has them."""

from urllib.parse import urlsplit

import idna


def ascii_domain(domain: str) -> str:
    """A domain in ASCII, by IDNA 2008 (RFC 5891). Raises ValueError for what is no domain.

    Python's own codec is of IDNA 2003, which makes another domain of some: ss of ß.
    """
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()


def ascii_url(url: str) -> str:
    """A URL with its host in ASCII. Raises ValueError for a host that is no domain."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host.isascii():
        return url
    port = "" if parts.port is None else f":{parts.port}"
    return parts._replace(netloc=ascii_domain(host) + port).geturl()
