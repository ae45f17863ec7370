"""Payments from rows: what was settled of lines before, told one by one."""

from collections.abc import Sequence
from typing import NamedTuple

from models import bulk, source_key
from models.database import for_update
from models.database import rows as rows_of
from models.fee import Fee, FeeEntry
from models.user import User, email_key
from models.vocabulary import FeeEntryKind, PaymentMethod
from moving.outcome import Refuse, Values
from moving.people import People, in_parts
from moving.reading import Row
from moving.taking import About, New, Taker


class _Line(NamedTuple):
    id: int
    user_id: int | None
    amount: int
    balance: int
    opening: int


class Payments(Taker):
    """Each takes its amount off what was settled before, else off what is still owed."""

    kind, action, noun = "payments", "fee.pay", "fee"
    counts_same = True

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._people = People()
        self._keys: dict[str, int | None] = {}
        self._receipts: dict[str, int | None] = {}
        self._actors: dict[str, int] = {}
        self._lines: dict[int, _Line] = {}
        self._changed: set[int] = set()

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find the lines and hold them; the payments of the same notes; who took them."""
        self._people.look_up(rows)
        self._keys = source_key.find("fees", _all(rows, "fee_source_key"))
        self._receipts = source_key.find("payments", _all(rows, "receipt_source_key"))
        self._actors = {}
        for part in in_parts(map(email_key, _all(rows, "actor_email"))):
            query = User.select(User.email_key, User.id).where(User.email_key.in_(part))
            self._actors.update(rows_of(query))
        self._changed = set()
        self._lines = {}
        self._read({one for one in self._keys.values() if one})

    def decide(self, row: Row) -> Values:
        """The new payment."""
        amount, paid_at = row.get("amount"), row.get("paid_at") or self.moment
        if amount is None or amount <= 0:
            raise Refuse("amount", "too-small", "A payment needs an amount above nothing.")
        line = self._line(row)
        if not row.get("voided_at"):
            self._pay(line, amount)
        return {
            "fee_id": line.id,
            "kind": FeeEntryKind.PAYMENT,
            "amount": amount,
            "method": row.get("method") or PaymentMethod.OTHER,
            "reason": None,
            "at": paid_at,
            "actor_id": self._actors.get(email_key(row.get("actor_email")) or ""),
            "receipt_id": None,
            "voided_at": row.get("voided_at"),
            "void_reason": row.get("void_reason"),
        }

    def store(self, new: Sequence[New]) -> list[int]:
        """Add the payments, and write what is left of their lines."""
        ids = bulk.insert(FeeEntry, [one.values for one in new])
        mine = {one.row.key: entry_id for entry_id, one in zip(ids, new, strict=True)}
        for entry_id, one in zip(ids, new, strict=True):
            key = one.row.get("receipt_source_key")
            first = mine.get(key, self._receipts.get(key)) if key else None
            if first and first != entry_id:
                FeeEntry.update(receipt_id=first).where(FeeEntry.id == entry_id).execute()
        for fee_id in self._changed:
            line = self._lines[fee_id]
            Fee.update(balance=line.balance).where(Fee.id == fee_id).execute()
            opening = (FeeEntry.fee_id == fee_id) & (FeeEntry.kind == FeeEntryKind.OPENING)
            if line.opening:
                FeeEntry.update(amount=line.opening).where(opening).execute()
            else:
                FeeEntry.delete().where(opening).execute()
        return ids

    def audited(self, new: Sequence[New], ids: Sequence[int]) -> list[int]:
        """The lines that were paid."""
        return [one.values["fee_id"] for one in new]

    def _line(self, row: Row) -> _Line:
        key = row.get("fee_source_key")
        found = self._keys.get(key) if key else None
        if found in self._lines and found is not None:
            return self._lines[found]
        if key:
            raise Refuse("fee_source_key", "fee-not-found", f"There is no fee {key}.")
        person = self._people.of(row)
        if person is None:
            raise Refuse("fee_source_key", "required", "A payment needs its fee, or its member.")
        owed = Fee.select(Fee.id).where((Fee.user_id == person.id) & (Fee.balance > 0))
        for part in in_parts(one for (one,) in rows_of(owed.order_by(Fee.id))):
            self._read(set(part) - self._lines.keys())
            for fee_id in part:
                if self._lines[fee_id].balance >= (row.get("amount") or 0):
                    return self._lines[fee_id]
        raise Refuse("amount", "overpaid", "No fee of the member has so much left.")

    def _pay(self, line: _Line, amount: int) -> None:
        """Take a payment off a line. Raises Refuse `overpaid`."""
        sign = -1 if line.amount < 0 else 1
        before = min(amount, line.opening)
        left = abs(line.balance) - (amount - before)
        if left < 0:
            detail = "More is paid than was owed."
            raise Refuse("amount", "overpaid", detail)
        paid = line._replace(opening=line.opening - before, balance=sign * left)
        self._lines[line.id] = paid
        self._changed.add(line.id)
        self.said.put("line", line.id, paid)

    def _read(self, fee_ids: set[int]) -> None:
        """Read lines as they are, and as a dry run would have left them."""
        for fee_id, line in _lines(fee_ids).items():
            paid = self.said.get("line", fee_id)
            self._lines[fee_id] = line if paid is None else _Line._make(paid)


def _all(rows: Sequence[Row], name: str) -> set[str]:
    return {row.values[name] for row in rows if name in row.values}


def _lines(fee_ids: set[int]) -> dict[int, _Line]:
    """The lines, locked until the transaction ends, with what was settled of them before."""
    found: dict[int, _Line] = {}
    for part in in_parts(sorted(fee_ids)):
        query = Fee.select(Fee.id, Fee.user_id, Fee.amount, Fee.balance).where(Fee.id.in_(part))
        for row in rows_of(for_update(query.order_by(Fee.id))):
            found[row[0]] = _Line._make([*row, 0])
        of_lines = FeeEntry.fee_id.in_(part) & (FeeEntry.kind == FeeEntryKind.OPENING)
        for fee_id, amount in rows_of(
            FeeEntry.select(FeeEntry.fee_id, FeeEntry.amount).where(of_lines)
        ):
            found[fee_id] = found[fee_id]._replace(opening=amount)
    return found
