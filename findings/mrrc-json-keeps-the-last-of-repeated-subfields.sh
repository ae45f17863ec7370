#!/usr/bin/env bash
# mrrc 0.9.2: `to_json()` keeps the last of several subfields with one code, and sorts the others.
# Expected: a record read back from JSON is the record; the package lists JSON as written and read, and its `as_json()`,
# `to_marcjson()` and `to_xml()` keep all.
# Seen: `subfields` is an object, in which a code can stand once: "Owls -- Europe -- History -- Fiction" comes back as
# "Owls -- Fiction -- Europe", a contents note with one title of all. No error is raised on either way. In MARC 21 subfields
# repeat, as `$x` of a subject does, and their order has a meaning.
# Octavo writes subfields as a list of objects with one code each (MARC-in-JSON).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mrrc==0.9.2 pymarc==5.4.0
"$folder/venv/bin/python" - <<'PY'
import mrrc
from pymarc import Field, Indicators, Record, Subfield

SUBJECT = [("a", "Owls"), ("z", "Europe"), ("x", "History"), ("x", "Fiction")]
made = Record()
made.add_field(Field("650", Indicators(" ", "0"), [Subfield(*one) for one in SUBJECT]))
record = next(iter(mrrc.MARCReader(made.as_marc())))


def subfields(of):
    return [(one.code, one.value) for one in of.get_fields("650")[0].subfields()]


read = subfields(record)
by_marcjson = subfields(mrrc.marcjson_to_record(mrrc.record_to_marcjson(record)))
by_json = subfields(mrrc.json_to_record(mrrc.record_to_json(record)))
print(f"read: {read}\nMARC-in-JSON: {by_marcjson}\nJSON: {by_json}")
assert read == by_marcjson == SUBJECT
assert by_json == [("a", "Owls"), ("x", "Fiction"), ("z", "Europe")]
PY
