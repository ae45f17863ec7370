"""A column of prices, in which whole amounts are minor units and those with decimals major ones."""

import re

from formats.prices import is_whole, price_in, price_written
from formats.record import Note

_NO_DIGIT = re.compile(r"[^0-9]")


class Amounts:
    """Reads prices of a currency with so many `decimals`, and counts how they were written."""

    def __init__(self, decimals: int) -> None:
        self._decimals = decimals
        self._counts = {True: 0, False: 0}
        self._samples: dict[bool, str] = {}
        self._is_told = False

    def read(self, cell: str) -> int | None:
        """Minor units; None if it is not a price."""
        price = price_in(cell, self._decimals)
        if price is not None:
            whole = is_whole(cell)
            self._counts[whole] += 1
            if price and whole not in self._samples:
                self._samples[whole] = cell
        return price

    def mixed(self) -> Note | None:
        """Once, as soon as the column has both kinds: a note with one of each."""
        if self._is_told or len(self._samples) < len(self._counts) or not self._decimals:
            return None
        self._is_told = True
        return mixed_amounts("price", self._samples[True], self._samples[False], self._decimals)

    def sentences(self) -> list[str]:
        """How the prices were read, in words."""
        return told_amounts("price", self._counts[True], self._counts[False], is_major=False)


def told_amounts(name: str, whole: int, decimal: int, *, is_major: bool) -> list[str]:
    """How so many whole amounts and so many with decimals were read, in words."""
    said = []
    if decimal:
        said.append(f"{name}: amounts with decimals or a sign are major units ({decimal})")
    if whole:
        units = "major" if is_major else "minor"
        said.append(f"{name}: whole amounts are {units} units ({whole})")
    return said


def mixed_amounts(name: str, whole: str, decimal: str, decimals: int) -> Note:
    """The note on a column with whole amounts, which are minor units, and others; one of each."""
    shown = price_written(int(_NO_DIGIT.sub("", whole)), decimals)
    detail = (
        f"The column has amounts with decimals or a sign ({decimal[:40]}), which are major units,"
        f" and whole ones, which are minor units: {whole[:40]} was read as {shown}."
    )
    return Note(name, "mixed-amounts", detail)
