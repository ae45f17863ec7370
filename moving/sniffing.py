"""Which column is which field, and how a file writes its dates and its money."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from formats.csv.amounts import mixed_amounts, told_amounts
from formats.csv.headers import Names, plain
from formats.dates import ORDER_WORDS, YMD, orders_of
from formats.record import Note, Unreadable
from moving import values
from moving.fields import Fields

_DATES = (values.day, values.past_day, values.moment, values.end_of_day)
_MOST_DISTINCT = 200_000
_BY_NAME = "month by its name"
_NOTHING = (None, "")
_ZERO = (0, "0", "0.0", "0.00", "0,00")


class Places(NamedTuple):
    """The columns of each field, the best first, and the headers that are none."""

    places: Mapping[str, tuple[int, ...]]
    unused: list[str]


class Columns:
    """The names of a kind's fields."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._ranks: dict[str, tuple[int, str]] = {}
        for one in fields.values():
            for rank, name in enumerate(one.names):
                if name not in self._ranks or rank < self._ranks[name][0]:
                    self._ranks[name] = (rank, one.name)
        self._names = Names(self._ranks)

    def understood(self, headers: list[str], chosen: Collection[str] = ()) -> int:
        """How many headers are recognised, or were `chosen`."""
        wanted = {plain(header) for header in chosen}
        return sum(
            self._known(header) in self._ranks or plain(header) in wanted for header in headers
        )

    def _known(self, header: str) -> str:
        return self._names.known(plain(header))

    def of(self, headers: list[str], chosen: Mapping[str, str]) -> Places:
        """Where the fields are. Raises Unreadable `column` if none is recognised."""
        asked = {name: _asked_for(name, header, headers) for name, header in chosen.items()}
        found: dict[str, list[tuple[int, int]]] = {name: [(0, at)] for name, at in asked.items()}
        for at, header in enumerate(headers):
            rank, name = self._ranks.get(self._known(header), (0, ""))
            if name and name not in asked and at not in asked.values():
                found.setdefault(name, []).append((rank, at))
        if not found:
            raise Unreadable("column", "None of the columns is a field of this kind of record.")
        used = {at for places in found.values() for _, at in places}
        unused = [h.strip() for at, h in enumerate(headers) if h.strip() and at not in used]
        return Places(
            {name: tuple(at for _, at in sorted(places)) for name, places in found.items()}, unused
        )

    def named(self, said: Mapping[str, Any], unused: dict[str, None]) -> dict[str, Any]:
        """What an object says, by field; the names of what is none are added to `unused`."""
        found: dict[str, Any] = {}
        ranks: dict[str, int] = {}
        for name, value in said.items():
            if name in self._fields:
                rank, field = 0, name
            else:
                rank, field = self._ranks.get(plain(name), (0, ""))
            if not field:
                if len(unused) < 100:
                    unused[name[:200]] = None
            elif value not in _NOTHING and (field not in found or rank < ranks[field]):
                found[field] = value.strip() if isinstance(value, str) else value
                ranks[field] = rank
        return {name: value for name, value in found.items() if value != ""}


def _asked_for(field: str, header: str, headers: list[str]) -> int:
    for matches in (str.strip, plain):
        for at, name in enumerate(headers):
            if matches(name) == matches(header):
                return at
    raise Unreadable("column", f"There is no column {header!a}.", field)


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


# What an amount has that is more than a whole number.
_NOT_WHOLE = re.compile(r"[.,]|[^\s0-9()+'\-\u2010-\u2013\u2212]")


class Looks:
    """What the columns of dates and of money look like, over a whole file."""

    def __init__(self, fields: Fields, order: str | None, is_major: bool) -> None:
        self._dates: dict[str, set[str]] = {
            one.name: set() for one in fields.values() if one.read in _DATES
        }
        self._iso: set[str] = set()
        self._money: dict[str, list[int]] = {
            one.name: [0, 0] for one in fields.values() if one.read is values.money
        }
        self._samples: dict[str, dict[bool, str]] = {name: {} for name in self._money}
        self._order = order
        self._is_major = is_major

    @property
    def names(self) -> frozenset[str]:
        """The fields that are looked at."""
        return frozenset([*self._dates, *self._money])

    def at(self, said: Mapping[str, Any]) -> None:
        """Look at one row."""
        for name, value in said.items():
            if name in self._dates:
                if not isinstance(value, str):
                    continue
                if value[4:5] == "-" and value[:4].isdigit():
                    self._iso.add(name)
                elif len(seen := self._dates[name]) < _MOST_DISTINCT:
                    seen.add(value[:10])
            elif name in self._money:
                self._look_at_amount(name, value)

    def _look_at_amount(self, name: str, value: Any) -> None:
        if isinstance(value, str) and values.is_cents(value):
            return
        is_major = isinstance(value, float) or (
            isinstance(value, str) and bool(_NOT_WHOLE.search(value))
        )
        self._money[name][is_major] += 1
        if is_major not in self._samples[name] and value not in _ZERO:
            self._samples[name][is_major] = str(value)

    def orders(self) -> dict[str, str]:
        """The order of day, month and year by field. Raises Unreadable `dates`."""
        return {name: self._order_of(name, texts) for name, texts in self._dates.items() if texts}

    def _order_of(self, name: str, texts: Iterable[str]) -> str:
        found = orders_of(texts)
        if found == (YMD,) or self._order:
            return self._order or YMD
        if len(found) > 1:
            detail = (
                f"The dates of {name} may begin with the day or the month; say which with the"
                " parameter dates."
            )
            raise Unreadable("dates", detail, name)
        return found[0] if found else YMD

    def _words(self, name: str, order: str) -> str:
        is_named = order == YMD and all(map(_has_letter, self._dates[name]))
        return _BY_NAME if is_named else ORDER_WORDS[order]

    def sentences(self) -> list[str]:
        """How the columns are read, in words."""
        orders = self.orders()
        said = [f"{name}: {self._words(name, order)}" for name, order in orders.items()]
        said += [f"{one}: {ORDER_WORDS[YMD]}" for one in sorted(self._iso - orders.keys())]
        for name, (whole, decimal) in self._money.items():
            said += told_amounts(name, whole, decimal, is_major=self._is_major)
        return said

    def notes(self, decimals: int) -> list[Note]:
        """What is to be said of columns whose amounts may not be meant as they are read."""
        if self._is_major or not decimals:
            return []
        return [
            mixed_amounts(name, samples[False], samples[True], decimals)
            for name, samples in self._samples.items()
            if len(samples) == len(self._money[name])
        ]
