"""Members, titles and copies made and mended at the desk."""

import pytest

from tests.support.asking import Asker
from tests.support.between import Between
from tests.support.browsing import Browsing
from tests.support.desks import HOSTILE, Desk
from tests.support.people import Person


def test_a_member_is_made_and_stands_at_the_desk(desk: Desk) -> None:
    desk.browsing.go("/desk/members/new")
    desk.click("/desk/members/new", last_name="Ibsen", card_number="C-9", language="ger")
    assert desk.member_shown == "Ibsen"
    [made] = desk.ask.get("/users?card_number=C-9", by=desk.admin).json["data"]
    assert (made["language"], made["email"], made["category"]) == ("ger", None, "standard")


def test_a_form_refused_keeps_what_was_typed_and_says_what_is_wrong(desk: Desk) -> None:
    desk.member("C-1")
    desk.browsing.go("/desk/members/new")
    desk.click("/desk/members/new", last_name="Ibsen", card_number="c-1")
    assert desk.browsing.status == 409
    assert "Another member has this card number." in desk.browsing.text
    desk.click("/desk/members/new", card_number="C-2", birth_date="yesterday", email="x@y@z")
    assert desk.browsing.status == 400
    page = desk.browsing.page
    assert page.xpath('//input[@name="last_name"]/@value') == ["Ibsen"]
    assert page.xpath('//*[@aria-invalid="true"]/@name') == ["email", "birth_date"]


def test_what_a_form_misses_is_told_by_its_labels(desk: Desk) -> None:
    desk.browsing.go("/desk/members/new")
    desk.click("/desk/members/new", note="Nobody")
    assert "Give “Given names” or “Family name”." in desk.browsing.text
    assert "Give email or “Card number”." in desk.browsing.text
    assert "card_number" not in desk.browsing.text


@pytest.mark.parametrize("language", ["ita", "tur", "ger"])
def test_a_member_keeps_their_language_when_another_field_is_mended(
    desk: Desk, language: str
) -> None:
    path = f"/desk/members/{desk.member('C-1', language=language)}"
    desk.browsing.go(path)
    desk.click(path, phone="1")
    after = desk.ask.get(path.replace("/desk/members", "/users"), by=desk.admin).json
    assert (after["phone"], after["language"]) == ("1", language)


def test_a_language_that_pages_do_not_speak_is_offered_by_its_name(desk: Desk) -> None:
    path = f"/desk/members/{desk.member('C-1', language='ita')}"
    page = desk.browsing.go(path, **{"Accept-Language": "de"}).page
    assert page.xpath('//select[@name="language"]/option[@selected]/text()') == ["Italienisch"]
    other = {"language": "tur"}
    desk.ask.patch(path.replace("/desk/members", "/users"), other, by=desk.admin)
    desk.click(path, language="ger")
    assert desk.browsing.status == 412
    assert "Turkish" in desk.browsing.text


def test_a_member_is_mended_and_blocked(desk: Desk) -> None:
    member = desk.member("C-1", phone="1")
    desk.browsing.go(f"/desk/members/{member}")
    path = f"/desk/members/{member}"
    desk.click(path, phone="", blocked="yes", block_reason="Unpaid chair")
    assert "The member is blocked: Unpaid chair" in desk.browsing.text
    assert desk.ask.get(f"/users/{member}", by=desk.admin).json["phone"] is None


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    member = desk.member("C-1", phone="1")
    path = f"/desk/members/{member}"
    desk.browsing.go(path)
    desk.ask.patch(f"/users/{member}", {"phone": "2"}, by=desk.admin)
    desk.click(path, phone="3")
    assert desk.browsing.status == 412
    assert desk.ask.get(f"/users/{member}", by=desk.admin).json["phone"] == "2"
    assert desk.browsing.page.xpath('//input[@name="phone"]/@value') == ["3"]


