#!/usr/bin/env bash
# cql-parser 1.0.2: toCQL() of a query with sortBy is the query without it.
# Expected: parse(text).toCQL() says what was parsed.
# Seen: "title=cat sortBy date/sort.descending" becomes "title = cat"; the sort keys are in root.sortSpecs
# only. A gateway that normalises queries by it passes every sorted search on unsorted.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cql-parser==1.0.2
"$folder/venv/bin/python" - <<'PY'
from cql import CQLParser12

parser = CQLParser12()
parser.build()
query = parser.parse("title=cat sortBy date/sort.descending")
print(f"{query.toCQL()!r}, sort keys kept aside: {len(query.root.sortSpecs)}")
assert query.toCQL() == "title = cat" and len(query.root.sortSpecs) == 1
PY
