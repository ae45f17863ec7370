#!/usr/bin/env bash
# mrrc 0.9.2: a record in MARC-8 is read as if it were UTF-8, and its letters are lost.
# Expected: leader position 9 blank means MARC-8, and the package says that it always converts that to Unicode.
# Seen: "Müller" becomes "M", U+FFFD, "uller", and "АБЦ" its bytes in ASCII, "abc" between two escape sequences, without an error or
# a warning; no option changes it. Written again, the names are gone. Most records made before 2000 are in MARC-8.
# Octavo decodes MARC-8 as pymarc does, and reports what it cannot decode.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mrrc==0.9.2 pymarc==5.4.0
"$folder/venv/bin/python" - <<'PY'
import warnings

import mrrc
from pymarc import MARCReader

FIELD = b"10\x1faM\xe8uller \x1b(Nabc\x1b(B\x1e"
DIRECTORY = b"245%04d00000\x1e" % len(FIELD)
BASE = 24 + len(DIRECTORY)
RECORD = b"%05dnam  22%05d   4500" % (BASE + len(FIELD) + 1, BASE) + DIRECTORY + FIELD + b"\x1d"

warnings.simplefilter("error")
by_pymarc = next(MARCReader(RECORD))["245"]["a"]
by_mrrc = next(iter(mrrc.MARCReader(RECORD))).get_fields("245")[0]["a"]
print(f"pymarc: {by_pymarc!a}, mrrc: {by_mrrc!a}")
assert by_pymarc == "M\xfcller \u0410\u0411\u0426"
assert by_mrrc == "M\ufffduller \x1b(Nabc\x1b(B"
PY