def test_what_somebody_else_wrote_stands_beside_what_was_typed(desk: Desk) -> None:
    member = desk.member("C-1", phone="1")
    path = f"/desk/members/{member}"
    desk.browsing.go(path)
    desk.ask.patch(f"/users/{member}", {"phone": "2", "note": "Theirs"}, by=desk.admin)
    desk.click(path, phone="3")
    assert "Somebody else has written meanwhile: 2" in desk.browsing.text
    desk.click(path)
    user = desk.ask.get(f"/users/{member}", by=desk.admin).json
    assert (user["phone"], user["note"]) == ("3", "Theirs")


def test_what_somebody_else_wrote_after_the_comparison_is_not_overwritten(
    desk: Desk, between: Between
) -> None:
    member = desk.member("C-1", phone="1")
    path = f"/desk/members/{member}"
    desk.browsing.go(path)
    between(lambda: desk.ask.patch(f"/users/{member}", {"phone": "2"}, by=desk.admin))
    desk.click(path, phone="3")
    assert desk.browsing.status == 412
    assert "Somebody else has written meanwhile: 2" in desk.browsing.text
    assert desk.ask.get(f"/users/{member}", by=desk.admin).json["phone"] == "2"


def test_what_is_changed_while_somebody_else_changes_another_field_is_kept_as_well(
    desk: Desk, between: Between
) -> None:
    book = desk.copies("B-1")
    path = f"/desk/books/{book}"
    desk.browsing.go(path)
    between(lambda: desk.ask.patch(f"/books/{book}", {"publisher": "Seeley"}, by=desk.admin))
    desk.click(path, edition="2nd")
    after = desk.ask.get(f"/books/{book}", by=desk.admin).json
    assert (desk.browsing.status, after["publisher"], after["edition"]) == (200, "Seeley", "2nd")


def test_who_finds_somebody_else_faster_time_after_time_is_told(
    desk: Desk, between: Between
) -> None:
    member = desk.member("C-1", phone="1")
    path = f"/desk/members/{member}"
    desk.browsing.go(path)
    notes: list[str] = []

    def others() -> None:
        notes.append(str(len(notes)))
        desk.ask.patch(f"/users/{member}", {"note": notes[-1]}, by=desk.admin)
        between(others)

    between(others)
    desk.click(path, phone="3")
    assert (desk.browsing.status, notes) == (412, ["0", "1", "2"])
    assert "Somebody was faster" in desk.browsing.text
    assert desk.ask.get(f"/users/{member}", by=desk.admin).json["phone"] == "1"


def test_other_fields_that_somebody_else_changed_meanwhile_stay_changed(desk: Desk) -> None:
    book = desk.copies("B-1", title="Flatland")
    path = f"/desk/books/{book}"
    desk.browsing.go(path)
    theirs = {"author": "Abbott, Edwin", "publisher": "Seeley"}
    desk.ask.patch(f"/books/{book}", theirs, by=desk.admin)
    desk.click(path, published_year="1884")
    after = desk.ask.get(f"/books/{book}", by=desk.admin).json
    assert (after["author"], after["publisher"]) == ("Abbott, Edwin", "Seeley")
    assert after["published_year"] == 1884


@pytest.mark.settings(REQUIRE_IF_MATCH="true")
def test_records_are_mended_and_taken_away_where_the_api_demands_if_match(desk: Desk) -> None:
    book = desk.copies("B-1", title="Flatland")
    path = f"/desk/books/{book}"
    desk.browsing.go(path)
    desk.click(path, edition="2nd")
    assert (desk.browsing.status, "Saved" in desk.browsing.text) == (200, True)
    desk.click(f"{path}/deletion")
    assert desk.ask.get(f"/books/{book}", by=desk.admin).status_code == 404


def test_a_form_without_some_fields_leaves_them(desk: Desk) -> None:
    book = desk.copies("B-1", title="Flatland", location="Hall")
    path = f"/desk/books/{book}"
    form = desk.browsing.go(path).page.xpath(f'//form[@action="{path}"]')[0]
    fields = dict(form.form_values())
    del fields["title"]
    desk.browsing.send(path, {**fields, "edition": "2nd"})
    after = desk.ask.get(f"/books/{book}", by=desk.admin).json
    assert (after["title"], after["edition"]) == ("Flatland", "2nd")


