"""Files of MARC records in their exchange format, and what each record says in our terms."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, count

from formats.chunks import Piece
from formats.encoding_names import called
from formats.encodings import samples
from formats.marc import code_pages, fields, iso2709
from formats.marc.editing import described
from formats.marc.exchange import NOT_IN_UTF_8
from formats.marc.fields import MarcRecord
from formats.marc.items import Items
from formats.marc.schema import conforming
from formats.marc.to_book import Described
from formats.marc.words import plain
from formats.record import Item, Note, Reader, Record, Unreadable

_MOST_AHEAD = 200
_LONGEST_AHEAD = 1 << 22


class MarcReader(Reader):
    """Reads ISO 2709: MARC 21 in MARC-8 or UTF-8, UNIMARC in ISO 5426 or UTF-8."""

    def __iter__(self) -> Iterator[Item]:
        items = Items(self._options)
        asked = self._options.encoding
        frames = iso2709.frames(self._chunks)
        first = _first(frames)
        try:
            page = None if asked else code_pages.of_file(one.data for one in first)
        except Unreadable as error:
            yield self._refuse(error.fault(1, first[0].data))
            return
        self.samples = samples(_texts(first, asked, page))
        encodings: dict[str, None] = {}
        for number, frame in zip(count(1), chain(first, frames)):
            try:
                marc, notes, encoding = iso2709.decode(frame, asked, page)
            except Unreadable as error:
                yield error.fault(number, frame.data)
            else:
                if encoding not in encodings:
                    encodings[encoding] = None
                    self.encoding = ", ".join(map(called, encodings))
                yield read_record(number, marc, frame.data, notes, items)
        self.unused = items.unused


def _first(frames: Iterator[Piece]) -> list[Piece]:
    """The first records of a file, which tell in what code page others may be.

    They are more than a few only while none has told anything of its encoding.
    """
    found: list[Piece] = []
    size = told = 0
    for frame in frames:
        found.append(frame)
        size += len(frame.data)
        told += len(code_pages.telling(frame.data))
        is_told = told >= code_pages.MOST_OF_FILE or code_pages.says_utf8(frame.data)
        if size > _LONGEST_AHEAD or (len(found) >= _MOST_AHEAD and is_told):
            break
    return found


def _texts(records: Iterable[Piece], asked: str | None, page: str | None) -> Iterator[str]:
    """The values of those that are not all ASCII."""
    for record in records:
        if record.data.isascii():
            continue
        with suppress(Unreadable):
            for field in iso2709.decode(record, asked, page).record.fields:
                if not field.text.isascii():
                    yield from (plain(value) for _, value in field.pairs)


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
