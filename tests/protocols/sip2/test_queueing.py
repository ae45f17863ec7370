"""Holds at a machine: placed, changed and cancelled on the title of a copy."""

from datetime import UTC, datetime, timedelta

import pytest

from models.hold import Hold
from tests.protocols.sip2.conftest import card_of
from tests.protocols.sip2.frames import BLANK_DATE
from tests.protocols.sip2.machines import Machine
from tests.unit.circulation.library import held, lent, member, title

NOW = datetime.now(UTC)
LATER = f"{NOW + timedelta(days=40):%Y%m%d}"


def test_a_hold_is_placed_with_its_place_in_the_queue(machine: Machine, card: str) -> None:
    book_id, [barcode] = title()
    lent(barcode, member(), NOW)
    held(book_id, member(), NOW)
    told = machine.hold("+", card, barcode, f"BW{BLANK_DATE}|BShall|BY2|")
    assert (told["ok"], told["available"], told["BR"], told["BS"]) == ("1", "N", "2", "hall")
    assert (told["AJ"], told["AB"]) == ("Middlemarch", barcode)


def test_a_hold_may_have_a_last_day(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    lent(barcode, member(), NOW)
    told = machine.hold("+", card, barcode, f"BW{LATER}    000000|")
    assert told["BW"] == f"{LATER}    235959"
    assert Hold.get().not_needed_after.replace("-", "") == LATER


@pytest.mark.parametrize("until", ["20200101    000000", "soon", "99999999"])
def test_a_last_day_that_cannot_be_meant_is_refused(
    machine: Machine, card: str, until: str
) -> None:
    _, [barcode] = title()
    lent(barcode, member(), NOW)
    told = machine.hold("+", card, barcode, f"BW{until}|")
    assert told["ok"] == "0"
    assert told.messages == ["The expiration date of the hold cannot be read or is past."]


def test_a_hold_is_changed_and_cancelled(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    lent(barcode, member(), NOW)
    machine.hold("+", card, barcode)
    assert machine.hold("*", card, barcode, f"BW{LATER}    000000|")["ok"] == "1"
    assert Hold.get().not_needed_after.replace("-", "") == LATER
    assert machine.hold("-", card, barcode)["ok"] == "1"
    assert machine.hold("-", card, barcode).messages == ["You have no hold on this title."]


def test_a_refused_hold_tells_every_reason(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    machine.checkout(card, barcode)
    told = machine.hold("+", card, barcode)
    assert told["ok"] == "0"
    assert told.messages == ["You have another copy of this title."]


def test_unknown_cards_and_items_have_no_holds(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    assert machine.hold("+", "nobody", barcode).messages == ["This card is not known."]
    assert machine.hold("+", card, "nothing")["ok"] == "0"
    assert card_of(member()) != card


def test_a_hold_of_type_3_is_on_the_copy_itself(machine: Machine, card: str) -> None:
    book_id, barcodes = title(2)
    for barcode in barcodes:
        lent(barcode, member(), NOW)
    assert machine.hold("+", card, barcodes[1], "BY3|")["ok"] == "1"
    placed = Hold.get()
    assert (placed.book_id, placed.requested_copy.barcode) == (book_id, barcodes[1])
    assert machine.hold("+", card, barcodes[1], "BY2|")["BR"] == "2"


def test_a_machine_lists_the_copy_that_is_waited_for(machine: Machine, card: str) -> None:
    _, barcodes = title(2)
    lent(barcodes[1], member(), NOW)
    machine.hold("+", card, barcodes[1], "BY3|")
    told = machine.information(card, "     Y    ")
    assert told.fields["CD"] == [barcodes[1]]


def test_a_hold_is_cancelled_by_the_copy_it_is_on(machine: Machine, card: str) -> None:
    _, barcodes = title(2)
    for barcode in barcodes:
        lent(barcode, member(), NOW)
    machine.hold("+", card, barcodes[1], "BY3|")
    assert machine.hold("-", card, barcodes[0])["ok"] == "0"
    assert machine.hold("-", card, barcodes[1], "BY2|")["ok"] == "0"
    assert machine.hold("-", card, barcodes[1])["ok"] == "1"
    assert Hold.get().end_reason == "cancelled_by_member"


@pytest.mark.parametrize("more", ["", "BW|", f"BW{BLANK_DATE}|", "BSbranch|"])
def test_a_change_without_a_last_day_keeps_the_one_there_is(
    machine: Machine, card: str, more: str
) -> None:
    _, [barcode] = title()
    lent(barcode, member(), NOW)
    machine.hold("+", card, barcode, f"BW{LATER}    000000|")
    told = machine.hold("*", card, barcode, more)
    assert (told["ok"], told["BW"]) == ("1", f"{LATER}    235959")
    assert Hold.get().not_needed_after.replace("-", "") == LATER


@pytest.mark.parametrize(
    ("until", "day"),
    [
        ("20990108   Z233000", "2099-01-09"),
        ("20990108   Z223000", "2099-01-08"),
        ("20990708   Z223000", "2099-07-09"),
        ("20990108Z   233000", "2099-01-09"),
        ("20990108   Z", "2099-01-08"),
        ("20990108    233000", "2099-01-08"),
        ("20990108 EST233000", "2099-01-08"),
        ("99991231   Z235959", None),
        ("20990108   Z999999", None),
    ],
)
def test_a_last_day_in_utc_is_the_day_of_that_moment_in_the_library(
    machine: Machine, card: str, until: str, day: str | None
) -> None:
    _, [barcode] = title()
    lent(barcode, member(), NOW)
    assert machine.hold("+", card, barcode, f"BW{until}|")["ok"] == ("0" if day is None else "1")
    assert [one.not_needed_after for one in Hold.select()] == ([] if day is None else [day])