def _lent(desk: Desk) -> dict[str, int]:
    """A member with a copy on loan: the ids of each, and of the title."""
    member, book = desk.member("C-1", phone="1", note="One\nTwo"), desk.copies("B-1")
    [copy] = desk.ask.get("/copies", by=desk.admin).json["data"]
    loan = {"user_id": member, "copy_id": copy["id"]}
    assert desk.ask.post("/loans", loan, by=desk.admin).status_code == 201
    return {"members": member, "books": book, "copies": copy["id"], "policies": 1}


def _drawn(desk: Desk, path: str) -> dict[str, str]:
    """What the form of a record is drawn with, but its token and its number, which are new."""
    form = desk.browsing.page.xpath(f'//form[@action="{path}"]')[0]
    return {name: value for name, value in form.form_values() if name not in ("form_token", "key")}


@pytest.mark.parametrize("kind", ["members", "books", "copies", "policies"])
def test_a_deletion_that_is_refused_leaves_the_form_as_it_was(
    browsing: Browsing, ask: Asker, admin: Person, kind: str
) -> None:
    desk = Desk(browsing, ask, admin, admin)
    path = f"/desk/{kind}/{_lent(desk)[kind]}"
    desk.browsing.go(path)
    before = _drawn(desk, path)
    desk.click(f"{path}/deletion")
    assert desk.browsing.status == 409
    assert _drawn(desk, path) == before


def test_a_password_that_is_set_keeps_the_blanks_around_it(desk: Desk) -> None:
    member = desk.member("C-1", email="ada@example.org")
    path = f"/desk/members/{member}"
    desk.browsing.go(path)
    form = dict(desk.browsing.page.xpath(f'//form[@action="{path}/pin"]')[1].form_values())
    desk.browsing.send(f"{path}/pin", {**form, "new_password": " a secret of hers "})
    given = {"email": "ada@example.org", "password": " a secret of hers "}
    assert desk.ask.post("/auth/login", given).status_code == 200


def test_a_pin_is_set_and_a_weak_one_refused(desk: Desk) -> None:
    member = desk.member("C-1")
    path = f"/desk/members/{member}/pin"
    desk.browsing.go(f"/desk/members/{member}")
    desk.click(path, pin="1234")
    assert desk.browsing.status == 400
    desk.click(path, pin="5823")
    assert "Saved" in desk.browsing.text
    answer = desk.ask.post(f"/users/{member}/pin-checks", {"pin": "5823"}, by=desk.admin)
    assert answer.status_code == 204


def test_a_librarian_gives_nobody_a_role(desk: Desk) -> None:
    member = desk.member("C-1")
    path = f"/desk/members/{member}"
    desk.browsing.go(path)
    desk.click(path, role="admin", is_active="")
    user = desk.ask.get(f"/users/{member}", by=desk.admin).json
    assert (user["role"], user["is_active"]) == ("member", True)


def test_a_librarian_cannot_mend_an_administrator(desk: Desk) -> None:
    path = f"/desk/members/{desk.admin.id}"
    desk.browsing.go(path)
    desk.click(path, phone="1")
    assert desk.browsing.status == 403


def test_an_administrator_erases_a_member_without_loans(
    browsing: Browsing, desk: Desk, admin: Person
) -> None:
    member = desk.member("C-1")
    browsing.go("/desk").fill("/sign-out")
    browsing.sign_in(admin).go(f"/desk/members/{member}")
    browsing.fill(f"/desk/members/{member}/deletion")
    assert desk.ask.get(f"/users/{member}", by=admin).status_code == 404


