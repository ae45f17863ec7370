#!/usr/bin/env bash
# opening-hours-py 2.1.4 (PyPI): "SH Mo-Fr 10:00-14:00", the hours of the school holidays, holds on every Monday to Friday of the year.
# Expected: on Mondays to Fridays of the school holidays. With a space the days are narrowed (OpenStreetMap, specification of
# opening_hours), with a comma, "SH,Mo-Fr", both are meant. opening_hours 3.15.0 (npm) does so.
# Seen: the space is read as the comma, and is written as one: "SH,Mo-Fr 10:00-14:00". Behind "Mo-Fr 09:00-18:00; " the rule replaces
# the usual hours all year long. Nothing is said, though the package knows no school holidays.
# A branch that shortens its day in the holidays is shown as closed at half past nine in February.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opening-hours-py==2.1.4
cd "$folder"
npm install --silent --no-fund --no-audit opening_hours@3.15.0 > /dev/null
venv/bin/python - <<'PY'
import datetime

from opening_hours import OpeningHours

hours = OpeningHours("Mo-Fr 09:00-18:00; SH Mo-Fr 10:00-14:00")
february = [hours.is_open(datetime.datetime(2026, 2, 2, *time)) for time in ((9, 30), (11, 0), (16, 0))]
print(hours, february)
assert february == [False, True, False]
assert str(hours) == "Mo-Fr 09:00-18:00; SH,Mo-Fr 10:00-14:00"
PY
cat > hours.cjs <<'JS'
const assert = require('node:assert');
const OpeningHours = require('opening_hours');

const place = {lat: 50, lon: 8, address: {country_code: 'de', state: 'Hessen'}};
const hours = new OpeningHours('Mo-Fr 09:00-18:00; SH Mo-Fr 10:00-14:00', place);
const open = month => [[9, 30], [11, 0], [16, 0]].map(time => hours.getState(new Date(2026, month, month === 1 ? 2 : 6, ...time)));
console.log('February', open(1), 'July', open(6));
assert.deepEqual(open(1), [true, true, true]);
assert.deepEqual(open(6), [false, true, false]);
JS
node hours.cjs
