#!/usr/bin/env bash
# calamine (python-calamine 0.9.1): of an ODS file by pyexcel-ods3 0.6.1 it reads "1. Owls\n2. Gulls" as "1. Owls2. Gulls".
# Expected: both lines. In a paragraph of OpenDocument `text:line-break` is a line break and `text:tab` a tabulator, as `text:s` is
# spaces (OpenDocument 1.3, part 3, 6.1.3 to 6.1.5).
# Seen: the last of the three alone is known to it; for the other two there is nothing, not even a space, so that words and numbers
# grow together: "Shelf 1", a tabulator and "2 copies" are "Shelf 12 copies". Two paragraphs in one cell, as other programs write
# lines, are read well, and so are the same texts of an XLSX file. pyexcel-ods3 reads back what it wrote.
# Octavo reads and writes no workbooks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 pyexcel-ods3==0.6.1 openpyxl==3.1.5
cd "$folder"
venv/bin/python -W ignore - <<'PY'
import openpyxl
from pyexcel_ods3 import get_data, save_data
from python_calamine import CalamineWorkbook

ROW = ["1. Owls\n2. Gulls", "Shelf 1\t2 copies", "Owls   of Europe"]
save_data("books.ods", {"Books": [ROW]})
book = openpyxl.Workbook()
book.active.append(ROW)
book.save("books.xlsx")


def by_calamine(name):
    [row] = CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()
    return row


print(by_calamine("books.ods"), by_calamine("books.xlsx"))
assert by_calamine("books.ods") == ["1. Owls2. Gulls", "Shelf 12 copies", "Owls   of Europe"]
assert by_calamine("books.xlsx") == ROW
assert get_data("books.ods")["Books"] == [ROW]
PY
