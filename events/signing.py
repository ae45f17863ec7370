"""What a delivery carries, signed as Standard Webhooks asks."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from standardwebhooks import Webhook

from models.rows import Json

USER_AGENT = "Octavo-Webhooks"


def body(event: Json) -> str:
    """The body of a delivery: `{type, timestamp, data}` with the event as `data`."""
    made = {"type": event["type"], "timestamp": event["at"], "data": event}
    return orjson.dumps(made).decode()


def headers(message_id: str, content: str, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The headers of a delivery, signed by each secret.

    The library would take the wall clock of another zone for UTC, so it is given UTC.
    """
    at = now.astimezone(UTC)
    signatures = (Webhook(secret).sign(message_id, at, content) for secret in secrets)
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
