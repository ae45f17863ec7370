"""The demonstration library of the first start: its catalogue, and demo/library.toml."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from api.auth.passwords import hashed
from api.settings import ROOT, Settings
from catalogue.import_run import Import, Rules
from circulation import (
    accounts,
    acquisitions,
    checkin,
    checkout,
    closures,
    holds,
    members,
    payments,
    rulebook,
)
from circulation.hold_requests import HoldRequest
from formats import read
from models import audit, copy, policy, post, sign_in
from models.audit import Actor
from models.vocabulary import PaymentMethod, Role
from validators.engine.bodies import compile_body
from validators.orders import NEW_ORDER
from validators.policies import POLICY
from validators.users import NEW_USER

CATALOGUE = ROOT / "demo" / "catalogue.csv"
LIBRARY = ROOT / "demo" / "library.toml"

Given = Mapping[str, Any]


def load_catalogue(actor: Actor) -> int:
    """Import the books and copies; how many books there are then."""
    with CATALOGUE.open("rb") as file:
        work = Import(Rules(), actor, keep=lambda *_: None)
        done = work.run(read(file, "csv"))
    work.tidy()
    return done.created


def load_library(chosen: Settings, now: datetime) -> None:
    """Add members, loans, holds, fees, orders, news and a closure, at days counted from `now`.

    Nobody is told of it by mail.
    """
    with audit.quietly():
        _Library(tomllib.loads(LIBRARY.read_text(encoding="utf-8")), chosen, now).load()


class _Library:
    """The file, and the ids that its people were given."""

    def __init__(self, given: Given, chosen: Settings, now: datetime) -> None:
        self._given = given
        self._settings = chosen
        self._now = now
        self._ids: dict[str, int] = {}
        self._staff = Actor(None, "demo")
        self._acts: dict[str, Callable[[Given, datetime], object]] = {
            "lend": self._lend,
            "return": self._take_back,
            "hold": self._hold,
            "charge": self._charge,
            "pay": self._pay,
        }

    def load(self) -> None:
        """Everything, in the order in which it would have happened."""
        for lending in self._given["policies"]:
            self._set_policy(lending)
        self._enrol_all()
        for event in sorted(self._given["events"], key=lambda each: -each["days_ago"]):
            self._acts[event["act"]](event, self._now - timedelta(days=event["days_ago"]))
        for order in self._given["orders"]:
            self._order(order)
        for news in self._given["posts"]:
            post.create(news, self._staff)
        for closure in self._given["closures"]:
            self._close(closure)

    def _set_policy(self, given: Given) -> None:
        """Add a policy, or change the general one; what is not given is as in that."""
        general = policy.locked(policy.everything()[0].id)
        known = {name: value for name, value in general.to_json().items() if name != "id"}
        values = compile_body(POLICY, "create")({**known, **given})
        if (values["member_category"], values["loan_type"]) == general.pair:
            policy.replace(general, values, self._staff)
        else:
            policy.create(values, self._staff)

    def _enrol_all(self) -> None:
        password, pin = (
            hashed(self._given[name], self._settings.password_rounds)
            for name in ("password", "pin")
        )
        for given in self._given["members"]:
            user_id = self._enrol(given, password)
            if given.get("role") == Role.LIBRARIAN:
                self._staff = Actor(user_id, "demo")
            else:
                self._ids[given["card_number"]] = user_id
                sign_in.set_pin(user_id, pin, self._staff)

    def _enrol(self, given: Given, password: str) -> int:
        values = compile_body(NEW_USER, "create")(given)
        values.pop("password", None)
        has_email = values["email"] is not None
        return members.enrol(values, password if has_email else None, self._staff, self._now).id

    def _lend(self, event: Given, at: datetime) -> object:
        request = checkout.Request(barcode=event["barcode"], card_number=event["card_number"])
        return checkout.lend(request, self._staff, at)

    def _take_back(self, event: Given, at: datetime) -> object:
        return checkin.take_back(event["barcode"], self._staff, at)

    def _hold(self, event: Given, at: datetime) -> object:
        user_id = self._ids[event["card_number"]]
        found = copy.books_by_barcode([copy.barcode_key(event["barcode"])])
        [[book_id]] = found.values()
        request = HoldRequest(user_id, book_id=book_id)
        return holds.place_hold(request, Actor(user_id, "demo"), at)

    def _charge(self, event: Given, at: datetime) -> object:
        user_id = self._ids[event["card_number"]]
        return accounts.charge(user_id, event["amount"], event["note"], None, self._staff, at)

    def _pay(self, event: Given, at: datetime) -> object:
        user_id, currency = self._ids[event["card_number"]], self._settings.currency
        method = PaymentMethod.CASH
        return payments.pay_account(user_id, event["amount"], method, currency, self._staff, at)

    def _order(self, given: Given) -> None:
        bought = {name: given[name] for name in ("vendor", "unit_price") if name in given}
        asked = {k: v for k, v in given.items() if k not in (*bought, "card_number")}
        values = compile_body(NEW_ORDER, "create")(asked)
        by = Actor(self._ids[given["card_number"]], "demo")
        made = acquisitions.request(values, by, self._now - timedelta(days=8))
        steps = ({"status": "approved"}, {"status": "ordered", **bought}) if bought else ()
        for step in steps:
            acquisitions.change(made.id, step, self._staff, self._now - timedelta(days=4))

    def _close(self, given: Given) -> None:
        first = rulebook.today(self._now) + timedelta(days=given["in_days"])
        last = first + timedelta(days=given["days"] - 1)
        values = {"starts_on": first.isoformat(), "ends_on": last.isoformat()}
        closures.close({**values, "reason": given["reason"]}, self._staff, self._now)
