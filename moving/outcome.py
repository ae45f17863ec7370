"""What becomes of the rows of a batch."""

from typing import Any


class Refuse(Exception):
    """A row that is not taken: the field, the code and the sentence that say why."""

    def __init__(self, field: str | None, code: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
        self.code = code
        self.detail = detail


class Known(Exception):
    """A row whose record is there already: which one it is, and why it is passed over.

    `first` is the key of the row that made it, where it is as new as that its id is not known.
    """

    def __init__(
        self, record_id: int | None, why: str = "in-library", first: str | None = None
    ) -> None:
        super().__init__(why)
        self.record_id = record_id
        self.first = first
        self.why = why


Values = dict[str, Any]
