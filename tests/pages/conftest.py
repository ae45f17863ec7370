"""Pages as a browser has them: forms filled in by their names, cookies kept."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from api.app import Octavo
from tests.support.asking import Asker
from tests.support.browsers import chromium, served
from tests.support.browsing import Browsing
from tests.support.desks import Desk
from tests.support.people import Person
from tests.support.shelves import Shelves


@pytest.fixture
def browsing(app: Octavo) -> Browsing:
    """A browser without script, in this process."""
    return Browsing(app)


@pytest.fixture
def shelves(ask: Asker, admin: Person) -> Shelves:
    """An empty library, to be filled."""
    return Shelves(ask, admin)


@pytest.fixture
def desk(browsing: Browsing, ask: Asker, librarian: Person, admin: Person) -> Desk:
    """The desk with a librarian signed in."""
    return Desk(browsing, ask, librarian, admin)


@pytest.fixture(scope="module")
def opened() -> Iterator[Chrome]:
    """A browser that runs script."""
    with chromium() as driver:
        yield driver


@pytest.fixture(scope="module")
def scriptless() -> Iterator[Chrome]:
    """A browser that runs none."""
    with chromium(script=False) as driver:
        yield driver


@pytest.fixture
def address(app: Octavo) -> Iterator[str]:
    """The library, served."""
    with served(app) as at:
        yield at
