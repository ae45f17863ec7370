"""What changes around the desk: policies, closures, members, copies and the time."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

from circulation.nightly import nightly
from models.audit import Actor
from tests.model.days import DAY
from tests.model.machine import Machine, problem
from tests.model.records import Policy

KEEP_DAYS = 200


class Governing(Machine):
    """Rules, people, things and time."""

    def set_policy(self, pair: tuple[str, str], policy: Policy) -> None:
        self._set_policy(pair, policy)

    def close(self, first: int, length: int) -> None:
        start = self.library.today + first * DAY
        end = start + length * DAY
        days = {"starts_on": start.isoformat(), "ends_on": end.isoformat(), "reason": "Rest"}
        self.desk.make("/closures", days)
        self.library.close(start, end)

    def change_week(self, weekdays: list[int], begin: int) -> None:
        first = self.library.today + begin * DAY
        zone = self.library.days.zone
        week = {"timezone": zone, "open_weekdays": weekdays, "valid_from": first.isoformat()}
        answer = self.desk.ask("PUT", "/calendar", week)
        assert answer.status_code == 200, answer.json
        days = self.library.days
        is_to_come = begin > 0 and first not in days.changes
        if is_to_come or days.week(first) != set(weekdays):
            self.library.change_week(first, set(weekdays))

    def change_member(self, who: int, what: str) -> None:
        member = self._member(who)
        soon = self.library.today + (who % 30 - 2) * DAY
        changes: dict[str, dict[str, Any]] = {
            "block": {"blocked": True, "block_reason": "Lost card"},
            "unblock": {"blocked": False, "block_reason": None},
            "expire": {"expires_on": soon.isoformat()},
            "renew": {"expires_on": None},
            "stop": {"is_active": False},
            "go": {"is_active": True},
        }
        body = changes[what]
        answer = self.desk.ask("PATCH", f"/users/{member.id}", body)
        assert answer.status_code == 200, answer.json
        member.block_reason = body.get("block_reason", member.block_reason)
        member.is_active = body.get("is_active", member.is_active)
        if what in ("expire", "renew"):
            member.expires_on = soon if what == "expire" else None

    def forget(self, who: int) -> None:
        before = self._member(who)
        after = deepcopy(self.library)
        answer = self.desk.ask("DELETE", f"/users/{before.id}")
        if after.open_loans(before.id):
            assert problem(answer) == (409, "loans-open")
            return
        if after.balance(before.id) > 0:
            assert problem(answer) == (409, "fees-owed")
            return
        assert answer.status_code == 204, answer.json
        after.forget(after.members[before.id])
        self.library = after

    def set_status(self, copy: int, status: str) -> None:
        found = self._copy(copy)
        lost = any(
            x.copy is found and x.lost_at and not x.returned_at for x in self.library.loans.values()
        )
        if lost or found.status == "withdrawn" or (status == "withdrawn" and copy % 4):
            return
        after = self._settled(found.book_id)
        thing = after.copies[found.id]
        answer = self.desk.ask("PATCH", f"/copies/{thing.id}", {"status": status})
        if thing.status == "on_loan":
            assert problem(answer) == (409, "copy-on-loan")
            return
        if thing.status == "on_hold_shelf" and status == "available":
            assert problem(answer) == (409, "copy-held")
            return
        assert answer.status_code == 200, answer.json
        after.set_status(thing, status)
        self.library = after

    def move_copy(self, copy: int, to: int) -> None:
        found = self._copy(copy)
        others = [book_id for book_id in self.books if book_id != found.book_id]
        book_id = others[to % len(others)]
        after = self._settled(found.book_id, book_id)
        thing = after.copies[found.id]
        answer = self.desk.ask("PATCH", f"/copies/{thing.id}", {"book_id": book_id})
        code = {"on_loan": "copy-on-loan", "on_hold_shelf": "copy-held"}.get(thing.status)
        if code is not None:
            assert problem(answer) == (409, code)
            return
        assert answer.status_code == 200, answer.json
        after.move_copy(thing, book_id)
        self.library = after

    def take_stock(self, copies: list[int]) -> None:
        found = list({copy.id: copy for copy in map(self._copy, copies)}.values())
        path = f"/stocktakes/{self.desk.make('/stocktakes', {'name': 'Spring'})['id']}"
        barcodes = {"barcodes": [copy.barcode for copy in found]}
        answer = self.desk.ask("POST", f"{path}/scans", barcodes)
        assert answer.status_code == 200, answer.json
        told = [one["outcome"] for one in answer.json["results"]]
        assert told == ["seen" if x.status == "available" else x.status for x in found]
        for copy in found:
            copy.seen_at = self.library.now
        scanned = {copy.id for copy in found}
        missing = {
            copy.id
            for copy in self.library.copies.values()
            if copy.status == "available" and copy.id not in scanned
        }
        assert {one["id"] for one in self.desk.all(f"{path}/missing").values()} == missing
        assert self.desk.ask("PATCH", path, {"status": "closed"}).status_code == 200

    def wait(self, hours: int) -> None:
        self.desk.clock.at += timedelta(hours=hours)
        self.library.now = self.desk.clock.at

    def night(self) -> None:
        nightly(Actor(None, "nightly"), self.desk.clock.at, KEEP_DAYS)
        self.library.nightly(self.library.now - KEEP_DAYS * DAY)
