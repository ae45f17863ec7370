"""Which members rows speak of, looked up for many rows at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from models import bulk, source_key
from models.user import User, card_key, email_key
from moving.outcome import Refuse
from moving.reading import Row

AT_ONCE = 500
_LONGEST_PADDED = 16


class Person(NamedTuple):
    """An account as far as rows are compared with it."""

    id: int
    role: str
    category: str
    first_name: str | None
    last_name: str | None
    card_key: str | None
    email_key: str | None


_REFERENCES = (
    ("card_number", card_key),
    ("email", email_key),
    ("member_source_key", lambda key: key),
)


def in_parts(values: Iterable[Any]) -> Iterable[list[Any]]:
    """The values in parts: a statement takes only so many."""
    every = list(values)
    return (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE))


class People:
    """The accounts that the rows of a batch name."""

    def __init__(self, *, pads: bool = True) -> None:
        """With `pads`, a card is found too that differs in the zeros it begins with."""
        self._pads = pads
        self._by_id: dict[int, Person] = {}
        self._ids: dict[str, dict[str, int]] = {}

    def look_up(self, rows: Sequence[Row], names: Mapping[str, str] | None = None) -> None:
        """Find all at once; `names` gives fields for `card_number`, `email` other than these."""
        self._by_id.clear()
        wanted: dict[str, set[str]] = {}
        for name, key_of in _REFERENCES:
            field = (names or {}).get(name, name)
            key: Callable[[Any], Any] = key_of
            wanted[name] = {key(row.values[field]) for row in rows if field in row.values}
        self._ids = {
            "card_number": self._found(wanted["card_number"], "card_key"),
            "email": self._found(wanted["email"], "email_key"),
            "member_source_key": self._by_source_key(wanted["member_source_key"]),
        }
        if self._pads:
            self._pad(wanted["card_number"] - self._ids["card_number"].keys())

    def of(self, row: Row, names: Mapping[str, str] | None = None) -> Person | None:
        """The member a row speaks of: None if it speaks of none. Raises Refuse for an unknown."""
        said = None
        for name, key_of in _REFERENCES:
            field = names.get(name, name) if names else name
            value = row.values.get(field)
            if value is None:
                continue
            said = said or (field, value)
            key: Callable[[Any], Any] = key_of
            found = self._ids[name].get(key(value))
            if found is not None:
                return self._by_id[found]
        if said is not None:
            raise Refuse(said[0], "user-not-found", f"There is no member {said[1]}.")
        return None

    def with_key(self, name: str, key: str) -> Person | None:
        """The account with a card or email as they are compared, or a source key."""
        found = self._ids[name].get(key)
        return None if found is None else self._by_id[found]

    def put(self, user_id: int, first_name: str | None, last_name: str | None) -> None:
        """Know a member who was changed by another name."""
        person = self._by_id.get(user_id)
        if person is not None:
            self._by_id[user_id] = person._replace(first_name=first_name, last_name=last_name)

    def rename(self, name: str, user_id: int, old: str | None, new: str | None) -> None:
        """Know a member who was changed by another card or email, as it is compared."""
        ids = self._ids[name]
        if old is not None and ids.get(old) == user_id:
            del ids[old]
        if new is not None and user_id in self._by_id:
            ids[new] = user_id

    def _found(self, keys: Iterable[str], name: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in bulk.find(User, Person._fields, name, keys):
            person = Person._make(row)
            self._by_id[person.id] = person
            found[getattr(person, name)] = person.id
        return found

    def _by_source_key(self, keys: Iterable[str]) -> dict[str, int]:
        found = {key: one for key, one in source_key.find("members", keys).items() if one}
        for row in bulk.find(User, Person._fields, "id", set(found.values())):
            self._by_id[row[0]] = Person._make(row)
        return {key: one for key, one in found.items() if one in self._by_id}

    def _pad(self, missing: Iterable[str]) -> None:
        """Find cards whose leading zeros a spreadsheet has dropped, or kept in this file alone."""
        forms = {form: key for key in missing for form in zero_forms(key)}
        found = self._found(forms, "card_key") if forms else {}
        for form, one in found.items():
            key = forms[form]
            if key in self._ids["card_number"]:
                del self._ids["card_number"][key]  # Two members might be meant.
            else:
                self._ids["card_number"][key] = one


def zero_forms(key: str) -> list[str]:
    """A number with fewer or more zeros at its beginning; nothing for what is no number."""
    if not (key.isascii() and key.isdecimal()):
        return []
    bare = key.lstrip("0")
    if len(bare) < 3:
        return []
    lengths = range(len(bare), _LONGEST_PADDED + 1)
    return [form for length in lengths if (form := bare.zfill(length)) != key]
