#!/usr/bin/env bash
# calamine (python-calamine 0.9.1): a cell with 1 May 1890, written by openpyxl 3.1.5, is read as the time 00:00.
# Expected: the date, or the number that stands for it. Days before 1900 are negative numbers in a workbook whose dates need not be
# those of old programs (`dateCompatibility="0"`; ISO/IEC 29500-1, 18.17.4.1, has them back to the year -9999); openpyxl writes 1890
# as -3531 and reads 1890.
# Seen: every day before 1900 is midnight, one like the other, without an error; a list of authors or of old prints has lost its
# dates and has times in their place. 1 January 1900 is read well, and so is 1890 in an ODS file, which has dates as text.
# Octavo reads and writes no workbooks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5 pyexcel-ods3==0.6.1
cd "$folder"
venv/bin/python -W ignore - <<'PY'
import zipfile
from datetime import date, datetime, time

import openpyxl
from pyexcel_ods3 import save_data
from python_calamine import CalamineWorkbook

BORN = [date(1890, 5, 1), date(1775, 12, 16), date(1900, 1, 1), date(1903, 6, 25)]
book = openpyxl.Workbook()
book.active.append(BORN)
book.save("compatible.xlsx")
with zipfile.ZipFile("compatible.xlsx") as old, zipfile.ZipFile("authors.xlsx", "w") as new:
    for name in old.namelist():
        new.writestr(name, old.read(name).replace(b"<workbookPr/>", b'<workbookPr dateCompatibility="0"/>'))
    assert b'dateCompatibility="0"' in new.read("xl/workbook.xml")
save_data("authors.ods", {"Authors": [BORN]})


def by_calamine(name):
    [row] = CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()
    return row


by_openpyxl = [cell.value for cell in openpyxl.load_workbook("authors.xlsx").active[1]]
print(by_calamine("authors.xlsx"), by_openpyxl, by_calamine("authors.ods"))
assert by_calamine("authors.xlsx") == by_calamine("compatible.xlsx") == [time(0, 0), time(0, 0), *BORN[2:]]
assert by_openpyxl == [datetime(day.year, day.month, day.day) for day in BORN]
assert by_calamine("authors.ods") == BORN
PY
