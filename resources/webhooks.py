"""Webhooks: programs elsewhere that are told of events."""

from datetime import timedelta
from typing import Any

from api.http.pagination import filters, listed
from api.operation import Answer, Call, operation
from api.records import Row
from api.resource import Resource
from events import addresses, webhooks
from models import audit, timestamps, webhook, webhook_delivery
from models.errors import Unacceptable
from models.timestamps import stamp, timestamp
from models.vocabulary import AuditAction
from models.webhook import WebhookRow
from validators import events as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query

SECRET_KEPT = timedelta(days=1)
"""For how long the secret of before still signs."""
_SHOWN_ONCE = {"Cache-Control": "no-store"}


def _answered(row: WebhookRow, status: int = 200) -> Answer:
    return Answer(row.to_json(), status, tag=row.tag, at=f"/webhooks/{row.id}")


def _with_secret(row: WebhookRow) -> Answer:
    secret = {"secret": row.secret}
    at = f"/webhooks/{row.id}"
    return Answer(row.to_json(), 201, _SHOWN_ONCE, row.tag, at=at, more=secret)


def _require_allowed(call: Call) -> None:
    """Raise Unacceptable for a URL that no webhook may have."""
    is_development = call.settings.environment == "development"
    private = call.settings.webhook_allow_private
    schemes = ("https", "http") if is_development or private else ("https",)
    if "url" in call.body:
        problem = addresses.problem(call.body["url"], schemes, allows_private=private)
        if problem is not None:
            raise Unacceptable("#/url", "not-allowed", problem)


class Webhooks(Resource):
    """`/webhooks`"""

    @operation(
        "listWebhooks",
        "Read webhooks",
        query=compile_query(schemas.WEBHOOKS_QUERY),
        answer=schemas.WEBHOOK,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The webhooks, without their secrets."""
        return listed(call, webhook.LISTING, filters(call))

    @operation(
        "createWebhook",
        "Make a webhook",
        body=compile_body(schemas.NEW_WEBHOOK, "create"),
        answer=schemas.NEW_WEBHOOK,
        status=201,
    )
    def post(self, call: Call) -> Answer:
        """The webhook, whose secret is shown this once; it is told of what happens from now on."""
        _require_allowed(call)
        return _with_secret(webhook.create(call.body, call.actor))


class Webhook(Resource):
    """`/webhooks/{webhook_id}`"""

    @operation("getWebhook", "Read a webhook", answer=schemas.WEBHOOK, problems=("not-found",))
    def get(self, call: Call, found: Row) -> Answer:
        """The webhook, without its secret."""
        return _answered(found)

    @operation(
        "updateWebhook",
        "Change a webhook",
        body=compile_body(schemas.WEBHOOK, "patch"),
        answer=schemas.WEBHOOK,
        problems=("not-found",),
    )
    def patch(self, call: Call, present: Row) -> Answer:
        """The webhook; enabled again, it is told what it was to be told in the last five days."""
        _require_allowed(call)
        return _answered(webhooks.change(present, call.body, call.actor))

    @operation("deleteWebhook", "Remove a webhook", status=204, problems=("not-found",))
    def delete(self, call: Call, present: Row) -> Answer:
        """It is gone, with its deliveries."""
        webhook.delete(present, call.actor)
        return Answer(status=204)


class WebhookSecrets(Resource):
    """`/webhooks/{webhook_id}/secrets`"""

    @operation(
        "renewWebhookSecret",
        "Give a webhook a new secret",
        answer=schemas.NEW_WEBHOOK,
        status=201,
        problems=("not-found",),
    )
    def post(self, call: Call, present: Row) -> Answer:
        """The webhook with its new secret, shown this once; each old one signs a day longer."""
        now = timestamps.now()
        row = webhook.renew_secret(present, stamp(now), stamp(now + SECRET_KEPT), call.actor)
        return _with_secret(row)


class WebhookPings(Resource):
    """`/webhooks/{webhook_id}/pings`"""

    @operation(
        "pingWebhook",
        "Send a webhook a ping",
        answer=schemas.DELIVERY,
        status=202,
        problems=("not-found",),
    )
    def post(self, call: Call, present: Row) -> Answer:
        """The delivery of an event of the type `ping`, which is tried within seconds."""
        webhook_delivery.add(present.id, [None], timestamp())
        made = webhook_delivery.newest(present.id)
        return Answer(made.to_json(), 202, at=f"/webhooks/{present.id}/deliveries")


class Deliveries(Resource):
    """`/webhooks/{webhook_id}/deliveries`"""

    @operation(
        "listDeliveries",
        "Read a webhook's deliveries",
        query=compile_query(schemas.DELIVERIES_QUERY),
        answer=schemas.DELIVERY,
        paged=True,
        problems=("not-found",),
    )
    def get(self, call: Call, found: Row) -> Answer:
        """How each event was delivered, the newest first."""
        asked: dict[str, Any] = {**filters(call), "webhook_id": found.id}
        return listed(call, webhook_delivery.LISTING, asked)


class DeliveryRetries(Resource):
    """`/webhooks/{webhook_id}/deliveries/{delivery_id}/retries`"""

    @operation(
        "retryDelivery",
        "Deliver an event again",
        answer=schemas.DELIVERY,
        status=202,
        problems=("not-found",),
    )
    def post(self, call: Call, present: Row, delivery_id: int) -> Answer:
        """The delivery, which is tried within seconds, or once its webhook is enabled again.

        `attempts` counts all its tries before, too.
        """
        webhook_delivery.try_again(present.id, delivery_id, timestamp())
        audit.record(call.actor, AuditAction.WEBHOOK_UPDATE, "webhook", present.id)
        shown = webhook_delivery.find(delivery_id).to_json()
        return Answer(shown, 202, at=f"/webhooks/{present.id}/deliveries")
