"""Fees from rows: lines of accounts, with what was settled of them before."""

from collections.abc import Iterable, Sequence
from typing import Any

from models import bulk, source_key
from models.database import rows as rows_of
from models.fee import Fee, FeeEntry
from models.loan import Loan
from models.vocabulary import FeeEntryKind, FeeKind, FeeStatus
from moving.outcome import Known, Refuse, Values
from moving.people import People, in_parts
from moving.reading import Row
from moving.taking import About, New, Taker

_SETTLED = (FeeStatus.PAID, FeeStatus.WAIVED, FeeStatus.VOID)


class Fees(Taker):
    """A line with its balance: the rest was paid before, which payments may tell one by one."""

    kind, action, noun = "fees", "fee.create", "fee"
    counts_same = True

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._people = People()
        self._loans: dict[str, int | None] = {}
        self._charges: dict[str, int | None] = {}

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find the members, the loans, and the charges that refunds pay back."""
        self._people.look_up(rows)
        self._loans = source_key.find("loans", _all(rows, "loan_source_key"))
        self._charges = source_key.find("fees", _all(rows, "refund_of_source_key"))

    def decide(self, row: Row) -> Values:
        """The new line."""
        person = self._people.of(row)
        amount, voided_at = row.get("amount"), row.get("voided_at")
        if amount is None:
            raise Refuse("amount", "required", "A fee needs its amount.")
        if amount == 0:
            raise Known(None, "nothing-owed")
        balance = self._balance(row, amount, voided_at)
        if person is None and balance:
            raise Refuse("card_number", "required", "A fee that is owed needs its member.")
        return {
            "user_id": person.id if person else None,
            "loan_id": self._loan_id(row),
            "kind": _kind(row, amount),
            "amount": amount,
            "balance": balance,
            "waived": sum(one["amount"] for one in _waivers(row, self.moment)),
            "note": row.get("note"),
            "created_at": row.get("created_at") or self.moment,
            "refund_of": None,
            "voided_at": voided_at,
            "void_reason": row.get("void_reason"),
        }

    def store(self, new: Sequence[New]) -> list[int]:
        """Add the lines, with entries for what was waived and settled of them."""
        ids = bulk.insert(Fee, [one.values for one in new])
        mine = {one.row.key: fee_id for fee_id, one in zip(ids, new, strict=True)}
        entries: list[Values] = []
        for fee_id, one in zip(ids, new, strict=True):
            waivers = _waivers(one.row, self.moment)
            entries += [_entry(fee_id, FeeEntryKind.WAIVER, **waiver) for waiver in waivers]
            opening = _opening(one.values)
            if opening:
                at = one.values["created_at"]
                entries.append(_entry(fee_id, FeeEntryKind.OPENING, amount=opening, at=at))
            self._refund(one.row, fee_id, mine)
        bulk.insert(FeeEntry, entries)
        _name_in_loans(mine, {one.values["loan_id"] for one in new})
        return ids

    def _refund(self, row: Row, fee_id: int, mine: dict[str, int]) -> None:
        key = row.get("refund_of_source_key")
        charge = mine.get(key, self._charges.get(key)) if key else None
        if charge:
            Fee.update(refund_of=charge).where(Fee.id == fee_id).execute()

    def _loan_id(self, row: Row) -> int | None:
        key = row.get("loan_source_key")
        found = self._loans.get(key) if key else None
        if key and found is None:
            row.note("loan_source_key", "loan-unknown", "There is no such loan: left out.")
        return found

    def _balance(self, row: Row, amount: int, voided_at: str | None) -> int:
        balance = row.get("balance")
        if balance is None:
            balance = 0 if voided_at or row.get("status") in _SETTLED else amount
        waived = sum(one["amount"] for one in _waivers(row, self.moment))
        left = balance if amount > 0 else -balance
        if not 0 <= left <= abs(amount) - (0 if voided_at else waived):
            detail = "The balance is not between nothing and the amount, less what was waived."
            raise Refuse("balance", "contradiction", detail)
        if voided_at and balance:
            raise Refuse("balance", "contradiction", "Of a void fee nothing is owed.")
        return int(balance)


def _name_in_loans(lines: dict[str, int], loan_ids: Iterable[int | None]) -> None:
    """Name lines by their ids in the fines of the loans that they were charged for."""
    for part in in_parts(sorted(one for one in loan_ids if one is not None)):
        for loan_id, fines in rows_of(Loan.select(Loan.id, Loan.fines).where(Loan.id.in_(part))):
            named = [_named(each, lines) for each in fines]
            if named != fines:
                Loan.update(fines=named).where(Loan.id == loan_id).execute()


def _named(fine: Values, lines: dict[str, int]) -> Values:
    fee_id = lines.get(fine.get("fee_source_key", ""))
    if fee_id is None:
        return fine
    told = {name: value for name, value in fine.items() if name != "fee_source_key"}
    return {**told, "fee_id": fee_id}


def _all(rows: Sequence[Row], name: str) -> set[str]:
    return {row.values[name] for row in rows if name in row.values}


def _kind(row: Row, amount: int) -> FeeKind:
    if amount < 0:
        return FeeKind.REFUND
    kind = FeeKind(row.get("kind") or FeeKind.MANUAL)
    return FeeKind.MANUAL if kind is FeeKind.REFUND else kind


def _waivers(row: Row, now: str) -> list[dict[str, Any]]:
    """What was waived, one by one where the row tells it."""
    told = row.get("waivers")
    if told is None:
        waived = row.get("waived") or 0
        at = row.get("created_at") or now
        return [{"amount": waived, "at": at, "reason": None}] if waived > 0 else []
    return [
        {"amount": one["amount"], "at": one.get("at") or now, "reason": one.get("reason")}
        for one in told
        if isinstance(one, dict) and isinstance(one.get("amount"), int) and one["amount"] > 0
    ]


def _opening(values: Values) -> int:
    """How much of a line was settled before it came here, other than by waivers."""
    if values["voided_at"]:
        return 0
    return int(abs(values["amount"]) - abs(values["balance"]) - values["waived"])


def _entry(fee_id: int, kind: FeeEntryKind, **values: Any) -> Values:
    nothing = dict.fromkeys(("method", "reason", "actor_id", "receipt_id"))
    return {"fee_id": fee_id, "kind": kind, **nothing, **values}
