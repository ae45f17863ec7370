"""What a loan costs: overdue fines and the lost copy, charged to the account and taken back."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from circulation.entities import Rules
from circulation.fines import ChargedFine, TakenBack, up_to, with_lines
from circulation.presentation import fine
from models import audit, fee, loan
from models.audit import Actor
from models.fee import FeeRow
from models.loan import LoanRow
from models.rows import Json
from models.timestamps import stamp
from models.vocabulary import FeeKind


@dataclass(slots=True)
class Charged:
    """The fines of a loan after an act, the oldest first, and the account's lines it touched."""

    fines: list[ChargedFine] = field(default_factory=list)
    lines: list[FeeRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The sum of the fines, in minor units."""
        return sum(each.fine.amount for each in self.fines)

    def to_json(self) -> list[Json]:
        """The fines as they are stored with the loan."""
        return [each.to_stored() for each in self.fines]


def charged_so_far(row: LoanRow) -> Charged:
    """The fines that a loan's renewals, its return or its loss have charged, voided ones too.

    They name no lines but those that name the loan: what a fine has of its line is only a number.
    """
    is_charged = row.fined or row.renewals or row.ended_at
    stored = loan.fines(row.id) if is_charged else []
    lines = fee.of_loans([row.id])[row.id] if stored else []
    return Charged([ChargedFine.of(each) for each in with_lines(stored, lines)])


def overdue(row: LoanRow, rules: Rules, until: datetime, actor: Actor, now: datetime) -> Charged:
    """Charge the fine of a running loan up to a moment, which ends it or moves its due date.

    What renewals have charged for days after that moment is taken back first (rules 15, 26). A fine
    of nothing is kept with the loan too, for its explanation.
    """
    charged = taken_back(row, rules, until, actor, now)
    reached = fine(row._replace(fined=charged.total), rules, until)
    fee_id = None
    if reached.amount:
        line = _line(row, FeeKind.OVERDUE, reached.amount, reached.because, actor, now)
        charged.lines.append(line)
        fee_id = line.id
    charged.fines.append(ChargedFine(reached, fee_id))
    return charged


def taken_back(row: LoanRow, rules: Rules, until: datetime, actor: Actor, now: datetime) -> Charged:
    """Take back what was charged for days after the copy came back (rules 15, 26, 28)."""
    before, after = charged_so_far(row), Charged()
    day = rules.calendar.local_date(until)
    for each in before.fines:
        less = up_to(rules.calendar, each, day, after.total)
        if each.fee_id is not None and less.amount < each.fine.amount:
            reason = f"the copy came back on {day}"
            too_much = each.fine.amount - less.amount
            line = fee.locked(each.fee_id)
            taken, lines = take_back(line, too_much, reason, row, actor, now)
            after.lines += lines
            each = replace(each, reduced_from=each.fine, taken_back=taken)
        after.fines.append(replace(each, fine=less))
    return after


def uncount(row: LoanRow, fee_id: int) -> None:
    """Let a fine that was voided count nowhere: not in the loan's sum, nor under its cap."""
    charged = Charged()
    for each in charged_so_far(row).fines:
        voided = each.fee_id == fee_id
        charged.fines.append(_voided(each) if voided else each)
    loan.keep_fines(row, charged.to_json(), charged.total)


def _voided(each: ChargedFine) -> ChargedFine:
    nothing = replace(each.fine, amount=0, because="the charge was voided")
    return replace(each, fine=nothing, reduced_from=each.reduced_from or each.fine)


def lost(row: LoanRow, price: int | None, actor: Actor, now: datetime) -> list[FeeRow]:
    """Charge a lost copy, at its price or else the replacement fee agreed at lending (rule 28)."""
    amount = row.replacement_fee if price is None else price
    if not amount:
        return []
    return [_line(row, FeeKind.LOST, amount, "the copy was lost", actor, now)]


def forgive_loss(row: LoanRow, actor: Actor, now: datetime) -> list[FeeRow]:
    """Take the charge for a lost copy back (rule 28); give the lines changed and made."""
    charge = fee.of_loan(row.id, FeeKind.LOST)
    if charge is None:
        return []
    return take_back(charge, charge.amount, "the copy was found", row, actor, now)[1]


def take_back(
    charge: FeeRow, amount: int, reason: str, row: LoanRow, actor: Actor, now: datetime
) -> tuple[TakenBack, list[FeeRow]]:
    """Take a part of a charge back: waive what is unpaid of it, refund what was paid too much.

    Of what staff have waived nothing can be taken back. Gives also the lines changed and made.
    """
    lines: list[FeeRow] = []
    waiver_id = refund_id = None
    unpaid = min(charge.balance, amount)
    too_much = max(0, charge.paid - (charge.amount - amount))
    if unpaid:
        line, waiver_id = _waive(charge, unpaid, reason, actor, now)
        lines.append(line)
    if too_much:
        note = f"paid on fee {charge.id}: {reason}"
        theirs = row._replace(user_id=charge.user_id)
        line = _line(theirs, FeeKind.REFUND, -too_much, note, actor, now, refund_of=charge.id)
        refund_id = line.id
        lines.append(line)
    return TakenBack(waiver_id, refund_id), lines


def _line(
    row: LoanRow,
    kind: FeeKind,
    amount: int,
    note: str,
    actor: Actor,
    now: datetime,
    refund_of: int | None = None,
) -> FeeRow:
    line = fee.create(
        user_id=row.user_id,
        loan_id=row.id,
        kind=kind,
        amount=amount,
        note=note,
        created_at=stamp(now),
        refund_of=refund_of,
    )
    audit.record(actor, "fee.create", "fee", line.id, changes={"amount": [None, amount]})
    return line


def _waive(
    line: FeeRow, amount: int, reason: str, actor: Actor, now: datetime
) -> tuple[FeeRow, int]:
    left = {"balance": [line.balance, line.balance - amount]}
    audit.record(actor, "fee.waive", "fee", line.id, reason=reason, changes=left)
    return fee.waive(line, amount, reason, stamp(now), actor.id)
