#!/usr/bin/env bash
# edtf 5.0.2 (Python): `text_to_edtf` makes other dates of those that cataloguers write, and valid ones.
# Expected: an EDTF date that means the same, or None as for "n.d." and "[ca. 1960]".
# Seen: "17--", the eighteenth century by the rules (AACR2, 1.4F7), is XXXX-XX-17, the seventeenth of any month of any year.
# "1999-00", as on the volumes of a periodical, runs from 1999 back to 1900. "1066 BC" is -1066, which is 1067 BC, as ISO 8601 has
# a year 0. "[between 1906 and 1912?]" is 1906?. Nothing tells these from "1914-18" and "19th century", which are right.
# Octavo keeps one year, the first of four digits: none from "17--", and 1999 from "1999-00".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf==5.0.2
"$folder/venv/bin/python" - <<'PY'
from edtf import text_to_edtf

RIGHT = {"1914-18": "1914/1918", "19th century": "18XX", "ca. 1860": "1860~", "n.d.": None}
WRONG = {
    "17--": "XXXX-XX-17",
    "1999-00": "1999/1900",
    "1066 BC": "-1066",
    "[between 1906 and 1912?]": "1906?",
}
for expected in (RIGHT, WRONG):
    seen = {text: text_to_edtf(text) for text in expected}
    print(seen)
    assert {text: date and str(date) for text, date in seen.items()} == expected
PY
