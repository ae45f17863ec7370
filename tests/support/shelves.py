"""A small library for tests of pages: books, copies, members with cards, made over the API."""

from typing import Any

from tests.support.asking import Asker
from tests.support.people import PASSWORD, Person, basic

HOSTILE = (
    "<script>document.title='broken'</script>",
    '"><img src=x onerror=alert(1)>',
    "'; alert(1); //",
    "</title></script><b>bold</b>",
    "{{ 7777 * 7777 }} {% raw %} ${7777*7777}",
    "javascript:alert(1)",
    "&lt;i&gt; &amp; &#60;",
    "\u202eright to left\u202c \u0000".replace("\u0000", ""),
)
"""Texts that break pages which do not escape them."""


class Shelves:
    """What a librarian has put there, by the API."""

    def __init__(self, ask: Asker, staff: Person) -> None:
        self._ask = ask
        self._staff = staff
        self._number = 0

    def book(self, title: str, copies: int = 1, **fields: Any) -> dict[str, Any]:
        """A book with copies, whose barcodes are in `barcodes`."""
        made = self._made("/books", {"title": title, **fields})
        made["barcodes"] = [self.copy(made["id"])["barcode"] for _ in range(copies)]
        return made

    def copy(self, book_id: int, **fields: Any) -> dict[str, Any]:
        """A copy."""
        self._number += 1
        given = {"barcode": f"B{self._number:05}", "shelfmark": "820 ABC", **fields}
        return self._made(f"/books/{book_id}/copies", given)

    def member(self, name: str = "Reader", **fields: Any) -> Person:
        """A member with a card, who signs in by mail."""
        self._number += 1
        email = f"reader{self._number}@example.org"
        given = {"last_name": name, "email": email, "card_number": f"C{self._number:05}"}
        made = self._made("/users", {**given, "password": PASSWORD, **fields})
        return Person(made["id"], email, basic(email))

    def lend(self, barcode: str, member: Person) -> dict[str, Any]:
        """A loan."""
        return self._made("/loans", {"barcode": barcode, "user_id": member.id})

    def post(self, title: str, content: str) -> dict[str, Any]:
        """Some news."""
        return self._made("/posts", {"title": title, "content": content, "published": True})

    def _made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._ask.post(path, body, by=self._staff)
        assert answer.status_code == 201, answer.json
        made: dict[str, Any] = answer.json
        return made
