"""The words that records, requests and answers have in common: statuses, kinds, roles, scopes.

Each is a `StrEnum`, so a member is stored, compared and answered as its text. This module imports
nothing of ours; everything else may import it, the validators included.
"""

from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each role includes those before it."""

    MEMBER = "member"
    LIBRARIAN = "librarian"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Where the role stands, from 1: a higher one includes the lower ones."""
        return _RANKS[self]

    @property
    def is_staff(self) -> bool:
        """Whether it is a librarian's or an administrator's."""
        return self is not Role.MEMBER


_RANKS = {role: rank for rank, role in enumerate(Role, 1)}


class Scope(StrEnum):
    """What an API key may do, within what its owner may."""

    CATALOGUE_WRITE = "catalogue:write"
    CIRCULATION_READ = "circulation:read"
    CIRCULATION_WRITE = "circulation:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    ORDERS_WRITE = "orders:write"
    POSTS_WRITE = "posts:write"
    REPORTS_READ = "reports:read"
    SELF_CHECK = "self-check"
    ADMIN = "admin"


class TextEncoding(StrEnum):
    """How a SIP2 machine writes text."""

    UTF_8 = "utf-8"
    CP850 = "cp850"
    ASCII = "ascii"


class NoticeKind(StrEnum):
    """What a notice tells."""

    WELCOME = "welcome"
    PASSWORD_RESET = "password-reset"  # noqa: S105  a kind of notice
    DUE_SOON = "due-soon"
    OVERDUE_1 = "overdue-1"
    OVERDUE_2 = "overdue-2"
    OVERDUE_3 = "overdue-3"
    HOLD_READY = "hold-ready"
    HOLD_EXPIRING = "hold-expiring"
    HOLD_ENDED = "hold-ended"
    DUE_DATE_CHANGED = "due-date-changed"
    MEMBERSHIP_ENDING = "membership-ending"
    ORDER_RECEIVED = "order-received"
    LOAN_RECEIPT = "loan-receipt"
    RETURN_RECEIPT = "return-receipt"
    PAYMENT_RECEIPT = "payment-receipt"
    WEBHOOK_DISABLED = "webhook-disabled"


TO_MEMBERS = tuple(kind for kind in NoticeKind if kind is not NoticeKind.WEBHOOK_DISABLED)
"""The kinds with texts that a library may replace, and that members may switch on and off, but
`password-reset`. The others tell those who run the service that something needs mending.
"""


class FileFormat(StrEnum):
    """The files that books are imported from and exported to."""

    MARC = "marc"
    MARCXML = "marcxml"
    CSV = "csv"
    NDJSON = "ndjson"

    @classmethod
    def of_ending(cls, ending: str) -> "FileFormat | None":
        """The format of a file whose name ends so, in small letters with the dot; None if none."""
        return next((one for one, endings in ENDINGS.items() if ending in endings), None)


ENDINGS = {
    FileFormat.MARC: (".mrc", ".marc", ".dat"),
    FileFormat.MARCXML: (".xml", ".marcxml"),
    FileFormat.CSV: (".csv", ".tsv", ".txt"),
    FileFormat.NDJSON: (".ndjson", ".jsonl"),
}
"""How the names of files of books end. Texts with tabs between columns are read as CSV."""


class ImportKind(StrEnum):
    """The kinds of records that are brought in and taken out."""

    BOOKS = "books"
    COPIES = "copies"
    MEMBERS = "members"
    LOANS = "loans"
    HOLDS = "holds"
    FEES = "fees"
    PAYMENTS = "payments"
    ORDERS = "orders"
    POSTS = "posts"
    POLICIES = "policies"
    CLOSURES = "closures"


