"""Stocktakings: copies scanned on the shelves one by one or as a list, and what was not found."""

from typing import Any

from flask import Response, request

from models.vocabulary import Role, ScanOutcome
from pages.desk import record_forms as forms
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of, filters, following
from pages.desk.outcomes import Outcome, attempted
from pages.desk.record_forms import Field, Tried
from pages.desk.rendering import render
from pages.desk.scanning import book_of
from pages.frame.views import page, see
from pages.frame.visit import Visit

_NEW = (Field("name", is_required=True), Field("location"))
_LABELS = {"barcodes": "desk_field.barcode"}
_PER_PAGE = 50
_SHOWN = 20
"""Scans that the page goes on to show."""


@page(DESK, "/desk/stocktakes", least=Role.LIBRARIAN)
def stocktakes(visit: Visit) -> Response:
    """Every stocktaking, the newest first, and the form of a new one."""
    return _list(visit, None)


@page(DESK, "/desk/stocktakes", least=Role.LIBRARIAN, methods=("POST",))
def begin_stocktake(visit: Visit) -> Response:
    """Begin a stocktaking, and go on to its scans."""
    done = forms.tried(visit, _NEW, lambda body: visit.do("createStocktake", body=body))
    return _list(visit, done) if done.faults else _seen(visit, done.answer["id"])


@page(DESK, "/desk/stocktakes/<id:stocktake_id>", least=Role.LIBRARIAN)
def stocktake_page(visit: Visit, stocktake_id: int) -> Response:
    """The field that takes scans, and how many there were."""
    return _shown(visit, stocktake_id)


@page(
    DESK,
    "/desk/stocktakes/<id:stocktake_id>/scans",
    least=Role.LIBRARIAN,
    methods=("POST",),
)
def scan_copies(visit: Visit, stocktake_id: int) -> Response:
    """Note the copies scanned: one, or a list from a collector of barcodes."""
    barcodes = [line.strip() for line in visit.form.get("scan", "").splitlines() if line.strip()]
    before = _told_before(visit)
    if not barcodes:
        return _shown(visit, stocktake_id, before=before)
    body = {"barcodes": barcodes}
    done, refusal = attempted(
        visit,
        lambda: visit.do("scanCopies", stocktake_id=stocktake_id, body=body),
        labels=_LABELS,
        typed=barcodes,
    )
    results = done["results"] if done else None
    return _shown(visit, stocktake_id, results=results, before=before, refusal=refusal)


@page(
    DESK,
    "/desk/stocktakes/<id:stocktake_id>/closing",
    least=Role.LIBRARIAN,
    methods=("POST",),
)
def close_stocktake(visit: Visit, stocktake_id: int) -> Response:
    """Close a stocktaking: it takes no scans any more."""
    body = {"status": "closed"}
    _, refusal = attempted(
        visit, lambda: visit.do("updateStocktake", stocktake_id=stocktake_id, body=body)
    )
    if refusal:
        return _shown(visit, stocktake_id, refusal=refusal)
    return see(visit, f"/desk/stocktakes/{stocktake_id}/missing")


@page(DESK, "/desk/stocktakes/<id:stocktake_id>/missing", least=Role.LIBRARIAN)
def missing_copies(visit: Visit, stocktake_id: int) -> Response:
    """What should stand there and was not scanned, by place and shelfmark."""
    query = {
        "embed": "book",
        "limit": _PER_PAGE,
        "sort": "location,shelfmark",
        "cursor": request.args.get("cursor", ""),
    }
    path: dict[str, Any] = {"stocktake_id": stocktake_id}
    found = visit.do("listMissingCopies", query=query, **path)
    return render(
        visit,
        "desk/missing.html",
        stocktake=visit.do("getStocktake", **path),
        found=found["data"],
        following=following(f"/desk/stocktakes/{stocktake_id}/missing", {}, found),
    )


def _seen(visit: Visit, stocktake_id: int) -> Response:
    return see(visit, f"/desk/stocktakes/{stocktake_id}")


def _told_before(visit: Visit) -> list[tuple[str, str]]:
    """The scans that the page had, newest first, as outcome and barcode."""
    pairs = [line.partition(" ") for line in visit.form.get("before", "").splitlines()]
    return [(outcome, barcode) for outcome, _, barcode in pairs if outcome in set(ScanOutcome)]


def _list(visit: Visit, tried: Tried | None) -> Response:
    asked = filters(request.args, ("status",))
    query = {**asked, "sort": "-id", "page": request.args.get("page", "1")}
    return render(
        visit,
        "desk/stocktakes.html",
        status=tried.status if tried else 200,
        found=visit.do("listStocktakes", query=query),
        address=address_of("/desk/stocktakes", asked),
        inputs=forms.inputs(visit, _NEW, {}, tried),
        tried=tried,
    )


def _shown(
    visit: Visit,
    stocktake_id: int,
    *,
    results: list[dict[str, Any]] | None = None,
    before: list[tuple[str, str]] | None = None,
    refusal: Outcome | None = None,
) -> Response:
    found = results or []
    wrong = [one for one in found if one["outcome"] != ScanOutcome.SEEN]
    newest = [(one["outcome"], one["barcode"]) for one in reversed(found)]
    only = found[0] if len(found) == 1 else None
    copy = only.get("copy") if only else None
    return render(
        visit,
        "desk/stocktake.html",
        status=refusal.status if refusal else 200,
        stocktake=visit.do("getStocktake", stocktake_id=stocktake_id),
        results=found,
        wrong=wrong,
        only=only,
        book=book_of(visit, copy) if copy else None,
        scans=[*newest, *(before or [])][:_SHOWN],
        refusal=refusal.values if refusal else None,
    )
