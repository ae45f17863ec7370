"""Forms that are sent twice: they act once, and the first answer comes again."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

from models import idempotency
from models.idempotency import Idempotency
from models.loan import Loan
from models.password_reset import PasswordReset
from models.timestamps import timestamp
from pages.frame import texts
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.desks import Desk
from tests.support.people import Person
from tests.support.shelves import Shelves

PAGES = Path(texts.__file__).parents[1]
_FORMS = re.compile(r"<form\b[^>]*?method=\"(?:post|{{ 'post')[^>]*>.*?</form>", re.DOTALL)


def _send_twice(browsing: Browsing, action: str, nth: int = 0, /, **values: Any) -> list[str]:
    """Send a form of the page at hand twice: where each sending led."""
    form = browsing.page.xpath(f'//form[@action="{action}"][@method="post"]')[nth]
    told = []
    for _ in range(2):
        fields = {**dict(form.form_values()), **values}
        browsing.send(action, {name: _anew(value) for name, value in fields.items()})
        told.append(f"{browsing.status} {browsing.answer.request.full_path}")
    return told


def _anew(value: Any) -> Any:
    return (io.BytesIO(value), "books.csv") if isinstance(value, bytes) else value


def _count(desk: Desk, path: str) -> int:
    total: int = desk.ask.get(path, by=desk.admin).json["pagination"]["total"]
    return total


def test_every_form_that_acts_carries_a_number() -> None:
    found = 0
    for path in PAGES.rglob("*.html"):
        for form in _FORMS.findall(path.read_text(encoding="utf-8")):
            found += 1
            assert re.search(r"form_token\(\)|carried\(|{{ token }}", form), (path.name, form)
    assert found > 60


@pytest.mark.parametrize(
    ("page", "action", "values", "made"),
    [
        ("/desk/books/new", None, {"title": "Emma"}, "/books"),
        ("/desk/members/new", None, {"last_name": "Ada", "card_number": "C-7"}, "/users?q=Ada"),
        ("/desk/orders/new", None, {"title": "Emma"}, "/orders"),
        ("/desk/news/new", None, {"title": "News", "content": "Text"}, "/posts"),
        ("/desk/stocktakes", None, {"name": "Hall"}, "/stocktakes"),
        ("/desk/policies/new", None, {"member_category": "child"}, "/policies?limit=2"),
        (
            "/desk/calendar",
            "/desk/closures",
            {"starts_on": "2031-01-01", "ends_on": "2031-01-02", "reason": "Snow"},
            "/closures",
        ),
        ("/start", "/start/imports", {"file": b"title\nOld pamphlet\n"}, "/imports"),
    ],
)
def test_a_form_sent_twice_makes_one_record(
    desk: Desk, page: str, action: str | None, values: dict[str, Any], made: str
) -> None:
    desk.browsing.sign_in(desk.admin).go(page)
    before = _count(desk, made)
    first, second = _send_twice(desk.browsing, action or page, **values)
    assert (first[:3], second) == ("200", first)
    assert _count(desk, made) == before + 1


def test_a_form_sent_again_with_other_values_acts_again(desk: Desk) -> None:
    form = desk.browsing.go("/desk/books/new").page.xpath('//form[@class="record"]')[0]
    for title in ("Emma", "Persuasion"):
        desk.browsing.send("/desk/books/new", {**dict(form.form_values()), "title": title})
    assert _count(desk, "/books") == 2


def test_due_dates_moved_twice_are_moved_back_from_the_second_page(
    desk: Desk, shelves: Shelves
) -> None:
    [barcode] = shelves.book("Emma")["barcodes"]
    loan = shelves.lend(barcode, shelves.member())
    Loan.update(due_at="2031-01-01T22:59:59Z").execute()
    days = {"due_from": "2031-01-01", "due_to": "2031-01-01", "to": "2031-03-03", "reason": "x"}
    action = "/desk/due-dates/batch"
    first, second = _send_twice(desk.browsing.go(action), action, 0, **days, do="move")
    assert first == second
    [back] = desk.browsing.page.xpath('//form[contains(@action, "reversal")]/@action')
    first, second = _send_twice(desk.browsing, back)
    assert first == second
    assert "Due dates moved back: 1" in desk.browsing.text
    assert desk.ask.get(f"/loans/{loan['id']}", by=desk.admin).json["due_at"][:10] == "2031-01-01"


@pytest.mark.parametrize("what", ["lost", "claimed"])
def test_a_loss_sent_twice_is_told_twice_as_done(desk: Desk, shelves: Shelves, what: str) -> None:
    [barcode] = shelves.book("Emma")["barcodes"]
    reader = shelves.member()
    shelves.lend(barcode, reader)
    desk.browsing.go(f"/desk?member={reader.id}")
    nth = ["claimed", "lost"].index(what)
    _send_twice(desk.browsing, "/desk/losses", nth)
    told = desk.outcome
    assert (desk.browsing.status, desk.is_alarmed, bool(told)) == (200, False, True)
    if what == "claimed":
        _send_twice(desk.browsing, "/desk/losses")
        assert (desk.browsing.status, desk.is_alarmed) == (200, False)


def test_an_undoing_sent_twice_is_told_twice_as_done(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    assert _send_twice(desk.browsing, "/desk/undo")[1][:3] == "200"
    assert "Undone" in desk.outcome
    [loan] = desk.loans()
    assert loan["status"] == "cancelled"


def test_an_undoing_from_another_page_is_too_late(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    form = dict(desk.browsing.page.xpath('//form[@action="/desk/undo"]')[0].form_values())
    desk.undo()
    desk.browsing.send("/desk/undo", {**form, "key": "another"})
    assert (desk.browsing.status, desk.is_alarmed) == (404, True)


def test_a_payment_that_is_taken_back_twice_is_told_twice_as_done(desk: Desk) -> None:
    member = desk.member("C-1")
    desk.browsing.go(f"/desk?member={member}")
    desk.click("/desk/fees", amount="2.00", note="Card")
    desk.click("/desk/payments", amount="2.00", method="cash")
    _send_twice(desk.browsing, "/desk/undo")
    assert (desk.browsing.status, desk.is_alarmed) == (200, False)
    assert desk.ask.get(f"/users/{member}/account", by=desk.admin).json["balance"] == 200


def test_a_hold_cancelled_twice_at_the_desk_is_told_twice_as_done(
    desk: Desk, shelves: Shelves
) -> None:
    book, reader = shelves.book("Emma"), shelves.member()
    shelves.lend(book["barcodes"][0], shelves.member())
    body = {"book_id": book["id"], "user_id": reader.id}
    hold = desk.ask.post("/holds", body, by=desk.admin).json["id"]
    desk.browsing.go(f"/desk?member={reader.id}")
    _send_twice(desk.browsing, f"/desk/holds/{hold}/cancellation")
    assert (desk.browsing.status, desk.is_alarmed) == (200, False)


def test_a_member_may_send_each_form_of_a_hold_twice(
    browsing: Browsing, shelves: Shelves, ask: Asker, admin: Person
) -> None:
    book, reader = shelves.book("Emma"), shelves.member()
    shelves.lend(book["barcodes"][0], shelves.member())
    browsing.sign_in(reader).go(f"/books/{book['id']}")
    first, second = _send_twice(browsing, f"/books/{book['id']}/holds")
    assert first == second == f"200 /books/{book['id']}?done=placed"
    browsing.go("/account")
    first, second = _send_twice(browsing, "/account/holds/1/cancellation")
    assert first == second == "200 /account?done=hold-cancelled"
    assert ask.get("/holds", by=admin).json["pagination"]["total"] == 1


@pytest.mark.parametrize("what", ["members", "books", "copies", "news", "policies"])
def test_what_is_deleted_twice_is_told_twice_as_done(
    desk: Desk, shelves: Shelves, what: str
) -> None:
    book, policy = shelves.book("Emma", 0)["id"], {"member_category": "child", "loan_days": 7}
    made = {
        "members": shelves.member().id,
        "books": book,
        "copies": shelves.copy(book)["id"] if what == "copies" else 0,
        "news": shelves.post("News", "Text")["id"],
        "policies": desk.ask.post("/policies", policy, by=desk.admin).json["id"],
    }[what]
    desk.browsing.sign_in(desk.admin).go(f"/desk/{what}/{made}")
    first, second = _send_twice(desk.browsing, f"/desk/{what}/{made}/deletion")
    assert (first[:3], second) == ("200", first)


@pytest.mark.parametrize(
    ("page", "action"), [("/desk/calendar", "/desk/calendar"), ("/start", "/start/opening-days")]
)
def test_opening_days_set_twice_by_one_form_are_told_twice_as_set(
    desk: Desk, page: str, action: str
) -> None:
    desk.browsing.sign_in(desk.admin).go(page)
    first, second = _send_twice(desk.browsing, action, 0, timezone="Europe/Lisbon")
    assert (first[:3], second) == ("200", first)
    assert desk.ask.get("/calendar", by=desk.admin).json["timezone"] == "Europe/Lisbon"


def _fields(browsing: Browsing, action: str) -> dict[str, Any]:
    """A form of the page at hand, to be sent later."""
    [form] = browsing.page.xpath(f'//form[@action="{action}"][@method="post"]')[:1]
    return dict(form.form_values())


@pytest.fixture
def wanted(browsing: Browsing, shelves: Shelves) -> str:
    """Where a hold on a lent book is placed; its page is at hand."""
    book, reader = shelves.book("Emma"), shelves.member()
    shelves.lend(book["barcodes"][0], shelves.member())
    browsing.sign_in(reader).go(f"/books/{book['id']}")
    return f"/books/{book['id']}/holds"


def test_a_form_that_was_refused_acts_once_nothing_is_in_its_way(
    browsing: Browsing, wanted: str, ask: Asker, admin: Person
) -> None:
    form = _fields(browsing, wanted)
    reader = ask.get("/users?role=member", by=admin).json["data"]
    paths = [f"/users/{one['id']}" for one in reader]
    for is_blocked in (True, False):
        for path in paths:
            assert ask.patch(path, {"blocked": is_blocked}, by=admin).status_code == 200
        browsing.send(wanted, form)
        assert browsing.status == (409 if is_blocked else 200)
    assert ask.get("/holds?status=waiting", by=admin).json["pagination"]["total"] == 1


def test_a_form_sent_again_much_later_acts_again(
    browsing: Browsing, wanted: str, ask: Asker, admin: Person
) -> None:
    form = _fields(browsing, wanted)
    browsing.send(wanted, form).go("/account").fill("/account/holds/1/cancellation")
    Idempotency.update(created_at=timestamp(ahead=-idempotency.KEPT_OF_FORM)).execute()
    browsing.send(wanted, form)
    assert ask.get("/holds?status=waiting", by=admin).json["pagination"]["total"] == 1


def test_a_hold_that_was_cancelled_meanwhile_is_placed_again(
    browsing: Browsing, wanted: str, ask: Asker, admin: Person
) -> None:
    form = _fields(browsing, wanted)
    browsing.send(wanted, form)
    ask.delete("/holds/1", by=admin)
    browsing.send(wanted, form)
    assert browsing.answer.request.full_path.endswith("?done=placed")
    assert ask.get("/holds?status=waiting", by=admin).json["pagination"]["total"] == 1


def test_a_hold_that_was_cancelled_meanwhile_and_may_not_be_placed_again_is_told_so(
    browsing: Browsing, wanted: str, ask: Asker, admin: Person
) -> None:
    form = _fields(browsing, wanted)
    browsing.send(wanted, form)
    ask.delete("/holds/1", by=admin)
    for one in ask.get("/users?role=member", by=admin).json["data"]:
        ask.patch(f"/users/{one['id']}", {"blocked": True}, by=admin)
    browsing.send(wanted, form)
    assert browsing.status == 409


def test_a_change_sent_again_after_it_was_taken_back_is_made_again(
    desk: Desk, shelves: Shelves
) -> None:
    post = f"/posts/{shelves.post('First', 'Text')['id']}"
    action = f"/desk/news/{post.rpartition('/')[2]}"
    form = _fields(desk.browsing.sign_in(desk.admin).go(action), action) | {"title": "Second"}
    desk.browsing.send(action, form)
    desk.ask.patch(post, {"title": "First"}, by=desk.admin)
    desk.browsing.send(action, form)
    assert desk.ask.get(post).json["title"] == "Second"


@pytest.mark.parametrize(
    ("page", "action"), [("/desk/calendar", "/desk/calendar"), ("/start", "/start/opening-days")]
)
def test_opening_days_sent_again_after_they_were_set_back_are_not_told_as_set(
    desk: Desk, page: str, action: str
) -> None:
    form = _fields(desk.browsing.sign_in(desk.admin).go(page), action)
    before = desk.ask.get("/calendar", by=desk.admin).json
    back = {name: before[name] for name in ("timezone", "open_weekdays")}
    form |= {"timezone": "Europe/Lisbon"}
    assert desk.browsing.send(action, form).status == 200
    assert desk.ask.put("/calendar", back, by=desk.admin).status_code == 200
    assert desk.browsing.send(action, form).status == 412


def test_a_link_to_a_new_password_that_is_asked_for_again_is_sent_again(
    browsing: Browsing, member: Person
) -> None:
    action = "/account/password/forgotten"
    _send_twice(browsing.go(action), action, email=member.email)
    assert PasswordReset.select().count() == 2
