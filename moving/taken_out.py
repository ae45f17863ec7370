"""What goes out of each kind: its own fields, and by what other records are named."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from peewee import SQL

from circulation.fines import with_lines
from models import fee, source_key
from models.book import Book
from models.closure import Closure
from models.copy import Copy
from models.database import rows
from models.fee import Fee, FeeEntry
from models.hold import Hold
from models.loan import Loan
from models.order import Order, Receipt
from models.policy import Policy
from models.post import Post
from models.renewal import Renewal
from models.timestamps import timestamp
from models.user import User, UserRow
from models.vocabulary import FeeEntryKind

Values = Mapping[str, Any]
_MEMBER = ("card_number", "email", "member_source_key")
_COPY = ("barcode", "copy_source_key")
_OF_THIS_LIBRARY = ("fee_id", "taken_back")


class Out(NamedTuple):
    """One kind: its table, the names that go out, and what is made of a stored row.

    `columns` gives the expressions to select by name, `id` first; `shape` a line of a row; `more`
    what other tables have of many rows, by their ids.
    """

    table: Any
    names: tuple[str, ...]
    columns: Callable[[], dict[str, Any]]
    shape: Callable[[Values, str, Any], dict[str, Any]]
    more: Callable[[list[int], str], dict[int, Any]] = lambda ids, code: {}
    condition: Callable[[], Any] | None = None

    def line(self, stored: Values, code: str, more: Any) -> dict[str, Any]:
        """The record as a line, in the order of the names."""
        said = {**stored, **self.shape(stored, code, more)}
        said["source_key"] = stored["key"] or f"{code}:{stored['id']}"
        return {name: said.get(name) for name in self.names}


def _columns(kind: str, table: Any, **more: Any) -> dict[str, Any]:
    """All columns of a table, the key of each record, and further expressions."""
    own = {name: column for name, column in table._meta.columns.items() if name != "id"}
    key = source_key.expression(kind, table.id)
    return {"id": table.id, **own, **more, "key": key}


def _member(user_id: Any) -> dict[str, Any]:
    """By what the member of a record is named."""
    return {
        "card_number": User.select(User.card_number).where(User.id == user_id),
        "email": User.select(User.email).where(User.id == user_id),
        "member_key": source_key.expression("members", user_id),
    }


def _copy(copy_id: Any, prefix: str = "") -> dict[str, Any]:
    """By what a copy is named."""
    return {
        f"{prefix}barcode": Copy.select(Copy.barcode).where(Copy.id == copy_id),
        f"{prefix}copy_key": source_key.expression("copies", copy_id),
    }


def _book(book_id: Any, prefix: str = "") -> dict[str, Any]:
    """By what a title is named."""
    number = Book.select(Book.control_number).where(Book.id == book_id)
    return {
        f"{prefix}control_number": number,
        "book_key": source_key.expression("books", book_id),
    }


def _key(stored: Values, key: str, record: str, code: str) -> str | None:
    """What a record that is named is called, if there is one."""
    record_id = stored[record]
    return None if record_id is None else stored[key] or f"{code}:{record_id}"


def _member_key(stored: Values, code: str) -> dict[str, Any]:
    return {"member_source_key": _key(stored, "member_key", "user_id", code)}


def _user(stored: Values, code: str, more: Any) -> dict[str, Any]:
    flags = {name: bool(stored[name]) for name in ("is_active", "blocked")}
    secrets = {"has_password": stored["password_hash"], "has_pin": stored["pin_hash"]}
    has = {name: value is not None for name, value in secrets.items()}
    return {**flags, **has, "notices": orjson.loads(stored["notices"])}


def _copy_line(stored: Values, code: str, more: Any) -> dict[str, Any]:
    return {"book_source_key": _key(stored, "book_key", "book_id", code)}


def _loan_columns() -> dict[str, Any]:
    policy = {
        "policy_category": Policy.select(Policy.member_category).where(Policy.id == Loan.policy_id),
        "policy_loan_type": Policy.select(Policy.loan_type).where(Policy.id == Loan.policy_id),
    }
    return _columns("loans", Loan, **_member(Loan.user_id), **_copy(Loan.copy_id), **policy)


def _loan(stored: Values, code: str, more: Any) -> dict[str, Any]:
    return {
        **_member_key(stored, code),
        "copy_source_key": _key(stored, "copy_key", "copy_id", code),
        "status": _loan_status(stored),
        "due_steps": orjson.loads(stored["due_steps"]),
        **more,
    }


def _of_loans(ids: list[int], code: str) -> dict[int, Any]:
    renewed, fines = _renewals(ids), _fines(ids)
    return {one: {"renewed": renewed.get(one, []), "fines": fines[one]} for one in ids}


def _fines(ids: list[int]) -> dict[int, Any]:
    """The fines of loans, with what their lines are called in place of the lines' ids."""
    fines = dict(rows(Loan.select(Loan.id, Loan.fines).where(Loan.id.in_(ids))))
    lines = fee.of_loans(ids)
    keys = source_key.of_records("fees", (one.id for each in lines.values() for one in each))
    return {
        loan_id: [_fine(one, keys) for one in with_lines(each, lines[loan_id])]
        for loan_id, each in fines.items()
    }


