#!/usr/bin/env bash
# pymarc 5.4.0: a field of more than 9,999 bytes is written without a word, into a record that it
# cannot read again.
# Expected: an error, or a field that is cut, since ISO 2709 has four digits for the length of a field.
# Seen: as_marc() writes a fifth digit into the directory; everything after it is shifted, and
# MARCReader gives None for the record. A long table of contents loses its whole record.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pymarc==5.4.0
"$folder/venv/bin/python" - <<'PY'
from pymarc import Field, Indicators, MARCReader, Record, Subfield

record = Record()
record.add_field(Field("245", Indicators("0", "0"), [Subfield("a", "Collected letters")]))
record.add_field(Field("505", Indicators("0", " "), [Subfield("a", "A letter. " * 1000)]))
reader = MARCReader(record.as_marc())
found = next(reader)
print(f"read again: {found}, because: {reader.current_exception}")
assert found is None
PY
