"""Uses of copies in the library, by people who did not borrow them."""

from peewee import ForeignKeyField, TextField

from models import copy
from models.copy import Copy
from models.database import Table


class HouseUse(Table):
    """One copy that was found on a table, or handed back at the desk."""

    copy = ForeignKeyField(Copy)
    used_at = TextField()


def note(copy_id: int, used_at: str) -> None:
    """Count a use of a copy."""
    HouseUse.insert(copy_id=copy_id, used_at=used_at).execute()
    copy.use({copy_id: used_at})
