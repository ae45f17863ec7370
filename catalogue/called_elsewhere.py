"""What the libraries that records come from call the books."""

from collections.abc import Iterable

from catalogue.remembered import Remembered
from models import source_key


class CalledElsewhere:
    """The keys of books, as far as they were looked up.

    A dry run remembers what it would have called them `before`.
    """

    def __init__(self, before: Remembered | None) -> None:
        self._before = before
        self._keys: dict[int, set[str]] = {}

    def look_up(self, book_ids: Iterable[int]) -> None:
        """Find the keys of these books, and forget others; negative ids are of new books."""
        every = set(book_ids)
        stored = source_key.all_of_records("books", (one for one in every if one > 0))
        self._keys = {book_id: set(keys) for book_id, keys in stored.items()}
        if self._before is None:
            return
        for book_id in every:
            if said := self._before.get("called", book_id):
                self._keys.setdefault(book_id, set()).update(said)

    def add(self, book_id: int, key: str) -> None:
        """The book is called so, too."""
        keys = self._keys.setdefault(book_id, set())
        keys.add(key)
        if self._before is not None:
            self._before.put("called", book_id, sorted(keys))

    def is_another(self, key: str | None, book_id: int) -> bool:
        """Whether the library of a key has the book under another key of its own.

        A key tells its library before a colon. A book without one is called as exports call it.
        """
        if key is None or ":" not in key:
            return False
        library = key.partition(":")[0]
        keys = self._keys.get(book_id) or {source_key.own(book_id)}
        return key not in keys and any(one.partition(":")[0] == library for one in keys)
