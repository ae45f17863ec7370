"""What kept MARC records say of copies changes with them: their title and their barcode."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from circulation import inventory
from circulation.title_changes import transaction
from formats import move_items, rename_item
from models import book, copy, marc_record
from models.audit import Actor
from models.copy import CopyRow


def change_copy(copy_id: int, values: Mapping[str, Any], actor: Actor, now: datetime) -> CopyRow:
    """Write changed fields of a copy; one that moves takes its item field along.

    An item field has the new barcode of its copy, or the record would bring in a second copy.

    Raises what `inventory.change_copy` raises.
    """
    with transaction():
        before = copy.find(copy_id)
        changed = inventory.change_copy(copy_id, values, actor, now)
        if changed.book_id != before.book_id:
            move(before.book_id, changed.book_id, [before.barcode], actor)
        if changed.barcode != before.barcode:
            _rename(changed.book_id, before.barcode, changed.barcode, actor)
        return changed


def _rename(book_id: int, old: str, new: str, actor: Actor) -> None:
    kept = marc_record.of_books([book_id]).get(book_id)
    renamed = None if kept is None else rename_item(kept, old, new)
    if renamed is not None:
        marc_record.keep([(book_id, renamed)])
        book.renew(book_id, actor)


def move(source: int, target: int, barcodes: Collection[str], actor: Actor) -> bool:
    """Move the items with these barcodes from the record of a book to that of another one.

    Gives whether the other book got any. Call it in a transaction that holds both titles.
    """
    kept = marc_record.of_books([source, target])
    moved = move_items(kept[source], kept.get(target), barcodes) if source in kept else None
    if moved is None:
        return False
    marc_record.keep([(source, moved.source)])
    book.renew(source, actor)
    if moved.target is None:
        return False
    marc_record.keep([(target, moved.target)])
    book.renew(target, actor)
    return True
