#!/usr/bin/env bash
# Flask-RESTful 0.3.10 with aniso8601 10.0.1: `inputs.iso8601interval("2026-07-01/P1M")` leaves out the last day of July.
# Expected: P1M is one calendar month (ISO 8601), so the interval ends where August begins, as for "2026-07-01/2026-08-01".
# Flask-RESTful shows start/duration with days and minutes and says nothing of months.
# Seen: the parser below it makes 30 days of a month, whichever it is, and 365 of a year. From the first of February P1M takes in
# two days of March, P1Y of 2024 leaves out its last day. A statistic by months counts the loans of 31 July in none.
# Octavo takes days, and no durations.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check flask-restful==0.3.10 flask==3.1.3 aniso8601==10.0.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from flask_restful.inputs import iso8601interval

WANTED = {
    "2026-07-01/2026-08-01": "2026-08-01",
    "2026-07-01/P1M": "2026-07-31",
    "2026-02-01/P1M": "2026-03-03",
    "2024-01-01/P1Y": "2024-12-31",
    "P1M/2026-08-01": "2026-08-01",
}
for text, end in WANTED.items():
    found = [str(one.date()) for one in iso8601interval(text)]
    print(text, found)
    assert found[1] == end
assert str(iso8601interval("P1M/2026-08-01")[0].date()) == "2026-07-02"
PY
