#!/usr/bin/env bash
# pymarc 5.4.0: Record.title is None for a title that has no $a, and leaves out $n and $p.
# Expected: what a catalogue shows: a collection is titled by $k (form), a volume by its part too.
# Seen: None for 245 $k Letters, and "Guide." for 245 $a Guide. $n Part 2. $p Owls, so that the volumes
# of a set look equal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pymarc==5.4.0
"$folder/venv/bin/python" - <<'PY'
from pymarc import Field, Indicators, Record, Subfield


def title(*subfields):
    record = Record()
    field = Field("245", Indicators("0", "0"), [Subfield(*pair) for pair in subfields])
    record.add_field(field)
    return record.title


form = title(("k", "Letters,"), ("f", "1900-1910."))
volume = title(("a", "Guide."), ("n", "Part 2."), ("p", "Owls"))
print(f"without $a: {form!r}; of a volume: {volume!r}")
assert (form, volume) == (None, "Guide.")
PY
