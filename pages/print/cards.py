"""`/print/cards`: members' cards, on sheets."""

from collections.abc import Mapping

from flask import Response, request

from models.vocabulary import Role
from pages.frame.views import page
from pages.frame.visit import Visit
from pages.print import barcodes, drawing, forms, printing
from pages.print.barcodes import Unprintable
from pages.print.blueprint import PRINT
from pages.print.drawing import Label
from pages.print.printing import Printing
from pages.print.sheets import CARDS, Sheet


@page(PRINT, "/print/cards", least=Role.LIBRARIAN)
def cards_form(visit: Visit) -> Response:
    """The form; the address may bring card numbers along."""
    return printing.form(visit, _PRINTING, request.args)


@page(PRINT, "/print/cards", least=Role.LIBRARIAN, methods=("POST",))
def cards(visit: Visit) -> Response:
    """The sheets, ready to print; numbers that no member has are told."""
    return printing.printed(visit, _PRINTING)


def _card(visit: Visit, number: str, given: Mapping[str, str], sheet: Sheet) -> list[Label]:
    query = {"card_number": number, "fields": "first_name,last_name,card_number"}
    found = visit.do("listUsers", query=query)["data"] if len(number) <= 64 else []
    if not found:
        raise Unprintable("no_member")
    member = found[0]
    names = (member["first_name"], member["last_name"])
    symbology = forms.symbology(given)
    shown = barcodes.printed(member["card_number"], symbology)
    card = drawing.member_card(
        sheet.width,
        sheet.height,
        library=visit.settings.library_name,
        name=" ".join(name for name in names if name),
        number=shown,
        pattern=barcodes.bars(shown, symbology, check=given.get("check") == "yes"),
    )
    return [card]


_PRINTING = Printing("cards", "cards", CARDS, _card)
