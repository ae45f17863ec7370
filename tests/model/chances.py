"""How likely each act is, and what it is done with: all drawn from one source of chance."""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from tests.model.deciding import State
from tests.model.records import Policy

PAIRS = (("*", "*"), ("child", "*"), ("*", "reference"))
MEMBERS = ("block", "unblock", "unblock", "expire", "renew", "renew", "stop", "go", "go")
COPIES = ("available", "available", "in_repair", "lost", "withdrawn")
HOURS = (1, 5, 13, 24, 24, 48, 100, 24 * 8, 24 * 20)
WEEKS = ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5], [2, 4, 6], [1, 2, 3, 4, 5, 6, 7])
FIELDS = ("suspended_until", "not_needed_after", "both")


class Chance(Random):
    """What tests draw from."""

    def number(self) -> int:
        """A number to choose among records with."""
        return self.randrange(1000)

    def seldom(self, likelihood: float, below: int) -> int | None:
        """A number, or mostly nothing."""
        return self.randrange(below) if self.random() < likelihood else None

    def is_so(self, likelihood: float) -> bool:
        """Whether something is so."""
        return self.random() < likelihood

    def policy(self) -> Policy:
        """Any policy."""
        return Policy(
            loan_days=self.choice([14, 14, 14, 1, 40, 7, 0]),
            max_loans=self.choice([3, None, 2, 5, 0]),
            max_renewals=self.choice([2, None, 0, 1]),
            renewal_days=self.choice([None, 7, 3, 30, 0]),
            max_holds=self.choice([2, None, 3, 1, 0]),
            hold_shelf_days=self.choice([3, 1, 8, 0]),
            fine_per_day=self.choice([10, 0, 25]),
            grace_days=self.choice([0, 2]),
            fine_cap=self.choice([None, 100]),
            replacement_fee=self.choice([700, 0]),
            fees_block_at=self.choice([500, None, 0, 2000]),
            overdue_block=self.is_so(0.5),
        )


def always(state: State) -> bool:
    """Nothing is needed for it."""
    return True


def any_loan(state: State) -> bool:
    """There is a loan."""
    return bool(state.loans)


def any_hold(state: State) -> bool:
    """There is a hold."""
    return bool(state.holds)


def any_fee(state: State) -> bool:
    """There is a fee to settle."""
    return any(fee.balance for fee in state.fees)


def any_fee_at_all(state: State) -> bool:
    """There is a fee, settled or not."""
    return bool(state.fees)


def any_payment(state: State) -> bool:
    """Something was paid."""
    return bool(state.payments)


def any_move(state: State) -> bool:
    """Due dates were moved together."""
    return bool(state.moves)


def any_receipt(state: State) -> bool:
    """A copy came with an order, and stayed."""
    return bool(state.receipts)


def several_members(state: State) -> bool:
    """One may go without the last ones going."""
    return sum(not member.is_gone for member in state.members.values()) > 2


class Deed(NamedTuple):
    """An act by its name, how often it is done, with what, and what it needs."""

    name: str
    weight: float
    given: Callable[[Chance], dict[str, Any]]
    possible: Callable[[State], bool] = always


DEEDS = (
    Deed(
        "lend",
        30,
        lambda c: {
            "copy": c.number(),
            "who": c.number(),
            "waved": c.is_so(0.3),
            "due_in": c.seldom(0.15, 40),
        },
    ),
    Deed("take_back", 18, lambda c: {"copy": c.number(), "hours_ago": c.seldom(0.25, 200)}),
    Deed("renew", 8, lambda c: {"which": c.number(), "waved": c.is_so(0.3)}, any_loan),
    Deed("lose", 2, lambda c: {"which": c.number()}, any_loan),
    Deed("claim_returned", 2, lambda c: {"which": c.number()}, any_loan),
    Deed("withdraw_claim", 1, lambda c: {"which": c.number()}, any_loan),
    Deed("use_in_house", 1, lambda c: {"copy": c.number()}),
    Deed(
        "hold",
        22,
        lambda c: {
            "which": c.number(),
            "who": c.number(),
            "waved": c.is_so(0.2),
            "last": c.seldom(0.2, 40),
            "single": c.seldom(0.3, 2),
        },
    ),
    Deed("move_hold", 3, lambda c: {"which": c.number(), "position": c.randint(1, 4)}, any_hold),
    Deed("keep_hold", 2, lambda c: {"which": c.number(), "days": c.randrange(20)}, any_hold),
    Deed(
        "change_hold",
        5,
        lambda c: {
            "which": c.number(),
            "suspended": c.seldom(0.7, 20),
            "limited": c.seldom(0.5, 20),
            "fields": c.choice(FIELDS),
        },
        any_hold,
    ),
    Deed("cancel", 4, lambda c: {"which": c.number()}, any_hold),
    Deed("charge", 1, lambda c: {"who": c.number(), "amount": c.randint(1, 900)}),
    Deed(
        "settle_fee",
        5,
        lambda c: {"which": c.number(), "amount": c.randint(1, 900), "waive": c.is_so(0.4)},
        any_fee,
    ),
    Deed(
        "pay_account",
        3,
        lambda c: {"which": c.number(), "amount": c.randint(1, 2000), "whole": c.is_so(0.5)},
        any_fee,
    ),
    Deed("set_policy", 1, lambda c: {"pair": c.choice(PAIRS), "policy": c.policy()}),
    Deed("close", 1, lambda c: {"first": c.randrange(40), "length": c.randrange(10)}),
    Deed(
        "change_week",
        0.7,
        lambda c: {"weekdays": c.choice(WEEKS), "begin": c.choice([0, 0, 3, 20])},
    ),
    Deed("change_member", 3, lambda c: {"who": c.number(), "what": c.choice(MEMBERS)}),
    Deed("forget", 0.5, lambda c: {"who": c.number()}, several_members),
    Deed("set_status", 4, lambda c: {"copy": c.number(), "status": c.choice(COPIES)}),
    Deed("move_copy", 3, lambda c: {"copy": c.number(), "to": c.number()}),
    Deed("take_stock", 1.5, lambda c: {"copies": [c.number(), c.number(), c.number()]}),
    Deed("cancel_loan", 5, lambda c: {"which": c.number()}, any_loan),
    Deed("reopen", 5, lambda c: {"which": c.number()}, any_loan),
    Deed("void_fee", 2, lambda c: {"which": c.number()}, any_fee_at_all),
    Deed("void_payment", 2, lambda c: {"which": c.number()}, any_payment),
    Deed("change_due", 2, lambda c: {"which": c.number(), "days": c.randrange(40)}, any_loan),
    Deed(
        "change_dues",
        1,
        lambda c: {"first": c.randrange(30), "length": c.randrange(20), "to": c.randrange(40)},
    ),
    Deed("change_dues_back", 1, lambda c: {"which": c.number()}, any_move),
    Deed("receive", 1, lambda c: {"which": c.number()}),
    Deed("send_back", 1, lambda c: {"which": c.number()}, any_receipt),
    Deed("wait", 14, lambda c: {"hours": c.choice(HOURS)}),
    Deed("night", 2, lambda _: {}),
)
WEIGHTS = tuple(deed.weight for deed in DEEDS)
