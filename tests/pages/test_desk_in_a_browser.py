"""A clerk's day in Chromium, with script and without: what is scanned, seen, heard and undone."""

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from api.app import Octavo
from tests.support.asking import Asker
from tests.support.people import PASSWORD, Person, signed_in
from tests.support.shelves import HOSTILE, Shelves
from tests.support.visitors import PHONE, SCHEMES, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.settings(RATE_LIMIT_CALLER="off", RATE_LIMIT_ANONYMOUS="off"),
]
MEMBERS = [f"M-{number:02}" for number in range(1, 31)]
COPIES = [f"B-{number:03}" for number in range(1, 81)]
TONE = "return Array.from(document.querySelectorAll('audio')).map(one => one.currentTime > 0)"


class Clerk(Visitor):
    """A clerk with a scanner: what is scanned goes where the focus is, and is counted."""

    scans = 0

    def sign_in(self, person: Person) -> None:
        """Sign in, and come to the desk."""
        super().sign_in(person)
        self.is_ready()

    def scan(self, *texts: str) -> None:
        """Scan, and wait for what comes of the last one."""
        for text in texts:
            self.scans += 1
            before = self.key
            self.browser.switch_to.active_element.send_keys(text + Keys.ENTER)
            self.until(lambda before=before: self.key not in ("", before))
        self.is_ready()

    def is_ready(self) -> None:
        """Wait until the next scan goes into the field: a browser focuses it after its page."""
        self.until(lambda: self.field == "scan-field")

    def sees(self, text: str) -> None:
        """Wait until the page says so, whatever takes its place meanwhile."""
        script = "return document.querySelector('main')?.innerText ?? ''"
        self.until(lambda: text in self.browser.execute_script(script))

    @property
    def key(self) -> str:
        """The number of the page at hand: new on each."""
        script = "return document.querySelector('#scan [name=key]')?.value ?? ''"
        return str(self.browser.execute_script(script))

    @property
    def field(self) -> str:
        return str(self.browser.switch_to.active_element.get_attribute("id"))

    @property
    def outcome(self) -> str:
        found = self.browser.find_elements("id", "outcome")
        return found[0].text if found else ""

    def send(self, selector: str) -> None:
        """Press a button of the desk, and wait for the page that follows."""
        before = self.key
        self.find(selector).click()
        self.until(lambda: self.key not in ("", before))


@pytest.fixture
def clerk(opened: Chrome, address: str) -> Clerk:
    """A clerk whose browser runs script."""
    return Clerk.arriving(opened, address)


@pytest.fixture(params=["script", "no script"])
def any_clerk(request: pytest.FixtureRequest, address: str) -> Clerk:
    """A clerk whose browser runs script, and one whose does not."""
    name = "opened" if request.param == "script" else "scriptless"
    return Clerk.arriving(request.getfixturevalue(name), address)


@pytest.fixture
def stocked(ask: Asker, admin: Person) -> None:
    """Thirty members and eighty titles with a copy each."""
    for card in MEMBERS:
        body = {"last_name": f"Name of {card}", "card_number": card}
        assert ask.post("/users", body, by=admin).status_code == 201
    for barcode in COPIES:
        book = ask.post("/books", {"title": f"Title of {barcode}"}, by=admin).json["id"]
        ask.post(f"/books/{book}/copies", {"barcode": barcode, "price": 900}, by=admin)


