"""The nouns: their fields one by one, and what is particular to each."""

import importlib
import pkgutil
from typing import Any

import pytest

import validators
from validators import (
    auth,
    books,
    calendar,
    copies,
    fees,
    holds,
    imports,
    loans,
    orders,
    payments,
    policies,
    posts,
    reports,
    users,
)
from validators.engine.bodies import Mode, Schema, compile_body
from validators.engine.errors import Invalid
from validators.engine.jsonschema import json_schema, query_parameters
from validators.engine.queries import Query, compile_query

FIELDS = {
    "User": "id email contact_email first_name last_name role category card_number phone address"
    " birth_date language note is_active blocked block_reason blocked_until expires_on has_password"
    " has_pin notices created_at updated_at revision",
    "Book": "id title subtitle part author contributors isbn isbns issn publisher published_year"
    " language edition pages series series_volume material_type original_title original_author"
    " alternative_titles contents description subjects classification cover_url control_number"
    " created_at updated_at revision",
    "Copy": "id book_id barcode location shelfmark loan_type status price acquired_on note"
    " due_at last_seen_at created_at updated_at revision",
    "ImportJob": "id status kind format dry_run processed created updated skipped failed encoding"
    " samples unused read_as created_at finished_at",
    "Loan": "id copy_id book_id user_id status borrowed_at due_at returned_at renewals"
    " fine_accrued revision",
    "Hold": "id book_id user_id status position copy_id requested_copy_id placed_at ready_at"
    " expires_at ended_at end_reason not_needed_after suspended_until",
    "Fee": "id user_id loan_id kind amount balance currency status note created_at",
    "Policy": "id member_category loan_type loan_days max_loans max_renewals renewal_days max_holds"
    " hold_shelf_days fine_per_day grace_days fine_cap replacement_fee fees_block_at overdue_block",
    "Order": "id user_id title author isbn publisher quantity note status vendor unit_price"
    " currency book_id received reason created_at updated_at revision",
    "Post": "id title content published published_at author_id created_at updated_at revision",
}
NOUNS = [users.USER, books.BOOK, copies.COPY, imports.IMPORT, loans.LOAN, holds.HOLD, fees.FEE]
NOUNS += [policies.POLICY, orders.ORDER, posts.POST]
MODULES = [
    importlib.import_module(f"validators.{module.name}")
    for module in pkgutil.iter_modules(validators.__path__)
]
OVERRIDE = {"codes": ["loan-limit"], "reason": "The director agreed."}


def faults(schema: Schema, mode: Mode, body: dict[str, Any]) -> list[tuple[str | None, str]]:
    with pytest.raises(Invalid) as caught:
        compile_body(schema, mode)(body)
    return [(fault.pointer, fault.code) for fault in caught.value.errors]


@pytest.mark.parametrize("noun", NOUNS)
def test_an_answer_has_these_fields_and_no_others(noun: Schema) -> None:
    embedded = set(noun.fields) & {"availability", "copies", "user", "book", "copy"}
    assert set(noun.fields) - embedded == set(FIELDS[noun.name].split())


@pytest.mark.parametrize("module", MODULES)
def test_everything_a_module_declares_can_be_compiled(module: Any) -> None:
    for value in vars(module).values():
        if isinstance(value, Schema):
            assert json_schema(value, "answer")["type"] == "object"
        if isinstance(value, Query):
            assert len(compile_query(value).parameters) == len(query_parameters(value))


def test_a_copy_goes_on_loan_only_by_lending() -> None:
    made = {"barcode": "1", "status": "on_loan"}
    assert faults(copies.COPY, "create", made) == [("#/status", "not-allowed")]
    assert compile_body(copies.COPY, "patch")({"status": "lost"}) == {"status": "lost"}


def test_a_barcode_is_stored_without_the_space_around_it() -> None:
    assert compile_body(copies.COPY, "create")({"barcode": " 31234\t"})["barcode"] == "31234"
    assert faults(copies.COPY, "create", {"barcode": " "}) == [("#/barcode", "blank")]


