"""The week and the closures, on each database: rule 14."""

from datetime import date, timedelta
from typing import Any

import pytest

from circulation import presentation, rulebook
from circulation.closures import close, reopen, set_week, take_over, withdraw_plan
from circulation.due_date_changes import Range, change, change_all, reverse
from circulation.errors import NoOpenDay
from circulation.explanations import explain
from circulation.undo import cancel_loan, reopen_loan
from models import hold, loan
from models.calendar import PlanRow
from models.calendar import find as week
from models.closure import ClosureRow, everything
from models.due_date_batch import DueDateMove
from models.errors import Conflict, Missing, Unacceptable
from models.timestamps import moment, stamp
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    audited,
    back,
    held,
    lent,
    member,
    title,
)
from tests.unit.circulation.test_parallel import at_once

pytestmark = pytest.mark.usefixtures("library")

# Lent on NOW for 21 days: due on Monday 23 March.
DUE = "2026-03-23T22:59:59Z"


def closure(starts_on: str, ends_on: str, now: Any = NOW) -> ClosureRow:
    values = {"starts_on": starts_on, "ends_on": ends_on, "reason": "stocktaking"}
    return close(values, DESK, now)


def borrowed() -> int:
    loan_id: int = lent(title()[1][0], member()).row.id
    return loan_id


def on_the_shelf() -> int:
    """A hold whose copy is set aside until Tuesday 10 March."""
    book_id, [barcode] = title()
    lent(barcode, member())
    waiting = held(book_id, member())
    back(barcode)
    hold_id: int = waiting.row.id
    return hold_id


def test_rule_14_a_closure_moves_a_due_date_that_falls_on_it() -> None:
    loan_id = borrowed()
    closure("2026-03-20", "2026-03-24")
    assert loan.find(loan_id).due_at == "2026-03-25T22:59:59Z"


def test_rule_14_the_step_is_explained() -> None:
    loan_id = borrowed()
    closure("2026-03-20", "2026-03-24")
    assert explain(loan_id, NOW)["due"][-1] == {
        "step": "closure-added",
        "rule": 14,
        "from": "2026-03-23",
        "to": "2026-03-25",
        "because": "closed from 2026-03-20 to 2026-03-24: stocktaking",
    }


def test_rule_14_a_loan_moved_twice_tells_of_both() -> None:
    loan_id = borrowed()
    closure("2026-03-23", "2026-03-23")
    closure("2026-03-24", "2026-03-24")
    steps = explain(loan_id, NOW)["due"]
    assert [(step["from"], step["to"]) for step in steps[-2:]] == [
        ("2026-03-23", "2026-03-24"),
        ("2026-03-24", "2026-03-25"),
    ]


def test_rule_14_the_next_open_day_is_open_by_the_week_too() -> None:
    loan_id = borrowed()
    closure("2026-03-23", "2026-03-28")
    assert loan.find(loan_id).due_at == "2026-03-30T21:59:59Z"


def test_a_moved_loan_has_a_new_revision_and_a_row_in_the_audit_log() -> None:
    loan_id = borrowed()
    revision = loan.find(loan_id).revision
    closure("2026-03-23", "2026-03-23")
    assert loan.find(loan_id).revision == revision + 1
    [row] = audited("loan.postpone")
    assert (row["record_type"], row["record_id"]) == ("loan", loan_id)
    assert row["changes"] == '{"due_at":["2026-03-23T22:59:59Z","2026-03-24T22:59:59Z"]}'


@pytest.mark.parametrize("day", ["2026-03-21", "2026-03-24"])
def test_rule_14_a_closure_beside_the_due_date_moves_nothing(day: str) -> None:
    loan_id = borrowed()
    closure(day, day)
    assert loan.find(loan_id).due_at == DUE
    assert audited("loan.postpone") == []


def test_rule_14_a_loan_that_has_ended_does_not_move() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    back(barcode, NOW + DAY)
    closure("2026-03-23", "2026-03-23")
    assert loan.find(loan_id).due_at == DUE


def test_rule_14_moves_past_the_end_of_a_membership() -> None:
    loan_id = lent(title()[1][0], member(expires_on="2026-03-23")).row.id
    closure("2026-03-23", "2026-03-23")
    assert loan.find(loan_id).due_at == "2026-03-24T22:59:59Z"


