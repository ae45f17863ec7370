"""How much is going on: counts that are watched, each from an index."""

from datetime import datetime
from typing import Any

from peewee import fn

from models import notice
from models.database import rows
from models.hold import Hold
from models.import_job import ImportJob
from models.loan import Loan, is_overdue, is_running
from models.timestamps import stamp
from models.vocabulary import (
    DeliveryStatus,
    HoldStatus,
    ImportStatus,
    LoanStatus,
    NoticeStatus,
)
from models.webhook_delivery import WebhookDelivery

_OF_TABLES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "holds": (Hold, (HoldStatus.WAITING, HoldStatus.READY)),
    "imports": (ImportJob, (ImportStatus.QUEUED, ImportStatus.RUNNING, ImportStatus.FAILED)),
    "webhook_deliveries": (WebhookDelivery, (DeliveryStatus.PENDING, DeliveryStatus.FAILED)),
}

Counts = dict[str, dict[str, int]]


def counts(now: datetime) -> Counts:
    """The running loans, and the holds, imports, notices and deliveries, by status.

    Letters, which wait for staff to print them, are counted by themselves as well.
    """
    running = Loan.select().where(is_running()).count()
    overdue = Loan.select().where(is_overdue(stamp(now))).count()
    loans = {LoanStatus.OPEN.value: running - overdue, LoanStatus.OVERDUE.value: overdue}
    told = (NoticeStatus.QUEUED, NoticeStatus.FAILED)
    notices = {status.value: notice.count(status) for status in told}
    mails = notice.waiting()
    letters = {NoticeStatus.QUEUED.value: max(0, notices[NoticeStatus.QUEUED.value] - mails)}
    by_table = {noun: _counted(*each) for noun, each in _OF_TABLES.items()}
    return {"loans": loans, "notices": notices, "letters": letters} | by_table


def _counted(table: Any, statuses: tuple[str, ...]) -> dict[str, int]:
    found = dict(
        rows(
            table.select(table.status, fn.COUNT(table.id))
            .where(table.status.in_(statuses))
            .group_by(table.status)
        )
    )
    return {str(status): found.get(status, 0) for status in statuses}
