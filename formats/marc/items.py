"""Copies from item fields of MARC records: Koha's, Evergreen's, or wherever a library has them."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from formats.dates import date_in
from formats.marc.fields import Field, MarcRecord, Subfield, freeze, thaw
from formats.marc.words import plain
from formats.prices import price_in, price_written
from formats.record import Holdings, Note, Options, unreadable
from validators.engine.errors import BadValue

_FIELDS = ("barcode", "location", "loan_type", "shelfmark", "price")
_TAG = re.compile(r"[0-9A-Za-z]{3}")
_CODE = re.compile(r"\$[0-9a-z]")
REFERENCE = "reference"
"""The loan type of copies that stay in the library."""

# Names of statuses that Evergreen comes with; a copy with any other one can be had.
_STATUSES = {
    "available": "available", "checked out": "available", "in process": "available",
    "in transit": "available", "reshelving": "available", "on holds shelf": "available",
    "on order": "available", "ill": "available", "cataloging": "available",
    "reserves": "available", "on reservation shelf": "available", "temporarily unavailable":
    "available", "canceled transit": "available", "bindery": "in_repair", "damaged": "in_repair",
    "lost": "lost", "missing": "lost", "long overdue": "lost", "lost and paid": "lost",
    "discard/weed": "withdrawn",
}  # fmt: skip
_STAYS = ("reference", "noncirculating")

_SYSTEMS = ("koha", "evergreen", "none")

Copy = dict[str, Any]
Reading = Callable[[Field], Copy]


class Copies(NamedTuple):
    """The copies of a record: with a barcode, and without."""

    labelled: list[Copy]
    unlabelled: list[Copy]


def holdings(text: str) -> Holdings:
    """Where the copies are: `koha`, `evergreen`, `none`, or a text such as `999$i,$l,$t,$o,$g`.

    There the tag is followed by the subfields with barcode, location, loan type, shelfmark and
    price. Later ones may be missing, those in between empty (`999$i,,$t`). Raises BadValue
    `format`.
    """
    if text in _SYSTEMS:
        return Holdings(text)
    tag, codes = text[:3], text[3:].replace(" ", "").split(",")
    usable = len(codes) <= len(_FIELDS) and all(_CODE.fullmatch(code) for code in codes if code)
    if not (_TAG.fullmatch(tag) and codes[0] and usable):
        detail = (
            "Copies are described by koha, evergreen, none, or a tag and subfields: 999$i,$l,$t."
        )
        raise BadValue("format", detail)
    wanted = zip(_FIELDS, codes, strict=False)
    return Holdings("other", tag, {code[1]: name for name, code in wanted if code})


class Moved(NamedTuple):
    """Two frozen records: the one that items were taken from, the one that has them now."""

    source: bytes
    target: bytes | None


class Items:
    """Reads the copies of one record after the other."""

    def __init__(self, options: Options) -> None:
        self._recognises = options.copies is None
        self._readers = _readers(options.copies)
        self._dates = options.dates or "ymd"
        self._price = partial(price_in, decimals=options.decimals)
        self._seen: Counter[str] = Counter()

    def copies(self, record: MarcRecord, notes: list[Note]) -> Copies:
        """The copies of a record; adds notes on what could not be read of them."""
        read_copies: list[tuple[str, Copy]] = []
        readers = _IN_UNIMARC if record.is_unimarc and self._recognises else self._readers
        for field in record.fields:
            if field.tag < "800":
                continue
            read = readers.get(field.tag)
            copy = read(field) if read else None
            if copy:
                read_copies.append((field.tag, copy))
            elif field.tag in _MAY_HOLD:
                self._seen.update(_barcodes(field))
        found = Copies([], [])
        for copy in _without_doubles(read_copies):
            self._finish(copy, notes)
            (found.labelled if "barcode" in copy else found.unlabelled).append(copy)
        return found

    @property
    def unused(self) -> list[str]:
        """Subfields that seem to have barcodes and were not read, those with most first."""
        return [place for place, _ in self._seen.most_common(10)]

    def _finish(self, copy: Copy, notes: list[Note]) -> None:
        for name, read in (("price", self._price), ("acquired_on", self._date)):
            written = copy.pop(name, "")
            value = read(written) if written else None
            if value is not None:
                copy[name] = value
            elif written:
                notes.append(unreadable(name, written))

    def _date(self, text: str) -> str | None:
        return date_in(text, self._dates, is_past=True)


def _without_doubles(found: Sequence[tuple[str, Copy]]) -> list[Copy]:
    """The copies, given with their tags, without those of 852 that 952 has too.

    Exports made before 852 was taken out have both, and what 952 says is newer.
    """
    items = {_compared(copy.get("barcode", "")) for tag, copy in found if tag == "952"} - {""}
    if not items:
        return [copy for _, copy in found]
    return [
        copy
        for tag, copy in found
        if tag != "852" or _compared(copy.get("barcode", "")) not in items
    ]


# Where local systems put items, beside MARC 21's own fields for them.
_MAY_HOLD = frozenset({"852", "876", "877", "878", "945", "949", "952", "995", "996"} | {
    f"9{number}" for number in range(90, 100)
})  # fmt: skip
_BARCODE = re.compile(r"[A-Za-z]{0,4}-?[0-9]{6,14}[0-9A-Za-z]?")


def _barcodes(field: Field) -> list[str]:
    """The places of values that look like barcodes, as `999$i`."""
    return [
        f"{field.tag}${code}" for code, value in field.pairs if _BARCODE.fullmatch(value.strip())
    ]


def _readers(where: Holdings | None) -> dict[str, Reading]:
    if where is None:
        return {"952": _koha, "852": _evergreen}
    if where.system == "other":
        return {where.tag: lambda field: _named(field, where.codes)}
    systems: dict[str, dict[str, Reading]] = {
        "koha": {"952": _koha},
        "evergreen": {"852": _evergreen},
    }
    return systems.get(where.system, {})


def _named(field: Field, codes: Any) -> Copy:
    copy: Copy = {}
    for code, value in field.pairs:
        name = codes.get(code)
        if name and value.strip():
            copy.setdefault(name, plain(value))
    return copy


_KOHA = {
    "p": "barcode", "y": "loan_type", "o": "shelfmark", "d": "acquired_on",
}  # fmt: skip
# What an item is when one of these has anything but zero, the strongest first.
_KOHA_STATUSES = (("0", "withdrawn"), ("1", "lost"), ("4", "in_repair"))
# As French libraries recommend it for the exchange of UNIMARC (995); what they have no subfield for
# as Koha has it there.
_RECOMMENDED = {
    "f": "barcode", "e": "location", "k": "shelfmark", "r": "loan_type", "5": "acquired_on",
    "p": "price", "u": "note",
}  # fmt: skip
_RECOMMENDED_STATUSES = (("0", "withdrawn"), ("2", "lost"), ("1", "in_repair"))


def _koha(field: Field) -> Copy:
    """An item of Koha's default framework; one with a barcode, a branch or a type."""
    copy = _named(field, _KOHA)
    branch = plain(field.get("a") or field.get("b"))
    if not (branch or copy.keys() & {"barcode", "loan_type"}):
        return {}
    _add(copy, "location", plain(field.get("c")) or branch)
    _add(copy, "price", field.get("g") or field.get("v"))
    _add(copy, "note", "; ".join(map(plain, field.values("zx"))))
    _add(copy, "status", _status(field, _KOHA_STATUSES))
    if field.get("7") not in ("", "0"):
        copy["loan_type"] = REFERENCE
    return copy