def test_members_are_found_by_name_and_by_being_blocked(desk: Desk) -> None:
    desk.member("C-1", last_name="Sommerfeld")
    desk.member("C-2", last_name="Winter", blocked=True)
    assert "Sommerfeld" in desk.browsing.go("/desk/members?q=sommer&blocked=").text
    text = desk.browsing.go("/desk/members?q=&blocked=true").text
    assert "Winter" in text
    assert "Sommerfeld" not in text


def test_a_title_is_made_with_a_copy_and_lent(desk: Desk) -> None:
    desk.member("C-1")
    desk.browsing.go("/desk/books/new")
    desk.click(
        "/desk/books/new",
        title="Ghosts",
        author="Ibsen, Henrik",
        contributors="Archer, William; translator\nSomebody",
        subjects="Drama\nNorway",
        published_year="1881",
    )
    action = desk.browsing.page.xpath('//form[contains(@action, "/copies")]/@action')[0]
    desk.click(action, barcode="B-7", price="12,50", location="Hall")
    assert "B-7" in desk.browsing.text
    [copy] = desk.ask.get("/copies?barcode=B-7", by=desk.admin).json["data"]
    assert (copy["price"], copy["location"]) == (1250, "Hall")
    book = desk.ask.get(f"/books/{copy['book_id']}", by=desk.admin).json
    assert book["subjects"] == ["Drama", "Norway"]
    assert book["contributors"] == [
        {"name": "Archer, William", "role": "translator"},
        {"name": "Somebody", "role": None},
    ]
    desk.browsing.go("/desk")
    assert desk.scan("C-1").scan("B-7").outcome.startswith("Lent")


def test_saving_a_form_unchanged_changes_nothing(desk: Desk) -> None:
    fields = {
        "title": "Ghosts",
        "contributors": [{"name": "Archer; William", "role": "translator"}, {"name": "X"}],
        "description": "One\n\nTwo",
        "isbn": "9780141439679",
        "published_year": -458,
    }
    book = desk.ask.post("/books", fields, by=desk.admin).json
    path = f"/desk/books/{book['id']}"
    desk.browsing.go(path)
    desk.click(path)
    after = desk.ask.get(f"/books/{book['id']}", by=desk.admin).json
    assert {**after, "copies": 0} == {**book, "copies": 0}


def test_saving_one_field_leaves_the_others_as_they_are(desk: Desk) -> None:
    fields = {
        "title": "Ghosts",
        "description": "line1\nline2",
        "contributors": [
            {"name": "Smith; Jones", "role": None},
            {"name": "Doe, J.", "role": "translator; editor"},
        ],
        "subjects": ["Drama\nin prose", " Norway "],
    }
    book = desk.ask.post("/books", fields, by=desk.admin).json
    path = f"/desk/books/{book['id']}"
    desk.browsing.go(path)
    desk.click(path, edition="2nd")
    after = desk.ask.get(f"/books/{book['id']}", by=desk.admin).json
    assert after["edition"] == "2nd"
    assert {name: after[name] for name in fields} == {name: book[name] for name in fields}


def test_an_edited_list_of_people_keeps_the_semicolons_of_the_others(desk: Desk) -> None:
    people = [
        {"name": "Smith; Jones", "role": None},
        {"name": "Doe, J.", "role": "translator; editor"},
        {"name": "Roe;", "role": "author;; editor"},
    ]
    fields = {"title": "Ghosts", "contributors": people}
    path = f"/desk/books/{desk.ask.post('/books', fields, by=desk.admin).json['id']}"
    text = desk.browsing.go(path).page.xpath("string(//textarea[@name='contributors'])")
    desk.click(path, contributors=f"{text}\nNew, N.; illustrator")
    after = desk.ask.get(path.removeprefix("/desk"), by=desk.admin).json
    assert after["contributors"] == [*people, {"name": "New, N.", "role": "illustrator"}]


def test_lines_typed_into_a_form_end_as_in_the_api(desk: Desk) -> None:
    member = desk.member("C-1")
    path = f"/desk/members/{member}"
    desk.browsing.go(path)
    desk.click(path, address="Lane 1\nTown")
    assert desk.ask.get(f"/users/{member}", by=desk.admin).json["address"] == "Lane 1\nTown"


