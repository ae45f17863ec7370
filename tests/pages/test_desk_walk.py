"""Every page of the desk loads in every language, and is closed to members."""

from datetime import UTC, datetime, timedelta

import pytest

from models import timestamps
from models.loan import Loan
from models.notice import Notice
from models.user import User
from models.vocabulary import NoticeStatus
from tests.support.asking import Asker
from tests.support.between import Between
from tests.support.browsing import Browsing
from tests.support.desks import HOSTILE, Desk
from tests.support.people import Person

TICKED = "//input[@name='open_weekdays'][@checked]/@value"
PAGES = (
    "/desk",
    "/desk/members",
    "/desk/members/new",
    "/desk/books",
    "/desk/books/new",
    "/desk/overdue",
    "/desk/pull-list",
    "/desk/shelf-clearing",
    "/desk/dormant",
    "/desk/letters",
    "/desk/orders",
    "/desk/orders/new",
    "/desk/calendar",
    "/desk/due-dates/batch",
    "/desk/policies",
    "/desk/reports",
    "/desk/reports?interval=month",
    "/desk/reports/takings",
    "/desk/reports/titles",
    "/desk/reports/collection",
    "/desk/notices",
    "/desk/stocktakes",
    "/desk/stocktakes/1",
    "/desk/stocktakes/1/missing",
    "/desk/news",
    "/desk/news/new",
    "/desk/payments",
)
OF_ADMINISTRATORS = (
    "/desk/policies/new",
    "/desk/policies/1",
    "/desk/templates",
    "/desk/templates/due-soon/ger",
    "/desk/settings",
)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_every_page_loads_in_every_language(
    browsing: Browsing, desk: Desk, admin: Person, language: str
) -> None:
    _something_everywhere(desk)
    browsing.go("/desk").fill("/sign-out")
    browsing.sign_in(admin)
    for path in (*PAGES, *OF_ADMINISTRATORS):
        browsing.go(path, **{"Accept-Language": language})
        assert browsing.status == 200, path
        assert browsing.page.get("lang") == language
        assert len(browsing.page.xpath("//h1")) == 1, path
        assert browsing.page.xpath("//main//img") == []


def test_pages_of_administrators_are_closed_to_librarians(desk: Desk) -> None:
    for path in OF_ADMINISTRATORS:
        assert desk.browsing.go(path).status == 403, path


def test_every_page_is_closed_to_members(browsing: Browsing, member: Person) -> None:
    browsing.sign_in(member)
    for path in (*PAGES, *OF_ADMINISTRATORS):
        assert browsing.go(path).status == 403, path


def test_no_page_has_two_things_of_one_id_or_a_field_without_a_label(desk: Desk) -> None:
    _something_everywhere(desk)
    for path in PAGES:
        page = desk.browsing.go(path).page
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), path
        for field in page.xpath("//main//input[not(@type='hidden')] | //select | //textarea"):
            assert field.xpath("ancestor::label") or field.get("aria-label"), path


