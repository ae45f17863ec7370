"""The desk's pages as a clerk has them, and a small library behind them."""

from typing import Any

from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.people import Person

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Desk:
    """A desk with a clerk signed in, and a small library behind it."""

    def __init__(self, browsing: Browsing, ask: Asker, clerk: Person, admin: Person) -> None:
        self.browsing, self.ask, self.admin = browsing, ask, admin
        browsing.sign_in(clerk).go("/desk")

    def member(self, card: str, **fields: Any) -> int:
        body = {"last_name": f"Name of {card}", "card_number": card, **fields}
        made = self.ask.post("/users", body, by=self.admin)
        assert made.status_code == 201, made.json
        return int(made.json["id"])

    def copies(self, *barcodes: str, title: str = "Flatland", **fields: Any) -> int:
        book = self.ask.post("/books", {"title": title}, by=self.admin).json["id"]
        for barcode in barcodes:
            path = f"/books/{book}/copies"
            self.ask.post(path, {"barcode": barcode, **fields}, by=self.admin)
        return int(book)

    def policy(self, **fields: Any) -> None:
        [policy] = self.ask.get("/policies", by=self.admin).json["data"]
        body = {name: value for name, value in policy.items() if name not in ("id", "revision")}
        answer = self.ask.put(f"/policies/{policy['id']}", {**body, **fields}, by=self.admin)
        assert answer.status_code == 200, answer.json

    def scan(self, text: str, **fields: str) -> "Desk":
        self.browsing.fill("/desk", scan=text, **fields)
        return self

    def click(self, action: str, **fields: Any) -> "Desk":
        self.browsing.fill(action, **fields)
        return self

    @property
    def outcome(self) -> str:
        found = self.browsing.page.xpath("//*[@id='outcome']")
        return " ".join(found[0].text_content().split()) if found else ""

    @property
    def is_alarmed(self) -> bool:
        return bool(self.browsing.page.xpath("//*[@id='outcome'][@role='alert']//audio"))

    @property
    def member_shown(self) -> str | None:
        shown = self.browsing.page.xpath("//section[@id='member']/@aria-label")
        return shown[0] if shown else None

    def loans(self, **filters: Any) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        found: list[dict[str, Any]] = self.ask.get(f"/loans?{query}", by=self.admin).json["data"]
        return found

    def undo(self, nth: int = 0) -> "Desk":
        form = self.browsing.page.xpath('//form[@action="/desk/undo"]')[nth]
        self.browsing.send("/desk/undo", dict(form.form_values()))
        return self
