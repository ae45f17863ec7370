#!/usr/bin/env bash
# openpyxl 3.1.5 reads the end of a line that XlsxWriter 3.3.1 has written as the letters "_x000D_".
# Expected: the text. In OOXML `_xHHHH_` in a cell stands for a character that XML cannot hold as it is (`ST_Xstring` of ISO/IEC
# 29500-1), and XlsxWriter writes a carriage return so.
# Seen: a contents note of two lines, parted as on Windows, has "_x000D_" at the end of the first, without a warning; calamine
# reads what was written. The other way round openpyxl writes a text with such letters without hiding them: "A_x0041_B" of openpyxl
# is "AAB" in calamine.
# Octavo reads and writes no workbooks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1 python-calamine==0.9.1
cd "$folder"
venv/bin/python - <<'PY'
import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

NOTE = "1. Owls\r\n2. Gulls"
with xlsxwriter.Workbook("one.xlsx") as book:
    book.add_worksheet().write_string(0, 0, NOTE)
other = openpyxl.Workbook()
other.active.append(["A_x0041_B"])
other.save("other.xlsx")


def cells(name):
    [[by_calamine]] = CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()
    return openpyxl.load_workbook(name).active["A1"].value, by_calamine


print(cells("one.xlsx"), cells("other.xlsx"))
assert cells("one.xlsx") == ("1. Owls_x000D_\n2. Gulls", NOTE)
assert cells("other.xlsx") == ("A_x0041_B", "AAB")
PY
