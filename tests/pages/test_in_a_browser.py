"""Pages in Chromium: a reader's visit with script and without, by keyboard, on small screens."""

import re
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from api.app import Octavo
from tests.support.asking import Asker
from tests.support.people import PASSWORD, Person
from tests.support.shelves import HOSTILE, Shelves
from tests.support.visitors import PHONE, SCHEMES, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.settings(LIBRARY_NAME="Riverside Library", RATE_LIMIT_ANONYMOUS="off"),
]


NO_PAGES = ("/suggestions", "/language")
"""What is loaded into a page, and what leads to another."""


@pytest.fixture
def visitor(opened: Chrome, address: str) -> Visitor:
    """Somebody whose browser runs script."""
    return Visitor.arriving(opened, address)


@pytest.fixture(params=["script", "no script"])
def anyone(request: pytest.FixtureRequest, address: str) -> Visitor:
    """Somebody whose browser runs script, and somebody whose does not."""
    name = "opened" if request.param == "script" else "scriptless"
    return Visitor.arriving(request.getfixturevalue(name), address)


def test_a_browser_without_script_runs_none(scriptless: Chrome) -> None:
    scriptless.get("data:text/html,<title>off</title><script>document.title='on'</script>")
    assert scriptless.title == "off"


def test_a_reader_searches_places_a_hold_renews_and_leaves(
    anyone: Visitor, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    wanted = shelves.book("The Moonstone", author="Collins, Wilkie", language="eng")
    shelves.book("The Woman in White", author="Collins, Wilkie", language="eng")
    reader = shelves.member("Verinder", first_name="Rachel")
    shelves.lend(wanted["barcodes"][0], shelves.member())
    shelves.lend(shelves.book("Armadale")["barcodes"][0], reader)
    anyone.go("/")
    anyone.type("[name=q]", "collins" + Keys.ENTER)
    anyone.sees("2 titles found")
    anyone.click(f'a[href="/books/{wanted["id"]}"]')
    anyone.sees("on loan due")
    anyone.click('main a[href^="/sign-in"]')
    anyone.type("[name=name]", reader.email)
    anyone.type("[name=secret]", "a long enough password" + Keys.ENTER)
    anyone.sees("Not needed after")
    anyone.click("form.hold button")
    anyone.sees("The hold is placed.")
    anyone.click('a[href="/account"]')
    anyone.sees("Place 1 in the queue")
    anyone.click("form.all button")
    anyone.sees("Not renewed: Armadale")
    anyone.sees("Renewing now would not change the due date.")
    anyone.click('form[action="/sign-out"] button.link')
    anyone.until(lambda: anyone.path == "/")
    anyone.go("/account")
    assert anyone.path == "/sign-in?next=%2Faccount"
    assert anyone.complaints() == []


def test_titles_are_suggested_while_one_types(visitor: Visitor, shelves: Shelves) -> None:
    shelves.book("The Moonstone")
    visitor.go("/")
    visitor.type("[name=q]", "moonst")
    option = visitor.find("#suggestions option")
    assert option.get_attribute("value") == "The Moonstone"
    assert visitor.complaints() == []


def test_a_reader_comes_from_the_search_to_a_hold_by_keyboard_alone(
    visitor: Visitor, shelves: Shelves
) -> None:
    book = shelves.book("The Moonstone")
    shelves.lend(book["barcodes"][0], shelves.member())
    reader = shelves.member()
    visitor.go("/")
    visitor.press(Keys.TAB)
    assert visitor.focus == "Skip to the content"
    visitor.press(Keys.ENTER)
    assert visitor.focus.startswith("Riverside Library")
    visitor.tab_to("q")
    visitor.press("moonstone", Keys.ENTER)
    visitor.sees("One title found")
    visitor.tab_to("The Moonstone")
    visitor.press(Keys.ENTER)
    visitor.until(lambda: visitor.path == f"/books/{book['id']}")
    visitor.tab_to("Sign in to place a hold")
    visitor.press(Keys.ENTER)
    visitor.tab_to("name")
    visitor.press(reader.email, Keys.TAB)
    assert visitor.focus == "secret"
    visitor.press(PASSWORD, Keys.ENTER)
    visitor.sees("Not needed after")
    visitor.tab_to("Place a hold")
    visitor.press(Keys.ENTER)
    visitor.sees("The hold is placed.")


def test_the_administrator_of_a_new_library_is_led_through_the_first_steps(
    anyone: Visitor, admin: Person, tmp_path: Path
) -> None:
    file = tmp_path / "books.csv"
    file.write_text("title,author\nEmma,Austen\n,Nobody\n")
    anyone.go("/")
    anyone.click('main a[href="/start"]')
    anyone.type("[name=name]", admin.email)
    anyone.type("[name=secret]", "a long enough password" + Keys.ENTER)
    anyone.sees("The library is called Riverside Library.")
    anyone.find('[value="7"]').click()
    anyone.click('form[action="/start/opening-days"] button')
    anyone.sees("The opening days are saved.")
    anyone.type("[name=file]", str(file))
    anyone.click('form[action="/start/imports"] button')
    anyone.sees("Done")
    anyone.sees("What could not be taken")
    assert anyone.complaints() == []


def test_hostile_texts_run_nothing_in_a_browser(
    visitor: Visitor, shelves: Shelves, ask: Asker, admin: Person
) -> None:
    reader = shelves.member(HOSTILE[0])
    for text in HOSTILE:
        book = shelves.book(text, author=text, description=text, subjects=[text])
        post = shelves.post(text, text)
        shelves.lend(book["barcodes"][0], reader)
        ask.post("/fees", {"user_id": reader.id, "amount": 5, "note": text}, by=admin)
        visitor.go(f"/books/{book['id']}")
        assert visitor.browser.title != "broken"
        visitor.go(f"/news/{post['id']}")
        assert visitor.browser.title != "broken"
    visitor.sign_in(reader)
    for path in ("/", "/new", "/news", "/account", "/account/details", "/?q=script"):
        visitor.go(path)
        assert visitor.browser.title != "broken"
    assert visitor.complaints() == []


@pytest.fixture
def library(
    ask: Asker, shelves: Shelves, admin: Person, librarian: Person
) -> dict[str, dict[str, Any]]:
    """Records for every parameter of a path, so that each page has something to show."""
    book = shelves.book(
        "The Moonstone",
        copies=2,
        author="Collins, Wilkie",
        published_year=1868,
        language="eng",
        publisher="Tinsley",
        subjects=["Detective stories", "India"],
        description="A diamond is stolen, and eleven people tell what they know.",
    )
    for number in range(1, 12):
        shelves.book(f"Tales of the river {number}", author="Rivers, Ann", language="ger")
    reader = shelves.member("Verinder", first_name="Rachel", language="eng")
    loan = shelves.lend(book["barcodes"][0], reader)
    shelves.lend(book["barcodes"][1], shelves.member("Blake"))
    hold = ask.post("/holds", {"book_id": book["id"]}, by=shelves.member("Bruff")).json
    ask.post("/holds", {"book_id": book["id"]}, by=shelves.member("Cuff"))
    ask.post("/returns", {"barcode": book["barcodes"][1]}, by=admin)
    shelves.lend(shelves.book("Armadale")["barcodes"][0], reader)
    ask.post("/fees", {"user_id": reader.id, "amount": 250, "note": "Spilt tea"}, by=admin)
    post = shelves.post("Open on Sundays", "From May on the library is open on Sundays, too.")
    copy = ask.get(f"/books/{book['id']}/copies", by=admin).json["data"][0]
    faulty = b"title,isbn\n,1\nEmma,\n"
    csv = {"Content-Type": "text/csv"}
    job = ask.post("/imports", raw=faulty, by=admin, headers=csv).json
    stocktake = ask.post("/stocktakes", {"name": "Summer"}, by=admin).json
    scans = {"barcodes": [book["barcodes"][0], "NONE"]}
    ask.post(f"/stocktakes/{stocktake['id']}/scans", scans, by=admin)
    paid = {"amount": 100, "method": "cash"}
    payment = ask.post(f"/users/{reader.id}/payments", paid, by=admin).json["payments"][0]
    order = ask.post("/orders", {"title": "No Name"}, by=reader).json
    [notice] = ask.get("/notices?limit=1", by=admin).json["data"]
    return {
        "kind": {"id": "due-soon"},
        "language": {"id": "eng"},
        "notice_id": notice,
        "order_id": order,
        "policy_id": {"id": 1},
        "book_id": {"id": book["id"]},
        "copy_id": copy,
        "hold_id": hold,
        "import_id": job,
        "loan_id": loan,
        "payment_id": payment,
        "post_id": post,
        "stocktake_id": stocktake,
        "user_id": {"id": reader.id, "person": reader},
    }


def _paths(app: Octavo, blueprint: str, library: dict[str, dict[str, Any]]) -> list[str]:
    """Every page of a blueprint; what stands in a path is taken from the library."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{blueprint}.") and "GET" in (rule.methods or ()):
            path = re.sub(r"<\w+:(\w+)>", lambda one: str(library[one[1]]["id"]), rule.rule)
            found.append(path)
    return sorted(found)


@pytest.mark.javascript
@pytest.mark.parametrize("blueprint", ["reader", "print", "desk", "start"])
def test_axe_finds_nothing_on_any_page_and_each_fits_a_small_screen_and_a_zoom_of_two(
    app: Octavo, visitor: Visitor, library: dict[str, Any], admin: Person, blueprint: str
) -> None:
    paths = _paths(app, blueprint, library)
    if blueprint == "reader":
        paths += [
            "/?q=moonstone",
            "/?q=nothing-at-all",
            "/books/99999",
            "/account?done=pin-changed",
        ]
        found = _looked_at(visitor, ["/sign-in", "/"])
        visitor.sign_in(library["user_id"]["person"])
    else:
        found = []
        visitor.sign_in(admin)
    assert len(paths) > 1
    found += _looked_at(visitor, paths)
    assert "\n".join(found) == ""


def _looked_at(visitor: Visitor, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        if path in NO_PAGES:
            continue
        visitor.use_width(1100)
        visitor.go(path)
        for scheme in SCHEMES:
            visitor.use_scheme(scheme)
            found += [f"{path} ({scheme}): {one}" for one in visitor.findings()]
        if visitor.browser.find_elements("css selector", "svg.sheet"):
            continue
        for look in (visitor.use_zoom, lambda: visitor.use_width(PHONE)):
            look()
            if visitor.overflow():
                found.append(f"{path}: {visitor.overflow()} pixels too wide")
    return found


def test_the_main_pages_have_pictures(
    visitor: Visitor, library: dict[str, Any], admin: Person
) -> None:
    visitor.use_width(1000)
    reader, book = library["user_id"]["person"], library["book_id"]["id"]
    shown = {
        "page-home": "/",
        "page-search": "/?q=river",
        "page-book": f"/books/{book}",
        "page-opening": "/opening",
        "page-sign-in": "/sign-in",
    }
    pictures = {}
    for name, path in shown.items():
        visitor.go(path)
        pictures[name] = visitor.picture(name)
    visitor.sign_in(reader)
    visitor.go("/account")
    pictures["page-account"] = visitor.picture("page-account")
    visitor.use_width(PHONE)
    visitor.use_scheme("dark")
    visitor.go("/account")
    pictures["page-account-phone"] = visitor.picture("page-account-phone")
    assert len(set(pictures.values())) == len(shown) + 2