def test_rule_14_a_day_that_turned_out_closed_moves_what_was_due_on_it() -> None:
    loan_id = borrowed()
    closure("2026-03-23", "2026-03-23", NOW + 22 * DAY)
    assert loan.find(loan_id).due_at == "2026-03-24T22:59:59Z"


def test_rule_14_a_closure_moves_a_shelf_expiry() -> None:
    hold_id = on_the_shelf()
    assert hold.find(hold_id).expires_at == "2026-03-10T22:59:59Z"
    closure("2026-03-09", "2026-03-11")
    assert hold.find(hold_id).expires_at == "2026-03-12T22:59:59Z"
    [row] = audited("hold.postpone")
    assert row["record_id"] == hold_id


def test_a_hold_that_has_expired_stays_expired() -> None:
    hold_id = on_the_shelf()
    closure("2026-03-10", "2026-03-10", NOW + 9 * DAY)
    assert hold.find(hold_id).expires_at == "2026-03-10T22:59:59Z"


def test_rule_14_a_closure_removed_moves_nothing() -> None:
    loan_id = borrowed()
    created = closure("2026-03-23", "2026-03-23")
    reopen(created.id, DESK)
    assert loan.find(loan_id).due_at == "2026-03-24T22:59:59Z"
    assert everything() == []
    assert len(audited("closure.delete")) == 1


def test_a_new_loan_keeps_to_a_new_closure_at_once() -> None:
    borrowed()
    closure("2026-03-23", "2026-03-23")
    assert loan.find(borrowed()).due_at == "2026-03-24T22:59:59Z"


def test_rule_14_loans_made_in_the_same_moment_keep_to_the_closure() -> None:
    pairs = [(title()[1][0], member()) for _ in range(5)]
    lendings = [lambda b=barcode, m=borrower: lent(b, m) for barcode, borrower in pairs]
    outcomes = at_once(*lendings, lambda: closure("2026-03-23", "2026-03-23"))
    due = {loan.find(made.row.id).due_at for made in outcomes[:-1]}
    assert due == {"2026-03-24T22:59:59Z"}


def test_rule_14_a_closure_of_more_than_a_year_is_refused_and_moves_nothing() -> None:
    loan_id = borrowed()
    with pytest.raises(NoOpenDay):
        closure("2026-03-20", "2027-03-25")
    assert loan.find(loan_id).due_at == DUE
    assert everything() == []
    assert audited("closure.create") == []


def test_rule_14_two_closures_that_are_too_long_together_are_refused() -> None:
    closure("2026-04-01", "2026-12-31")
    with pytest.raises(NoOpenDay):
        closure("2027-01-01", "2027-06-30")


def test_a_long_closure_of_the_distant_past_is_recorded() -> None:
    loan_id = borrowed()
    closure("0300-01-01", "2026-02-28")
    assert loan.find(loan_id).due_at == DUE


@pytest.mark.parametrize(("starts_on", "ends_on"), [("0001-01-01", "0001-01-02")])
def test_a_closure_at_the_beginning_of_time_moves_nothing(starts_on: str, ends_on: str) -> None:
    loan_id = borrowed()
    closure(starts_on, ends_on)
    assert loan.find(loan_id).due_at == DUE


def test_a_closure_at_the_end_of_time_leaves_no_open_day() -> None:
    with pytest.raises(NoOpenDay):
        closure("9999-12-31", "9999-12-31")


def test_a_week_without_an_open_day_is_refused_and_nothing_is_written() -> None:
    before = week()
    with pytest.raises(NoOpenDay):
        set_week({"timezone": "UTC", "open_weekdays": []}, DESK, NOW)
    assert week() == before
    assert rulebook.latest().calendar.week_on(NOW.date()).open_weekdays == {1, 2, 3, 4, 5, 6}


BERLIN = {"timezone": "Europe/Berlin"}


def steps(loan_id: int) -> list[str]:
    return [step["step"] for step in loan.due_steps(loan_id)]


def test_rule_14_another_week_moves_what_falls_on_a_day_that_is_closed_now() -> None:
    """Due on a Monday, which is closed for good: due on Tuesday."""
    loan_id = borrowed()
    set_week({**BERLIN, "open_weekdays": [3, 2]}, DESK, NOW)
    assert week().plan_on("2026-03-02").open_weekdays == [2, 3]
    assert loan.find(loan_id).due_at == loan.find(borrowed()).due_at == "2026-03-24T22:59:59Z"
    assert steps(loan_id) == ["loan-days", "week-changed"]
    assert len(audited("loan.postpone")) == 1


