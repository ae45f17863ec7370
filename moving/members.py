"""Members from rows; staff are neither made nor changed."""

from collections.abc import Sequence
from typing import Any

from circulation import members
from models import user
from models.errors import DomainError
from models.text import fold
from models.user import User, UserRow
from moving import member_changes
from moving.outcome import Known, Refuse, Values
from moving.people import People, Person
from moving.reading import Row
from moving.renamed import Renamed
from moving.taking import About, Taker
from validators.users import SWITCHABLE

_PLAIN = (
    *("card_number", "email", "contact_email", "first_name", "last_name", "category", "phone"),
    *("address", "birth_date", "language", "note", "is_active", "blocked", "block_reason"),
    *("blocked_until", "expires_on", "notices"),
)
_FOREVER = "9000"
_NAMES = {"member_source_key": "source_key"}


class Members(Taker):
    """Matched by card, email and key, as the import was told; others are enrolled."""

    kind, action, noun = "members", "user.create", "user"
    changes = True

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._people = People(pads=False)
        self._renamed = Renamed(self.said, User, lambda _: {"card_key": None, "email_key": None})

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find the accounts with their cards, emails and keys."""
        if self.updates and self.about.dry_run:
            names = [
                one for row in rows for one in _labels(row.get("card_number"), row.get("email"))
            ]
            self._renamed.redo(names, (one for one in self.known.values() if one is not None))
        self._people.look_up(rows, _NAMES)
        self._today = self.about.rules.calendar.local_date(self.now).isoformat()

    def decide(self, row: Row) -> Values | int:
        """The new account; the id of one that was changed."""
        said = _said(row, self._today)
        names = _names(said)
        found = self._match(row, names)
        if found is not None:
            return self._changed(row, said, found.id)
        self.require_new(row)
        self._require_whole(row, said, names)
        card = user.card_key(said.get("card_number"))
        if card is not None:
            self._require_free(card)
            self.said.put("card", card, [sorted(names), row.key])
        self._share_email(row, said)
        email = user.email_key(said.get("email"))
        if email is not None:
            self.said.put("email", email, [sorted(names), row.key])
        stamps = {"created_at": row.get("created_at") or self.moment, "updated_at": self.moment}
        secret = {"password_hash": row.get("password_hash"), "pin_hash": None}
        return {**user.as_stored(said), **secret, **stamps, "revision": 1}

    def _match(self, row: Row, names: frozenset[str]) -> Person | None:
        """The account that is there and to be changed.

        Raises Known for one that is not to be, and Refuse for another one's card.
        """
        for name in self.about.match:
            found = self._found_by(name, row)
            if found is None:
                self._require_other(name, row, names)
                continue
            # One that has the key of the row, too, has another name by now.
            if found.id != self.known.get(row.key) and not _is_named(found, names):
                if name == "card_number":
                    owner = "Another member has this card number."
                    raise Refuse(name, "card-number-taken", owner)
                if name == "email":
                    continue
            if not self.updates:
                raise Known(found.id)
            if found.role != "member":
                raise Refuse("role", "staff", "An import does not change staff.")
            self.require_first(found.id)
            return found
        return None

    def _require_other(self, name: str, row: Row, names: frozenset[str]) -> None:
        """The row is not a new member of the file, whom the database does not tell yet.

        Raises Known for one who is, and Refuse for the card of one who is not.
        """
        ways = {"card_number": ("card", user.card_key), "email": ("email", user.email_key)}
        if name not in ways:
            return
        what, key_of = ways[name]
        key = key_of(row.get(name))
        before = self.said.get(what, key) if key else None
        if before is None:
            return
        called, first = before
        if _agree(frozenset(called), names):
            raise Known(None, "twice", first)
        if name == "card_number":
            detail = "The file has this card number with another name."
            raise Refuse(name, "card-number-taken", detail)

    def _found_by(self, name: str, row: Row) -> Person | None:
        if name == "card_number":
            card = user.card_key(row.get("card_number"))
            return self._people.with_key(name, card) if card else None
        if name == "email":
            email = user.email_key(row.get("email"))
            return self._people.with_key(name, email) if email else None
        return self._people.with_key("member_source_key", row.key)

    def _changed(self, row: Row, said: Values, user_id: int) -> int:
        """Change a stored account; its id. Raises Known where there was nothing to change."""
        present = members.locked(user_id, self.now)
        given = member_changes.given(row, said, present)
        self._keep_email(row, given, present)
        card = user.card_key(given.get("card_number"))
        if card not in (None, user.card_key(present.card_number)) and self.said.get("card", card):
            detail = "The file has this card number for another member."
            raise Refuse("card_number", "card-number-taken", detail)
        try:
            after = members.change(present, given, self.about.actor, self.now)
        except DomainError as error:
            raise Refuse(None, error.code, error.detail) from error
        if after.revision == present.revision:
            raise Known(user_id, "unchanged")
        self._note_changed(row, present, after)
        return user_id

    def _note_changed(self, row: Row, before: UserRow, after: UserRow) -> None:
        """Let later rows know the card and the email that a member has now, not those before."""
        names = sorted(_words(after.first_name, after.last_name))
        self._people.put(after.id, after.first_name, after.last_name)
        ways = (("card", "card_number", user.card_key), ("email", "email", user.email_key))
        for what, name, key_of in ways:
            old, new = key_of(getattr(before, name)), key_of(getattr(after, name))
            if new != old:
                self._people.rename(name, after.id, old, new)
                if new is not None:
                    self.said.put(what, new, [names, row.key])
        if _named(before) != _named(after):
            labels = {
                one for each in (before, after) for one in _labels(each.card_number, each.email)
            }
            self._renamed.note(after.id, labels, _named(after))

    def _keep_email(self, row: Row, given: Values, present: UserRow) -> None:
        """Let a member go on signing in where the row has an email that is somebody else's."""
        email = user.email_key(given.get("email"))
        if email in (None, user.email_key(present.email)) or not self._is_taken(email):
            return
        shared = given.pop("email")
        if not present.contact_email:
            given.setdefault("contact_email", shared)
        _note_shared(row)

    def _require_whole(self, row: Row, said: Values, names: frozenset[str]) -> None:
        if row.get("role") not in (None, "member"):
            detail = "An import makes no staff; make the account by hand."
            raise Refuse("role", "staff", detail)
        if not names:
            raise Refuse("last_name", "required", "A member needs a name.")
        if not said.get("card_number") and not said.get("email"):
            raise Refuse("card_number", "required", "A member needs a card number or an email.")

    def _require_free(self, card: str) -> None:
        """The card is nobody's, in the library and in the file."""
        if self._people.with_key("card_number", card) is not None:
            raise Refuse("card_number", "card-number-taken", "Another member has this card number.")
        if self.said.get("card", card):
            detail = "The file has this card number for another member."
            raise Refuse("card_number", "card-number-taken", detail)

    def _share_email(self, row: Row, said: Values) -> None:
        """Let an email that somebody signs in with be only where notices go."""
        email = user.email_key(said.get("email"))
        if email is None or not self._is_taken(email):
            return
        if not said.get("card_number"):
            raise Refuse("email", "email-taken", "Another member has this email.")
        said["contact_email"] = said.get("contact_email") or said["email"]
        said["email"] = None
        _note_shared(row)

    def _is_taken(self, email: str) -> bool:
        """Whether somebody signs in with an email as it is compared, here or in the file."""
        return bool(
            self.said.get("email", email) or self._people.with_key("email", email) is not None
        )


