"""Which addresses webhooks may lead to: none in our own network, unless that is wanted.

A name is looked up when it is connected to, and the address that is connected to is the one that
was checked: a name that leads elsewhere a moment later leads nowhere.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

_NAT64 = ip_network("64:ff9b::/96")
_RECEIVED_AT_ONCE = 16_384
_LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa")


class Forbidden(OSError):
    """The address is not one that webhooks may lead to."""


def problem(url: str, schemes: tuple[str, ...], *, allows_private: bool) -> str | None:
    """Why a URL cannot be a webhook's, in a sentence; None when it can.

    Names are not looked up, but those that can only mean this machine or network are refused.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is not a URL."
    if parts.scheme not in schemes:
        return f"The URL begins with {' or '.join(f'{scheme}://' for scheme in schemes)}."
    if not host or any(sign.isspace() or ord(sign) < 32 for sign in url) or not url.isascii():
        return "This is not a URL."
    if parts.username is not None or parts.password is not None:
        return "Name and password cannot be part of the URL; the signature tells who sends."
    if parts.fragment:
        return "A webhook's URL has no part after a #."
    if not allows_private and _is_local(host):
        return "Addresses of this machine and of private networks are refused."
    return None


def connected(host: str, port: int, seconds: float, *, allows_private: bool) -> socket.socket:
    """A connection to the first address of a host that answers.

    Raises Forbidden where one of its addresses is not public, OSError when none answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not allows_private and not all(is_public(str(target[0])) for *_, target in found):
        raise Forbidden(f"{host} leads to an address of this machine or of a private network")
    error: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, target in found:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(seconds)
        # No more than headers is read; what has been received is read even when all is over.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED_AT_ONCE)
        try:
            connection.connect(target)
        except OSError as failed:
            connection.close()
            error = failed
        else:
            return connection
    raise error


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet, also inside one of the other family."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _inside(address)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


def _is_local(host: str) -> bool:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(_LOCAL_NAMES):
        return True
    try:
        return not is_public(name)
    except ValueError:
        return _is_old_form(name)


def _is_old_form(name: str) -> bool:
    """Whether it is an IPv4 address in one of its old forms, `0x7f.1`, that is not public."""
    try:
        return not is_public(socket.inet_ntoa(socket.inet_aton(name)))
    except OSError:
        return False