@pytest.mark.usefixtures("stocked")
def test_a_day_at_the_desk(any_clerk: Clerk, ask: Asker, librarian: Person, admin: Person) -> None:
    clerk = any_clerk
    blocked = _id(ask, MEMBERS[7], admin)
    reason = {"blocked": True, "block_reason": "Unpaid chair"}
    ask.patch(f"/users/{blocked}", reason, by=admin)
    clerk.sign_in(librarian)

    # Morning: thirty members, two copies each.
    for number, card in enumerate(MEMBERS):
        clerk.scan(card)
        clerk.sees(f"Name of {card}")
        clerk.scan(COPIES[2 * number])
        if card == MEMBERS[7]:
            assert "The member is blocked: Unpaid chair" in clerk.outcome
            clerk.type("#outcome [name=reason]", "Paid this morning")
            clerk.send("#outcome .override button")
        assert f"Title of {COPIES[2 * number]}" in clerk.outcome
        assert clerk.outcome.startswith("Lent."), clerk.outcome
        clerk.scan(COPIES[2 * number + 1])
        if card == MEMBERS[7]:
            assert clerk.outcome.startswith("Not lent")
            assert clerk.browser.execute_script(TONE) == [True]
    assert _count(ask, "/loans?status=open", admin) == 59

    # A copy that somebody else has is not taken back by the way.
    clerk.scan(MEMBERS[1], COPIES[0])
    assert "on loan to somebody else" in clerk.outcome
    assert _count(ask, "/loans?status=open", admin) == 59

    # Noon: what comes back; a copy that somebody waits for.
    book = ask.get(f"/copies?barcode={COPIES[4]}", by=admin).json["data"][0]["book_id"]
    hold = {"book_id": book, "card_number": MEMBERS[0]}
    assert ask.post("/holds", hold, by=admin).status_code == 201
    clerk.scan("", *COPIES[2:12])
    assert clerk.outcome.startswith("Taken back")
    clerk.send(".acts li:first-child form button")
    assert clerk.outcome.startswith("Undone")
    clerk.scan(COPIES[11])
    assert _count(ask, "/loans?status=open", admin) == 49
    assert _count(ask, "/holds?status=ready", admin) == 1

    # A copy is lost, and paid; the payment was another's, and is taken back.
    clerk.scan(MEMBERS[10])
    clerk.find("tr details summary").click()
    clerk.send("tr form[action='/desk/losses']:last-of-type button")
    assert clerk.outcome.startswith("Marked lost")
    account = f"/users/{_id(ask, MEMBERS[10], admin)}/account"
    assert ask.get(account, by=admin).json["balance"] == 900
    clerk.send("section > form[action='/desk/payments'] button")
    assert clerk.outcome.startswith("Paid: €9.00")
    clerk.send(".acts li:first-child form button")
    assert ask.get(account, by=admin).json["balance"] == 900

    # Closing, after a hundred scans.
    assert clerk.scans >= 100
    clerk.go("/desk/reports/takings")
    clerk.sees("€0.00")
    clerk.go("/desk/reports")
    clerk.sees("Loans")
    clerk.click('form[action="/sign-out"] button')
    clerk.go("/desk")
    assert clerk.path.startswith("/sign-in")
    assert clerk.complaints() == []


@pytest.mark.usefixtures("stocked")
def test_scans_faster_than_the_server_are_all_taken_and_a_refusal_stops_them(
    clerk: Clerk, ask: Asker, librarian: Person, admin: Person
) -> None:
    clerk.sign_in(librarian)
    burst = [MEMBERS[0], *COPIES[:6], COPIES[0], *COPIES[6:8]]
    clerk.browser.switch_to.active_element.send_keys("".join(text + Keys.ENTER for text in burst))
    clerk.sees("Scans not yet taken: 2")
    assert "has this copy already" in clerk.outcome
    assert _count(ask, "/loans?status=open", admin) == 6
    clerk.browser.switch_to.active_element.send_keys(Keys.ENTER)
    clerk.until(lambda: _count(ask, "/loans?status=open", admin) == 8)


@pytest.mark.usefixtures("stocked")
def test_a_scanner_may_end_with_tab(clerk: Clerk, librarian: Person) -> None:
    clerk.sign_in(librarian)
    clerk.browser.switch_to.active_element.send_keys(MEMBERS[0] + Keys.TAB)
    clerk.sees(f"Name of {MEMBERS[0]}")
    clerk.is_ready()


def test_what_is_typed_outside_the_field_goes_into_it(clerk: Clerk, librarian: Person) -> None:
    clerk.sign_in(librarian)
    clerk.browser.execute_script("document.activeElement.blur()")
    clerk.press("x")
    clerk.is_ready()


def test_a_sign_in_that_has_ended_is_seen_and_nothing_is_lent(
    clerk: Clerk, app: Octavo, ask: Asker, librarian: Person
) -> None:
    clerk.sign_in(librarian)
    ask.post("/auth/logout", {"everywhere": True}, headers=signed_in(app, librarian))
    clerk.browser.switch_to.active_element.send_keys("B-1" + Keys.ENTER)
    clerk.sees("Please sign in")


def test_a_sign_in_that_has_ended_says_which_scans_were_not_taken_and_leads_back(
    clerk: Clerk, app: Octavo, ask: Asker, librarian: Person
) -> None:
    clerk.sign_in(librarian)
    ask.post("/auth/logout", {"everywhere": True}, headers=signed_in(app, librarian))
    burst = "".join(text + Keys.ENTER for text in ("B-1", "B-2", "B-3"))
    clerk.browser.switch_to.active_element.send_keys(burst)
    clerk.sees("Scans that were not taken: 3.")
    untaken = clerk.browser.find_elements("css selector", "main .note li")
    assert [one.text for one in untaken] == ["B-1", "B-2", "B-3"]
    assert "Authorization" not in clerk.find("main").text
    header = clerk.find("header.site").text
    assert ("Sign in" in header, "Sign out" in header) == (True, False)
    clerk.click("main a[role=button]")
    clerk.type("[name=name]", librarian.email)
    clerk.type("[name=secret]", PASSWORD + Keys.ENTER)
    clerk.until(lambda: clerk.path == "/desk")
    clerk.is_ready()


