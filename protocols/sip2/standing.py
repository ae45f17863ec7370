"""What SIP2 tells of a member: 23, 63, 35, and 01 and 25, which are not supported."""

from circulation import members
from circulation.members import Standing
from models import fee
from models.fee import FeeRow
from models.member_items import HoldItem, LoanItem, running_loans, standing_holds
from models.timestamps import stamp
from models.user import UserRow
from models.vocabulary import FeeKind, ReasonCode
from protocols.sip2.phrases import refusals
from protocols.sip2.visit import Values, Visit

_NOTED_BY_STAFF = (FeeKind.DAMAGE, FeeKind.MEMBERSHIP, FeeKind.MANUAL)
_MOST = 9999
_MOST_DIGITS = 18
_DENIED = "Y"
_FREE = " "

# Too many items charged, too many overdue; excessive fines, excessive fees.
_EXCESSIVE = (
    (5, ReasonCode.LOAN_LIMIT),
    (6, ReasonCode.LOANS_OVERDUE),
    (10, ReasonCode.FEES_OWED),
    (11, ReasonCode.FEES_OWED),
)


def patron_status(visit: Visit) -> Values:
    """24: the member's privileges and what they owe."""
    if visit.patron is None:
        return _nobody(visit)
    found = members.standing(visit.patron.id, visit.now)
    return _known(visit, visit.patron, found) | {"AF": _messages(visit, found)}


def patron_information(visit: Visit) -> Values:
    """64: the same, with counts, and the lists that the summary asks for."""
    if visit.patron is None:
        return _nobody(visit)
    found = members.standing(visit.patron.id, visit.now)
    lists = _Lists(visit, visit.patron)
    policy = visit.rules.policies.for_member(visit.patron.category)
    return {
        **_known(visit, visit.patron, found),
        **lists.counts(),
        "BZ": _count(policy.max_holds),
        "CB": _count(policy.max_loans),
        "CC": None if policy.fees_block_at is None else visit.money(policy.fees_block_at),
        **lists.asked(),
        **(_contact(visit.patron) if visit.proof.is_proven else {}),
        "AF": _messages(visit, found),
    }


def end_session(visit: Visit) -> Values:
    """36: the member has gone."""
    visit.proofs.forget()
    return {"end_session": "Y", "AA": visit.request["AA"]}


def not_supported(visit: Visit) -> Values:
    """24 or 26: cards are blocked and unblocked by people; the account stays as it is."""
    known = patron_status(visit)
    kept = ("patron_status", "language", "AA", "AE", "BL", "CQ")
    return {name: known[name] for name in kept if name in known} | {
        "AF": [visit.phrase("not-supported")]
    }


def full_name(patron: UserRow) -> str:
    """`Last, First`, or the one name there is."""
    return ", ".join(name for name in (patron.last_name, patron.first_name) if name)


def _nobody(visit: Visit) -> Values:
    return {
        "language": _language(visit),
        "AA": visit.request["AA"],
        "AE": "",
        "BL": "N",
        "CQ": "N",
        "AF": [visit.phrase("unknown-card")],
    }


def _known(visit: Visit, patron: UserRow, found: Standing) -> Values:
    ends = patron.expires_on
    return {
        "patron_status": _flags(found),
        "language": _language(visit),
        "AA": visit.request["AA"],
        "AE": full_name(patron),
        "BL": "Y",
        "CQ": "Y" if visit.proof.is_proven else "N",
        "BH": visit.library.currency,
        "BV": visit.money(max(found.balance, 0)),
        "PA": ends.replace("-", "") if ends else None,
        "PC": patron.category,
    }


def _language(visit: Visit) -> str:
    asked = visit.request.fixed.get("language", "")
    return asked if asked.isdecimal() and len(asked) == 3 else "000"


def _flags(found: Standing) -> str:
    """The 14 flags of the patron status: privileges denied, then what is excessive."""
    codes = {reason.code for reason in (*found.loan, *found.renewal, *found.hold)}
    flags = [_FREE] * 14
    for place, reasons in enumerate((found.loan, found.renewal, found.renewal, found.hold)):
        flags[place] = _DENIED if reasons else _FREE
    for place, code in _EXCESSIVE:
        flags[place] = _DENIED if code in codes else _FREE
    return "".join(flags)


def _messages(visit: Visit, found: Standing) -> list[str]:
    """Why borrowing is denied, each reason once, and what was wrong with the PIN."""
    reasons = [reason.to_json() for reason in found.loan]
    told = refusals(reasons, visit.language, visit.library.currency)
    proof = visit.proof
    if proof.minutes is not None:
        told.append(visit.phrase("too-many-pins", minutes=proof.minutes))
    elif proof.was_given and not proof.is_right:
        told.append(visit.phrase("wrong-pin"))
    return told


def _contact(patron: UserRow) -> Values:
    born = patron.birth_date
    return {
        "BD": _line(patron.address),
        "BE": patron.mail_address,
        "BF": patron.phone,
        "PB": born.replace("-", "") if born else None,
    }


def _line(text: str | None) -> str | None:
    return ", ".join(filter(None, map(str.strip, text.splitlines()))) if text else None


def _count(number: int | None) -> str | None:
    return None if number is None else f"{min(number, _MOST):04d}"


class _Lists:
    """The lists of a 64, each in the place that the summary gives it."""

    def __init__(self, visit: Visit, patron: UserRow) -> None:
        self._visit = visit
        today = visit.rules.calendar.local_date(visit.now).isoformat()
        now = stamp(visit.now)
        loans = running_loans(patron.id)
        holds = standing_holds(patron.id, now, today)
        self._of = {
            "AS": _barcodes([one for one in holds if one.is_ready]),
            "AT": _barcodes([one for one in loans if one.is_overdue(now)]),
            "AU": _barcodes(loans),
            "AV": [self._fee(line) for line in fee.payable(patron.id)],
            "BU": [],
            "CD": _barcodes([one for one in holds if not one.is_ready]),
        }

    def counts(self) -> Values:
        """The six counts."""
        names = ("hold", "overdue", "charged", "fine", "recall", "unavailable")
        return {
            f"{name}_count": _count(len(items))
            for name, items in zip(names, self._of.values(), strict=True)
        }

    def asked(self) -> Values:
        """The lists that the summary asks for, from BP to BQ, the first being 1."""
        summary = self._visit.request.fixed["summary"].upper()
        first, last = self._bound("BP", 1), self._bound("BQ", _MOST)
        return {
            name: items[first - 1 : last]
            for flag, (name, items) in zip(summary, self._of.items(), strict=False)
            if flag == "Y" and name != "BU"
        }

    def _bound(self, name: str, default: int) -> int:
        text = self._visit.request[name]
        if not (text.isascii() and text.isdigit()):
            return default
        # Python reads no number of thousands of digits.
        return max(1, min(int(text[:_MOST_DIGITS]), _MOST))

    def _fee(self, line: FeeRow) -> str:
        """A line of the account: the id that pays it, what is left, and what it is for.

        Charges that circulation makes by itself carry an English note, for staff; the member reads
        the kind in their own language.
        """
        kind = self._visit.phrase(f"fee-{line.kind}")
        note = f": {line.note}" if line.note and line.kind in _NOTED_BY_STAFF else ""
        left = self._visit.money(line.balance)
        return f"{line.id} {left} {self._visit.library.currency} {kind}{note}"


def _barcodes(items: list[LoanItem] | list[HoldItem]) -> list[str]:
    return [item.barcode or "" for item in items]
