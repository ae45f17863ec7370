#!/usr/bin/env bash
# Cerberus 1.3.8: `true` in a JSON body is valid as `type: integer`, and comes out as it came in.
# Expected: JSON and its schemas know numbers and booleans as different types; {"copies": true} is an error of the client.
# Seen: True passes `integer` with `min: 1`, as Python counts bool among int. `number` refuses it, `float` takes it. It is
# stored as 1, or refused by a database that has booleans.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cerberus==1.3.8
"$folder/venv/bin/python" - <<'PY'
import json

from cerberus import Validator

body = json.loads('{"copies": true}')
seen = {
    kind: Validator({"copies": {"type": kind, "min": 1}}).validate(body)
    for kind in ("integer", "float", "number", "boolean")
}
print(seen)
assert seen == {"integer": True, "float": True, "number": False, "boolean": True}
PY
