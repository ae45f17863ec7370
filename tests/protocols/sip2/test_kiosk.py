"""The machine in the terminal: a borrower's visit, with the messages that it takes."""

from typing import Any

import pytest

from protocols.sip2.kiosk import Kiosk
from protocols.sip2.session import Session
from tests.protocols.sip2.conftest import card_of
from tests.protocols.sip2.machines import key_of, set_secrets
from tests.protocols.sip2.machines import library as of_machines
from tests.unit.circulation.library import member, on_copy, title


@pytest.fixture
def said() -> list[str]:
    """What the machine has shown."""
    return []


def visit(said: list[str], card: str, pin: str, *lines: str) -> None:
    """Let a member scan these."""
    machine = Kiosk(Session(of_machines(), "127.0.0.1"), said.append)
    assert machine.sign_in(key_of(), "kiosk")
    rest = iter([*lines, "q"])
    machine.serve(card, pin, lambda prompt: next(rest))


def test_a_borrower_takes_and_gives_back(library: Any, said: list[str]) -> None:
    user_id = member(first_name="Ada", last_name="Byron")
    set_secrets(user_id, "5831")
    _, [barcode] = title()
    card = card_of(user_id)
    visit(said, card, "5831", barcode, "a", "n", f"r {barcode}", "nothing", "")
    assert "Hello Byron, Ada: 0 items on loan." in said
    assert any(line.startswith("Middlemarch: due ") for line in said)
    assert "Given back." in said
    assert "Not lent." in said
    assert on_copy(barcode)["status"] == "available"
    assert not any("5831" in line or "octavo_" in line for line in said)
    assert any(line.startswith("  > 11NN") for line in said)


@pytest.mark.parametrize("pin", ["", "0000"])
def test_a_wrong_pin_ends_the_visit_and_none_does_not(
    library: Any, said: list[str], pin: str
) -> None:
    user_id = member()
    set_secrets(user_id, "5831")
    visit(said, card_of(user_id), pin)
    assert any(line.startswith("Hello") for line in said) == (pin == "")


def test_an_unknown_card_is_not_served(library: Any, said: list[str]) -> None:
    visit(said, "nobody", "")
    assert "This card is not known." in said
