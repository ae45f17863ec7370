"""Processes that send notices, or do what causes them, until they are killed."""

import time
from datetime import timedelta

from circulation.checkin import take_back
from models.audit import Actor
from models.database import connect
from models.timestamps import now
from notices import causes, smtp
from notices.library import Library
from notices.sending import Sender

LIBRARY = Library("The library", "library@example.org")


def return_all(database_url: str, barcodes: list[str]) -> None:
    """Take copies back one after the other, as a process that queues notices does."""
    connect(database_url)
    causes.subscribe(LIBRARY)
    for barcode in barcodes:
        take_back(barcode, Actor(None, f"return {barcode}"), now())


def send_for_ever(database_url: str, smtp_url: str, ahead: timedelta) -> None:
    """Send what is queued, again and again, with a clock that is so much ahead."""
    connect(database_url)
    sender = Sender(LIBRARY, smtp.server(smtp_url), now=lambda: now() + ahead)
    while True:
        sender.send()
        time.sleep(0.005)
