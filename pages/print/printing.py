"""The form of numbers to be printed on sheets, and the sheets: the same for labels and cards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response

from pages.frame.views import render
from pages.frame.visit import Visit
from pages.print import forms
from pages.print.barcodes import Symbology, Unprintable
from pages.print.drawing import Label
from pages.print.sheets import Sheet

Draw = Callable[[Visit, str, Mapping[str, str], Sheet], list[Label]]


@dataclass(frozen=True, slots=True)
class Printing:
    """What is printed at `/print/{name}` on which sheets, for numbers from the field `numbers`.

    `draw` gives the labels of one number and raises Unprintable; the first of `kinds` of label is
    printed unless another is chosen.
    """

    name: str
    numbers: str
    sheets: Mapping[str, Sheet]
    draw: Draw
    kinds: tuple[str, ...] = ()


def printed(visit: Visit, what: Printing) -> Response:
    """The sheets, ready to print; what cannot be printed is told line by line."""
    given = visit.form
    try:
        numbers = forms.lines(given.get(what.numbers, ""))
        if not numbers:
            raise Unprintable("nothing")
        sheet = forms.sheet(given, what.sheets)
        skip = forms.skipped(given, sheet)
    except Unprintable as error:
        return form(visit, what, given, [str(visit.say(f"unprintable.{error.code}"))])
    made: list[Label] = []
    faults: list[str] = []
    for number in numbers:
        try:
            made += what.draw(visit, number, given, sheet)
        except Unprintable as error:
            faults.append(f"{number}: {visit.say(f'unprintable.{error.code}')}")
    if faults:
        return form(visit, what, given, faults)
    return render(visit, "print/sheets.html", sheet=sheet, pages=forms.filled(sheet, made, skip))


def form(
    visit: Visit, what: Printing, given: Mapping[str, str], faults: list[str] | None = None
) -> Response:
    """The form, with what was given and what is wrong with it."""
    return render(
        visit,
        "print/form.html",
        status=400 if faults else 200,
        what=what,
        given=given,
        faults=faults or [],
        symbologies=tuple(Symbology),
    )
