#!/usr/bin/env bash
# pymarc 5.4.0: Record.isbn looks at the first 020 alone.
# Expected: the valid ISBN of the record.
# Seen: None when the first 020 holds a cancelled number ($z), as is common when a paperback is described
# on the record of the hardback, although the second 020 has a valid $a.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pymarc==5.4.0
"$folder/venv/bin/python" - <<'PY'
from pymarc import Field, Indicators, Record, Subfield

blank = Indicators(" ", " ")
record = Record()
record.add_field(Field("020", blank, [Subfield("z", "0306406153")]))
record.add_field(Field("020", blank, [Subfield("a", "9780306406157 (paperback)")]))
print(f"isbn: {record.isbn}")
assert record.isbn is None
PY
