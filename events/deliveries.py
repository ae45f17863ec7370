"""What is delivered to one webhook and when, by whichever process has its lease."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from events import feed, signing
from events.posting import Outcome, post
from models import event, timestamps, webhook, webhook_delivery
from models.database import transaction
from models.rows import Json
from models.timestamps import moment, stamp
from models.vocabulary import DeliveryStatus
from models.webhook import WebhookRow
from models.webhook_delivery import DeliveryRow

BATCH = 100
LEASE = timedelta(minutes=1)
"""Longer than a try can take; it is renewed before each."""
DELAYS = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
    *(timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20)),
    timedelta(hours=24),
)
"""What is waited after each try that fails; after the last one there is none."""
LONGEST_FAILURE = timedelta(days=5)
LONGEST_PAUSE = timedelta(hours=24)
GONE = 410
PING = "ping"


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers to one webhook after the other; `now` tells the time, `post` sends."""

    allows_private: bool = False
    now: Callable[[], datetime] = timestamps.now
    post: Callable[..., Outcome] = post

    def deliver(self, webhook_id: int) -> int:
        """Deliver all that is due to a webhook, unless another process does; give how many tries.

        Events are tried in their order. One that fails waits for its next try, while those after
        it are tried.
        """
        now = self.now()
        if not self._has_work(webhook.find(webhook_id), stamp(now)):
            return 0
        hook = webhook.lease(webhook_id, stamp(now), stamp(now + LEASE))
        if hook is None:
            return 0
        tries = 0
        try:
            while due := self._due(hook):
                for delivery in due:
                    kept = webhook.keep(hook.id, stamp(self.now() + LEASE))
                    if kept is None:
                        return tries
                    self._try(kept, delivery)
                    tries += 1
        finally:
            webhook.write(hook.id, leased_until=stamp(self.now()))
        return tries

    def _has_work(self, hook: WebhookRow, now: str) -> bool:
        """Asked before the lease, which writes."""
        return bool(
            webhook_delivery.due(hook.id, now, 1) or event.after(hook.position, hook.actions, 1)
        )

    def _due(self, hook: WebhookRow) -> list[DeliveryRow]:
        """What is due; when nothing is, the next events of the feed are queued first."""
        now = self.now()
        while True:
            found = webhook_delivery.due(hook.id, stamp(now), BATCH)
            if found or not self._queue(hook.id, now):
                return found

    def _queue(self, webhook_id: int, now: datetime) -> bool:
        """Queue the next events of the feed, to be tried at once; False at its end."""
        with transaction():
            return queue_next(webhook.locked(webhook_id), now) is not None

    def _try(self, hook: WebhookRow, delivery: DeliveryRow) -> None:
        now = self.now()
        told = self._event(delivery, now)
        content = signing.body(told)
        headers = signing.headers(_message_id(delivery), content, hook.secrets(stamp(now)), now)
        outcome = self.post(hook.url, content, headers, allows_private=self.allows_private)
        with transaction():
            self._note(hook, delivery, outcome)

    def _event(self, delivery: DeliveryRow, now: datetime) -> Json:
        found = event.find(delivery.event_id) if delivery.event_id is not None else None
        if found is None:
            return {"type": PING, "at": delivery.created_at, "id": None, "data": None}
        return feed.shown([found], now)[0]

    def _note(self, hook: WebhookRow, delivery: DeliveryRow, outcome: Outcome) -> None:
        now = self.now()
        made = {
            "attempts": delivery.attempts + 1,
            "response_status": outcome.status,
            "error": outcome.error,
        }
        if outcome.is_delivered:
            ended = {"status": DeliveryStatus.DELIVERED, "next_try_at": None}
            webhook_delivery.change(delivery.id, **made, **ended)
            webhook.write(hook.id, failing_since=None)
            return
        webhook_delivery.change(delivery.id, **made, **_after(delivery, outcome, now))
        since = hook.failing_since or stamp(now)
        webhook.write(hook.id, failing_since=since)
        if outcome.status == GONE:
            self._disable(hook, webhook.IS_GONE)
        elif now - moment(since) >= LONGEST_FAILURE:
            self._disable(hook, webhook.IS_FAILING)

    def _disable(self, hook: WebhookRow, reason: str) -> None:
        webhook.disable(hook.id, stamp(self.now()), reason)


def queue_next(hook: WebhookRow, now: datetime) -> WebhookRow | None:
    """Queue the next events of the feed for a webhook that is locked, to be tried at once.

    Return it with its position then; None at the end of the feed.
    """
    oldest = stamp(now - LONGEST_FAILURE)
    found = event.after(hook.position, hook.actions, BATCH)
    if not found:
        return None
    recent = [one.id for one in found if one.at >= oldest]
    webhook_delivery.add(hook.id, recent, stamp(now))
    position = found[-1].position
    webhook.write(hook.id, position=position)
    return hook._replace(position=position)


def _after(delivery: DeliveryRow, outcome: Outcome, now: datetime) -> Json:
    """What becomes of a delivery whose try has failed."""
    if delivery.attempts >= len(DELAYS):
        return {"status": DeliveryStatus.FAILED, "next_try_at": None}
    # A little more, so that what failed together is not tried again together.
    delay = DELAYS[delivery.attempts] * random.uniform(1.0, 1.1)  # noqa: S311
    wanted = timedelta(seconds=outcome.retry_after or 0)
    return {"next_try_at": stamp(now + max(delay, min(wanted, LONGEST_PAUSE)))}


def _message_id(delivery: DeliveryRow) -> str:
    """The same for every try, so that a receiver can tell that it has had it."""
    if delivery.event_id is None:
        return f"ping-{delivery.id}"
    return f"event-{delivery.event_id}"
