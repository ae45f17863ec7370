"""What can be taken from the shelf, and what stands there for those who wait (rules 5, 36, 39)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from circulation import hold_queue, loading, rulebook
from circulation.entities import Copy, Hold, Rules, Title
from circulation.hold_matching import covered, free_copies, lends_to_holds, may_have
from circulation.policies import ANY, Policies
from models import copy, title_reads
from models.rows import Json
from models.search.book_list import Shelf
from models.timestamps import stamp
from models.title_reads import StoredTitle
from models.vocabulary import CopyStatus


class Availability(NamedTuple):
    """What a title has: copies not lost, copies a walk-in may take, copies on loan, and holds.

    `next_due_at` is when the first of the copies on loan is due.
    """

    copies: int
    available: int
    on_loan: int
    holds: int
    next_due_at: str | None

    def to_json(self) -> Json:
        """The availability as clients see it."""
        return self._asdict()


def availability(book_ids: Collection[int], now: datetime) -> dict[int, Availability]:
    """The availability of each title, from its loans and holds (rule 36)."""
    rules = rulebook.latest()
    today = rules.calendar.local_date(now)
    return {
        book_id: _availability(stored, rules, today, now)
        for book_id, stored in title_reads.of_books(book_ids).items()
    }


def _availability(stored: StoredTitle, rules: Rules, today: date, now: datetime) -> Availability:
    title = _standing(stored, rules, now)
    statuses = [one.status for one in title.copies]
    return Availability(
        copies=sum(status is not CopyStatus.LOST for status in statuses),
        available=_left_for_walk_ins(title, rules, today),
        on_loan=statuses.count(CopyStatus.ON_LOAN),
        holds=len(title.holds),
        next_due_at=min(stored.due, default=None),
    )


def _standing(stored: StoredTitle, rules: Rules, now: datetime) -> Title:
    title = loading.title_of(stored.copies, stored.holds)
    return hold_queue.lapse_holds(title, rules, now).title if title.holds else title


def _left_for_walk_ins(title: Title, rules: Rules, today: date) -> int:
    """How many free copies are left when all holds that claim one have theirs (rule 5)."""
    free = [one for one in free_copies(title) if _is_lent(one.loan_type, rules.policies)]
    if not title.holds:
        return len(free)
    return len(free) - covered(free, _claiming(title, rules, today), rules.policies)


def _claiming(title: Title, rules: Rules, today: date) -> list[Hold]:
    claims = hold_queue.claims
    return [hold for hold in title.queue() if claims(hold, title, rules, today)]


def _is_lent(loan_type: str, policies: Policies) -> bool:
    """Whether anybody at all may borrow copies of a type (rule 7)."""
    return any(lends_to_holds(policies.choose(one, loan_type)) for one in policies.categories)


def shelf(now: datetime) -> Shelf:
    """What the loans and holds of the moment make of the filter `available` of books."""
    rules = rulebook.latest()
    today = rules.calendar.local_date(now)
    never_lent = _never_lent(rules.policies)
    ids = title_reads.with_free_copies(stamp(now), today.isoformat(), scarce=not never_lent)
    left = {
        book_id: _left_for_walk_ins(_standing(stored, rules, now), rules, today)
        for book_id, stored in title_reads.of_books(ids).items()
    }
    return Shelf(
        never_lent=never_lent,
        promised=sorted(book_id for book_id, count in left.items() if not count),
        freed=sorted(book_id for book_id, count in left.items() if count),
    )


def on_shelf(asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Filters of books in which `available` is a filter of their list: for walk-ins, or not."""
    filters = dict(asked)
    wanted = filters.pop("available", None)
    if wanted is not None:
        filters["available" if wanted else "not available"] = shelf(now)
    return filters


def _never_lent(policies: Policies) -> list[str]:
    """The loan types that nobody may borrow."""
    types = policies.loan_types
    if not _is_lent(ANY, policies):
        # Every type that no policy names is among them.
        types = types | copy.loan_types()
    return sorted(one for one in types - {ANY} if not _is_lent(one, policies))


class Waiting(NamedTuple):
    """A hold that waits while copies that it may have stand free: any of these will do."""

    book_id: int
    hold: Hold
    copies: list[Copy]


def waiting(now: datetime) -> list[Waiting]:
    """The holds that the free copies would serve, were they scanned (rule 39).

    As many of each title as its free copies can serve at once, the first in the queue before the
    others.
    """
    rules = rulebook.latest()
    today = rules.calendar.local_date(now)
    ids = title_reads.with_free_copies(stamp(now), today.isoformat())
    found: list[Waiting] = []
    for book_id, stored in title_reads.of_books(ids).items():
        found += _waiting(book_id, _standing(stored, rules, now), rules, today)
    return found


def _waiting(book_id: int, title: Title, rules: Rules, today: date) -> list[Waiting]:
    free = free_copies(title)
    fitting = [
        Waiting(book_id, one, [c for c in free if may_have(one, c, rules.policies, today)])
        for one in title.queue()
        if hold_queue.waits(one, today)
    ]
    found: list[Waiting] = []
    for each in (one for one in fitting if one.copies):
        holds = [*(one.hold for one in found), each.hold]
        if not found or covered(free, holds, rules.policies) > len(found):
            found.append(each)
    return found
