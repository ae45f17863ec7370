"""The reference at /docs as a reader uses it: sign in, open an operation, try it out.

The page redraws much at each change, so elements are looked up anew and clicked by script: waiting
until each is drawn, scrolled to and still takes a minute for a story of five requests.
"""

import json
from typing import Any

from selenium.common.exceptions import JavascriptException
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.people import PASSWORD

PATIENCE = 30
_CLICK = "document.querySelector(arguments[0]).click()"
# React hears of a value only if it is set past the setter that React itself has put there.
_TYPE = """
const field = document.querySelector(arguments[0]);
const kind = field.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, arguments[1]);
field.dispatchEvent(new Event("input", {bubbles: true}));
"""
_TEXT = "return document.querySelector(arguments[0]).textContent"
_COUNT = "return document.querySelectorAll(arguments[0]).length"


class DocsPage:
    """The page, opened in a browser."""

    def __init__(self, browser: Chrome, address: str) -> None:
        self.browser = browser
        browser.get(f"{address}/docs")
        self.until(".opblock-tag")

    def sign_in(self, scheme: str, email: str, token: str) -> None:
        """Enter what the dialogue asks for: a token, or the email and everybody's password."""
        filled = {
            "bearer": {"#auth-bearer-value": token},
            "basic": {"#auth-basic-username": email, "#auth-basic-password": PASSWORD},
        }[scheme]
        self.click(".scheme-container .btn.authorize")
        for field, value in filled.items():
            self.type(field, value)
        self.click(f".auth-container:has({next(iter(filled))}) .btn.authorize")
        self.click(".btn-done")

    def open(self, tag: str, operation: str) -> "Operation":
        """Open an operation, ready to be tried out."""
        block = f"#operations-{tag}-{operation}"
        if not self.count(block):
            self.click(f"#operations-tag-{tag} button.expand-operation")
        self.click(f"{block} .opblock-summary-control")
        self.click(f"{block} .try-out__btn")
        self.until(f"{block} .execute")
        return Operation(self, block)

    def text(self, selector: str) -> str:
        """What this element says, as soon as it is there."""
        self.until(selector)
        return str(self._script(_TEXT, selector))

    def complaints(self) -> list[str]:
        """What the browser has logged as an error or a warning."""
        log = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in log if entry["level"] in ("SEVERE", "WARNING")]

    def count(self, selector: str) -> int:
        """How many such elements there are now."""
        return int(self._script(_COUNT, selector))

    def until(self, selector: str) -> None:
        """Wait until there is such an element."""
        waiting = WebDriverWait(self.browser, PATIENCE, 0.1)
        waiting.until(lambda _: self.count(selector), f"nothing like {selector}")

    def click(self, selector: str) -> None:
        """Click on this, as soon as it is there."""
        self._act(_CLICK, selector)

    def type(self, selector: str, value: str) -> None:
        """Have this in a field instead of what it holds."""
        self._act(_TYPE, selector, value)

    def _act(self, script: str, selector: str, *more: str) -> None:
        """Run this on an element, as soon as it is there."""
        waiting = WebDriverWait(self.browser, PATIENCE, 0.1, [JavascriptException])
        waiting.until(lambda _: self._done(script, selector, *more), f"nothing like {selector}")

    def _done(self, script: str, *arguments: str) -> bool:
        self._script(script, *arguments)
        return True

    def _script(self, script: str, *arguments: str) -> Any:
        return self.browser.execute_script(script, *arguments)


class Operation:
    """An operation that is being tried out."""

    def __init__(self, page: DocsPage, block: str) -> None:
        self._page = page
        self._block = block

    def execute(self, body: Any = None, **parameters: int) -> tuple[int, Any]:
        """Send it with this body and these parameters, all else as the page fills it in.

        Returns the status and the JSON that the page then shows.
        """
        for name, value in parameters.items():
            self._page.type(f'{self._block} tr[data-param-name="{name}"] input', str(value))
        if body is not None:
            self._page.type(f"{self._block} .body-param__text", json.dumps(body))
        shown = f"{self._block} .live-responses-table"
        if self._page.count(shown):
            self._page.click(f"{self._block} .btn-clear")
        self._page.click(f"{self._block} .execute")
        status = self._page.text(f"{shown} tbody .response-col_status")
        answer = self._page.text(f"{shown} tbody .response-col_description code")
        return int(status.split()[0]), json.loads(answer)