def _evergreen(field: Field) -> Copy:
    """An item as Evergreen exports it, or MARC 21's own field for one; with a barcode only."""
    if not field.get("p"):
        return {}
    copy = _named(field, {"p": "barcode", "g": "loan_type"})
    _add(copy, "location", plain(field.get("c") or field.get("b")))
    codes = "kjm" if field.has("j") else "khim"
    shelfmark = [plain(value) for code in codes for value in field.values(code)]
    _add(copy, "shelfmark", " ".join(shelfmark))
    _add(copy, "price", field.get("y"))
    remarks = [plain(value) for value in field.values("z")]
    known = [_STATUSES[text.lower()] for text in remarks if text.lower() in _STATUSES]
    _add(copy, "note", "; ".join(text for text in remarks if text.lower() not in _STATUSES))
    if known and known[0] != "available":
        copy["status"] = known[0]
    if any(value in _STAYS for value in field.values("x")):
        copy["loan_type"] = REFERENCE
    return copy


def _recommended(field: Field) -> Copy:
    """An item of UNIMARC as French libraries exchange it (995); with a barcode."""
    if not field.get("f"):
        return {}
    copy = _named(field, _RECOMMENDED)
    _add(copy, "location", plain(field.get("e") or field.get("c") or field.get("b")))
    _add(copy, "status", _status(field, _RECOMMENDED_STATUSES))
    if not any(char.isdigit() for char in copy.get("price", "")):
        # There it tells serials.
        copy.pop("price", None)
    return copy