def test_rule_14_a_week_to_come_leaves_the_days_before_it_alone() -> None:
    soon, late = borrowed(), lent(title()[1][0], member(), NOW + 7 * DAY).row.id
    values = {"open_weekdays": [2, 3, 4, 5, 6], "valid_from": "2026-03-24"}
    changed = set_week({**BERLIN, **values}, DESK, NOW)
    assert [plan.valid_from for plan in changed.plans] == ["0001-01-01", "2026-03-24"]
    assert loan.find(soon).due_at == DUE
    assert loan.find(late).due_at == "2026-03-31T21:59:59Z"


def test_rule_14_a_week_moves_shelf_expiries_too() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    waiting = held(book_id, member()).row.id
    back(barcode)
    assert hold.find(waiting).expires_at == "2026-03-10T22:59:59Z"
    set_week({**BERLIN, "open_weekdays": [1, 3, 4, 5, 6]}, DESK, NOW)
    assert hold.find(waiting).expires_at == "2026-03-11T22:59:59Z"


def test_rule_14_a_week_cannot_begin_in_the_past() -> None:
    with pytest.raises(Unacceptable) as refused:
        set_week({**BERLIN, "open_weekdays": [1], "valid_from": "2026-03-01"}, DESK, NOW)
    assert refused.value.pointer == "#/valid_from"


def test_a_week_under_the_same_day_is_replaced() -> None:
    for weekdays in ([1, 2], [1, 2, 3]):
        set_week({**BERLIN, "open_weekdays": weekdays, "valid_from": "2026-05-01"}, DESK, NOW)
    [_, plan] = week().plans
    assert plan == ("2026-05-01", [1, 2, 3])


def test_a_week_to_come_is_kept_though_the_one_before_it_is_the_same() -> None:
    for first, weekdays in (("2026-06-01", [1, 2, 3, 4, 5, 6]), ("2026-05-01", [1, 2])):
        set_week({**BERLIN, "open_weekdays": weekdays, "valid_from": first}, DESK, NOW)
    [_, *plans] = week().plans
    assert plans == [("2026-05-01", [1, 2]), ("2026-06-01", [1, 2, 3, 4, 5, 6])]
    assert len(audited("calendar.update")) == 2


def test_the_same_week_to_come_again_changes_nothing() -> None:
    for _ in range(2):
        plan = {"open_weekdays": [1, 2, 3, 4, 5, 6], "valid_from": "2026-06-01"}
        set_week({**BERLIN, **plan}, DESK, NOW)
    assert len(audited("calendar.update")) == 1


def test_the_weeks_of_another_library_are_taken_over_though_two_are_the_same() -> None:
    borrowed()
    weeks = [("0001-01-01", [1, 2, 3, 4, 5, 6]), ("2026-06-01", [1, 2, 3, 4, 5, 6])]
    take_over("Europe/Berlin", [PlanRow(*one) for one in weeks], DESK, NOW)
    assert week().plans == weeks


def test_a_week_that_has_not_begun_is_withdrawn() -> None:
    set_week({**BERLIN, "open_weekdays": [1, 2], "valid_from": "2026-05-01"}, DESK, NOW)
    withdraw_plan(date(2026, 5, 1), DESK, NOW)
    assert len(week().plans) == 1
    with pytest.raises(Missing):
        withdraw_plan(date(2026, 5, 1), DESK, NOW)


def test_a_week_that_holds_already_stays() -> None:
    set_week({**BERLIN, "open_weekdays": [1, 2]}, DESK, NOW)
    with pytest.raises(Conflict) as refused:
        withdraw_plan(NOW.date(), DESK, NOW)
    assert refused.value.code == "plan-begun"


def test_rule_14_the_past_is_judged_by_the_week_that_held_then() -> None:
    """A fine that grew over five days a week does not grow when the weekend opens."""
    set_week({**BERLIN, "open_weekdays": [1, 2, 3, 4, 5]}, DESK, NOW)
    loan_id = borrowed()
    later = NOW + 42 * DAY
    before = presentation.loan(loan.find(loan_id), rulebook.latest(), later).fine_accrued
    assert before > 0
    set_week({**BERLIN, "open_weekdays": [1, 2, 3, 4, 5, 6, 7]}, DESK, later)
    assert presentation.loan(loan.find(loan_id), rulebook.latest(), later).fine_accrued == before