def test_a_wrong_isbn_is_marked_at_its_field(desk: Desk) -> None:
    desk.browsing.go("/desk/books/new")
    desk.click("/desk/books/new", title="Ghosts", isbn="9780141439670", pages="many")
    assert desk.browsing.page.xpath('//*[@aria-invalid="true"]/@name') == ["pages"]
    desk.click("/desk/books/new", pages="90")
    assert desk.browsing.page.xpath('//*[@aria-invalid="true"]/@name') == ["isbn"]


def test_a_copy_is_mended_and_withdrawn(desk: Desk) -> None:
    desk.copies("B-1")
    [copy] = desk.ask.get("/copies?barcode=B-1", by=desk.admin).json["data"]
    path = f"/desk/copies/{copy['id']}"
    desk.browsing.go(path)
    desk.click(path, status="in_repair", shelfmark="N 7")
    mended = desk.ask.get(f"/copies/{copy['id']}", by=desk.admin).json
    assert (mended["status"], mended["shelfmark"]) == ("in_repair", "N 7")
    desk.browsing.go(path)
    desk.click(f"{path}/deletion")
    assert desk.ask.get(f"/copies/{copy['id']}", by=desk.admin).json["status"] == "withdrawn"


def test_a_title_with_a_copy_out_stays(desk: Desk) -> None:
    desk.member("C-1")
    book = desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    desk.browsing.go(f"/desk/books/{book}")
    desk.click(f"/desk/books/{book}/deletion")
    assert desk.browsing.status == 409
    assert "Copies are on loan." in desk.browsing.text


def test_a_hold_is_placed_for_a_card_and_refused_with_every_reason(desk: Desk) -> None:
    desk.member("C-1")
    desk.member("C-2", blocked=True, block_reason="Chair")
    book = desk.copies("B-1")
    path = f"/desk/books/{book}/holds"
    desk.browsing.go(f"/desk/books/{book}")
    desk.click(path, card_number="C-1")
    assert "One hold" in desk.browsing.text
    desk.click(path, card_number="C-2")
    assert desk.browsing.status == 409
    assert "The member is blocked: Chair" in desk.browsing.text
    desk.click(path, reason="The director said so")
    assert "2 holds" in desk.browsing.text
    desk.click(path, card_number="nobody")
    assert "There is no member with this card." in desk.browsing.text


def test_hostile_records_are_text(desk: Desk) -> None:
    member = desk.member("C-1", last_name=HOSTILE, note=f"</textarea>{HOSTILE}", address=HOSTILE)
    book = desk.copies('"><b>', title=HOSTILE, location=HOSTILE, shelfmark=HOSTILE)
    [copy] = desk.ask.get("/copies", by=desk.admin).json["data"]
    for path in (
        "/desk/members",
        f"/desk/members/{member}",
        "/desk/books",
        f"/desk/books/{book}",
        f"/desk/copies/{copy['id']}",
    ):
        desk.browsing.go(path)
        assert desk.browsing.status == 200
        assert "<script>alert" not in desk.browsing.answer.text
        assert desk.browsing.page.xpath("//main//img | //b") == []


@pytest.mark.parametrize("path", ["/desk/members/9999", "/desk/books/9999", "/desk/copies/9999"])
def test_what_is_not_there_is_404(desk: Desk, path: str) -> None:
    assert desk.browsing.go(path).status == 404


def test_a_merged_title_leads_to_the_one_it_is_now(desk: Desk) -> None:
    kept, other = desk.copies(title="Emma"), desk.copies(title="Emmma")
    desk.ask.post(f"/books/{kept}/merges", {"from": [other]}, by=desk.admin)
    desk.browsing.go(f"/desk/books/{other}")
    assert desk.browsing.status == 200
    assert desk.browsing.page.xpath('//input[@name="title"]/@value') == ["Emma"]
