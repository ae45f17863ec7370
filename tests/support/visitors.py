"""A person at a browser, with script or without: what they type, press and see."""

import json
import os
from pathlib import Path
from typing import Any, Self

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.needs import PACKAGES
from tests.support.people import PASSWORD, Person

PATIENCE = 30
IMAGES = Path(__file__).parents[2] / "docs" / "images"
PHONE = 360
"""The width of a small screen, in CSS pixels."""
SCHEMES = ("light", "dark")


_AXE = """
axe.run({rules: {"target-size": {enabled: true}}}).then(arguments[0])
"""
_MOST_TABS = 60
# A date is three stops of Tab, and a region that scrolls is one.
_FOCUS_IS_SEEN = """
if (document.activeElement === document.body) return true;  // between the last and the first
const style = getComputedStyle(document.activeElement);
const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
return outlined || style.boxShadow !== "none";
"""
# Of WCAG 2.2 (2.5.8), and not asked about by itself.


class Visitor:
    """Drives a browser; elements are named by CSS selectors."""

    def __init__(self, browser: Chrome, address: str) -> None:
        self.browser = browser
        self.address = address

    @classmethod
    def arriving(cls, browser: Chrome, address: str) -> Self:
        """Somebody new: without cookies, who prefers light pages, at a wide window."""
        browser.delete_all_cookies()
        visitor = cls(browser, address)
        visitor.use_scheme("light")
        visitor.use_width(1100)
        return visitor

    def go(self, path: str) -> None:
        """Load a page."""
        self.browser.get(self.address + path)

    def sign_in(self, person: Person) -> None:
        """Sign in by mail."""
        self.go("/sign-in")
        self.type("[name=name]", person.email)
        self.type("[name=secret]", PASSWORD + Keys.ENTER)
        self.until(lambda: not self.path.startswith("/sign-in"))

    def type(self, selector: str, text: str) -> None:
        """Type into a field; `Keys.ENTER` at the end sends the form."""
        self.find(selector).send_keys(text)

    def press(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)

    def tab_to(self, wanted: str) -> None:
        """Press Tab until that has the focus; wherever the focus comes, it is seen."""
        for _ in range(_MOST_TABS):
            if self.focus == wanted:
                return
            self.press(Keys.TAB)
            assert self.shows_focus, self.focus
        raise AssertionError(f"Tab does not lead to {wanted}")

    @property
    def shows_focus(self) -> bool:
        """Whether one sees what has the focus: by an outline, or by a shadow around it."""
        return bool(self.browser.execute_script(_FOCUS_IS_SEEN))

    def click(self, selector: str) -> None:
        """Click, and wait for the page that follows."""
        before = self.find("html")
        self.find(selector).click()
        self.until(lambda: self.find("html") != before)

    def find(self, selector: str) -> WebElement:
        """The first such element, waited for."""
        return WebDriverWait(self.browser, PATIENCE).until(
            lambda browser: browser.find_element(By.CSS_SELECTOR, selector)
        )

    def until(self, holds: Any) -> None:
        """Wait until something holds, of the page that is there or of the one that follows."""
        waiting = WebDriverWait(
            self.browser, PATIENCE, ignored_exceptions=[StaleElementReferenceException]
        )
        waiting.until(lambda _: holds())

    def sees(self, text: str) -> None:
        """Wait until the page says so."""
        self.until(lambda: text in self.find("main").text)

    @property
    def path(self) -> str:
        """Where the browser is, below the address of the server."""
        return self.browser.current_url.removeprefix(self.address)

    @property
    def focus(self) -> str:
        """What has the focus, by its text or name."""
        element = self.browser.switch_to.active_element
        return element.text or element.get_attribute("name") or element.get_attribute("id") or ""

    def complaints(self) -> list[str]:
        """What the browser complained of since this was asked last, but for refusals of ours."""
        log: Any = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        told = [str(entry["message"]) for entry in log]
        return [one for one in told if "Failed to load resource: the server responded" not in one]

    def picture(self, name: str) -> bytes:
        """The page as a picture; with OCTAVO_SCREENSHOTS=1 it is put into docs/images too."""
        image = self.browser.get_screenshot_as_png()
        if os.environ.get("OCTAVO_SCREENSHOTS") == "1":
            (IMAGES / f"{name}.png").write_bytes(image)
        return image

    def use_scheme(self, scheme: str) -> None:
        """Ask for dark or light pages."""
        wanted = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wanted})

    def use_width(self, width: int) -> None:
        """Look through a window so wide."""
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width <= PHONE}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def use_zoom(self) -> None:
        """Look at the page twice as large in a window of 1,280 pixels."""
        size = {"width": 640, "height": 400, "deviceScaleFactor": 2, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wider = "return document.documentElement.scrollWidth - window.innerWidth"
        return max(0, int(self.browser.execute_script(wider)))

    def findings(self) -> list[str]:
        """What axe finds wrong with the page, in short."""
        source = (PACKAGES / "node_modules" / "axe-core" / "axe.min.js").read_text()
        self.browser.execute_cdp_cmd("Runtime.evaluate", {"expression": source})
        found = self.browser.execute_async_script(_AXE)
        return [
            f"{one['id']}: {json.dumps([node['html'] for node in one['nodes']][:2])}"
            for one in found["violations"]
        ]
