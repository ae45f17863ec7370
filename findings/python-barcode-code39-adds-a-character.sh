#!/usr/bin/env bash
# python-barcode 0.16.1: Code 39 is printed with a check character that nobody asked for.
# Expected: the label of barcode B12345 scans as B12345 (Code 39 has no compulsory check character).
# Seen: the symbol holds B12345Q, so a shelf of labels made with the defaults scans as barcodes the
# catalogue does not know. `add_checksum=False` has to be said.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-barcode==0.16.1
"$folder/venv/bin/python" - <<'PY'
import barcode
from barcode.codex import Code39

by_default = barcode.get("code39", "B12345").get_fullcode()
as_asked = Code39("B12345", add_checksum=False).get_fullcode()
print(f"by default: {by_default}; with add_checksum=False: {as_asked}")
assert (by_default, as_asked) == ("B12345Q", "B12345")
PY
