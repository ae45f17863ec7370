"""Whether what was found not to hold still does not, asked as that is written down.

Between putting a notice into words and the note of it a mail server is waited for: a claim may be
withdrawn meanwhile, and finds nothing cancelled yet that could be told anew.
"""

from collections.abc import Sequence
from datetime import datetime

from models import notice as stored
from models.notice import Item
from notices import telling, template_records
from notices.composing import Composed
from notices.library import Library


def hold_again(
    composed: Composed, items: Sequence[Item], now: datetime, library: Library
) -> list[Item]:
    """Those of the items of a notice that hold by now; they stay so until the transaction ends.

    Call it in the transaction that notes the others, before it writes: acts lock records first.
    What notes several notices keeps the records of all of them before the first.
    """
    kind, person = composed.notice.kind, composed.recipient
    if not items or person is None or kind not in telling.SUBJECTS:
        return []
    stored.keep_records(items)
    records = template_records.load(items, now)
    kinds = person.chosen(library.kinds)
    return [one for one in items if telling.variables(kind, [one], records, now, kinds) is not None]
