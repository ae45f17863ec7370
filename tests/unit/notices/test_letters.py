"""Letters: those that hold are printed, the others cancelled. `NOW` is Monday 2 March 2026."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.notice import Notice
from models.vocabulary import NoticeKind, NoticeStatus
from notices import composing, letters, nightly
from tests.unit.circulation.library import DAY, NOW, amend, back, lent, member, title

pytestmark = pytest.mark.usefixtures("library")

LATE = NOW + 23 * DAY
"""When what was lent on `NOW` is two days overdue."""
TOKYO = "東京都千代田区霞が関一丁目一番一号 中央合同庁舎三階"


def reminded(now: datetime = LATE) -> tuple[str, int]:
    """The barcode of an overdue loan whose member has no email address, and the letter of it."""
    borrower = member()
    amend(borrower, email=None, email_key=None)
    _, [barcode] = title()
    lent(barcode, borrower, now - 23 * DAY)
    nightly.queue(now, f"nightly-{barcode}")
    [letter] = Notice.select().where(
        (Notice.user == borrower) & (Notice.kind == NoticeKind.OVERDUE_1)
    )
    return barcode, letter.id


def stale() -> int:
    """The letter of a loan that was returned since."""
    barcode, letter_id = reminded()
    back(barcode, LATE)
    return letter_id


def state(letter_id: int) -> tuple[NoticeStatus, str | None]:
    letter = Notice.get_by_id(letter_id)
    return letter.status, letter.error


def shown(now: datetime, limit: int) -> list[int]:
    return [one.notice.id for one in letters.holding(now, limit)[0]]


def test_letters_that_no_longer_hold_keep_none_that_holds_from_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "MOST", 2)
    for _ in range(5):
        stale()
    _, letter_id = reminded()
    assert f'data-notice="{letter_id}"' in letters.page(LATE)
    assert shown(LATE, 2) == [letter_id]


def test_what_was_passed_over_is_counted_and_stays_as_it_is() -> None:
    passed = stale()
    reminded()
    assert letters.holding(LATE, 5)[1] == 1
    assert state(passed) == (NoticeStatus.QUEUED, None)


def test_no_more_letters_are_given_than_asked_for() -> None:
    first, _, _ = [reminded()[1] for _ in range(3)]
    assert shown(LATE, 1) == [first]


def test_a_letter_that_no_longer_holds_is_cancelled_and_says_why() -> None:
    letter_id = stale()
    assert letters.settle(LATE) == 1
    assert state(letter_id) == (NoticeStatus.CANCELLED, "It no longer holds.")


def test_all_letters_that_no_longer_hold_are_cancelled_in_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "MOST", 2)
    for _ in range(5):
        stale()
    assert letters.settle(LATE) == 5


def test_a_letter_that_holds_is_not_cancelled() -> None:
    _, letter_id = reminded()
    assert letters.settle(LATE + DAY) == 0
    assert state(letter_id) == (NoticeStatus.QUEUED, None)


def test_a_letter_that_is_too_old_is_cancelled_and_says_why() -> None:
    borrower = member()
    Notice.delete().execute()
    amend(borrower, email=None, email_key=None, expires_on=(NOW + 14 * DAY).date().isoformat())
    nightly.queue(NOW, "night")
    [letter] = Notice.select()
    assert letters.settle(NOW + 14 * DAY) == 0
    assert letters.settle(NOW + 14 * DAY + timedelta(seconds=1)) == 1
    assert state(letter.id) == (NoticeStatus.CANCELLED, "It is too old to be of use.")


def test_a_letter_that_is_too_old_is_not_on_the_page() -> None:
    borrower = member()
    Notice.delete().execute()
    amend(borrower, email=None, email_key=None, expires_on=(NOW + 14 * DAY).date().isoformat())
    nightly.queue(NOW, "night")
    assert "<article" in letters.page(NOW + 14 * DAY)
    assert "<article" not in letters.page(NOW + 14 * DAY + timedelta(seconds=1))


def test_a_letter_that_is_printed_meanwhile_stays_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    letter_id = stale()
    compose = composing.compose

    def printing(*asked: Any) -> Any:
        composed = compose(*asked)
        Notice.update(status=NoticeStatus.PRINTED).where(Notice.id == letter_id).execute()
        return composed

    monkeypatch.setattr("notices.letters.compose", printing)
    assert letters.settle(LATE) == 0
    assert state(letter_id) == (NoticeStatus.PRINTED, None)


@pytest.mark.parametrize(
    ("lines", "paper", "is_long"),
    [
        (["10115 Berlin"] * 5, "a4", False),
        (["10115 Berlin"] * 6, "a4", True),
        (["10115 Berlin"] * 4, "letter", False),
        (["10115 Berlin"] * 5, "letter", True),
        ([TOKYO] * 2, "a4", False),
        ([TOKYO] * 3, "a4", True),
    ],
)
def test_an_address_that_needs_more_lines_than_the_window_shows_is_long(
    lines: list[str], paper: str, is_long: bool
) -> None:
    _, letter_id = reminded()
    amend(Notice.get_by_id(letter_id).user_id, address="\n".join(lines))
    [letter] = letters.holding(LATE, 2)[0]
    assert letters.is_long(letter, paper) is is_long


def test_mails_are_left_to_who_sends_them() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    nightly.queue(LATE, "night")
    back(barcode, LATE)
    assert letters.settle(LATE) == 0
