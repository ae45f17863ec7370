"""MARC in a code page, which no record says: told by what the encoding it should have lacks.

Of one record by signs that are none there, of a file by how many of all its characters are odd:
one in a thousand in MARC-8, four of ten in Windows-1252 that is read as MARC-8.
"""

import codecs
import math
import re
from collections.abc import Callable, Iterable

from formats.encodings import ENCODINGS, Reading, has_faults, likelihood, readings, undecided
from formats.marc import iso5426, marc8

# What these two never have and text in a code page is full of: characters that they lack, in MARC-8
# a diacritic that no letter follows, in ISO 5426 certain capitals behind a small letter.
_NOT_IN_MARC_8 = re.compile(
    rb"[\x80-\x87\x8a-\x8c\x8f-\x9f\xaf\xbb\xbe\xbf\xc9-\xdf\xfc\xfd\xff]"
    rb"|[\xe0-\xfb\xfe](?=[ ,.;:/)\]\n'-]|\Z)"
)
_NOT_IN_ISO_5426 = re.compile(
    rb"[\x80-\x87\x8a-\x9f\xe0\xe4\xe7\xeb\xed-\xef\xf4]|(?<=[a-z])[\xe8-\xea]"
)
# Letters with a diacritic that no language and no romanisation puts there.
_ODD_LETTER = re.compile(
    "[A-Za-z\u0080-\u024f][\u0300-\u0303\u0308-\u030c\u0315\u0327\u0328\u0333]"
    "|[A-Za-ln-z]\u0310|[b-dfghjkpqstvwxz]\u0325"
)
_IMPOSSIBLE = {"marc-8": _NOT_IN_MARC_8, "iso-5426": _NOT_IN_ISO_5426}
_HIGH = re.compile(rb"[\x80-\xff]")
_SEPARATORS = re.compile(rb"\x1f.|[\x1d\x1e]", re.DOTALL)
_END_OF_UNIMARC = b"450 "
# Bytes that tell one encoding from another: of a record, of a file.
_MOST_COMPARED = 4_000
MOST_OF_FILE = 1 << 14
# One is a slip.
_FEWEST = 2
_FEW = 8
_ODD_SHARE = 0.1
# By how much, as a logarithm, a record is likelier in the code page of its file than by itself.
_OF_FILE = 10.0
# Sequences that are text in UTF-8, and the share of them in a record in UTF-8 with damage.
_WIDE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_MOST_UTF_8 = 0.75
# The coded data of UNIMARC (100): 26 characters, then the character sets; 50 is UTF-8.
_UNIMARC_SETS = re.compile(rb"\x1e  \x1fa[0-9]{8}[^\x1e\x1f]{18}([0-9]{2})")


def is_unimarc(raw: bytes) -> bool:
    """Whether the leader of a record says so."""
    return raw[20:24] == _END_OF_UNIMARC


