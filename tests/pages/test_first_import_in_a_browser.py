"""A file of books dropped on the first steps in Chromium, and its import watched."""

from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from api.app import Octavo
from models import import_job
from models.import_job import NOTHING, ImportJob
from models.vocabulary import ImportStatus
from tests.support.asking import Asker
from tests.support.people import PASSWORD, Person, signed_in
from tests.support.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.settings(RATE_LIMIT_ANONYMOUS="off")]

MIDDLE = """
const box = document.querySelector("[name=file]").getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];
"""


@pytest.fixture
def administrator(opened: Chrome, address: str, admin: Person) -> Visitor:
    """An administrator whose browser runs script."""
    visitor = Visitor.arriving(opened, address)
    visitor.sign_in(admin)
    return visitor


def _drop(visitor: Visitor, file: Path) -> None:
    """Drag a file from outside the browser over the field, and let it go there."""
    visitor.find("[name=file]")
    visitor.browser.execute_script(
        "document.querySelector('[name=file]').scrollIntoView({block: 'center'})"
    )
    x, y = visitor.browser.execute_script(MIDDLE)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": x, "y": y, "data": data}
        visitor.browser.execute_cdp_cmd("Input.dispatchDragEvent", event)


def test_a_file_that_is_dragged_in_is_imported(
    administrator: Visitor, ask: Asker, tmp_path: Path
) -> None:
    file = tmp_path / "books.csv"
    file.write_text("title,author\nEmma,Austen\n")
    administrator.go("/start")
    _drop(administrator, file)
    chosen = "return document.querySelector('[name=file]').files[0]?.name ?? ''"
    administrator.until(lambda: administrator.browser.execute_script(chosen) == "books.csv")
    administrator.click('form[action="/start/imports"] button')
    administrator.sees("Done")
    assert ask.get("/books?q=emma").json["pagination"]["total"] == 1
    assert administrator.complaints() == []


def _as_if_running(ask: Asker, admin: Person) -> int:
    """An import that seems to have just begun; its id."""
    csv = {"Content-Type": "text/csv"}
    job: int = ask.post("/imports", raw=b"title\nEmma\n", by=admin, headers=csv).json["id"]
    begun = {"status": ImportStatus.RUNNING, "finished_at": None, **NOTHING}
    ImportJob.update(begun).where(ImportJob.id == job).execute()
    return job


def test_an_import_whose_watcher_is_signed_in_no_longer_leads_to_signing_in_and_back(
    administrator: Visitor, app: Octavo, ask: Asker, admin: Person
) -> None:
    job = _as_if_running(ask, admin)
    administrator.go(f"/start/imports/{job}")
    ask.post("/auth/logout", {"everywhere": True}, headers=signed_in(app, admin))
    administrator.until(lambda: "Please sign in" in administrator.find("body").text)
    assert "Sign out" not in administrator.find("header.site").text
    administrator.click("main a[role=button]")
    administrator.type("[name=name]", admin.email)
    administrator.type("[name=secret]", PASSWORD + Keys.ENTER)
    administrator.until(lambda: administrator.path.startswith(f"/start/imports/{job}"))


def test_an_import_is_watched_while_it_runs_without_loading_the_page(
    administrator: Visitor, ask: Asker, admin: Person
) -> None:
    job = _as_if_running(ask, admin)
    administrator.go(f"/start/imports/{job}")
    administrator.browser.execute_script("window.isTheSamePage = true")
    assert administrator.browser.find_elements("css selector", "progress")
    for number in (400, 900):
        ImportJob.update(processed=number, created=number).where(ImportJob.id == job).execute()
        administrator.sees(str(number))
    import_job.finish(job, ImportStatus.DONE)
    administrator.sees("Done")
    assert not administrator.browser.find_elements("css selector", "progress")
    assert administrator.browser.execute_script("return window.isTheSamePage") is True
    assert administrator.complaints() == []
