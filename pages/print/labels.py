"""`/print/labels`: barcode and spine labels of copies, on sheets."""

from collections.abc import Mapping

from flask import Response, request

from models.vocabulary import Role
from pages.frame.views import page
from pages.frame.visit import Visit
from pages.print import barcodes, drawing, forms, printing
from pages.print.blueprint import PRINT
from pages.print.drawing import Label
from pages.print.printing import Printing
from pages.print.sheets import LABELS, Sheet

KINDS = ("barcode", "spine", "both")


@page(PRINT, "/print/labels", least=Role.LIBRARIAN)
def labels_form(visit: Visit) -> Response:
    """The form; the address may bring barcodes along."""
    return printing.form(visit, _PRINTING, request.args)


@page(PRINT, "/print/labels", least=Role.LIBRARIAN, methods=("POST",))
def labels(visit: Visit) -> Response:
    """The sheets, ready to print; what has no bars is told line by line."""
    return printing.printed(visit, _PRINTING)


def _of_copy(visit: Visit, number: str, given: Mapping[str, str], sheet: Sheet) -> list[Label]:
    """The labels of one copy; a number that no copy has yet gets bars alone."""
    kind = given.get("kind", KINDS[0])
    shelfmark = _shelfmark(visit, number)
    found = []
    if kind != "spine":
        symbology = forms.symbology(given)
        shown = barcodes.printed(number, symbology)
        pattern = barcodes.bars(shown, symbology, check=given.get("check") == "yes")
        found.append(
            drawing.copy_label(
                sheet.width,
                sheet.height,
                library=visit.settings.library_name,
                shelfmark=shelfmark,
                number=shown,
                pattern=pattern,
            )
        )
    if kind in ("spine", "both"):
        found.append(drawing.spine_label(sheet.width, sheet.height, shelfmark or number))
    return found


def _shelfmark(visit: Visit, barcode: str) -> str:
    if len(barcode) > 64:  # No barcode is longer.
        return ""
    query = {"barcode": barcode, "fields": "shelfmark"}
    found = visit.do("listCopies", query=query)["data"]
    return (found[0]["shelfmark"] or "") if found else ""


_PRINTING = Printing("labels", "barcodes", LABELS, _of_copy, KINDS)
