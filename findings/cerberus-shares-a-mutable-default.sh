#!/usr/bin/env bash
# Cerberus 1.3.8: a list given as a default is the same list in every document.
# Expected: each document that leaves the field out gets a list of its own.
# Seen: what is appended to one document's list is in the next one, for as long as the process lives.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cerberus==1.3.8
"$folder/venv/bin/python" - <<'PY'
from cerberus import Validator

book = Validator({"subjects": {"type": "list", "default": []}})
first = book.normalized({})
first["subjects"].append("Owls")
second = book.normalized({})
print(f"the next book has: {second}")
assert second == {"subjects": ["Owls"]}
PY