@pytest.mark.usefixtures("stocked")
def test_a_list_of_the_desk_after_the_sign_in_has_ended_leads_to_another(
    clerk: Clerk, app: Octavo, ask: Asker, librarian: Person, admin: Person
) -> None:
    member = _id(ask, MEMBERS[0], admin)
    for barcode in COPIES[:51]:
        loan = {"user_id": member, "barcode": barcode}
        override = {"codes": ["loan-limit"], "reason": "Test"}
        made = ask.post("/loans", {**loan, "override": override}, by=admin)
        assert made.status_code == 201, made.json
    clerk.sign_in(librarian)
    clerk.scan(MEMBERS[0])
    ask.post("/auth/logout", {"everywhere": True}, headers=signed_in(app, librarian))
    clerk.find("a[href*='loans=2']").click()
    clerk.sees("Please sign in")
    header = clerk.find("header.site").text
    assert ("Sign in" in header, "Sign out" in header) == (True, False)


def test_the_desk_of_an_earlier_sign_in_lists_what_was_not_taken_and_leads_back(
    clerk: Clerk, librarian: Person
) -> None:
    clerk.sign_in(librarian)
    desk = clerk.browser.current_window_handle
    clerk.browser.switch_to.new_window("tab")
    clerk.sign_in(librarian)
    clerk.browser.close()
    clerk.browser.switch_to.window(desk)
    clerk.browser.switch_to.active_element.send_keys(f"B-1{Keys.ENTER}B-2{Keys.ENTER}")
    clerk.sees("Scans that were not taken: 2.")
    clerk.click("main a[role=button]")
    assert clerk.path == "/desk"
    clerk.is_ready()


@pytest.mark.usefixtures("stocked")
def test_a_loan_and_a_return_are_done_by_keyboard_alone(
    clerk: Clerk, ask: Asker, librarian: Person, admin: Person
) -> None:
    clerk.go("/desk")
    clerk.tab_to("name")
    clerk.press(librarian.email, Keys.TAB, PASSWORD, Keys.ENTER)
    clerk.is_ready()
    clerk.scan(MEMBERS[0], COPIES[0])
    assert clerk.outcome.startswith("Lent.")
    clerk.tab_to("Next member")
    clerk.press(Keys.ENTER)
    clerk.is_ready()
    clerk.scan("", COPIES[0])
    assert clerk.outcome.startswith("Taken back")
    clerk.tab_to("Undo")
    clerk.press(Keys.ENTER)
    clerk.until(lambda: clerk.outcome.startswith("Undone"))
    assert _count(ask, "/loans?status=open", admin) == 1


def test_a_stocktaking_is_seen_and_heard(
    clerk: Clerk, ask: Asker, shelves: Shelves, admin: Person, librarian: Person
) -> None:
    barcodes = shelves.book("Flatland", copies=2)["barcodes"]
    made = ask.post("/stocktakes", {"name": "Summer"}, by=admin).json
    clerk.sign_in(librarian)
    clerk.go(f"/desk/stocktakes/{made['id']}")
    clerk.scan(barcodes[0])
    assert clerk.outcome.startswith("On its place")
    clerk.scan("NONE")
    assert clerk.outcome.startswith("No copy has this barcode")
    clerk.until(lambda: clerk.browser.execute_script(TONE) == [True])
    clerk.scan(barcodes[1])
    clerk.sees("2 copies scanned")
    assert clerk.complaints() == []


def test_scans_of_a_stocktaking_that_were_not_taken_are_told(
    clerk: Clerk, app: Octavo, ask: Asker, admin: Person, librarian: Person
) -> None:
    made = ask.post("/stocktakes", {"name": "Summer"}, by=admin).json
    clerk.sign_in(librarian)
    clerk.go(f"/desk/stocktakes/{made['id']}")
    clerk.is_ready()
    ask.post("/auth/logout", {"everywhere": True}, headers=signed_in(app, librarian))
    clerk.browser.switch_to.active_element.send_keys("B-1" + Keys.ENTER + "B-2" + Keys.ENTER)
    clerk.sees("Scans that were not taken: 2.")