class ImportStatus(StrEnum):
    """How far an import has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CopyStatus(StrEnum):
    """Where a copy is."""

    AVAILABLE = "available"
    ON_LOAN = "on_loan"
    ON_HOLD_SHELF = "on_hold_shelf"
    IN_REPAIR = "in_repair"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class LoanStatus(StrEnum):
    """How a loan stands at a moment: not yet due is `open`, past due is `overdue`."""

    OPEN = "open"
    OVERDUE = "overdue"
    RETURNED = "returned"
    LOST = "lost"
    CLAIMED_RETURNED = "claimed_returned"
    CANCELLED = "cancelled"


class HoldStatus(StrEnum):
    """How far a hold has come; only waiting and ready ones are active."""

    WAITING = "waiting"
    READY = "ready"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class HoldEnd(StrEnum):
    """Why a hold has ended."""

    FULFILLED = "fulfilled"
    CANCELLED_BY_MEMBER = "cancelled_by_member"
    CANCELLED_BY_STAFF = "cancelled_by_staff"
    NOT_NEEDED = "not_needed"
    SHELF_EXPIRED = "shelf_expired"
    MEMBER_GONE = "member_gone"
    TITLE_GONE = "title_gone"

    @property
    def status(self) -> HoldStatus:
        """The status of a hold that ended so."""
        return _ENDED.get(self, HoldStatus.CANCELLED)


_ENDED = {HoldEnd.FULFILLED: HoldStatus.FULFILLED, HoldEnd.SHELF_EXPIRED: HoldStatus.EXPIRED}


class FeeKind(StrEnum):
    """What a line of an account is for."""

    OVERDUE = "overdue"
    LOST = "lost"
    MANUAL = "manual"
    MEMBERSHIP = "membership"
    DAMAGE = "damage"
    REFUND = "refund"


class FeeStatus(StrEnum):
    """How a line of an account stands; `waived` if any of it was waived."""

    OPEN = "open"
    PAID = "paid"
    WAIVED = "waived"
    VOID = "void"


class FeeEntryKind(StrEnum):
    """What lowers the balance of a line; `opening` is what was settled before it was moved in."""

    PAYMENT = "payment"
    WAIVER = "waiver"
    OPENING = "opening"


class PaymentMethod(StrEnum):
    """How a payment is made."""

    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    OTHER = "other"


class OrderStatus(StrEnum):
    """How far an order has come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    ORDERED = "ordered"
    RECEIVED = "received"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Interval(StrEnum):
    """The periods that reports count by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ReasonCode(StrEnum):
    """Why circulation refuses a loan, a renewal or a hold."""

    COPY_ON_LOAN = "copy-on-loan"
    ALREADY_BORROWED = "already-borrowed"
    TITLE_ON_LOAN = "title-on-loan"
    COPY_NOT_LENDABLE = "copy-not-lendable"
    COPY_IN_REPAIR = "copy-in-repair"
    COPY_LOST = "copy-lost"
    COPY_WITHDRAWN = "copy-withdrawn"
    COPY_HELD = "copy-held"
    HELD_FOR_OTHERS = "held-for-others"
    LOAN_LIMIT = "loan-limit"
    LOAN_CLOSED = "loan-closed"
    CLAIMED_RETURNED = "claimed-returned"
    NO_GAIN = "no-gain"
    RENEWAL_LIMIT = "renewal-limit"
    HOLD_WAITING = "hold-waiting"
    HOLD_EXISTS = "hold-exists"
    HOLD_LIMIT = "hold-limit"
    NO_COPIES = "no-copies"
    MEMBER_INACTIVE = "member-inactive"
    MEMBER_BLOCKED = "member-blocked"
    MEMBER_EXPIRED = "member-expired"
    FEES_OWED = "fees-owed"
    LOANS_OVERDUE = "loans-overdue"


class ProblemCode(StrEnum):
    """What is wrong with a request: the `code` of a problem document (RFC 9457)."""

    MALFORMED_BODY = "malformed-body"
    INVALID = "invalid"
    BAD_CURSOR = "bad-cursor"
    BAD_ENTITY_TAG = "bad-entity-tag"
    BAD_IDEMPOTENCY_KEY = "bad-idempotency-key"
    AUTHENTICATION_REQUIRED = "authentication-required"
    BAD_CREDENTIALS = "bad-credentials"
    BAD_TOKEN = "bad-token"  # noqa: S105  a code
    FORBIDDEN = "forbidden"
    INSUFFICIENT_SCOPE = "insufficient-scope"
    FIELD_NOT_ALLOWED = "field-not-allowed"
    REGISTRATION_CLOSED = "registration-closed"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105  a code
    COPY_LENT = "copy-lent"
    TOO_LATE = "too-late"
    HOLDS_MOVED = "holds-moved"
    LOAN_OPEN = "loan-open"
    LOAN_LOST = "loan-lost"
    NOT_CLAIMED = "not-claimed"
    PAID = "paid"
    VOID = "void"
    REFUNDED = "refunded"
    FORGOTTEN = "forgotten"
    WRONG_PIN = "wrong-pin"
    NOT_FOUND = "not-found"
    MERGED = "merged"
    COPY_NOT_FOUND = "copy-not-found"
    USER_NOT_FOUND = "user-not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    TEMPLATE = "template"
    NOTICE_STATE = "notice-state"
    CONFLICT = "conflict"
    EMAIL_TAKEN = "email-taken"
    CARD_NUMBER_TAKEN = "card-number-taken"
    ISBN_TAKEN = "isbn-taken"
    BARCODE_TAKEN = "barcode-taken"
    LAST_ADMIN = "last-admin"
    LOANS_OPEN = "loans-open"
    FEES_OWED = "fees-owed"
    COPIES_ON_LOAN = "copies-on-loan"
    HOLDS_OPEN = "holds-open"
    COPY_ON_LOAN = "copy-on-loan"
    COPY_HELD = "copy-held"
    MERGE_REFUSED = "merge-refused"
    LOAN_REFUSED = "loan-refused"
    RENEWAL_REFUSED = "renewal-refused"
    HOLD_REFUSED = "hold-refused"
    LOAN_CLOSED = "loan-closed"
    HOLD_CLOSED = "hold-closed"
    HOLD_READY = "hold-ready"
    STOCKTAKE_CLOSED = "stocktake-closed"
    HOLD_NOT_READY = "hold-not-ready"
    OVERPAID = "overpaid"
    CALENDAR_CLOSED = "calendar-closed"
    PLAN_BEGUN = "plan-begun"
    POLICY_TAKEN = "policy-taken"
    POLICY_REQUIRED = "policy-required"
    ORDER_STATE = "order-state"
    ORDER_COMPLETE = "order-complete"
    IDEMPOTENCY_IN_PROGRESS = "idempotency-in-progress"
    STALE = "stale"
    BODY_TOO_LARGE = "body-too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused"
    NOT_DONE = "not-done"
    PRECONDITION_REQUIRED = "precondition-required"
    RATE_LIMITED = "rate-limited"
    BAD_REQUEST = "bad-request"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


class DueStep(StrEnum):
    """What a step on the way to a date did."""

    LOAN_DAYS = "loan-days"
    DUE_ON = "due-on"
    RENEWAL_DAYS = "renewal-days"
    SHELF_DAYS = "shelf-days"
    CLOSED_DAY = "closed-day"
    MEMBERSHIP_ENDS = "membership-ends"
    CLOSED_LAST_DAY = "closed-last-day"
    NEVER_SHORTER = "never-shorter"
    CLOSURE_ADDED = "closure-added"
    CHANGED_BY_HAND = "changed-by-hand"
    WEEK_CHANGED = "week-changed"


class StocktakeStatus(StrEnum):
    """How far a stocktaking has come."""

    OPEN = "open"
    CLOSED = "closed"


class ScanOutcome(StrEnum):
    """What a scan in a stocktaking found; `misplaced` belongs to another location."""

    SEEN = "seen"
    UNKNOWN = "unknown"
    MISPLACED = "misplaced"
    ON_LOAN = "on_loan"
    ON_HOLD_SHELF = "on_hold_shelf"
    IN_REPAIR = "in_repair"
    WITHDRAWN = "withdrawn"
    LOST = "lost"


class Language(StrEnum):
    """The languages that people are written to in, by their ISO 639-2/B codes."""

    ENGLISH = "eng"
    GERMAN = "ger"
    FRENCH = "fre"
    SPANISH = "spa"


class Channel(StrEnum):
    """How a notice reaches its member: by mail, or as a letter that the library prints."""

    EMAIL = "email"
    PRINT = "print"


class NoticeStatus(StrEnum):
    """How far a notice has come; only queued ones are still to be sent or printed."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PRINTED = "printed"


