"""All webhooks at once: each in a thread of its own, so that a slow one delays no other."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait

from events.deliveries import Courier
from models import webhook, webhook_delivery
from models.database import database, transaction
from models.outages import UNAVAILABLE

MOST_AT_ONCE = 64
_BATCH = 500
_log = logging.getLogger("octavo.webhooks")


class Deliverer:
    """Starts a delivery for every webhook that has none running."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="webhook")
        self._running: dict[int, Future[int]] = {}

    def start(self) -> None:
        """Start what is not running; return without waiting for any."""
        self._running = {one: future for one, future in self._running.items() if not future.done()}
        for webhook_id in webhook.enabled():
            if webhook_id not in self._running:
                self._running[webhook_id] = self._pool.submit(self._deliver, webhook_id)

    def finish(self) -> int:
        """Wait for all that is running, and give how many tries there were."""
        done, _ = wait(self._running.values())
        return sum(future.result() for future in done)

    def _deliver(self, webhook_id: int) -> int:
        try:
            with database.obj.connection_context():
                return self._courier.deliver(webhook_id)
        except UNAVAILABLE:
            _log.warning("the database cannot be used; webhook %s has to wait", webhook_id)
        except Exception:  # noqa: BLE001  logged, and tried again the next time
            _log.exception("webhook %s could not be told", webhook_id)
        return 0


def tidy(before: str) -> int:
    """Delete the deliveries of before a moment that have ended; give how many."""
    deleted = 0
    while batch := _delete(before):
        deleted += batch
    return deleted


def _delete(before: str) -> int:
    with transaction():
        return webhook_delivery.delete_before(before, _BATCH)
