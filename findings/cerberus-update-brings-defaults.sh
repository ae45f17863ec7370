#!/usr/bin/env bash
# Cerberus 1.3.8: validated(..., update=True) fills in defaults for fields that were not sent.
# Expected: "update" checks a part of a document (a PATCH), so that required fields may be missing and
# nothing is added.
# Seen: required fields may be missing, but defaults are added all the same. A PATCH of the telephone
# number sets the member's category back to "standard".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cerberus==1.3.8
"$folder/venv/bin/python" - <<'PY'
from cerberus import Validator

member = Validator(
    {
        "name": {"type": "string", "required": True},
        "phone": {"type": "string"},
        "category": {"type": "string", "default": "standard"},
    }
)
changes = member.validated({"phone": "12345"}, update=True)
print(f"to be stored: {changes}")
assert changes == {"phone": "12345", "category": "standard"}
PY
