r"""One text in several MARC fields, since a field of the exchange format holds 9,999 bytes.

The fields of a sequence have its number and their place in a subfield 8 (`1.1\x`, `1.2\x`, …); what
they say is put together as it is. Fields without one say things that stand by themselves.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import count

from formats.marc.fields import Field, Subfield

LONGEST_FIELD = 9_999
_LONGEST_PART = 9_000
_SEQUENCE = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})\\x")
_NUMBER = re.compile(r"[0-9]{1,9}")
# Summaries, and lists of contents: of MARC 21, and of UNIMARC.
_DIVISIBLE = frozenset({"520", "505", "330", "327"})


def divided(fields: list[Field]) -> Iterator[Field]:
    """The fields, with a sequence in place of each summary that is too long for one."""
    numbers: Iterator[int] | None = None
    for field in fields:
        at = _place_to_divide(field)
        if at is None:
            yield field
            continue
        numbers = numbers or count(1 + max(_numbers(fields), default=0))
        yield from _sequence(field, at, next(numbers))


def texts(fields: Iterable[Field], codes: str) -> list[str]:
    """What is said in subfields with these codes: by each field, or by each sequence of them."""
    found: dict[object, dict[int, str]] = {}
    every = list(fields)
    if not any(field.has("8") for field in every):
        return [" ".join(field.values(codes)) for field in every]
    for field in every:
        values = [value for code, value in field.pairs if code in codes]
        number, place = _link(field) or (None, 0)
        if number is not None and place not in found.get(number, ()):
            found.setdefault(number, {})[place] = " ".join(values)
        else:
            found[f"field {id(field)}"] = {0: " ".join(value.strip() for value in values)}
    return ["".join(parts[place] for place in sorted(parts)).strip() for parts in found.values()]


def _link(field: Field) -> tuple[int, int] | None:
    """The number of the field's sequence, and its place there."""
    matches = (_SEQUENCE.fullmatch(value) for code, value in field.pairs if code == "8")
    match = next(filter(None, matches), None)
    return (int(match[1]), int(match[2])) if match else None


def _numbers(fields: Iterable[Field]) -> Iterator[int]:
    """The numbers that subfields 8 have, whatever they link."""
    for field in fields:
        for value in () if field.is_control else field.values("8"):
            if match := _NUMBER.match(value):
                yield int(match[0])


def _place_to_divide(field: Field) -> int | None:
    is_long = len(field.text) * 4 >= LONGEST_FIELD and field.tag in _DIVISIBLE
    if not is_long or len(field.text.encode()) < LONGEST_FIELD or _link(field):
        return None
    codes = [code for code, _ in field.subfields]
    return codes.index("a") if "a" in codes else None


def _sequence(field: Field, at: int, number: int) -> Iterator[Field]:
    parts = [[Subfield("a", part)] for part in _parts(field.subfields[at].value)]
    parts[0] = [*field.subfields[:at], *parts[0]]
    parts[-1] += field.subfields[at + 1 :]
    for place, subfields in enumerate(parts, 1):
        link = Subfield("8", f"{number}.{place}\\x")
        yield Field.of(field.tag, field.indicators, [link, *subfields])


def _parts(text: str) -> Iterator[str]:
    """The text in parts that fit into a field, after a space where there is one."""
    while len(text.encode()) > _LONGEST_PART:
        part = text.encode()[:_LONGEST_PART].decode(errors="ignore")
        end = part.rfind(" ") + 1 or len(part)
        yield text[:end]
        text = text[end:]
    yield text
