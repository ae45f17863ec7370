"""A browser without script, in the process of the test: it follows links and fills in forms."""

from collections.abc import Mapping
from typing import Any

from lxml import html

from api.app import Octavo
from tests.support.people import PASSWORD, Person

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"


class Browsing:
    """Keeps cookies, and the page at hand: `answer` as it came, `page` as a tree."""

    def __init__(self, app: Octavo, language: str = "en") -> None:
        self._client = app.test_client()
        self._headers = {
            "Accept": HTML,
            "Accept-Language": language,
            "Sec-Fetch-Site": "same-origin",
        }
        self.answer: Any = None
        self.page: Any = None

    def go(self, path: str, **headers: str) -> "Browsing":
        """Load a page."""
        return self._took(self._client.get(path, headers={**self._headers, **headers}))

    def send(
        self, action: str, fields: Mapping[str, Any], *, headers: dict[str, str] | None = None
    ) -> "Browsing":
        """Post fields, and follow to where that leads; a file is its content and its name.

        Lines end in CRLF, as browsers send them (HTML, 4.10.22.4).
        """
        sent = {**self._headers, **(headers or {})}
        data = {name: _with_crlf(value) for name, value in fields.items()}
        return self._took(self._client.post(action, data=data, headers=sent))

    def fill(self, action: str, /, **values: Any) -> "Browsing":
        """Fill in the form of the page at hand that goes to `action`, and send it."""
        (form,) = self.page.xpath(f'//form[@action="{action}"][@method="post"]')[:1]
        return self.send(action, {**dict(form.form_values()), **values})

    def sign_in(self, person: Person) -> "Browsing":
        """Sign in by mail."""
        return self.go("/sign-in").fill("/sign-in", name=person.email, secret=PASSWORD)

    def cookie(self, name: str) -> Any:
        """A cookie as it is kept, or None."""
        return self._client.get_cookie(name)

    @property
    def status(self) -> int:
        """The status of the page at hand."""
        code: int = self.answer.status_code
        return code

    @property
    def text(self) -> str:
        """What the page at hand says, blanks run together."""
        return " ".join(self.page.text_content().split())

    def _took(self, answer: Any) -> "Browsing":
        hops = 0
        while answer.status_code in (302, 303) and hops < 5:
            answer = self._client.get(answer.headers["Location"], headers=self._headers)
            hops += 1
        self.answer = answer
        is_page = answer.content_type.startswith("text/html") and answer.text.strip()
        self.page = html.fromstring(answer.text) if is_page else None
        return self


def _with_crlf(value: Any) -> Any:
    return "\r\n".join(value.split("\n")) if isinstance(value, str) else value
