"""What a row says of a member who is here: what it does not say stays as it is."""

from models.user import UserRow
from moving.outcome import Values
from moving.reading import Row

_AS_SAID = (
    *("card_number", "email", "contact_email", "category", "phone", "birth_date", "language"),
    *("note", "is_active", "expires_on", "notices"),
)
_PARTS = ("address2", "zipcode", "city", "state", "country")


def given(row: Row, said: Values, present: UserRow) -> Values:
    """The fields to be changed; `said` is the whole account that the row would make."""
    return {
        **{name: said[name] for name in _AS_SAID if name in row.values},
        **_names(row.values, said),
        **_address(row, said["address"], present.address),
        **_block(row.values, said, present),
    }


def _names(values: Values, said: Values) -> Values:
    """A middle name goes with a first one, and alone says nothing of it."""
    names = {"first_name", "last_name"}
    if "name" not in values:
        names &= values.keys()
    return {name: said[name] for name in names if said[name] is not None}


def _address(row: Row, said: str | None, present: str | None) -> Values:
    """The whole address; parts of one take the place of none."""
    if said is None:
        return {}
    if "address" in row.values or present is None:
        return {"address": said}
    for name in _PARTS:
        if name in row.values and row.values[name] not in present:
            detail = "A part of an address takes the place of none that is here: left out."
            row.note(name, "address-in-part", detail)
    return {}


def _block(values: Values, said: Values, present: UserRow) -> Values:
    """The block, if the row says that there is one or none; else the reason of the one here."""
    names = {"blocked", "blocked_until", "block_reason"}
    if not {"blocked", "blocked_until"} & values.keys():
        reason = values.get("block_reason")
        return {"block_reason": reason} if reason and present.blocked else {}
    if said["blocked"]:
        names &= {"blocked", *values}
    return {name: said[name] for name in names}
