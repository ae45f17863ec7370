"""Files of MARC 21 records, in their exchange format or in XML: reading and writing."""

from collections.abc import Iterator
from itertools import count

from pymarc import Record as MarcRecord

from formats import fields, iso2709
from formats.holdings import copies_in
from formats.mapping import book_of
from formats.records import Item, Note, Options, Reader, Record, Unreadable


class MarcReader(Reader):
    """Reads ISO 2709, MARC-8 or UTF-8."""

    def __iter__(self) -> Iterator[Item]:
        for number, frame in zip(count(1), iso2709.frames(self._chunks)):
            try:
                marc, notes = iso2709.decode(frame)
            except Unreadable as error:
                yield error.fault(number, frame.data)
            else:
                yield read_record(number, marc, frame.data, notes, self._options)


def read_record(
    number: int, marc: MarcRecord, raw: bytes, notes: list[Note], options: Options
) -> Record:
    """What a MARC record says, in our terms."""
    book, more = book_of(marc)
    notes = [*notes, *more]
    copies = copies_in(marc, options.copies, notes)
    return Record(number, book, raw, copies, fields.freeze(marc), notes)
