"""How bodies and lists name a copy or a member: by number, or by what a scanner reads."""

from validators.copies import BARCODE
from validators.engine.fields import ID, LABEL
from validators.engine.validator import Rules

COPY_NAMED: dict[str, Rules] = {
    "barcode": {**LABEL, "meta": {"description": "The copy, by its barcode.", "example": BARCODE}},
    "copy_id": {**ID, "meta": {"description": "Or the copy, by its number."}},
}
MEMBER_NAMED: dict[str, Rules] = {
    "user_id": {**ID, "meta": {"description": "The member, by number."}},
    "card_number": {**LABEL, "meta": {"description": "Or the member, by library card."}},
}
BY_MEMBER: dict[str, Rules] = {
    "user_id": ID,
    "card_number": {**LABEL, "meta": {"description": "The member's card."}},
}
"""Filters of lists."""
