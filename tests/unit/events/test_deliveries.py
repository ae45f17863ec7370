"""What is delivered to webhooks, on each database, to a real receiver."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from http.server import BaseHTTPRequestHandler
from itertools import count
from threading import Event as Signal
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook as Verifier

from events import webhooks
from events.deliveries import DELAYS, Courier, queue_next
from events.delivering import Deliverer, tidy
from models import audit, book, webhook, webhook_delivery
from models.database import database, is_postgresql, transaction
from models.timestamps import now, stamp
from models.vocabulary import DeliveryStatus
from models.webhook import WebhookRow
from models.webhook_delivery import WebhookDelivery
from tests.support.receivers import Receiver, answering, running
from tests.support.servers import wait_for
from tests.unit.circulation.library import DESK

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.peer]
DAY = timedelta(days=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with running() as started:
        yield started


def courier(ahead: timedelta = timedelta(), **options: Any) -> Courier:
    return Courier(allows_private=True, now=lambda: now() + ahead, **options)


def hook(receiver: Receiver, *types: str) -> WebhookRow:
    return webhook.create({"url": receiver.url, "types": [*types] or ["loan.create"]}, DESK)


def happen(*record_ids: int, action: str = "loan.create") -> None:
    for record_id in record_ids:
        audit.record(DESK, action, "closure", record_id)


def _happen_elsewhere(record_id: int) -> None:
    """What others commit meanwhile; on SQLite, where nobody can, it is done here."""

    def act() -> None:
        try:
            happen(record_id)
        finally:
            database.close()

    if is_postgresql():
        with ThreadPoolExecutor(1) as pool:
            pool.submit(act).result(30)
    else:
        happen(record_id)


def told(receiver: Receiver) -> list[int]:
    """The records that the receiver was told of, in the order in which it was."""
    return [orjson.loads(one.body)["data"]["record_id"] for one in receiver.received]


def only() -> WebhookDelivery:
    [one] = WebhookDelivery.select()
    row: WebhookDelivery = one
    return row


def test_what_happens_is_delivered_in_order_and_signed(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1, 2, 3)
    assert courier().deliver(made.id) == 3
    assert told(receiver) == [1, 2, 3]
    for one in receiver.received:
        body = Verifier(made.secret).verify(one.body, one.headers)
        assert set(body) == {"type", "timestamp", "data"}
        assert body["type"] == body["data"]["type"] == "loan.create"
        assert one.headers["webhook-id"] == f"event-{body['data']['id']}"


def test_what_is_queued_as_a_second_ends_is_delivered_at_once(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1)
    begun, seconds = now(), count()
    ticking = Courier(allows_private=True, now=lambda: begun + timedelta(seconds=next(seconds)))
    assert ticking.deliver(made.id) == 1


def test_only_what_happens_after_its_creation_and_is_of_its_types(receiver: Receiver) -> None:
    happen(1)
    made = hook(receiver)
    happen(2)
    happen(3, action="loan.return")
    courier().deliver(made.id)
    assert told(receiver) == [2]
    assert courier().deliver(made.id) == 0


def test_of_a_type_that_is_added_only_what_happens_from_then_on_is_told(
    receiver: Receiver,
) -> None:
    made = hook(receiver)
    happen(1, action="loan.return")
    with transaction():
        webhooks.change(made, {"types": ["loan.create", "loan.return"]}, DESK)
    happen(2, action="loan.return")
    courier().deliver(made.id)
    assert told(receiver) == [2]


def test_what_waited_of_its_types_before_they_were_changed_is_told(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(*range(1, 131))
    with transaction():
        webhooks.change(made, {"types": ["loan.return"]}, DESK)
    happen(131)
    happen(132, action="loan.return")
    courier().deliver(made.id)
    assert told(receiver) == [*range(1, 131), 132]


def test_what_happens_while_types_are_changed_is_told(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hook(receiver)
    happen(1)

    def queued_late(*given: Any) -> WebhookRow | None:
        found = queue_next(*given)
        if found is None:
            _happen_elsewhere(2)
        return found

    monkeypatch.setattr(webhooks, "queue_next", queued_late)
    with transaction():
        webhooks.change(made, {"types": ["loan.create", "loan.return"]}, DESK)
    courier().deliver(made.id)
    assert told(receiver) == [1, 2]


def test_types_that_are_sent_back_as_they_were_change_nothing(receiver: Receiver) -> None:
    made = hook(receiver, "loan.create", "loan.return")
    happen(1)
    with transaction():
        webhooks.change(made, {"types": ["loan.return", "loan.create"]}, DESK)
    assert WebhookDelivery.select().count() == 0
    courier().deliver(made.id)
    assert told(receiver) == [1]


def test_a_failed_try_is_made_again_under_the_same_id(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1)
    receiver.behave = answering(500)
    courier().deliver(made.id)
    assert (only().status, only().attempts, only().response_status) == ("pending", 1, 500)
    assert courier(timedelta(seconds=4)).deliver(made.id) == 0
    receiver.behave = answering(200)
    assert courier(timedelta(seconds=7)).deliver(made.id) == 1
    assert (only().status, only().error, only().next_try_at) == ("delivered", None, None)
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_one_that_fails_does_not_keep_back_those_after_it(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1, 2, 3)

    def behave(handler: BaseHTTPRequestHandler) -> None:
        answering(500 if told(receiver)[-1] == 1 else 204)(handler)

    receiver.behave = behave
    courier().deliver(made.id)
    assert told(receiver) == [1, 2, 3]
    courier(timedelta(seconds=7)).deliver(made.id)
    assert told(receiver) == [1, 2, 3, 1]


def test_tries_come_later_and_later_and_end(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1)
    receiver.behave = answering(503)
    ahead = timedelta()
    for delay in (timedelta(), *DELAYS):
        ahead += delay * 1.1 + timedelta(seconds=2)
        assert courier(ahead).deliver(made.id) == 1
    assert only().status == DeliveryStatus.FAILED
    assert only().attempts == len(DELAYS) + 1
    assert ahead < 4 * DAY


def test_a_receiver_that_asks_to_be_left_alone_is_left_alone(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1)
    receiver.behave = answering(429, Retry_After="3600")
    courier().deliver(made.id)
    assert courier(timedelta(minutes=59)).deliver(made.id) == 0
    assert courier(timedelta(minutes=61)).deliver(made.id) == 1


def test_a_receiver_that_is_gone_is_told_no_more(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1, 2)
    receiver.behave = answering(410)
    courier().deliver(made.id)
    found = webhook.find(made.id)
    assert (found.enabled, found.disabled_reason) == (0, "It answered 410: it is gone.")
    assert told(receiver) == [1]


def test_five_days_of_failure_disable_it(receiver: Receiver) -> None:
    made = hook(receiver)
    receiver.behave = answering(500)
    for day in range(6):
        assert webhook.find(made.id).enabled
        happen(day + 1)
        courier(day * DAY).deliver(made.id)
    found = webhook.find(made.id)
    assert found.disabled_reason == "Nothing could be delivered for five days."
    assert found.disabled_at is not None


def test_enabled_again_it_goes_on_with_what_waited(receiver: Receiver) -> None:
    made = hook(receiver)
    webhook.update(made, {"enabled": 0}, DESK)
    happen(1, 2)
    assert courier().deliver(made.id) == 0
    webhook.update(webhook.find(made.id), {"enabled": 1}, DESK)
    courier(4 * DAY).deliver(made.id)
    assert told(receiver) == [1, 2]


def test_what_waited_for_more_than_five_days_is_not_delivered(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1)
    assert courier(6 * DAY).deliver(made.id) == 0
    assert told(receiver) == []


def test_what_is_to_be_tried_again_by_hand_is_tried_however_old_it_is(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1)
    courier().deliver(made.id)
    webhooks.change(webhook.find(made.id), {"enabled": False}, DESK)
    webhook_delivery.change(only().id, created_at=stamp(now() - 30 * DAY))
    webhook_delivery.try_again(made.id, only().id, stamp(now()))
    webhooks.change(webhook.find(made.id), {"enabled": True}, DESK)
    courier().deliver(made.id)
    assert told(receiver) == [1, 1]


def test_what_a_disabled_webhook_was_to_be_told_six_days_ago_is_not_told(
    receiver: Receiver,
) -> None:
    made = hook(receiver)
    webhook_delivery.add(made.id, [None], stamp(now() - 6 * DAY))
    webhooks.change(webhook.find(made.id), {"enabled": False}, DESK)
    webhooks.change(webhook.find(made.id), {"enabled": True}, DESK)
    assert courier().deliver(made.id) == 0
    assert only().error == "It waited for more than five days."


def test_after_a_change_of_secret_both_sign_for_a_day(receiver: Receiver) -> None:
    made = hook(receiver)
    renewed = renew(made)
    happen(1)
    courier().deliver(made.id)
    [one] = receiver.received
    for secret in (made.secret, renewed.secret):
        Verifier(secret).verify(one.body, one.headers)
    happen(2)
    courier(timedelta(hours=25)).deliver(made.id)
    assert len(receiver.received[-1].headers["webhook-signature"].split()) == 1


def test_a_secret_signs_for_a_day_though_the_next_one_is_replaced_too(receiver: Receiver) -> None:
    first = hook(receiver)
    second = renew(first)
    third = renew(second)
    happen(1)
    courier().deliver(first.id)
    [one] = receiver.received
    for secret in (first.secret, second.secret, third.secret):
        Verifier(secret).verify(one.body, one.headers)


def test_each_replaced_secret_ends_a_day_after_it_was_replaced(receiver: Receiver) -> None:
    first = hook(receiver)
    second = renew(first)
    third = renew(second, timedelta(hours=2))
    assert third.secrets(stamp(now() + timedelta(hours=25))) == [third.secret, second.secret]


def renew(made: webhook.WebhookRow, later: timedelta = timedelta()) -> webhook.WebhookRow:
    at = now() + later
    return webhook.renew_secret(made, stamp(at), stamp(at + DAY), DESK)


def test_a_ping_is_delivered_without_an_event(receiver: Receiver) -> None:
    made = hook(receiver)
    webhook_delivery.add(made.id, [None], stamp(now()))
    courier().deliver(made.id)
    [one] = receiver.received
    body = Verifier(made.secret).verify(one.body, one.headers)
    assert (body["type"], body["data"]["data"]) == ("ping", None)
    assert one.headers["webhook-id"] == f"ping-{only().id}"


def test_two_processes_deliver_each_event_once(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(*range(1, 31))

    def work(_: int) -> int:
        with database.obj.connection_context():
            return courier().deliver(made.id)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 30
    assert told(receiver) == list(range(1, 31))


def test_what_a_killed_process_had_begun_is_delivered_when_its_lease_ends(
    receiver: Receiver,
) -> None:
    made = hook(receiver)
    happen(1)
    webhook.lease(made.id, stamp(now()), stamp(now() + timedelta(minutes=1)))
    assert courier().deliver(made.id) == 0
    assert courier(timedelta(seconds=62)).deliver(made.id) == 1


def test_a_slow_receiver_delays_no_other(receiver: Receiver) -> None:
    is_over = Signal()

    def wait(handler: BaseHTTPRequestHandler) -> None:
        is_over.wait(30)
        answering(204)(handler)

    with running() as slow:
        slow.behave = wait
        hook(slow)
        hook(receiver)
        happen(1)
        deliverer = Deliverer(courier())
        deliverer.start()
        deliverer.start()
        wait_for(lambda: bool(receiver.received) and bool(slow.received))
        assert (told(receiver), told(slow)) == ([1], [1])
        is_over.set()
        assert deliverer.finish() == 2


def test_ended_deliveries_are_deleted_after_a_while(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1)
    courier().deliver(made.id)
    happen(2)
    with transaction():
        webhook_delivery.add(made.id, [None], stamp(now()))
    assert tidy(stamp(now() + DAY)) == 1
    assert only().status == DeliveryStatus.PENDING


def test_a_body_stays_under_twenty_kilobytes_whatever_happened(receiver: Receiver) -> None:
    made = hook(receiver, "book.create")
    book.create({"title": "Ж" * 1000, "description": "Ж" * 9_900}, DESK)
    courier().deliver(made.id)
    [one] = receiver.received
    assert len(one.body.encode()) < 20_000
    assert Verifier(made.secret).verify(one.body, one.headers)["type"] == "book.create"


def test_the_time_that_is_signed_is_utc(receiver: Receiver) -> None:
    made = hook(receiver)
    happen(1)
    local = now().astimezone(tz=None)
    Courier(allows_private=True, now=lambda: local).deliver(made.id)
    [one] = receiver.received
    assert int(one.headers["webhook-timestamp"]) == int(local.astimezone(UTC).timestamp())