def _status(field: Field, codes: Sequence[tuple[str, str]]) -> str:
    """What an item is by the first of these subfields that says so; else empty."""
    return next((status for code, status in codes if field.get(code) not in ("", "0")), "")


_IN_UNIMARC: dict[str, Reading] = {"995": _recommended}


def _add(copy: Copy, name: str, value: str) -> None:
    if value:
        copy[name] = value


def item_field(copy: Mapping[str, Any], decimals: int = 2) -> Field:
    """A copy as an item of Koha (952), its price with so many decimals."""
    stays = [("7", "1")] if copy.get("loan_type") == REFERENCE else []
    named = {**_KOHA, "c": "location", "g": "price", "z": "note"}
    said = [*_flags(copy, _KOHA_STATUSES), *stays, *sorted(_said(copy, named, decimals))]
    return Field.of("952", "  ", said)


def _recommended_field(copy: Mapping[str, Any], decimals: int) -> Field:
    """A copy as an item of UNIMARC (995), its price with so many decimals."""
    said = [*_flags(copy, _RECOMMENDED_STATUSES), *_said(copy, _RECOMMENDED, decimals)]
    return Field.of("995", "  ", said)


def _flags(copy: Mapping[str, Any], codes: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((code, "1") for code, status in codes if copy.get("status") == status)


def _said(
    copy: Mapping[str, Any], names: Mapping[str, str], decimals: int
) -> Iterator[tuple[str, str]]:
    """What a copy says in subfields that are named by their fields."""
    for code, name in names.items():
        value = copy.get(name)
        if value is not None and name == "price":
            value = price_written(value, decimals)
        if value:
            yield code, value


def set_items(record: MarcRecord, copies: Sequence[Mapping[str, Any]], decimals: int = 2) -> None:
    """Put the copies into a record as items of Koha (952; in UNIMARC 995), in place of its own.

    Its own are also those of Evergreen, 852 with a barcode ($p); 852 without is a statement of
    holdings and stays. Prices have so many `decimals`.
    """
    if record.is_unimarc:
        items = [_recommended_field(copy, decimals) for copy in copies]
    else:
        items = [item_field(copy, decimals) for copy in copies]
    kept = [field for field in record.fields if not _is_item(field, record)]
    record.fields = kept + items


def _is_item(field: Field, record: MarcRecord) -> bool:
    if record.is_unimarc:
        return field.tag == "995"
    return field.tag == "952" or (field.tag == "852" and bool(field.get("p")))


def move_items(source: bytes, target: bytes | None, barcodes: Collection[str]) -> Moved | None:
    """Move the items with these barcodes from one frozen record to another of its format.

    Where there is no such other record they are only taken out of the first. Gives the two records,
    None where the first has no such items.
    """
    wanted = {_compared(barcode) for barcode in barcodes}
    giver, taker = thaw(source), None if target is None else thaw(target)
    items = [field for field in giver.fields if wanted & _barcodes_in(field, giver)]
    if not items:
        return None
    giver.fields = [field for field in giver.fields if field not in items]
    if taker is None or taker.is_unimarc != giver.is_unimarc:
        return Moved(freeze(giver), None)
    taker.fields += items
    return Moved(freeze(giver), freeze(taker))


def rename_item(source: bytes, old: str, new: str) -> bytes | None:
    """The frozen record in which the items of one barcode have another one; None without any."""
    record, barcode = thaw(source), _compared(old)
    items = [field for field in record.fields if barcode in _barcodes_in(field, record)]
    for field in items:
        code = _CODE_OF_BARCODE.get(field.tag)
        field.subfields = [
            Subfield(one.code, new)
            if _compared(one.value) == barcode and code in (None, one.code)
            else one
            for one in field.subfields
        ]
    return freeze(record) if items else None


_CODE_OF_BARCODE = {"852": "p", "952": "p", "995": "f"}


def _compared(barcode: str) -> str:
    return barcode.strip().casefold()


def _barcodes_in(field: Field, record: MarcRecord) -> set[str]:
    """The barcodes of an item field, as they are compared.

    Of a field that only one library knows the meaning of, whatever looks like a barcode.
    """
    read = (_IN_UNIMARC if record.is_unimarc else _readers(None)).get(field.tag)
    if read is not None:
        return {_compared(str(read(field).get("barcode", "")))} - {""}
    if field.tag not in _MAY_HOLD:
        return set()
    return {_compared(value) for _, value in field.pairs if _BARCODE.fullmatch(value.strip())}
