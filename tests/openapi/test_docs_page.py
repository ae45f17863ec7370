"""The reference at /docs: its files, and the page in a browser."""

import re
import shutil
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import requests
from selenium import webdriver
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import make_server

from tests.support.people import PASSWORD, Person

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
    " --disable-dev-shm-usage --window-size=1400,2000"
)
PATIENCE = 30


def _assets(client: Any) -> list[str]:
    return re.findall(r'(?:src|href)="(/docs/[^"]+)"', client.get("/docs").get_data(as_text=True))


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(app: Any) -> None:
    page = app.test_client().get("/docs")
    html = page.get_data(as_text=True)
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert not re.search(r"<script>|<style>| on\w+=| style=", html)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_every_file_of_the_page_is_served_and_may_be_kept(app: Any) -> None:
    client = app.test_client()
    types = {}
    for path in _assets(client):
        found = client.get(path)
        assert found.status_code == 200
        assert "immutable" in found.headers["Cache-Control"]
        again = client.get(path, headers={"If-None-Match": found.headers["ETag"]})
        assert again.status_code == 304
        types[path.rpartition("/")[2]] = found.content_type
    assert types == {
        "swagger-ui.css": "text/css; charset=utf-8",
        "favicon-32x32.png": "image/png",
        "favicon-16x16.png": "image/png",
        "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
        "start.js": "text/javascript; charset=utf-8",
    }


def test_nothing_but_the_files_of_the_page_is_served(app: Any) -> None:
    client = app.test_client()
    release = _assets(client)[0].split("/")[2]
    for path in (f"{release}/index.html", f"{release}/..%2f__init__.py", "other/start.js"):
        answer = client.get(f"/docs/{path}")
        assert (answer.status_code, answer.json["code"]) == (404, "not-found")


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """The application served at an address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser() -> Iterator[Chrome]:
    """A browser without a window."""
    options = webdriver.ChromeOptions()
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = shutil.which("chromedriver")
    opened = webdriver.Chrome(options, webdriver.ChromeService(driver))
    yield opened
    opened.quit()


def _seen(browser: Chrome, selector: str) -> Any:
    """The element, as soon as it can be seen."""

    def find(driver: Chrome) -> Any:
        found = driver.find_elements(By.CSS_SELECTOR, selector)
        return next((each for each in found if each.is_displayed()), None)

    return WebDriverWait(browser, PATIENCE).until(find, f"nothing like {selector}")


def _open(browser: Chrome, address: str) -> None:
    browser.get(f"{address}/docs")
    _seen(browser, "#operations-Accounts-getProfile, .opblock-tag")


def _complaints(browser: Chrome) -> list[str]:
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log if entry["level"] in ("SEVERE", "WARNING")]


def _try_profile(browser: Chrome) -> str:
    """The status that GET /auth/profile is answered with, tried out on the page."""
    _seen(browser, "#operations-tag-Accounts button.expand-operation").click()
    _seen(browser, "#operations-Accounts-getProfile .opblock-summary-control").click()
    _seen(browser, "#operations-Accounts-getProfile .try-out__btn").click()
    _seen(browser, "#operations-Accounts-getProfile .execute").click()
    status = "#operations-Accounts-getProfile .live-responses-table tbody .response-col_status"
    return str(_seen(browser, status).text.split()[0])


@pytest.mark.browser
def test_the_page_lists_the_operations_and_the_browser_has_no_complaint(
    browser: Chrome, address: str
) -> None:
    _open(browser, address)
    tags = {each.text.split()[0] for each in browser.find_elements(By.CSS_SELECTOR, ".opblock-tag")}
    assert {"Accounts", "Books", "Copies", "Users"} <= tags
    _seen(browser, "#operations-tag-Books button.expand-operation").click()
    assert "Search the catalogue" in _seen(browser, "#operations-Books-listBooks").text
    assert _complaints(browser) == []


@pytest.mark.browser
def test_a_token_signs_in_and_operations_can_be_tried(
    browser: Chrome, address: str, admin: Person
) -> None:
    login = {"email": admin.email, "password": PASSWORD}
    tokens = requests.post(f"{address}/api/v1/auth/login", json=login, timeout=PATIENCE).json()
    _open(browser, address)
    _seen(browser, ".btn.authorize").click()
    _seen(browser, "#auth-bearer-value").send_keys(tokens["access_token"])
    _seen(browser, ".auth-container:has(#auth-bearer-value) .btn.authorize").click()
    _seen(browser, ".btn-done").click()
    assert _try_profile(browser) == "200"
    assert _complaints(browser) == []


@pytest.mark.browser
def test_email_and_password_sign_in_too(browser: Chrome, address: str, admin: Person) -> None:
    _open(browser, address)
    _seen(browser, ".btn.authorize").click()
    _seen(browser, "#auth-basic-username").send_keys(admin.email)
    _seen(browser, "#auth-basic-password").send_keys(PASSWORD)
    _seen(browser, ".auth-container:has(#auth-basic-username) .btn.authorize").click()
    _seen(browser, ".btn-done").click()
    assert _try_profile(browser) == "200"
    assert _complaints(browser) == []