def _named(account: UserRow) -> Values:
    """The columns by which an account is known and told from others."""
    said = {name: getattr(account, name) for name in ("first_name", "last_name")}
    card, email = account.card_number, account.email
    keys = {"card_key": user.card_key(card), "email_key": user.email_key(email)}
    return {**said, "card_number": card, "email": email, **keys}


def _labels(card_number: str | None, email: str | None) -> list[str]:
    """A card and an email as `Renamed` keeps them apart."""
    card, mail = user.card_key(card_number), user.email_key(email)
    named = {"card": card, "email": mail}
    return [f"{what} {key}" for what, key in named.items() if key is not None]


def _note_shared(row: Row) -> None:
    row.note("email", "email-shared", "Another member signs in with it: taken for notices.")


def _said(row: Row, today: str) -> Values:
    """The fields of an account, put together from what systems keep apart."""
    values = row.values
    said: Values = {name: values.get(name) for name in _PLAIN}
    said["first_name"], said["last_name"] = _split(values)
    said["address"] = _address(values)
    said["category"] = values.get("category") or "standard"
    said["is_active"] = values.get("is_active", True)
    said["notices"] = {
        name: on
        for name, on in (values.get("notices") or {}).items()
        if name in SWITCHABLE and isinstance(on, bool)
    }
    said.update(_block(values, today))
    return {**said, "role": "member"}


def _split(values: Values) -> tuple[str | None, str | None]:
    first, last = values.get("first_name"), values.get("last_name")
    middle, whole = values.get("middle_name"), values.get("name")
    if whole and not first and not last:
        if "," in whole:
            last, _, first = (part.strip() for part in whole.partition(","))
        else:
            first, _, last = whole.rpartition(" ")
    elif whole and first and not last:
        last = _beside(whole, first)
    elif whole and last and not first:
        first = _beside(whole, last)
    if middle:
        first = f"{first} {middle}" if first else middle
    return first or None, last or None


def _beside(whole: str, known: str) -> str:
    """The other name: all of a column `Name` beside one of first names, or what is more in it."""
    words = _words(known)
    return " ".join(one for one in whole.replace(",", " ").split() if fold(one) not in words)


def _address(values: Values) -> str | None:
    town = " ".join(filter(None, (values.get("zipcode"), values.get("city"))))
    parts = (values.get("address"), values.get("address2"), town)
    lines = [*parts, values.get("state"), values.get("country")]
    return "\n".join(filter(None, lines))[:1000] or None


def _block(values: Values, today: str) -> Values:
    """A block with a last day, or without one; one that has ended is none."""
    until, blocked = values.get("blocked_until"), values.get("blocked")
    if until is not None and until >= _FOREVER:
        until, blocked = None, blocked is not False
    elif until is not None:
        blocked = until >= today and blocked is not False
        until = until if blocked else None
    reason = values.get("block_reason") if blocked else None
    return {"blocked": bool(blocked), "blocked_until": until, "block_reason": reason}


def _names(said: Values) -> frozenset[str]:
    return _words(said.get("first_name"), said.get("last_name"))


def _words(*names: Any) -> frozenset[str]:
    return frozenset(
        word for name in names if name for word in fold(name).replace(",", " ").split()
    )


def _is_named(person: Person, names: frozenset[str]) -> bool:
    return _agree(_words(person.first_name, person.last_name), names)


def _agree(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the names are the same, as far as both say them."""
    return not one or not other or one <= other or other <= one
