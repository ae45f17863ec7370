#!/usr/bin/env bash
# python-stdnum 2.2: the number of printed music (ISMN) is a valid ISBN-13.
# Expected: 979-0-2600-0043-8 is an ISMN (ISO 10957 has the prefix 979-0 to itself) and no ISBN (ISO 2108
# gives out 979-8, 979-10 to 979-12 and so on).
# Seen: stdnum.isbn.is_valid says True and stdnum.isbn.isbn_type "ISBN13", as stdnum.ismn does. A
# catalogue that trusts it files scores among the ISBNs, where no other system looks for them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
"$folder/venv/bin/python" - <<'PY'
from stdnum import isbn, ismn

number = "979-0-2600-0043-8"
print(f"ISMN: {ismn.is_valid(number)}, ISBN: {isbn.is_valid(number)}, {isbn.isbn_type(number)}")
assert ismn.is_valid(number) and isbn.is_valid(number) and isbn.isbn_type(number) == "ISBN13"
PY