@pytest.mark.parametrize(
    ("zone", "end"),
    [("Pacific/Kiritimati", "2026-03-23T09:59:59Z"), ("Pacific/Honolulu", "2026-03-24T09:59:59Z")],
)
def test_rule_14_another_time_zone_keeps_the_days_and_moves_their_ends(zone: str, end: str) -> None:
    monday, tuesday = borrowed(), lent(title()[1][0], member(), NOW + DAY).row.id
    set_week({"timezone": zone, "open_weekdays": [1, 2, 3, 4, 5, 6]}, DESK, NOW)
    assert loan.find(monday).due_at == end
    assert loan.find(tuesday).due_at == stamp(moment(end) + DAY)
    assert steps(monday) == ["loan-days"]
    assert len(audited("loan.rezone")) == 2


def test_rule_14_zones_a_whole_day_apart_move_no_loan_twice() -> None:
    loans = [lent(title()[1][0], member(), NOW + days * DAY).row.id for days in range(3)]
    days = {**BERLIN, "open_weekdays": [1, 2, 3, 4, 5, 6]}
    before = [loan.find(each).due_at for each in loans]
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Berlin"):
        set_week({**days, "timezone": zone}, DESK, NOW)
    assert [loan.find(each).due_at for each in loans] == before


def moved_together() -> int:
    """Move the loans due on DUE by a week; the id of the batch."""
    day = date(2026, 3, 23)
    to = day + timedelta(days=7)
    moved = change_all(Range(day, day), to, "a strike", DESK, NOW, dry_run=False)
    assert moved.batch_id is not None
    return moved.batch_id


def in_zone(zone: str, now: Any = NOW) -> None:
    set_week({"timezone": zone, "open_weekdays": [1, 2, 3, 4, 5, 6]}, DESK, now)


def test_due_dates_of_many_loans_are_reversed_after_another_time_zone() -> None:
    loan_id = borrowed()
    batch_id = moved_together()
    in_zone("Europe/Lisbon")
    assert reverse(batch_id, DESK).moved == 1
    assert loan.find(loan_id).due_at == "2026-03-23T23:59:59Z"


def test_a_due_date_changed_by_hand_since_is_not_reversed_after_another_time_zone() -> None:
    loan_id = borrowed()
    batch_id = moved_together()
    change(loan_id, date(2026, 3, 24), "asked for", DESK, NOW)
    in_zone("Europe/Lisbon")
    assert reverse(batch_id, DESK).moved == 0


def test_a_batch_of_loans_that_have_ended_keeps_the_moments_of_its_time() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    moved_together()
    back(barcode, NOW + DAY)
    in_zone("Europe/Lisbon", NOW + DAY)
    assert DueDateMove.get().due_before == DUE


@pytest.mark.parametrize("is_reopened", [False, True])
def test_undoing_a_loan_gives_a_hold_its_shelf_day_as_another_time_zone_has_it(
    is_reopened: bool,
) -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    waits = member()
    waiting = held(book_id, waits).row.id
    back(barcode)
    loan_id = lent(barcode, waits).row.id
    if is_reopened:
        back(barcode)
    in_zone("Europe/Lisbon")
    if is_reopened:
        reopen_loan(loan_id, "the wrong copy", DESK, NOW)
    cancel_loan(loan_id, "the wrong card", DESK, NOW)
    assert hold.find(waiting).expires_at == "2026-03-10T23:59:59Z"


@pytest.mark.parametrize(
    ("zone", "end"),
    [("Asia/Tokyo", "2026-03-23T14:59:59Z"), ("Europe/Lisbon", "2026-03-23T23:59:59Z")],
)
def test_a_loan_reopened_in_another_time_zone_is_due_on_its_day(zone: str, end: str) -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    back(barcode, NOW + DAY)
    in_zone(zone, NOW + DAY)
    assert reopen_loan(loan_id, "the wrong copy", DESK, NOW + DAY).row.due_at == end
    assert loan.find(loan_id).due_at == end


def test_the_same_week_again_changes_nothing() -> None:
    before = week()
    same = {"timezone": before.timezone, "open_weekdays": before.plans[0].open_weekdays}
    assert set_week(same, DESK, NOW) == before
    assert audited("calendar.update") == []
