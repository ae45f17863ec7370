"""Stocktaking: what each scan finds. It changes no status and serves no hold (rule 45)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from circulation import presentation
from circulation.title_changes import transaction
from models import audit, copy, stocktake
from models.audit import Actor
from models.copy import CopyRow, barcode_key
from models.errors import Conflict
from models.rows import Json
from models.stocktake import StocktakeRow
from models.timestamps import stamp
from models.vocabulary import AuditAction, CopyStatus, ScanOutcome, StocktakeStatus

_OUTCOMES = {
    CopyStatus.ON_LOAN: ScanOutcome.ON_LOAN,
    CopyStatus.ON_HOLD_SHELF: ScanOutcome.ON_HOLD_SHELF,
    CopyStatus.IN_REPAIR: ScanOutcome.IN_REPAIR,
    CopyStatus.LOST: ScanOutcome.LOST,
    CopyStatus.WITHDRAWN: ScanOutcome.WITHDRAWN,
}
TAKE_BACK = (
    "Take it back with POST /api/v1/returns and its barcode: it is available again then, and what"
    " was charged for it is waived or refunded."
)


def begin(name: str, location: str | None, actor: Actor) -> StocktakeRow:
    """Begin a stocktaking of a location, or of the whole library."""
    with transaction():
        made = stocktake.create(name, location)
        audit.record(actor, AuditAction.STOCKTAKE_CREATE, "stocktake", made.id)
        return made


def change(
    present: StocktakeRow, values: Mapping[str, Any], actor: Actor, now: datetime
) -> StocktakeRow:
    """Rename or close a stocktaking that is locked. Raises Conflict `stocktake-closed`."""
    changed = {name: value for name, value in values.items() if getattr(present, name) != value}
    if not changed:
        return present
    _require_open(present)
    action = AuditAction.STOCKTAKE_UPDATE
    changes = {name: [getattr(present, name), value] for name, value in changed.items()}
    if changed.get("status") == StocktakeStatus.CLOSED:
        changed["closed_at"] = stamp(now)
        action = AuditAction.STOCKTAKE_CLOSE
    audit.record(actor, action, "stocktake", present.id, changes=changes)
    return stocktake.change(present.id, changed)


def scan(present: StocktakeRow, barcodes: Sequence[str], actor: Actor, now: datetime) -> list[Json]:
    """Note the copies scanned in a stocktaking that is locked, and say what each barcode is.

    Gives `{barcode, outcome, copy}` for each, `copy` as staff see it, without one for `unknown`; a
    lost one says in it how to take it back. Raises Conflict `stocktake-closed`.
    """
    _require_open(present)
    with transaction():
        found = copy.by_barcodes({barcode_key(each) for each in barcodes})
        ids = sorted(row.id for row in found.values())
        copy.see(ids, stamp(now))
        stocktake.note(present.id, ids, stamp(now))
        changes = {"copies": [None, len(ids)]}
        audit.record(actor, AuditAction.STOCKTAKE_SCAN, "stocktake", present.id, changes=changes)
        shown = {row["id"]: row for row in presentation.copies(copy.some(ids))}
        return [_result(each, found.get(barcode_key(each)), present, shown) for each in barcodes]


def _result(barcode: str, row: CopyRow | None, of: StocktakeRow, shown: Mapping[int, Json]) -> Json:
    if row is None:
        return {"barcode": barcode, "outcome": ScanOutcome.UNKNOWN}
    outcome = _OUTCOMES.get(row.status, ScanOutcome.SEEN)
    if outcome is ScanOutcome.SEEN and of.location not in (None, row.location):
        outcome = ScanOutcome.MISPLACED
    told = {"take_back": TAKE_BACK} if outcome is ScanOutcome.LOST else {}
    return {"barcode": barcode, "outcome": outcome, "copy": {**shown[row.id], **told}}


def _require_open(present: StocktakeRow) -> None:
    if present.status is StocktakeStatus.CLOSED:
        raise Conflict("This stocktaking is closed.", code="stocktake-closed")
