"""What causes a notice: the actions of the audit log that members are told of."""

from collections.abc import Collection
from typing import Any

from peewee import SQL, fn

from models import audit, notice, user
from models.audit import Recorded
from models.database import Compiled, slot
from models.fee import Fee, FeeEntry
from models.hold import Hold
from models.loan import Loan
from models.notice import Item
from models.order import Order
from models.password_reset import PasswordReset
from models.user import User
from models.vocabulary import AuditAction, FeeEntryKind, NoticeKind, Role
from notices import outbox, recipients
from notices.kinds import OVERDUE
from notices.library import Library

_DUE_DATES = (AuditAction.LOAN_POSTPONE, AuditAction.LOAN_DUE_DATE)
"""The acts that move due dates other than by a renewal."""
_REMINDERS = (NoticeKind.DUE_SOON, *OVERDUE)


def subscribe(library: Library) -> None:
    """Queue notices of this library in every act that causes one, from now on."""
    outbox.use(library)
    audit.subscribe(
        {
            AuditAction.USER_CREATE: _queues(NoticeKind.WELCOME, "user", _MEMBER),
            AuditAction.USER_REGISTER: _queues(NoticeKind.WELCOME, "user", _MEMBER),
            AuditAction.PASSWORD_RESET_CREATE: _queues(
                NoticeKind.PASSWORD_RESET, "password_reset", _RESET
            ),
            AuditAction.USER_DELETE: lambda _: notice.empty_nameless(),
            AuditAction.USER_UPDATE: _tells_anew((NoticeKind.MEMBERSHIP_ENDING,), "user"),
            AuditAction.HOLD_READY: _queues(NoticeKind.HOLD_READY, "hold", _READY),
            AuditAction.HOLD_RESTORE: _tell_restored,
            AuditAction.HOLD_UPDATE: _tells_anew((NoticeKind.HOLD_EXPIRING,), "hold"),
            AuditAction.HOLD_EXPIRE: _queues(NoticeKind.HOLD_ENDED, "hold", _ENDED, joins=True),
            AuditAction.HOLD_CANCEL: _queues(NoticeKind.HOLD_ENDED, "hold", _ENDED, joins=True),
            **dict.fromkeys(_DUE_DATES, _tell_due_dates),
            AuditAction.LOAN_REOPEN: _tells_anew(_REMINDERS, "loan"),
            AuditAction.LOAN_UNCLAIM: _tells_anew(_REMINDERS, "loan"),
            AuditAction.ORDER_RECEIVE: _queues(NoticeKind.ORDER_RECEIVED, "order", _ORDER),
            AuditAction.ORDER_UNRECEIVE: _forget_receipt,
            AuditAction.LOAN_CREATE: _queues(NoticeKind.LOAN_RECEIPT, "loan", _LOAN),
            AuditAction.LOAN_RETURN: _queues(NoticeKind.RETURN_RECEIPT, "loan", _RETURNED),
            AuditAction.WEBHOOK_DISABLE: _tell_administrators,
            AuditAction.FEE_PAY: _queues(
                NoticeKind.PAYMENT_RECEIPT, "payment", _PAYMENT, joins=True
            ),
        }
    )


def _queues(
    kind: NoticeKind, record_type: str, query: Compiled, *, joins: bool = False
) -> audit.Subscriber:
    """Queue notices of a kind for the members whom the query finds for the recorded ids.

    The query gives the id of what is told, its stage, and the member. What one act records more
    than once, `joins` makes one notice of. Nothing is read for an act that has read itself that its
    member does not want to be told.
    """

    def queue(recorded: Recorded) -> None:
        if recorded.switches is not None:
            own, kinds = recipients.switched(recorded.switches), outbox.library().kinds
            if not recipients.wants(own, kind, kinds):
                return
        about = []
        for record_id in recorded.record_ids:
            found = query.row(id=record_id)
            if found is not None:
                item = Item(record_type, found[0], str(found[1]))
                about.append((recipients.read(found[2:]), item))
        if about:
            request_id = recorded.actor.request_id
            outbox.queue_for(kind, about, request_id, recorded.at, joins=joins)

    return queue


def _tells_anew(kinds: Collection[NoticeKind], record_type: str) -> audit.Subscriber:
    """Let the nightly job find again what was cancelled, because it did not hold, until the act."""

    def tell(recorded: Recorded) -> None:
        notice.tell_anew(kinds, record_type, recorded.record_ids, recorded.name)

    return tell


def _tell_restored(recorded: Recorded) -> None:
    """Tell of holds that are ready again as they were, unless that was told or waits to be."""
    kinds = (NoticeKind.HOLD_READY, NoticeKind.HOLD_EXPIRING)
    notice.tell_anew(kinds, "hold", recorded.record_ids, recorded.name)
    _queues(NoticeKind.HOLD_READY, "hold", _READY)(recorded)