def _fine(stored: dict[str, Any], keys: Mapping[int, str]) -> dict[str, Any]:
    """A fine without the entries that took a part of it back, which no other library has."""
    told = {name: value for name, value in stored.items() if name not in _OF_THIS_LIBRARY}
    key = keys[stored["fee_id"]] if stored["fee_id"] else told.get("fee_source_key")
    return {**told, "fee_source_key": key}


def _loan_status(stored: Values) -> str:
    for name in ("cancelled", "returned", "lost", "claimed_returned"):
        if stored[f"{name}_at"]:
            return name
    return "overdue" if stored["due_at"] < timestamp() else "open"


def _renewals(ids: list[int]) -> dict[int, Any]:
    names = ("renewed_at", "due_before", "due_after")
    columns = [Renewal.loan_id, *(getattr(Renewal, name) for name in names)]
    query = Renewal.select(*columns).where(Renewal.loan_id.in_(ids)).order_by(Renewal.id)
    return _grouped((one[0], dict(zip(names, one[1:], strict=True))) for one in rows(query))


def _hold_columns() -> dict[str, Any]:
    isbn = Book.select(Book.isbn).where(Book.id == Hold.book_id)
    more = _copy(Hold.requested_copy_id, "requested_")
    title = {"isbn": isbn, **_book(Hold.book_id)}
    return _columns("holds", Hold, **_member(Hold.user_id), **title, **_copy(Hold.copy_id), **more)


def _hold(stored: Values, code: str, more: Any) -> dict[str, Any]:
    return {
        **_member_key(stored, code),
        "book_source_key": _key(stored, "book_key", "book_id", code),
        "copy_source_key": _key(stored, "copy_key", "copy_id", code),
        "requested_copy_source_key": _key(stored, "requested_copy_key", "requested_copy_id", code),
    }


def _fee_columns() -> dict[str, Any]:
    keys = {
        "loan_key": source_key.expression("loans", Fee.loan_id),
        "refund_key": source_key.expression("fees", Fee.refund_of),
    }
    return _columns("fees", Fee, **_member(Fee.user_id), **keys)


def _fee(stored: Values, code: str, more: Any) -> dict[str, Any]:
    return {
        **_member_key(stored, code),
        "loan_source_key": _key(stored, "loan_key", "loan_id", code),
        "refund_of_source_key": _key(stored, "refund_key", "refund_of", code),
        "status": _fee_status(stored),
        "waivers": more or [],
    }


def _fee_status(stored: Values) -> str:
    if stored["voided_at"]:
        return "void"
    if stored["balance"]:
        return "open"
    return "waived" if stored["waived"] else "paid"


def _waivers(ids: list[int], code: str) -> dict[int, Any]:
    stands = (FeeEntry.kind == FeeEntryKind.WAIVER) & FeeEntry.voided_at.is_null()
    of_lines = FeeEntry.fee_id.in_(ids) & stands
    columns = (FeeEntry.fee_id, FeeEntry.amount, FeeEntry.at, FeeEntry.reason)
    found = rows(FeeEntry.select(*columns).where(of_lines).order_by(FeeEntry.id))
    return _grouped(
        (fee_id, {"amount": amount, "at": at, "reason": reason})
        for fee_id, amount, at, reason in found
    )


def _payment_columns() -> dict[str, Any]:
    user_id = Fee.select(Fee.user_id).where(Fee.id == FeeEntry.fee_id)
    more = {
        "user_id": user_id,
        "fee_amount": Fee.select(Fee.amount).where(Fee.id == FeeEntry.fee_id),
        "fee_key": source_key.expression("fees", FeeEntry.fee_id),
        "receipt_key": source_key.expression("payments", FeeEntry.receipt_id),
        "actor_email": User.select(User.email).where(User.id == FeeEntry.actor_id),
    }
    return _columns("payments", FeeEntry, **_member(user_id), **more)


def _payment(stored: Values, code: str, more: Any) -> dict[str, Any]:
    return {
        **_member_key(stored, code),
        "fee_source_key": _key(stored, "fee_key", "fee_id", code),
        "receipt_source_key": _key(stored, "receipt_key", "receipt_id", code),
        "direction": "out" if stored["fee_amount"] < 0 else "in",
        "paid_at": stored["at"],
    }


def _order(stored: Values, code: str, more: Any) -> dict[str, Any]:
    return {
        **_member_key(stored, code),
        "book_source_key": _key(stored, "book_key", "book_id", code),
        "receipts": more or [],
    }


def _order_columns() -> dict[str, Any]:
    return _columns(
        "orders", Order, **_member(Order.user_id), **_book(Order.book_id, prefix="book_")
    )


