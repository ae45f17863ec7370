"""Webhooks: programs elsewhere that are told of events."""

from base64 import b64encode
from collections.abc import Mapping
from secrets import token_bytes
from typing import Any, NamedTuple

import orjson
from peewee import IntegerField, TextField

from models import audit, event
from models.audit import Actor
from models.database import Table, for_update
from models.errors import Missing
from models.listing import Listing, Sort
from models.rows import Json, RowReader
from models.timestamps import timestamp
from models.vocabulary import AuditAction

IS_GONE = "It answered 410: it is gone."
IS_FAILING = "Nothing could be delivered for five days."


MOST_SECRETS = 10
"""How many secrets sign at once; the signatures of a delivery are one header."""


class Webhook(Table):
    """One webhook. `position` is how far in the feed its deliveries have been queued.

    `older_secrets` are those that `old_secret` replaced and that still sign, as JSON: pairs of
    secret and moment, the newest first.
    """

    url = TextField()
    types = TextField()
    description = TextField(null=True)
    secret = TextField()
    old_secret = TextField(null=True)
    old_secret_until = TextField(null=True)
    older_secrets = TextField(null=True)
    enabled = IntegerField()
    disabled_at = TextField(null=True)
    disabled_reason = TextField(null=True)
    position = IntegerField()
    failing_since = TextField(null=True)
    leased_until = TextField()
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()


class WebhookRow(NamedTuple):
    """A webhook as it is stored."""

    id: int
    url: str
    types: str
    description: str | None
    secret: str
    old_secret: str | None
    old_secret_until: str | None
    older_secrets: str | None
    enabled: int
    disabled_at: str | None
    disabled_reason: str | None
    position: int
    failing_since: str | None
    leased_until: str
    created_at: str
    updated_at: str
    revision: int

    @property
    def tag(self) -> tuple[str, int, int]:
        """What names the present state of the record: noun, id and revision."""
        return ("webhook", self.id, self.revision)

    @property
    def actions(self) -> list[str]:
        """The types of events it is told of."""
        found: list[str] = orjson.loads(self.types)
        return found

    def secrets(self, now: str) -> list[str]:
        """What its deliveries are signed with at a moment, the newest first."""
        return [self.secret, *(secret for secret, _ in self.replaced(now))]

    def replaced(self, now: str) -> list[tuple[str, str]]:
        """Secrets that were replaced and sign at a moment, each with its end, the newest first."""
        latest = (self.old_secret or "", self.old_secret_until or "")
        older = [(secret, until) for secret, until in orjson.loads(self.older_secrets or "[]")]
        return [(secret, until) for secret, until in (latest, *older) if until > now]

    def to_json(self) -> Json:
        """The webhook as clients see it, without its secret."""
        return {
            "id": self.id,
            "url": self.url,
            "types": self.actions,
            "description": self.description,
            "enabled": bool(self.enabled),
            "disabled_at": self.disabled_at,
            "disabled_reason": self.disabled_reason,
            "created_at": self.created_at,
        }


ROWS = RowReader(Webhook, WebhookRow)

LISTING = Listing(Webhook, ROWS, sorts={"id": Sort(Webhook.id)})


def new_secret() -> str:
    """A secret of 256 bits, written as Standard Webhooks asks."""
    return f"whsec_{b64encode(token_bytes(32)).decode()}"


def find(webhook_id: int) -> WebhookRow:
    """The webhook. Raises Missing."""
    return _existing(ROWS.first(ROWS.select().where(Webhook.id == webhook_id)))


def locked(webhook_id: int) -> WebhookRow:
    """The webhook, locked until the transaction ends. Raises Missing."""
    return _existing(ROWS.first(for_update(ROWS.select().where(Webhook.id == webhook_id))))


def create(values: Mapping[str, Any], actor: Actor) -> WebhookRow:
    """Add a webhook, which is told of what happens from now on."""
    now = timestamp()
    webhook_id: int = Webhook.insert(
        url=values["url"],
        types=_stored(values["types"]),
        description=values.get("description"),
        secret=new_secret(),
        enabled=int(values.get("enabled", True)),
        position=event.end(),
        leased_until=now,
        created_at=now,
        updated_at=now,
        revision=1,
    ).execute()
    audit.record(actor, AuditAction.WEBHOOK_CREATE, "webhook", webhook_id)
    return find(webhook_id)


def update(
    present: WebhookRow,
    values: Mapping[str, Any],
    actor: Actor,
    action: AuditAction = AuditAction.WEBHOOK_UPDATE,
) -> WebhookRow:
    """Write fields of a webhook that is locked; what is as it was is no change."""
    stored = {**values, **({"types": _stored(values["types"])} if "types" in values else {})}
    if present._replace(**stored) == present:
        return present
    revised = {"updated_at": timestamp(), "revision": Webhook.revision + 1}
    Webhook.update(**stored, **revised).where(Webhook.id == present.id).execute()
    audit.record(actor, action, "webhook", present.id)
    return find(present.id)


def delete(present: WebhookRow, actor: Actor) -> None:
    """Remove a webhook with its deliveries."""
    Webhook.delete().where(Webhook.id == present.id).execute()
    audit.record(actor, AuditAction.WEBHOOK_DELETE, "webhook", present.id)


def enabled() -> list[int]:
    """The ids of the webhooks that are told of events."""
    query = Webhook.select(Webhook.id).where(Webhook.enabled == 1).order_by(Webhook.id)
    return [row[0] for row in query.tuples()]


def lease(webhook_id: int, now: str, until: str) -> WebhookRow | None:
    """Keep an enabled webhook from all other processes for a while; None when one has it."""
    free = (Webhook.leased_until <= now) & (Webhook.enabled == 1)
    query = Webhook.update(leased_until=until).where((Webhook.id == webhook_id) & free)
    return find(webhook_id) if query.execute() else None


def keep(webhook_id: int, until: str) -> WebhookRow | None:
    """Renew the lease; None when the webhook was disabled or removed meanwhile."""
    mine = (Webhook.id == webhook_id) & (Webhook.enabled == 1)
    renewed = Webhook.update(leased_until=until).where(mine).execute()
    return ROWS.first(ROWS.select().where(mine)) if renewed else None


def write(webhook_id: int, **fields: Any) -> None:
    """Note how its deliveries go, in nobody's name."""
    Webhook.update(**fields).where(Webhook.id == webhook_id).execute()


def disable(webhook_id: int, at: str, reason: str) -> None:
    """Tell it of nothing any more, in nobody's name: it is gone, or failing for too long."""
    stamps = {"updated_at": at, "revision": Webhook.revision + 1}
    write(webhook_id, enabled=0, disabled_at=at, disabled_reason=reason, **stamps)
    nobody = Actor(None, f"webhook-{webhook_id}-{at}")
    audit.record(nobody, AuditAction.WEBHOOK_DISABLE, "webhook", webhook_id, reason=reason)


def renew_secret(present: WebhookRow, now: str, until: str, actor: Actor) -> WebhookRow:
    """Give a webhook that is locked a new secret; the one it has signs until a moment."""
    older = orjson.dumps(present.replaced(now)[: MOST_SECRETS - 2]).decode()
    changed = {
        "secret": new_secret(),
        "old_secret": present.secret,
        "old_secret_until": until,
        "older_secrets": older,
    }
    return update(present, changed, actor, AuditAction.WEBHOOK_SECRET)


def _stored(types: list[str]) -> str:
    return orjson.dumps(types).decode()


def _existing(row: WebhookRow | None) -> WebhookRow:
    if row is None:
        raise Missing("There is no such webhook.")
    return row