def test_a_loan_names_one_copy_and_one_member() -> None:
    assert faults(loans.LENDING, "create", {}) == [
        ("#/barcode", "required"),
        ("#/user_id", "required"),
    ]
    both = {"barcode": "1", "copy_id": 2, "card_number": "3"}
    assert faults(loans.LENDING, "create", both) == [("#/copy_id", "not-allowed")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"reason": " "}, ("#/override/reason", "blank")),
        ({"codes": []}, ("#/override/codes", "too-few")),
        ({"codes": ["copy-on-loan"]}, ("#/override/codes/0", "not-allowed")),
        ({"codes": ["moon"]}, ("#/override/codes/0", "not-allowed")),
        ({"codes": ["copy-lost", "copy-lost"]}, ("#/override/codes", "repeated")),
    ],
)
def test_an_override_names_codes_that_may_be_waved_and_why(
    change: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert compile_body(loans.RENEWAL, "create")({"override": OVERRIDE})
    assert faults(loans.RENEWAL, "create", {"override": OVERRIDE | change}) == [expected]


def test_only_librarians_override_or_choose_dates() -> None:
    assert set(compile_body(loans.LENDING, "create").roles.values()) == {"librarian"}
    assert compile_body(loans.LENDING, "create").roles.keys() == {"due_on", "override"}
    assert compile_body(loans.RETURN, "create").roles.keys() == {"returned_at", "in_house"}


def test_no_barcode_comes_twice_in_a_receipt() -> None:
    twice = {"barcodes": ["ab1", " AB1 "]}
    assert faults(orders.RECEIPT, "create", twice) == [("#/barcodes", "repeated")]


def test_what_an_order_asks_for_is_changed_by_staff() -> None:
    step = compile_body(orders.ORDER, "patch")
    change = {"status": "approved", "title": "Other", "quantity": 9}
    assert step(change) == change
    assert (step.roles["title"], step.roles["quantity"]) == ("librarian", "librarian")


def test_a_new_order_has_no_status_yet() -> None:
    assert faults(orders.NEW_ORDER, "create", {"title": "Emma", "status": "approved"}) == [
        ("#/status", "read-only")
    ]


@pytest.mark.parametrize("amount", [0, -1, 10**13, 1.5, "100", True, None])
def test_a_payment_is_a_positive_whole_number(amount: object) -> None:
    body = {"amount": amount, "method": "cash"}
    assert [pointer for pointer, _ in faults(fees.FEE_PAYMENT, "create", body)] == ["#/amount"]


def test_a_waiver_is_of_all_that_is_left_unless_it_says() -> None:
    assert compile_body(fees.WAIVER, "create")({"reason": "Goodwill"})["amount"] is None


@pytest.mark.parametrize("days", [[0], [8], [1, 1], ["1"], [True], "1", None])
def test_weekdays_are_numbered_from_monday(days: object) -> None:
    body = {"timezone": "Europe/Zurich", "open_weekdays": days}
    assert len(faults(calendar.CALENDAR, "replace", body)) == 1


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "europe/zurich"])
def test_a_time_zone_is_one_of_the_database(zone: str) -> None:
    body = {"timezone": zone, "open_weekdays": [1]}
    assert faults(calendar.CALENDAR, "replace", body)[0][0] == "#/timezone"


def test_a_closure_does_not_end_before_it_starts() -> None:
    body = {"starts_on": "2026-12-26", "ends_on": "2026-12-24", "reason": "Christmas"}
    assert faults(calendar.CLOSURE, "create", body) == [("#/ends_on", "too-small")]


def test_a_policy_is_for_everybody_unless_it_says() -> None:
    policy = compile_body(policies.POLICY, "create")({})
    assert (policy["member_category"], policy["loan_type"]) == ("*", "*")
    assert policy["max_loans"] is None


def test_registration_takes_nothing_a_member_may_not_set() -> None:
    body = {"email": "a@b.org", "password": "correct horse", "first_name": "A", "last_name": "B"}
    assert compile_body(auth.REGISTRATION, "create")(body) == body
    assert faults(auth.REGISTRATION, "create", body | {"role": "admin"}) == [
        ("#/role", "unknown-field")
    ]


def test_a_sign_in_is_tried_whatever_it_looks_like() -> None:
    odd = {"email": "no email", "password": "x"}
    assert compile_body(auth.LOGIN, "create")(odd) == odd