class DeliveryStatus(StrEnum):
    """How far the delivery of an event to a webhook has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class AuditAction(StrEnum):
    """What the audit log records, and the types of events: `noun.verb`."""

    BOOK_CREATE = "book.create"
    BOOK_UPDATE = "book.update"
    BOOK_DELETE = "book.delete"
    BOOK_MERGE = "book.merge"
    COPY_CREATE = "copy.create"
    COPY_UPDATE = "copy.update"
    COPY_WITHDRAW = "copy.withdraw"
    COPY_FOUND = "copy.found"
    COPY_USE = "copy.use"
    LOAN_CREATE = "loan.create"
    LOAN_RENEW = "loan.renew"
    LOAN_RETURN = "loan.return"
    LOAN_LOST = "loan.lost"
    LOAN_CLAIM_RETURNED = "loan.claim-returned"
    LOAN_POSTPONE = "loan.postpone"
    LOAN_DUE_DATE = "loan.due-date"
    LOAN_UNCLAIM = "loan.unclaim"
    LOAN_CANCEL = "loan.cancel"
    LOAN_REOPEN = "loan.reopen"
    LOAN_REZONE = "loan.rezone"
    LOAN_MOVE = "loan.move"
    LOAN_ANONYMISE = "loan.anonymise"
    HOLD_CREATE = "hold.create"
    HOLD_UPDATE = "hold.update"
    HOLD_READY = "hold.ready"
    HOLD_REQUEUE = "hold.requeue"
    HOLD_FULFILL = "hold.fulfill"
    HOLD_CANCEL = "hold.cancel"
    HOLD_EXPIRE = "hold.expire"
    HOLD_RESTORE = "hold.restore"
    HOLD_POSTPONE = "hold.postpone"
    HOLD_REZONE = "hold.rezone"
    HOLD_ANONYMISE = "hold.anonymise"
    FEE_CREATE = "fee.create"
    FEE_PAY = "fee.pay"
    FEE_WAIVE = "fee.waive"
    FEE_UNWAIVE = "fee.unwaive"
    FEE_VOID = "fee.void"
    PAYMENT_VOID = "payment.void"
    ORDER_CREATE = "order.create"
    ORDER_UPDATE = "order.update"
    ORDER_APPROVE = "order.approve"
    ORDER_DECLINE = "order.decline"
    ORDER_ORDER = "order.order"
    ORDER_CANCEL = "order.cancel"
    ORDER_RECEIVE = "order.receive"
    ORDER_UNRECEIVE = "order.unreceive"
    USER_REGISTER = "user.register"
    USER_CREATE = "user.create"
    USER_UPDATE = "user.update"
    USER_PASSWORD = "user.password"  # noqa: S105
    USER_PIN = "user.pin"
    PASSWORD_RESET_CREATE = "password_reset.create"  # noqa: S105
    USER_DELETE = "user.delete"
    KEY_CREATE = "key.create"
    KEY_DELETE = "key.delete"
    SESSION_CREATE = "session.create"
    SESSION_END = "session.end"
    POLICY_CREATE = "policy.create"
    POLICY_UPDATE = "policy.update"
    POLICY_DELETE = "policy.delete"
    CALENDAR_UPDATE = "calendar.update"
    CLOSURE_CREATE = "closure.create"
    CLOSURE_DELETE = "closure.delete"
    IMPORT_CREATE = "import.create"
    POST_CREATE = "post.create"
    POST_UPDATE = "post.update"
    POST_DELETE = "post.delete"
    TEMPLATE_UPDATE = "template.update"
    TEMPLATE_DELETE = "template.delete"
    WEBHOOK_CREATE = "webhook.create"
    WEBHOOK_UPDATE = "webhook.update"
    WEBHOOK_DELETE = "webhook.delete"
    WEBHOOK_DISABLE = "webhook.disable"
    WEBHOOK_SECRET = "webhook.secret"  # noqa: S105
    STOCKTAKE_CREATE = "stocktake.create"
    STOCKTAKE_UPDATE = "stocktake.update"
    STOCKTAKE_CLOSE = "stocktake.close"
    STOCKTAKE_SCAN = "stocktake.scan"
    NOTICE_RETRY = "notice.retry"
    NOTICE_PRINT = "notice.print"


class DuplicateReason(StrEnum):
    """What books have in common that look like one."""

    ISBN = "isbn"
    TITLE = "title"


class MaterialType(StrEnum):
    """What kind of thing a title is."""

    TEXT = "text"
    AUDIO = "audio"
    VIDEO = "video"
    MUSIC = "music"
    SCORE = "score"
    MAP = "map"
    IMAGE = "image"
    SERIAL = "serial"
    ELECTRONIC = "electronic"
    KIT = "kit"
    OBJECT = "object"