def _tell_due_dates(recorded: Recorded) -> None:
    """Queue notices of due dates that were moved, but where a member was told no other one.

    Many acts move many due dates in one transaction: of members who want none, and of loans of
    which nothing was told, no more is read than that. Reminders of a day that comes back are found
    again.
    """
    kind, (before, after) = NoticeKind.DUE_DATE_CHANGED, (recorded.changes or {})["due_at"]
    about = []
    for loan_id in recorded.record_ids:
        row = _MOVED.row(id=loan_id)
        if row is not None and row[1]:
            notice.tell_anew(_REMINDERS, "loan", [loan_id], recorded.name)
        person = None if row is None else recipients.read(row[2:])
        if person is None or not person.wants(kind, outbox.library().kinds):
            continue
        told = notice.told(kind, "loan", loan_id)
        untold = {one.request_id for one in told if one.is_unsent}
        if untold and _told_due(loan_id, before, untold) == after:
            continue
        item = Item("loan", loan_id, after)
        if any(one.stage == after for one in told):
            # A due date that was told before, and is no more, is told anew.
            notice.restage(kind, item, f"past {recorded.name}")
        about.append((person, item))
    outbox.queue_for(kind, about, recorded.actor.request_id, recorded.at, joins=True)


def _told_due(loan_id: int, due_at: str, untold: Collection[str]) -> str:
    """When a member thinks a loan is due that was due at a moment before the latest act.

    Notices of the acts of the `untold` requests were not sent.
    """
    _, *earlier = audit.changes_of("loan", loan_id, _DUE_DATES)
    for request_id, changes in earlier:
        before, after = changes["due_at"]
        if after != due_at or request_id not in untold:
            break
        due_at = before
    return due_at


def _forget_receipt(recorded: Recorded) -> None:
    """What comes after all receipts of an order were taken back is told anew."""
    for order_id in recorded.record_ids:
        if not _RECEIVED.scalar(id=order_id):
            notice.restage(NoticeKind.ORDER_RECEIVED, Item("order", order_id), recorded.name)


def _tell_administrators(recorded: Recorded) -> None:
    """Queue a notice for each administrator who may sign in, of webhooks that were disabled."""
    about = [
        (user_id, Item("webhook", webhook_id, f"{recorded.name} {user_id}"))
        for webhook_id in recorded.record_ids
        for user_id in user.ids_of(Role.ADMIN)
    ]
    kind = NoticeKind.WEBHOOK_DISABLED
    outbox.queue(kind, about, recorded.actor.request_id, recorded.at, joins=True)


def _of(model: Any, stage: Any) -> Any:
    """Records of a table with one id, with the member they still name."""
    found = model.select(model.id, stage, *recipients.columns())
    return found.join(User, on=(User.id == model.user_id)).where(model.id == slot("id"))


_ONCE = SQL("''")
_MEMBER = Compiled(
    lambda: User.select(User.id, _ONCE, *recipients.columns()).where(
        (User.id == slot("id")) & (User.role == Role.MEMBER)
    )
)
_RESET = Compiled(lambda: _of(PasswordReset, _ONCE))
# A hold may be ready, wait again, and be ready another time, which is told anew.
_READY = Compiled(lambda: _of(Hold, Hold.ready_at).where(Hold.status == SQL("'ready'")))
# What members cancel themselves is no news to them.
_ENDED = Compiled(lambda: _of(Hold, _ONCE).where(Hold.end_reason != SQL("'cancelled_by_member'")))
_LOAN = Compiled(lambda: _of(Loan, _ONCE))
_MOVED = Compiled(lambda: _of(Loan, notice.any_cancelled(_REMINDERS, "loan", Loan.id)))
# A return that was taken back and made again is told anew.
_RETURNED = Compiled(lambda: _of(Loan, Loan.returned_at))
# What comes later of the same order is no news.
_ORDER = Compiled(lambda: _of(Order, _ONCE))
_RECEIVED = Compiled(lambda: Order.select(Order.received).where(Order.id == slot("id")))
# The payment that was just written; money that is paid out has a line of its own.
_LATEST = FeeEntry.alias()
_PAYMENT = Compiled(
    lambda: (
        FeeEntry.select(FeeEntry.id, _ONCE, *recipients.columns())
        .join(Fee, on=(Fee.id == FeeEntry.fee_id))
        .join(User, on=(User.id == Fee.user_id))
        .where((Fee.id == slot("id")) & (Fee.amount > 0))
        .where(
            FeeEntry.id
            == _LATEST.select(fn.MAX(_LATEST.id)).where(
                (_LATEST.fee_id == Fee.id) & (_LATEST.kind == FeeEntryKind.PAYMENT)
            )
        )
    )
)
