"""Files of MARC records in their exchange format, and what each record says in our terms."""

from collections.abc import Iterator
from itertools import chain, count, islice

from formats.chunks import Piece
from formats.marc import fields, iso2709
from formats.marc.decoders import code_page
from formats.marc.editing import described
from formats.marc.exchange import NOT_IN_UTF_8
from formats.marc.fields import MarcRecord
from formats.marc.items import Items
from formats.marc.schema import conforming
from formats.marc.to_book import Described
from formats.record import Item, Note, Reader, Record, Unreadable

_MOST_AHEAD = 200
_LONGEST_AHEAD = 1 << 20


class MarcReader(Reader):
    """Reads ISO 2709: MARC 21 in MARC-8 or UTF-8, UNIMARC in ISO 5426 or UTF-8."""

    def __iter__(self) -> Iterator[Item]:
        items = Items(self._options)
        asked = self._options.encoding
        encodings: dict[str, None] = {}
        frames = iso2709.frames(self._chunks)
        first = _first(frames)
        page = None if asked else next(filter(None, (code_page(one.data) for one in first)), None)
        for number, frame in zip(count(1), chain(first, frames)):
            try:
                marc, notes, encoding = iso2709.decode(frame, asked, page)
            except Unreadable as error:
                yield error.fault(number, frame.data)
            else:
                if encoding not in encodings:
                    encodings[encoding] = None
                    self.encoding = ", ".join(encodings)
                yield read_record(number, marc, frame.data, notes, items)
        self.unused = items.unused


def _first(frames: Iterator[Piece]) -> list[Piece]:
    """The first records of a file, which tell in what code page others may be."""
    found: list[Piece] = []
    size = 0
    for frame in islice(frames, _MOST_AHEAD):
        found.append(frame)
        size += len(frame.data)
        if size > _LONGEST_AHEAD:
            break
    return found


def read_record(
    number: int, marc: MarcRecord, raw: bytes, notes: list[Note], items: Items
) -> Record:
    """What a MARC record says, in our terms."""
    # It is kept in UTF-8, in which character sets of MARC-8 mean nothing.
    marc.fields = [field for field in marc.fields if field.tag != NOT_IN_UTF_8]
    said = described(marc)
    notes = [*notes, *said.notes]
    copies = items.copies(marc, notes)
    if not marc.is_unimarc:
        # Only for its notes: the record is kept as it came.
        conforming(marc, notes)
    return Record(
        number,
        said.book,
        raw,
        copies.labelled,
        fields.freeze(marc),
        notes,
        said.nonfiling,
        copies.unlabelled,
    )


def reread(original: bytes) -> Described:
    """What a kept record says (`Record.original`)."""
    return described(fields.thaw(original))