def test_reports_show_what_was_lent_as_chart_and_table(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    page = desk.browsing.go("/desk/reports").page
    assert page.xpath("//*[local-name()='rect']/*[local-name()='title']")
    assert page.xpath("//tbody/tr[last()]/td/text()") == ["1", "0", "0", "0"]
    page = desk.browsing.go("/desk/reports/titles").page
    assert page.xpath("//tbody/tr/*/text()") == ["Flatland", "1"]


def test_takings_are_told_in_money(desk: Desk) -> None:
    desk.member("C-1")
    desk.scan("C-1").click("/desk/fees", amount="12.50", note="Chair", kind="damage")
    form = desk.browsing.page.xpath('//form[@action="/desk/payments"]')[-1]
    desk.browsing.send("/desk/payments", dict(form.form_values()))
    assert "Sum: €12.50" in desk.browsing.go("/desk/reports/takings").text


def test_the_collection_is_counted_by_decade_before_our_era_too(desk: Desk) -> None:
    for year in (1999, 1990, 1868, -458, -460):
        desk.ask.post("/books", {"title": "X", "published_year": year}, by=desk.admin)
    page = desk.browsing.go("/desk/reports/collection").page
    rows = page.xpath("//*[@role='region'][@aria-label='Titles by year of publication']//tbody/tr")
    told = [
        (row.xpath("string(th)").split("\N{EN DASH}")[0], row.xpath("string(td)")) for row in rows
    ]
    assert told == [("460 BC", "2"), ("1860", "1"), ("1990", "2")]


def test_titles_without_a_year_are_counted_beside_the_decades(desk: Desk) -> None:
    for year in (1868, None, None):
        desk.ask.post("/books", {"title": "X", "published_year": year}, by=desk.admin)
    page = desk.browsing.go("/desk/reports/collection").page
    rows = page.xpath("//*[@role='region'][@aria-label='Titles by year of publication']//tbody/tr")
    told = [(row.xpath("string(th)"), row.xpath("string(td)")) for row in rows]
    assert told == [("1860\N{EN DASH}1869", "1"), ("Without a year", "2")]


def test_a_report_of_days_in_the_wrong_order_is_told(desk: Desk) -> None:
    desk.browsing.go("/desk/reports?from=2026-03-01&to=2026-02-01")
    assert desk.browsing.status == 400
    assert desk.browsing.page.xpath("//*[@role='alert']")


def test_payments_of_days_in_the_wrong_order_are_asked_for_anew_in_the_same_form(
    desk: Desk,
) -> None:
    desk.browsing.go("/desk/payments?user_id=1&from=2026-03-01&to=2026-02-01")
    assert desk.browsing.status == 400
    assert desk.browsing.page.xpath("//*[@role='alert']")
    (form,) = desk.browsing.page.xpath("//main//form")
    asked = {"user_id": "1", "from": "2026-03-01", "to": "2026-02-01"}
    assert dict(form.form_values()) == asked


def test_an_order_goes_its_way_to_copies_and_back(desk: Desk) -> None:
    desk.browsing.go("/desk/orders/new")
    desk.click("/desk/orders/new", title="Ghosts", quantity="2")
    [order] = desk.ask.get("/orders", by=desk.admin).json["data"]
    path = f"/desk/orders/{order['id']}"
    desk.click(f"{path}/steps")
    desk.click(path, vendor="Shop", unit_price="9,90")
    desk.click(f"{path}/steps")
    desk.click(f"{path}/receipts", barcodes="N-1\nN-2\nN-3")
    assert "More copies than were ordered." in desk.browsing.text
    desk.click(f"{path}/receipts", barcodes="N-1\n\n N-2 ")
    order = desk.ask.get(f"/orders/{order['id']}", by=desk.admin).json
    assert (order["status"], order["received"], order["unit_price"]) == ("received", 2, 990)
    action = desk.browsing.page.xpath('//form[contains(@action, "/deletion")]/@action')[0]
    desk.click(action)
    order = desk.ask.get(f"/orders/{order['id']}", by=desk.admin).json
    assert (order["status"], order["received"]) == ("ordered", 1)


def test_an_order_is_declined_with_a_reason(desk: Desk) -> None:
    desk.browsing.go("/desk/orders/new")
    desk.click("/desk/orders/new", title="Ghosts")
    [order] = desk.ask.get("/orders", by=desk.admin).json["data"]
    form = desk.browsing.page.xpath('//form[contains(@action, "/steps")]')[1]
    path = f"/desk/orders/{order['id']}/steps"
    desk.browsing.send(path, {**dict(form.form_values()), "reason": "Too dear"})
    assert "declined: Too dear" in desk.browsing.text


@pytest.fixture
def ruling(browsing: Browsing, ask: Asker, admin: Person) -> Desk:
    """The desk with an administrator signed in."""
    return Desk(browsing, ask, admin, admin)


def test_an_administrator_changes_the_week_and_closes_the_library(ruling: Desk) -> None:
    ruling.browsing.go("/desk/calendar")
    ruling.click("/desk/calendar", timezone="Europe/Zurich", open_weekdays=["1", "3"])
    calendar = ruling.ask.get("/calendar", by=ruling.admin).json
    assert (calendar["timezone"], calendar["open_weekdays"]) == ("Europe/Zurich", [1, 3])
    ruling.click("/desk/closures", starts_on="2031-12-24", ends_on="2031-12-26", reason="Christmas")
    assert "December 24, 2031 \N{EN DASH} December 26, 2031: Christmas" in ruling.browsing.text
    action = ruling.browsing.page.xpath('//form[contains(@action, "/closures/")]/@action')[0]
    ruling.click(action)
    assert ruling.ask.get("/closures", by=ruling.admin).json["data"] == []


def test_a_week_that_another_changed_meanwhile_is_not_overwritten(ruling: Desk) -> None:
    ruling.browsing.go("/desk/calendar")
    week = {"timezone": "UTC", "open_weekdays": [2, 4]}
    assert ruling.ask.put("/calendar", week, by=ruling.admin).status_code == 200
    ruling.click("/desk/calendar", open_weekdays=["1", "2", "3"])
    assert ruling.browsing.status == 412
    assert ruling.ask.get("/calendar", by=ruling.admin).json["open_weekdays"] == [2, 4]
    assert ruling.browsing.page.xpath(TICKED) == ["2", "4"]
    ruling.click("/desk/calendar", open_weekdays=["1", "2", "3"])
    assert ruling.ask.get("/calendar", by=ruling.admin).json["open_weekdays"] == [1, 2, 3]


def test_a_week_that_another_changes_after_the_comparison_is_not_overwritten(
    ruling: Desk, between: Between
) -> None:
    ruling.browsing.go("/desk/calendar")
    week = {"timezone": "UTC", "open_weekdays": [2, 4]}
    between(lambda: ruling.ask.put("/calendar", week, by=ruling.admin))
    ruling.click("/desk/calendar", open_weekdays=["1", "2", "3"])
    assert ruling.browsing.status == 412
    assert ruling.ask.get("/calendar", by=ruling.admin).json["open_weekdays"] == [2, 4]


def test_a_week_refused_keeps_the_days_that_were_ticked(ruling: Desk) -> None:
    ruling.browsing.go("/desk/calendar")
    ruling.click("/desk/calendar", timezone="Nowhere", open_weekdays=["1", "3"])
    assert ruling.browsing.status == 400
    assert ruling.browsing.page.xpath(TICKED) == ["1", "3"]


def test_closing_for_ever_is_refused_and_told(ruling: Desk) -> None:
    ruling.browsing.go("/desk/calendar")
    ruling.click("/desk/closures", starts_on="2031-01-01", ends_on="2039-01-01", reason="Long")
    assert ruling.browsing.status == 409
    assert "closed for more than a year" in ruling.browsing.text


def test_a_closure_that_ends_before_it_begins_is_told_by_the_labels_of_its_form(
    ruling: Desk,
) -> None:
    ruling.browsing.go("/desk/calendar")
    ruling.click("/desk/closures", starts_on="2031-12-24", ends_on="2031-12-20", reason="Feast")
    assert ruling.browsing.status == 400
    assert "This may not be before “First day closed”." in ruling.browsing.text
    assert "starts_on" not in ruling.browsing.text


def test_an_administrator_writes_policies(ruling: Desk) -> None:
    ruling.browsing.go("/desk/policies/new")
    ruling.click(
        "/desk/policies/new", member_category="child", loan_days="14", max_loans="", fine_cap="2.50"
    )
    policy = ruling.ask.get("/policies", by=ruling.admin).json["data"][-1]
    assert (policy["member_category"], policy["loan_type"]) == ("child", "*")
    assert (policy["loan_days"], policy["max_loans"], policy["fine_cap"]) == (14, None, 250)
    path = f"/desk/policies/{policy['id']}"
    ruling.browsing.go(path)
    ruling.click(path, max_loans="5", fine_cap="")
    policy = ruling.ask.get(f"/policies/{policy['id']}", by=ruling.admin).json
    assert (policy["max_loans"], policy["fine_cap"]) == (5, None)
    ruling.browsing.go(path)
    ruling.click(f"{path}/deletion")
    assert len(ruling.ask.get("/policies", by=ruling.admin).json["data"]) == 1


def test_what_another_changed_of_a_policy_meanwhile_stays(ruling: Desk) -> None:
    ruling.browsing.go("/desk/policies/1")
    ruling.policy(max_loans=3)
    ruling.click("/desk/policies/1", max_holds="9", fine_per_day="0.10")
    policy = ruling.ask.get("/policies/1", by=ruling.admin).json
    assert (policy["max_loans"], policy["max_holds"], policy["fine_per_day"]) == (3, 9, 10)


def test_a_field_of_a_policy_that_another_changed_meanwhile_is_not_overwritten(
    ruling: Desk,
) -> None:
    ruling.browsing.go("/desk/policies/1")
    ruling.policy(max_loans=3)
    ruling.click("/desk/policies/1", max_loans="8")
    assert ruling.browsing.status == 412
    assert "Somebody else has written meanwhile: 3" in ruling.browsing.text
    assert ruling.ask.get("/policies/1", by=ruling.admin).json["max_loans"] == 3


def test_what_another_changes_of_a_policy_after_the_comparison_stays(
    ruling: Desk, between: Between
) -> None:
    ruling.browsing.go("/desk/policies/1")
    between(lambda: ruling.policy(max_loans=3))
    ruling.click("/desk/policies/1", max_holds="9")
    policy = ruling.ask.get("/policies/1", by=ruling.admin).json
    assert (policy["max_loans"], policy["max_holds"]) == (3, 9)


def test_the_policy_for_all_stays(ruling: Desk) -> None:
    ruling.browsing.go("/desk/policies/1")
    ruling.click("/desk/policies/1/deletion")
    assert "The policy for all must stay." in ruling.browsing.text


def test_a_text_of_a_notice_is_tried_kept_and_taken_back(ruling: Desk) -> None:
    path = "/desk/templates/due-soon/eng"
    ruling.browsing.go(path)
    ruling.click(path, do="preview", subject="Hello", text="Dear {{ member.name }},")
    assert "Dear " in ruling.browsing.page.xpath("string(//article)")
    ruling.click(path, do="save", text="{{ broken")
    assert ruling.browsing.status == 400
    ruling.click(path, do="save", text="Short", subject="Hello")
    assert ruling.ask.get("/templates/due-soon/eng", by=ruling.admin).json["text"] == "Short"
    ruling.click(f"{path}/deletion")
    assert ruling.ask.get("/templates/due-soon/eng", by=ruling.admin).json["built_in"]


def test_a_text_of_a_notice_that_another_wrote_meanwhile_is_not_overwritten(ruling: Desk) -> None:
    path = "/desk/templates/due-soon/eng"
    ruling.browsing.go(path)
    theirs = {"subject": "Theirs", "text": "Their text"}
    ruling.ask.put("/templates/due-soon/eng", theirs, by=ruling.admin)
    ruling.click(path, do="save", text="Our text")
    assert ruling.browsing.status == 412
    written = ruling.ask.get("/templates/due-soon/eng", by=ruling.admin).json
    assert (written["subject"], written["text"]) == ("Theirs", "Their text")
    ruling.click(path, do="save")
    written = ruling.ask.get("/templates/due-soon/eng", by=ruling.admin).json
    assert (written["subject"], written["text"]) == ("Theirs", "Our text")


def test_settings_tell_no_secret(ruling: Desk) -> None:
    text = ruling.browsing.go("/desk/settings").text
    assert "LIBRARY_NAME" in text
    for secret in ("SECRET_KEY", "DATABASE_URL", "SMTP", "PASSWORD", "REDIS"):
        assert secret not in text


def test_letters_are_shown_with_the_address_and_noted_as_printed(desk: Desk) -> None:
    desk.member("C-1", address="Lane 1\nTown")
    assert "Lane 1" in desk.browsing.go("/desk/letters").text
    desk.click("/desk/letters")
    assert "One letter noted as printed" in desk.browsing.text
    assert "Lane 1" not in desk.browsing.text


def test_letters_that_no_longer_hold_are_not_shown(desk: Desk) -> None:
    _stale_letter(desk)
    desk.browsing.go("/desk/letters")
    assert desk.browsing.page.xpath("//article") == []
    assert desk.browsing.page.xpath("//input[@name='id']") == []
    assert "0 letters wait to be printed" in desk.browsing.text


def test_noting_letters_as_printed_cancels_those_that_no_longer_hold(desk: Desk) -> None:
    stale = _stale_letter(desk)
    desk.member("C-2", address="Lane 2")
    desk.browsing.go("/desk/letters")
    assert len(desk.browsing.page.xpath("//article")) == 1
    desk.click("/desk/letters")
    assert "One letter noted as printed" in desk.browsing.text
    assert Notice.get_by_id(stale).status == NoticeStatus.CANCELLED


def _stale_letter(desk: Desk) -> int:
    """A letter to a member who wants no notices of its kind any more; its id."""
    member_id = desk.member("C-1")
    User.update(notices='{"welcome": false}').where(User.id == member_id).execute()
    [letter] = Notice.select().where(Notice.user == member_id)
    return int(letter.id)


def test_the_overdue_list_names_the_member_days_and_fine(desk: Desk) -> None:
    desk.policy(fine_per_day=10, fine_cap=1000, grace_days=0)
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    late = (datetime.now(UTC) - timedelta(days=3)).date()
    lent = timestamps.stamp(datetime.now(UTC) - timedelta(days=9))
    Loan.update(borrowed_at=lent, due_at=f"{late}T23:59:59Z").execute()
    desk.browsing.go("/desk/overdue")
    cells = desk.browsing.page.xpath("//tbody/tr/*[not(self::td[3])]")
    told = [" ".join(cell.text_content().split()) for cell in cells]
    assert told[:3] == ["Name of C-1", "Flatland", "B-1"]
    assert told[-2:] == ["3", "€0.30"]


def test_due_dates_are_counted_moved_and_moved_back(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    [before] = desk.loans()
    day = before["due_at"][:10]
    later = str(datetime.fromisoformat(day).date() + timedelta(days=9))
    fields = {"due_from": day, "due_to": day, "to": later, "reason": "Works"}
    path = "/desk/due-dates/batch"
    desk.browsing.go(path)
    desk.click(path, **fields, do="count")
    assert "Due dates that would move: 1" in desk.browsing.text
    assert desk.loans() == [before]
    desk.click(path, do="move")
    assert "Due dates moved: 1" in desk.browsing.text
    assert [one["due_at"][:10] for one in desk.loans()] == [later]
    action = desk.browsing.page.xpath('//form[contains(@action, "/reversal")]/@action')[0]
    desk.click(action)
    assert "Due dates moved back: 1" in desk.browsing.text
    assert [one["due_at"] for one in desk.loans()] == [before["due_at"]]


def test_what_is_fetched_from_the_pull_list_is_set_aside(desk: Desk) -> None:
    member = desk.member("C-1")
    book = desk.copies("B-1", location="Hall")
    desk.ask.post("/holds", {"book_id": book, "user_id": member}, by=desk.admin)
    desk.browsing.go("/desk/pull-list")
    assert "Hall B-1" in desk.browsing.text
    desk.click("/desk/returns")
    assert desk.outcome.startswith("Set aside for a member")
    assert "B-1" not in desk.browsing.go("/desk/pull-list").text


def test_a_copy_left_on_the_hold_shelf_is_cleared(desk: Desk) -> None:
    member = desk.member("C-1")
    book = desk.copies("B-1")
    hold = desk.ask.post("/holds", {"book_id": book, "user_id": member}, by=desk.admin).json
    desk.scan("B-1")
    desk.ask.delete(f"/holds/{hold['id']}", by=desk.admin)
    desk.browsing.go("/desk/shelf-clearing")
    assert "B-1" in desk.browsing.text
    desk.click("/desk/returns")
    assert desk.outcome.startswith("Was not on loan Flatland B-1")
    assert "B-1" not in desk.browsing.go("/desk/shelf-clearing").text


def test_copies_that_nobody_borrows_are_listed_by_a_day(desk: Desk) -> None:
    desk.copies("B-1", acquired_on="2001-01-01")
    assert "B-1" in desk.browsing.go("/desk/dormant?acquired_before=2002-01-01").text
    assert "B-1" not in desk.browsing.go("/desk/dormant?acquired_before=2000-01-01").text
    assert desk.browsing.go("/desk/dormant?acquired_before=x").status == 400


def _something_everywhere(desk: Desk) -> None:
    """A library where every list has a line, with hostile texts."""
    member = desk.member("C-1", last_name=HOSTILE, note=HOSTILE)
    book = desk.copies("B-1", "B-2", title=HOSTILE, location=HOSTILE)
    day = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
    closure = {"starts_on": day, "ends_on": day, "reason": HOSTILE}
    for path, body in (
        ("/orders", {"title": HOSTILE, "author": HOSTILE}),
        ("/closures", closure),
        ("/stocktakes", {"name": HOSTILE, "location": HOSTILE}),
        ("/posts", {"title": HOSTILE, "content": HOSTILE}),
        ("/fees", {"user_id": member, "amount": 500, "note": HOSTILE}),
        ("/loans", {"barcode": "B-1", "user_id": member}),
        ("/holds", {"book_id": book, "user_id": desk.member("C-2")}),
    ):
        assert desk.ask.post(path, body, by=desk.admin).status_code == 201, path
