"""Orders and posts from rows."""

from collections.abc import Sequence

from models import bulk, post
from models.order import Receipt
from models.vocabulary import OrderStatus
from moving.outcome import Refuse, Values
from moving.people import People
from moving.reading import Row
from moving.taking import About, New, Taker
from moving.things import Copies, Titles
from validators.engine.errors import BadValue
from validators.isbn import normalise_isbn

_PLAIN = ("author", "publisher", "note", "vendor", "unit_price", "reason")
_MOST = 1000


class Orders(Taker):
    """What was wanted and how far it has come; copies that came are named by `receipts`."""

    kind, action, noun = "orders", "order.create", "order"
    counts_same = True

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._people = People()
        self._titles = Titles("isbn", "book_control_number")
        self._copies = Copies()
        self._came: set[int] = set()

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find members, titles and the copies that came."""
        self._people.look_up(rows)
        self._titles.look_up(rows)
        receipts = [one for row in rows for one in _receipts(row)]
        self._copies.find(
            {str(one["barcode"]).strip().casefold() for one in receipts if one.get("barcode")},
            {str(one["copy_source_key"]) for one in receipts if one.get("copy_source_key")},
        )
        self._came = set()

    def decide(self, row: Row) -> Values:
        """The new order."""
        person, title = self._people.of(row), row.get("title")
        if not title:
            raise Refuse("title", "required", "An order needs a title.")
        quantity, received = row.get("quantity", 1), row.get("received", 0)
        if not 1 <= quantity <= _MOST:
            raise Refuse("quantity", "too-small", f"The quantity is from 1 to {_MOST}.")
        if received > quantity:
            raise Refuse("received", "too-large", "More copies came than were ordered.")
        status = row.get("status") or OrderStatus.REQUESTED
        return {
            "user_id": person.id if person else None,
            "title": title,
            "isbn": _isbn(row),
            **{name: row.get(name) for name in _PLAIN},
            "quantity": quantity,
            "status": status,
            "book_id": self._book_id(row),
            "received": received,
            "created_at": row.get("created_at") or self.moment,
            "updated_at": self.moment,
            "revision": 1,
        }

    def store(self, new: Sequence[New]) -> list[int]:
        """Add the orders, and note which copies came with them."""
        ids = super().store(new)
        came = [
            {"order_id": order_id, **receipt}
            for order_id, one in zip(ids, new, strict=True)
            for receipt in self._receipts_of(one.row)
        ]
        bulk.insert(Receipt, came)
        return ids

    def _book_id(self, row: Row) -> int | None:
        if "book_source_key" not in row.values and "book_control_number" not in row.values:
            return None
        try:
            return self._titles.of(row, is_past=True)
        except Refuse as refuse:
            row.note(refuse.field, refuse.code, f"Left out: {refuse.detail}")
            return None

    def _receipts_of(self, row: Row) -> list[Values]:
        found = []
        for one in _receipts(row):
            like = Row(row.number, b"", {k: v for k, v in one.items() if isinstance(v, str)}, "")
            try:
                thing = self._copies.of(like)
            except Refuse:
                thing = None
            if thing is not None and thing.id not in self._came:
                self._came.add(thing.id)
                at = like.get("received_at") or self.moment
                found.append({"copy_id": thing.id, "received_at": at})
        return found


def _receipts(row: Row) -> list[Values]:
    return [one for one in row.get("receipts") or [] if isinstance(one, dict)]


def _isbn(row: Row) -> str | None:
    said = row.get("isbn")
    if said is None:
        return None
    try:
        return normalise_isbn(said)
    except BadValue as bad:
        row.note("isbn", bad.code, f"Left out: {bad.detail}")
        return None


class Posts(Taker):
    """News, whose authors have accounts here if they are to be named."""

    kind, action, noun = "posts", "post.create", "post"

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._people = People()

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find the authors."""
        self._people.look_up(rows, _AUTHOR)

    def decide(self, row: Row) -> Values:
        """The new post."""
        title, content = row.get("title"), row.get("content")
        if not title or not content:
            missing = "content" if title else "title"
            raise Refuse(missing, "required", "A post needs a title and content.")
        created = row.get("created_at") or self.moment
        published = row.get("published", row.get("published_at") is not None)
        published_at = row.get("published_at") or (created if published else None)
        return {
            **post.searched(title, content),
            "published": published,
            "published_at": published_at,
            "author_id": self._author_id(row),
            "created_at": created,
            "updated_at": self.moment,
            "revision": 1,
        }

    def _author_id(self, row: Row) -> int | None:
        try:
            person = self._people.of(row, _AUTHOR)
        except Refuse as refuse:
            row.note(refuse.field, refuse.code, f"Left out: {refuse.detail}")
            return None
        return person.id if person else None


_AUTHOR = {
    "email": "author_email",
    "card_number": "author_card_number",
    "member_source_key": "author_source_key",
}
