#!/usr/bin/env bash
# Werkzeug 3.1.9: a browser set to Austrian German gets the English page from a site that has German.
# Expected: `Accept-Language: de-AT, en;q=0.5` of `de` and `en` is answered in German (RFC 4647, 3.4, lookup).
# Seen: `en`, since it is there to the letter; only where nothing is, the region is taken off.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check werkzeug==3.1.9
"$folder/venv/bin/python" - <<'PY'
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

wanted = parse_accept_header("de-AT, en;q=0.5", LanguageAccept)
found = wanted.best_match(["de", "en"])
print(f"of de and en: {found}; of de alone: {wanted.best_match(['de'])}")
assert found == "en"
assert wanted.best_match(["de"]) == "de"
PY
