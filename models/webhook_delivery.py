"""Deliveries of events to webhooks, and how each has gone."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from peewee import ForeignKeyField, IntegerField, TextField

from models.database import Table, for_update, rows
from models.errors import Missing
from models.fields import EnumField
from models.listing import Listing, Sort, equals
from models.rows import Json, RowReader
from models.vocabulary import DeliveryStatus
from models.webhook import Webhook


class WebhookDelivery(Table):
    """One event for one webhook; without `event_id` it is a ping."""

    webhook = ForeignKeyField(Webhook, on_delete="CASCADE")
    event_id = IntegerField(null=True)
    status = EnumField(DeliveryStatus)
    attempts = IntegerField()
    response_status = IntegerField(null=True)
    error = TextField(null=True)
    next_try_at = TextField(null=True)
    created_at = TextField()

    class Meta:
        indexes = ((("webhook", "event_id"), True),)


class DeliveryRow(NamedTuple):
    """A delivery as it is stored."""

    id: int
    webhook_id: int
    event_id: int | None
    status: DeliveryStatus
    attempts: int
    response_status: int | None
    error: str | None
    next_try_at: str | None
    created_at: str

    def to_json(self) -> Json:
        """The delivery as clients see it."""
        return {name: value for name, value in self._asdict().items() if name != "webhook_id"}


_NONE = "There is no such delivery."
ROWS = RowReader(WebhookDelivery, DeliveryRow)

LISTING = Listing(
    WebhookDelivery,
    ROWS,
    sorts={"id": Sort(WebhookDelivery.id)},
    default_sort=("-id",),
    filters={
        "webhook_id": equals(WebhookDelivery.webhook_id),
        "status": equals(WebhookDelivery.status),
    },
)


def find(delivery_id: int) -> DeliveryRow:
    """The delivery. Raises Missing."""
    return _existing(ROWS.first(ROWS.select().where(WebhookDelivery.id == delivery_id)))


def locked(delivery_id: int) -> DeliveryRow:
    """The delivery, locked until the transaction ends. Raises Missing."""
    query = ROWS.select().where(WebhookDelivery.id == delivery_id)
    return _existing(ROWS.first(for_update(query)))


def add(webhook_id: int, event_ids: Iterable[int | None], now: str) -> None:
    """Queue events for a webhook, or a ping for None, in this order."""
    new = [
        {
            "webhook": webhook_id,
            "event_id": event_id,
            "status": DeliveryStatus.PENDING,
            "attempts": 0,
            "next_try_at": now,
            "created_at": now,
        }
        for event_id in event_ids
    ]
    if new:
        WebhookDelivery.insert_many(new).on_conflict_ignore().execute()


def newest(webhook_id: int) -> DeliveryRow:
    """The delivery that was queued last. Raises Missing."""
    query = ROWS.select().where(WebhookDelivery.webhook_id == webhook_id)
    return _existing(ROWS.first(query.order_by(WebhookDelivery.id.desc())))


def due(webhook_id: int, now: str, limit: int) -> list[DeliveryRow]:
    """What a webhook is to be told now, in order."""
    query = _pending(webhook_id).where(WebhookDelivery.next_try_at <= now)
    return ROWS.all(query.order_by(WebhookDelivery.id).limit(limit))


def change(delivery_id: int, **fields: Any) -> None:
    """Write fields of a delivery."""
    WebhookDelivery.update(**fields).where(WebhookDelivery.id == delivery_id).execute()


def try_again(webhook_id: int, delivery_id: int, now: str) -> None:
    """Have a webhook told of one event again, however that went. Raises Missing."""
    if locked(delivery_id).webhook_id != webhook_id:
        raise Missing(_NONE)
    change(delivery_id, status=DeliveryStatus.PENDING, next_try_at=now)


def resume(webhook_id: int, now: str, oldest: str) -> None:
    """Have all that waits tried at once, but for what was to be tried before `oldest`.

    How old a delivery is does not count: one that has come, or failed, may be tried again by hand.
    """
    waits = (WebhookDelivery.webhook_id == webhook_id) & (
        WebhookDelivery.status == DeliveryStatus.PENDING
    )
    late = waits & (WebhookDelivery.next_try_at < oldest)
    told = "It waited for more than five days."
    gone = {"status": DeliveryStatus.FAILED, "next_try_at": None, "error": told}
    WebhookDelivery.update(gone).where(late).execute()
    WebhookDelivery.update(next_try_at=now).where(waits).execute()


def delete_before(moment: str, limit: int) -> int:
    """Delete some deliveries of before a moment that have ended; give how many."""
    old = (WebhookDelivery.created_at < moment) & (WebhookDelivery.status != DeliveryStatus.PENDING)
    query = WebhookDelivery.select(WebhookDelivery.id).where(old)
    ids = [row[0] for row in rows(query.limit(limit))]
    WebhookDelivery.delete().where(WebhookDelivery.id.in_(ids)).execute()
    return len(ids)


def _pending(webhook_id: int) -> Any:
    of_it = WebhookDelivery.webhook_id == webhook_id
    return ROWS.select().where(of_it & (WebhookDelivery.status == DeliveryStatus.PENDING))


def _existing(row: DeliveryRow | None) -> DeliveryRow:
    if row is None:
        raise Missing(_NONE)
    return row