def test_a_key_may_have_no_scopes_but_no_others() -> None:
    key = {"name": "Desk", "scopes": []}
    assert compile_body(auth.API_KEY, "create")(key)["expires_at"] is None
    assert faults(auth.API_KEY, "create", key | {"scopes": ["moon"]}) == [
        ("#/scopes/0", "not-allowed")
    ]


def test_the_books_of_a_batch_are_judged_one_by_one() -> None:
    batch = compile_body(books.BATCH, "create")
    read = batch({"operations": [{"op": "create", "book": {"title": 5}}]})
    assert read == {"operations": [{"op": "create", "book": {"title": 5}}], "atomic": False}
    assert faults(books.BATCH, "create", {"operations": [{"op": "x"}] * 1001})[0] == (
        "#/operations",
        "too-many",
    )


def test_loans_are_listed_by_several_statuses() -> None:
    read = compile_query(loans.LOANS_QUERY)([("status", "open,overdue")])
    assert read["status"] == ["open", "overdue"]


def test_columns_of_a_csv_file_are_named() -> None:
    read = compile_query(imports.IMPORT_QUERY)
    assert read([("columns", "title:Original Title, isbn:ISBN13")])["columns"] == {
        "title": "Original Title",
        "isbn": "ISBN13",
    }
    for wrong in ("title", "title:", ":x", "title:a,title:b", "colour:Colour"):
        with pytest.raises(Invalid) as caught:
            read([("columns", wrong)])
        assert [fault.parameter for fault in caught.value.errors] == ["columns"]


def test_a_report_ends_after_it_begins() -> None:
    read = compile_query(reports.CIRCULATION_QUERY)
    assert read([("from", "2026-11-21")]) == {"from": "2026-11-21", "interval": "day"}
    with pytest.raises(Invalid):
        read([("from", "2026-11-21"), ("to", "2026-11-20")])


@pytest.mark.parametrize("amount", [12.5, "12.50", -1, 0, 10**13])
def test_who_gives_a_wrong_amount_is_told_that_money_is_in_cents(amount: object) -> None:
    with pytest.raises(Invalid) as caught:
        compile_body(fees.FEE_PAYMENT, "create")({"amount": amount, "method": "cash"})
    [fault] = caught.value.errors
    assert fault.pointer == "#/amount"
    assert fault.detail.endswith("Give money in minor units, such as cents: 12.50 is 1250.")


@pytest.mark.parametrize(
    ("schema", "mode", "field"),
    [
        (copies.COPY, "patch", "price"),
        (orders.ORDER, "patch", "unit_price"),
        (fees.NEW_FEE, "create", "amount"),
        (fees.WAIVER, "create", "amount"),
        (payments.ACCOUNT_PAYMENT, "create", "amount"),
        *((policies.POLICY, "patch", name) for name in ("fine_per_day", "fine_cap")),
        *((policies.POLICY, "patch", name) for name in ("replacement_fee", "fees_block_at")),
    ],
)
def test_every_amount_that_can_be_sent_says_so(schema: Schema, mode: Mode, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        compile_body(schema, mode)({field: 0.5})
    [fault] = [each for each in caught.value.errors if each.pointer == f"#/{field}"]
    assert "12.50 is 1250" in fault.detail


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("#/email", "required")]),
        ({"email": "a@example.org"}, [("#/password", "required")]),
        ({"card_number": "C-1"}, [("#/pin", "required")]),
        ({"card_number": "C-1", "password": "x"}, [("#/email", "required"), ("#/pin", "required")]),
        (
            {"email": "a@example.org", "password": "x", "card_number": "C-1", "pin": "4817"},
            [("#/card_number", "not-allowed")],
        ),
    ],
)
def test_who_signs_in_gives_email_and_password_or_card_and_pin(
    given: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(auth.LOGIN, "create", given) == expected


def test_a_due_date_is_never_changed_without_a_day_and_a_reason() -> None:
    assert faults(loans.DUE_DATE, "patch", {}) == [
        ("#/due_on", "required"),
        ("#/reason", "required"),
    ]
    assert faults(loans.DUE_DATE, "patch", {"due_on": None, "reason": "Snow"}) == [
        ("#/due_on", "required")
    ]
