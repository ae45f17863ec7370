"""Changing a webhook: disabled it waits, enabled again it goes on with what waited."""

from collections.abc import Mapping
from typing import Any

from events.deliveries import LONGEST_FAILURE
from models import webhook, webhook_delivery
from models.audit import Actor
from models.timestamps import timestamp
from models.webhook import WebhookRow


def change(present: WebhookRow, values: Mapping[str, Any], actor: Actor) -> WebhookRow:
    """Write `url`, `types`, `description` and `enabled` of a webhook that is locked."""
    stored = {name: value for name, value in values.items() if name != "enabled"}
    wanted = values.get("enabled", bool(present.enabled))
    if wanted and not present.enabled:
        nothing = dict.fromkeys(("disabled_at", "disabled_reason", "failing_since"))
        stored |= {"enabled": 1, **nothing}
        webhook_delivery.resume(present.id, timestamp(), timestamp(ahead=-LONGEST_FAILURE))
    elif present.enabled and not wanted:
        reason = "It was disabled by hand."
        stored |= {"enabled": 0, "disabled_at": timestamp(), "disabled_reason": reason}
    return webhook.update(present, stored, actor) if stored else present