def is_utf8(raw: bytes) -> bool:
    """Whether the bytes are text in UTF-8."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def beyond_ascii(raw: bytes) -> bytes:
    """The subfields of a record that are not all ASCII, each a line."""
    lines = _SEPARATORS.sub(b"\n", raw).split(b"\n")
    return b"\n".join(line for line in lines if not line.isascii())[:_MOST_COMPARED]


def says_utf8(raw: bytes) -> bool:
    """Whether the record says so: in the leader, or in the coded data of UNIMARC."""
    if raw[9:10] == b"a":
        return True
    sets = _UNIMARC_SETS.search(raw) if is_unimarc(raw) else None
    return sets is not None and sets[1] == b"50"


def is_mostly_utf8(raw: bytes) -> bool:
    """Whether a record has text in UTF-8 but for some damage."""
    if is_utf8(raw):
        return True
    high = len(_HIGH.findall(raw))
    return sum(map(len, _WIDE.findall(raw))) > _MOST_UTF_8 * high


def should_be_in(raw: bytes) -> str:
    """The encoding of a record that says no other one."""
    return "iso-5426" if is_unimarc(raw) else "marc-8"


def of_record(raw: bytes) -> str | None:
    """The code page of a record that cannot be in the encoding that it should have, or None."""
    if raw.isascii() or b"\x1b" in raw or raw[9:10] == b"a":
        return None
    text = beyond_ascii(raw)
    if not _is_odd(text, should_be_in(raw)) or is_utf8(raw):
        return None
    return _sure_page_of(text)


def telling(raw: bytes) -> bytes:
    """What of a record tells its encoding: the subfields beyond ASCII, unless they are in UTF-8."""
    if raw.isascii() or b"\x1b" in raw or is_mostly_utf8(raw):
        return b""
    return beyond_ascii(raw)


def of_file(records: Iterable[bytes]) -> str | None:
    """The code page of records that together cannot be in the encoding they should have, or None.

    Where they say UTF-8 and have none it may be MARC-8 or ISO 5426 as well. Records in UTF-8 for
    the most part make the others of their file damaged ones: those are in a code page only where
    that is sure. Raises Unreadable `encoding`, which names them, if it may be one or another.
    """
    pools: dict[tuple[str, bool], list[bytes]] = {}
    in_utf8 = 0
    for raw in records:
        if text := telling(raw):
            pools.setdefault((should_be_in(raw), says_utf8(raw)), []).append(text)
        elif not raw.isascii() and b"\x1b" not in raw:
            in_utf8 += 1
    is_in_utf8 = in_utf8 > sum(map(len, pools.values()))
    for (encoding, is_utf8_said), texts in pools.items():
        text = b"\n".join(texts)[:MOST_OF_FILE]
        if _is_odd(text, encoding):
            return _sure_page_of(text) if is_in_utf8 else _page_of(text)
        if is_utf8_said and not is_in_utf8 and len(_HIGH.findall(text)) >= _FEWEST:
            return encoding
    return None


def _is_odd(text: bytes, encoding: str) -> bool:
    """Whether so much of a text makes no sense in this encoding that it must be in another one."""
    odd = len(_IMPOSSIBLE[encoding].findall(text))
    odd += len(_ODD_LETTER.findall(_decoded(text, encoding)))
    return odd >= max(_FEWEST, _ODD_SHARE * len(_HIGH.findall(text)))


def _sure_page_of(text: bytes) -> str | None:
    """The code page of a text that is in no other one, if it is a usual one."""
    found = readings(text)
    return found[0].encoding if len(found) == 1 and _is_usual(found[0]) else None


def _is_usual(reading: Reading) -> bool:
    return reading.encoding.startswith(("cp125", "iso8859"))


def _page_of(text: bytes) -> str | None:
    """The code page of a text. A few bytes that say nothing in a usual one are damage.

    Raises Unreadable `encoding`.
    """
    found = readings(text)
    if len(_HIGH.findall(text)) < _FEW and not any(map(_is_usual, found)):
        return None
    if len(found) > 1:
        raise undecided(found)
    return found[0].encoding if found else None


def is_likelier(raw: bytes, page: str, others: Iterable[str]) -> bool:
    """Whether the text of a record is likelier one in the code page of its file than in the others.

    Since it is in that file, it need not be much likelier. Where it reads well in the code page,
    what the encoding that it should have lacks tells most records at a fraction of the cost. Where
    it does not, it may be in a code page of its own.
    """
    text = beyond_ascii(raw)
    if not text or b"\x1b" in raw or page not in ENCODINGS:
        return False
    as_page, encodings = _decoded(text, page), set(others)
    if has_faults(as_page):
        encodings |= {of_record(raw) or page} - {page}
    elif encodings == {should_be_in(raw)} and _is_odd(text, should_be_in(raw)):
        return True
    likely = (
        likelihood(_decoded(text, other), other if other in ENCODINGS else page)
        for other in encodings
    )
    return likelihood(as_page, page) > max(likely, default=-math.inf) - _OF_FILE


def _decoded(text: bytes, encoding: str) -> str:
    decode = decoding(encoding)
    return "\n".join(map(decode, text.split(b"\n")))


def decoding(encoding: str) -> Callable[[bytes], str]:
    """What makes text of bytes in an encoding, those of libraries included."""
    if encoding == "marc-8":
        return marc8.decode
    if encoding == "iso-5426":
        return iso5426.decode
    return lambda data: codecs.decode(data, encoding, "replace")