def _receipts(ids: list[int], code: str) -> dict[int, Any]:
    named = _copy(Receipt.copy_id)
    columns = (Receipt.order_id, Receipt.copy_id, Receipt.received_at, *named.values())
    query = Receipt.select(*columns).where(Receipt.order_id.in_(ids)).order_by(Receipt.id)
    return _grouped(
        (
            order_id,
            {
                "barcode": barcode,
                "copy_source_key": key or f"{code}:{copy_id}",
                "received_at": received_at,
            },
        )
        for order_id, copy_id, received_at, barcode, key in rows(query)
    )


def _post_columns() -> dict[str, Any]:
    author = Post.author_id
    return _columns(
        "posts",
        Post,
        author_email=User.select(User.email).where(User.id == author),
        author_card_number=User.select(User.card_number).where(User.id == author),
    )


def _flags(*names: str) -> Callable[[Values, str, Any], dict[str, Any]]:
    return lambda stored, code, more: {name: bool(stored[name]) for name in names}


def _nothing(stored: Values, code: str, more: Any) -> dict[str, Any]:
    return {}


def _grouped(found: Iterable[tuple[int, Any]]) -> dict[int, Any]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for record_id, one in found:
        grouped[record_id].append(one)
    return grouped


_OF_USER = tuple(name for name in UserRow._fields if name not in ("id", "revision"))
OF_KIND: Mapping[str, Out] = {
    "policies": Out(
        Policy,
        (
            *("source_key", "member_category", "loan_type", "loan_days", "max_loans"),
            *("max_renewals", "renewal_days", "max_holds", "hold_shelf_days", "fine_per_day"),
            *("grace_days", "fine_cap", "replacement_fee", "fees_block_at", "overdue_block"),
        ),
        lambda: _columns("policies", Policy),
        _flags("overdue_block"),
    ),
    "closures": Out(
        Closure,
        ("source_key", "starts_on", "ends_on", "reason"),
        lambda: _columns("closures", Closure),
        _nothing,
    ),
    "members": Out(
        User,
        ("source_key", *_OF_USER),
        lambda: _columns("members", User),
        _user,
        condition=lambda: User.role == SQL("'member'"),
    ),
    "copies": Out(
        Copy,
        (
            *("source_key", "isbn", "control_number", "book_source_key", "barcode", "location"),
            *("shelfmark", "loan_type", "status", "price", "acquired_on", "note", "created_at"),
            "updated_at",
        ),
        lambda: _columns(
            "copies",
            Copy,
            isbn=Book.select(Book.isbn).where(Book.id == Copy.book_id),
            **_book(Copy.book_id),
        ),
        _copy_line,
    ),
    "loans": Out(
        Loan,
        (
            *("source_key", *_MEMBER, *_COPY, "status", "borrowed_at", "due_at", "returned_at"),
            *("renewals", "claimed_returned_at", "lost_at", "cancelled_at", "ended_at"),
            "policy_category",
            *("policy_loan_type", "fine_per_day", "grace_days", "fine_cap", "replacement_fee"),
            *("fined", "fines", "due_steps", "renewed"),
        ),
        _loan_columns,
        _loan,
        _of_loans,
    ),
    "holds": Out(
        Hold,
        (
            *("source_key", *_MEMBER, "isbn", "control_number", "book_source_key", *_COPY),
            *("requested_barcode", "requested_copy_source_key", "status", "queue", "placed_at"),
            *("ready_at", "expires_at", "not_needed_after", "suspended_until", "ended_at"),
            *("end_reason", "kept_until"),
        ),
        _hold_columns,
        _hold,
    ),
    "fees": Out(
        Fee,
        (
            *("source_key", *_MEMBER, "loan_source_key", "kind", "amount", "balance", "waived"),
            *("waivers", "status", "note", "created_at", "refund_of_source_key", "voided_at"),
            "void_reason",
        ),
        _fee_columns,
        _fee,
        _waivers,
    ),
    "payments": Out(
        FeeEntry,
        (
            *("source_key", *_MEMBER, "fee_source_key", "amount", "direction", "method"),
            *("paid_at", "receipt_source_key", "actor_email", "voided_at", "void_reason"),
        ),
        _payment_columns,
        _payment,
        condition=lambda: FeeEntry.kind == FeeEntryKind.PAYMENT,
    ),
    "orders": Out(
        Order,
        (
            *("source_key", *_MEMBER, "title", "author", "isbn", "publisher", "quantity"),
            *("note", "status", "vendor", "unit_price", "book_source_key"),
            *("book_control_number", "received", "receipts", "reason", "created_at", "updated_at"),
        ),
        _order_columns,
        _order,
        _receipts,
    ),
    "posts": Out(
        Post,
        (
            *("source_key", "title", "content", "published", "published_at", "author_email"),
            *("author_card_number", "created_at", "updated_at"),
        ),
        _post_columns,
        _flags("published"),
    ),
}
