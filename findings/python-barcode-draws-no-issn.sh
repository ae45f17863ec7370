#!/usr/bin/env bash
# python-barcode 0.16.1: the symbologies `issn` and `isbn10` draw bars that no scanner reads.
# Expected: EAN-13, as the package says of both: 9770317847001 for the ISSN 0317-8471 and 9780141439587 for the ISBN 0-14-143958-0.
# Seen: the number with its prefix is cut to the length that it has without it, 7 or 9 digits, so that the symbol holds 97703174 and
# 9780141439. No error; `str()` gives the ISSN and the ISBN as they are, and the text below the bars looks like a number.
# zxing-cpp finds no barcode in either, and reads the symbology `ean13` of the whole number.
# Octavo draws neither; it prints Code 39, Code 128 and Codabar.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-barcode==0.16.1 pillow==12.0.0 zxing-cpp==3.1.1
"$folder/venv/bin/python" - <<'PY'
import zxingcpp
from barcode import get
from barcode.writer import ImageWriter


def drawn(symbology, number):
    symbol = get(symbology, number, writer=ImageWriter())
    return symbol.get_fullcode(), [one.text for one in zxingcpp.read_barcodes(symbol.render())]


for symbology, number, holds, whole in (
    ("issn", "0317-8471", "97703174", "977031784700"),
    ("isbn10", "0-14-143958-0", "9780141439", "978014143958"),
):
    seen, right = drawn(symbology, number), drawn("ean13", whole)
    print(symbology, number, seen, right, get(symbology, number))
    assert seen == (holds, [])
    assert right[1] == [right[0]] and right[0].startswith(whole)
PY
