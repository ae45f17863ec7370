"""Changing a webhook: disabled it waits, enabled again it goes on with what waited."""

from collections.abc import Mapping
from typing import Any

from events.deliveries import LONGEST_FAILURE, queue_next
from models import event, timestamps, webhook, webhook_delivery
from models.audit import Actor
from models.timestamps import timestamp
from models.webhook import WebhookRow


def change(present: WebhookRow, values: Mapping[str, Any], actor: Actor) -> WebhookRow:
    """Write `url`, `types`, `description` and `enabled` of a webhook that is locked.

    Of new `types` it is told of what happens from now on; what waits of those before still comes.
    """
    stored = {name: value for name, value in values.items() if name != "enabled"}
    if set(values.get("types", present.actions)) != set(present.actions):
        stored["position"] = _queue_all(present)
    wanted = values.get("enabled", bool(present.enabled))
    if wanted and not present.enabled:
        nothing = dict.fromkeys(("disabled_at", "disabled_reason", "failing_since"))
        stored |= {"enabled": 1, **nothing}
        webhook_delivery.resume(present.id, timestamp(), timestamp(ahead=-LONGEST_FAILURE))
    elif present.enabled and not wanted:
        reason = "It was disabled by hand."
        stored |= {"enabled": 0, "disabled_at": timestamp(), "disabled_reason": reason}
    return webhook.update(present, stored, actor) if stored else present


def _queue_all(hook: WebhookRow) -> int:
    """Queue all that has happened of its types; the position from which new ones are told."""
    # Read first: what others commit after the last look below is beyond it, and still comes.
    end = event.end()
    now, waits = timestamps.now(), hook
    while (further := queue_next(waits, now)) is not None:
        waits = further
    return max(end, waits.position)
