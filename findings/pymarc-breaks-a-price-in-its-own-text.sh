#!/usr/bin/env bash
# pymarc 5.4.0: a record written by its TextWriter and read by its MARCMakerReader has other indicators, dates and prices.
# Expected: the record. Both are said to be of the format MARCMaker, and the reader's documentation names what the writer writes,
# `str(record)`, as its input.
# Seen: the writer shows a blank as a backslash, and the reader leaves it one, in indicators and in 008, whose places then hold
# backslashes. MARCMaker writes a dollar sign as {dollar}; the writer leaves it as it is, so that the price "$9.99" comes back as an
# empty $c and a subfield $9 with ".99". No error on either way, and `as_marc()` writes it all.
# Octavo reads and writes ISO 2709, MARCXML and MARC-in-JSON, and no text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pymarc==5.4.0
"$folder/venv/bin/python" - <<'PY'
from io import StringIO

from pymarc import Field, Indicators, MARCMakerReader, Record, Subfield, TextWriter

made = Record()
made.add_field(
    Field("008", data="950101s1995    xxu           000 0 eng d"),
    Field("020", Indicators(" ", " "), [Subfield("a", "0141439580"), Subfield("c", "$9.99")]),
)
text = StringIO()
writer = TextWriter(text)
writer.write(made)
writer.close(close_fh=False)
[read] = MARCMakerReader(text.getvalue())
print(text.getvalue(), read["008"].data, read["020"].indicators, read["020"].subfields, sep="\n")
assert read["008"].data == made["008"].data.replace(" ", "\\")
assert read["020"].indicators == Indicators("\\", "\\")
assert read["020"].subfields == [Subfield("a", "0141439580"), Subfield("c", ""), Subfield("9", ".99")]
assert read.as_marc() != made.as_marc()
PY
