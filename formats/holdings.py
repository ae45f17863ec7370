"""Copies from a local field of MARC records, wherever a library keeps its barcodes."""

import re
from typing import Any

from pymarc import Field, Record

from formats.prices import price_in
from formats.records import Holdings, Note, unreadable
from formats.text import nfc
from validators.errors import BadValue

_FIELDS = ("barcode", "location", "loan_type", "shelfmark", "price")
_TAG = re.compile(r"[0-9A-Za-z]{3}")
_CODE = re.compile(r"\$[0-9a-z]")


def holdings(text: str) -> Holdings:
    """Where the copies are, from a text such as `999$i,$l,$t,$a`.

    The tag is followed by the subfields with barcode, location, loan type, shelfmark and price.
    Later ones may be missing, those in between empty (`999$i,,$t`). Raises BadValue `format`.
    """
    tag, codes = text[:3], text[3:].replace(" ", "").split(",")
    usable = len(codes) <= len(_FIELDS) and all(_CODE.fullmatch(code) for code in codes if code)
    if not (_TAG.fullmatch(tag) and codes[0] and usable):
        raise BadValue("format", "Copies are described by a tag and subfields: 999$i,$l,$t.")
    wanted = zip(_FIELDS, codes, strict=False)
    return Holdings(tag, {code[1]: name for name, code in wanted if code})


def copies_in(record: Record, where: Holdings | None, notes: list[Note]) -> list[dict[str, Any]]:
    """The copies of a record: one for each of the fields that has a barcode."""
    if where is None:
        return []
    found = (_copy(field, where, notes) for field in record.fields if field.tag == where.tag)
    return [copy for copy in found if "barcode" in copy]


def _copy(field: Field, where: Holdings, notes: list[Note]) -> dict[str, Any]:
    copy: dict[str, Any] = {}
    for code, value in field.subfields:
        name = where.codes.get(code)
        if name and value.strip():
            copy.setdefault(name, nfc(value.strip()))
    written = copy.pop("price", "")
    price = price_in(written)
    if written and price is None:
        notes.append(unreadable("price", written))
    return copy if price is None else {**copy, "price": price}
