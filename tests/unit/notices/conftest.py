"""A library in Berlin whose acts queue notices, on each database, and its mail server."""

from collections.abc import Iterator
from typing import Any

import pytest

from models import audit
from models.vocabulary import Language
from notices import causes, outbox
from notices.kinds import read
from notices.library import Library
from tests.support.mailboxes import Mailbox, running
from tests.unit.circulation.library import berlin

LIBRARY = Library(
    name="Stadtbücherei",
    email="library@example.org",
    url="https://library.example.org",
    language=Language.GERMAN,
    kinds=read("loan-receipt=on,return-receipt=on,payment-receipt=on"),
)


@pytest.fixture
def library(db: Any) -> Iterator[Any]:
    """An empty library in Berlin that sends every kind of notice."""
    berlin()
    causes.subscribe(LIBRARY)
    yield db
    audit.subscribe({})
    outbox.use(Library())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes everything."""
    with running(Mailbox()) as started:
        yield started
