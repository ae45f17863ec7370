"""One library twice, in the API and in the model: how it begins, and how the two are compared."""

from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from models.database import database
from tests.checker import broken
from tests.model import desk, seen
from tests.model.days import Days
from tests.model.deciding import NOT_OVERRIDABLE
from tests.model.records import Copy, Hold, Loan, Member, Policy, Reasons
from tests.model.taking_back import Library

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Machine(RuleBasedStateMachine):
    """What the acts have in common."""

    desk: desk.Desk

    @initialize()
    def open(self) -> None:
        self.desk.clock.at = START
        self.desk.empty()
        days = Days("Europe/Berlin", {1, 2, 3, 4, 5, 6})
        week = {"timezone": days.zone, "open_weekdays": sorted(days.weekdays)}
        assert self.desk.ask("PUT", "/calendar", week).status_code == 200
        self.library = Library(days, START)
        [everyone] = self.desk.all("/policies")
        self.policy_ids = {("*", "*"): everyone}
        for pair in (("child", "*"), ("*", "reference")):
            names = {"member_category": pair[0], "loan_type": pair[1]}
            self.policy_ids[pair] = self.desk.make("/policies", names)["id"]
        for pair in self.policy_ids:
            self._set_policy(pair, Policy(loan_days=0 if pair[1] == "reference" else 14))
        self._people()
        self._stock()

    def _people(self) -> None:
        for index, category in enumerate(["standard", "standard", "standard", "child", "child"]):
            body = {"email": f"m{index}@example.org", "password": "a long enough password"}
            names = {"first_name": "Ada", "last_name": "Byron", "category": category}
            made = self.desk.make("/users", body | names)
            self.library.members[made["id"]] = Member(made["id"], category)

    def _stock(self) -> None:
        self.books = []
        for types in (["standard"], ["standard", "standard"], ["standard", "reference"]):
            book_id = self.desk.make("/books", {"title": "Emma"})["id"]
            self.books.append(book_id)
            for index, loan_type in enumerate(types):
                barcode = f"B{book_id}-{index}"
                price = 1200 if index else None
                body = {"barcode": barcode, "loan_type": loan_type, "price": price}
                made = self.desk.make(f"/books/{book_id}/copies", body)
                copy = Copy(made["id"], book_id, barcode, loan_type, price)
                self.library.copies[copy.id] = copy

    # What the acts have in common.

    def _copy(self, index: int, library: Library | None = None) -> Copy:
        copies = list((library or self.library).copies.values())
        return copies[index % len(copies)]

    def _member(self, index: int) -> Member:
        present = [member for member in self.library.members.values() if not member.is_gone]
        return present[index % len(present)]

    def _loan(self, index: int) -> Loan:
        """Mostly one that is open."""
        loans = list(self.library.loans.values())
        likely = [loan for loan in loans if loan.is_open]
        chosen = likely if likely and index % 5 else loans
        return chosen[index % len(chosen)]

    def _hold(self, index: int) -> Hold:
        """Mostly one that is active."""
        holds = list(self.library.holds.values())
        likely = self.library.active_holds()
        chosen = likely if likely and index % 5 else holds
        return chosen[index % len(chosen)]

    def _settled(self, *books: int) -> Library:
        """The library as an act on these titles finds it; kept only if the act is allowed."""
        settled = deepcopy(self.library)
        settled.settle(books)
        return settled

    @staticmethod
    def _override(reasons: Reasons, wanted: bool) -> list[str]:
        return sorted(reasons.keys() - NOT_OVERRIDABLE) if wanted else []

    def _set_policy(self, pair: tuple[str, str], policy: Policy) -> None:
        names = {"member_category": pair[0], "loan_type": pair[1]}
        answer = self.desk.ask("PUT", f"/policies/{self.policy_ids[pair]}", names | vars(policy))
        assert answer.status_code == 200, answer.json
        self.library.policies[pair] = policy

    # What must hold after every act.

    @invariant()
    def both_see_the_same(self) -> None:
        if not hasattr(self, "library"):
            return
        expected = {
            "loans": seen.loans(self.library),
            "holds": seen.holds(self.library),
        }
        for path, records in expected.items():
            told = self.desk.all(f"/{path}")
            assert told.keys() == records.keys()
            for key, record in records.items():
                shown = {name: told[key][name] for name in record}
                assert shown == record, f"{path}/{key}: {shown}, by the rules {record}"
        for key, record in seen.copies(self.library).items():
            told = self.desk.get(f"/copies/{key}")
            assert {name: told[name] for name in record} == record, f"copy {key}"
        self._same_fees()

    def _same_fees(self) -> None:
        told = self.desk.all("/fees")
        keys = ("user_id", "loan_id", "kind", "amount", "balance", "status")
        lines = Counter(tuple(line[key] for key in keys) for line in told.values())
        assert lines == seen.fees(self.library)
        known = {fee.id for fee in self.library.fees}
        for fee in self.library.fees:
            if fee.id is None:
                wanted = (fee.loan_id, fee.kind, fee.amount)
                fee.id = min(
                    key
                    for key, line in told.items()
                    if key not in known
                    and (line["loan_id"], line["kind"], line["amount"]) == wanted
                )
                known.add(fee.id)

    def teardown(self) -> None:
        assert broken(database) == []


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def refused(answer: Any, code: str) -> Reasons:
    assert problem(answer) == (409, code)
    return {reason["code"]: reason.get("params", {}) for reason in answer.json["reasons"]}