def test_saving_one_field_leaves_the_others_as_they_are(
    clerk: Clerk, ask: Asker, admin: Person, librarian: Person
) -> None:
    book = {
        "title": "One\nline",
        "description": "\nline1\r\nline2\rline3",
        "contributors": [
            {"name": "Smith; Jones", "role": None},
            {"name": "Doe, J.", "role": "translator; editor"},
        ],
    }
    member = {
        "last_name": "Name",
        "address": "Lane 1\nTown",
        "email": "j@müller.example",
        "language": "ger",
    }
    clerk.sign_in(librarian)
    for path, record, name in (("books", book, "edition"), ("members", member, "phone")):
        where = path.replace("members", "users")
        made = ask.post(f"/{where}", record, by=admin).json
        clerk.go(f"/desk/{path}/{made['id']}")
        clerk.type(f"form.record [name={name}]", "7" + Keys.ENTER)
        at = f"/{where}/{made['id']}"
        clerk.until(lambda at=at, name=name: ask.get(at, by=admin).json[name] == "7")
        after = ask.get(at, by=admin).json
        assert {one: after[one] for one in record} == {one: made[one] for one in record}
    assert clerk.complaints() == []


@pytest.mark.usefixtures("stocked")
def test_a_title_on_the_desk_leads_to_its_page(clerk: Clerk, librarian: Person) -> None:
    clerk.sign_in(librarian)
    clerk.scan(MEMBERS[0], COPIES[0])
    clerk.click("#outcome a")
    clerk.until(lambda: clerk.path.startswith("/books/"))


def test_hostile_texts_run_nothing_at_the_desk(
    clerk: Clerk, ask: Asker, shelves: Shelves, admin: Person, librarian: Person
) -> None:
    clerk.sign_in(librarian)
    for text in HOSTILE:
        reader = shelves.member(text, note=text, blocked=True, block_reason=text)
        card = ask.get(f"/users/{reader.id}", by=admin).json["card_number"]
        barcode = shelves.book(text, author=text)["barcodes"][0]
        ask.post("/fees", {"user_id": reader.id, "amount": 5, "note": text}, by=admin)
        clerk.scan(card, barcode, "", barcode)
        clerk.scan(text.replace("\u202e", "").replace("\u202c", ""))
        assert clerk.browser.title != "broken"
    for path in ("/desk/members", "/desk/books", "/desk/reports/titles", "/desk/notices"):
        clerk.go(path)
        assert clerk.browser.title != "broken"
    assert clerk.complaints() == []


@pytest.mark.javascript
@pytest.mark.usefixtures("stocked")
def test_axe_finds_nothing_on_the_desk_at_work_and_it_fits_a_phone(
    clerk: Clerk, ask: Asker, librarian: Person, admin: Person
) -> None:
    member = _id(ask, MEMBERS[0], admin)
    late = {"user_id": member, "amount": 500, "note": "Chair"}
    ask.post("/fees", late, by=admin)
    for barcode in COPIES[:3]:
        ask.post("/loans", {"barcode": barcode, "user_id": member}, by=admin)
    book = ask.get(f"/copies?barcode={COPIES[9]}", by=admin).json["data"][0]["book_id"]
    ask.post("/holds", {"book_id": book, "user_id": member}, by=admin)
    clerk.sign_in(librarian)
    found = []
    for texts in ([MEMBERS[0]], [COPIES[5]], [COPIES[0]], ["", COPIES[0]], ["name"], ["0"]):
        clerk.use_width(1100)
        clerk.scan(*texts)
        for scheme in SCHEMES:
            clerk.use_scheme(scheme)
            found += [f"{texts} ({scheme}): {one}" for one in clerk.findings()]
        clerk.use_width(PHONE)
        if clerk.overflow():
            found.append(f"{texts}: {clerk.overflow()} pixels too wide")
    assert found == []


@pytest.mark.usefixtures("stocked")
def test_the_desk_has_pictures(clerk: Clerk, librarian: Person) -> None:
    clerk.use_width(1000)
    clerk.sign_in(librarian)
    clerk.scan(MEMBERS[0], *COPIES[:3])
    pictures = {clerk.picture("page-desk")}
    clerk.scan(COPIES[0])
    pictures.add(clerk.picture("page-desk-refused"))
    clerk.go("/desk/reports")
    pictures.add(clerk.picture("page-reports"))
    assert len(pictures) == 3


def _id(ask: Asker, card: str, admin: Person) -> int:
    return int(ask.get(f"/users?card_number={card}", by=admin).json["data"][0]["id"])


def _count(ask: Asker, path: str, admin: Person) -> int:
    return int(ask.get(path, by=admin).json["pagination"]["total"])
