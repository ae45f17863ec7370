"""What earlier batches of a dry run would have called stored records, done again where it counts.

Each batch of a dry run is undone, so that the next one finds the records as they were: with names
that they would have given up, and without those that they would have taken.
"""

from collections.abc import Callable, Iterable
from typing import Any

from catalogue.remembered import Remembered
from moving.outcome import Values


class Renamed:
    """The records of a table whose names changed, as far as a dry run has come.

    Their columns are kept in what the file has `said`, which forgets those of a batch that failed.
    """

    def __init__(self, said: Remembered, table: Any, without: Callable[[int], Values]) -> None:
        """`without` gives the columns of the record of an id that has none of its names."""
        self._said = said
        self._table = table
        self._without = without

    def note(self, record_id: int, names: Iterable[str], columns: Values) -> None:
        """A record has these columns now; the names are those that it had before or has now."""
        every = list(names)
        self._said.put("now", record_id, [every, columns])
        for name in every:
            self._said.put("of", name, [*self._of(name), record_id])

    def redo(self, names: Iterable[str], ids: Iterable[int] = ()) -> None:
        """Change the records with these names or ids again, and what has names that those take.

        Call it in the transaction of a batch, which is undone.
        """
        waiting = [*ids, *(one for name in names for one in self._of(name))]
        found: dict[int, Values] = {}
        while waiting:
            record_id = waiting.pop()
            now = self._said.get("now", record_id)
            if record_id not in found and now is not None:
                found[record_id] = now[1]
                waiting += [one for name in now[0] for one in self._of(name)]
        # A name may be taken from one of them and given to another.
        for change in (self._without, found.__getitem__):
            for record_id in found:
                self._write(record_id, change(record_id))

    def _write(self, record_id: int, columns: Values) -> None:
        self._table.update(columns).where(self._table.id == record_id).execute()

    def _of(self, name: str) -> list[int]:
        return self._said.get("of", name) or []
