#!/usr/bin/env bash
# bikram-sambat-js 1.0.3 (npm): 13 April 1947 is New Year's Day of 2003 in the calendar of Nepal, as 13 April 1946 is, and 31 December 2025
# and 1 January 2026 are one day.
# Expected: the last day of 2003, `2003-12-31`, and 17 Poush 2082, as nepali-datetime 1.0.8.5 (PyPI) and bikram-sambat 1.8.1 (npm) have
# them. A converter gives two days two dates; `BSToAD` of the same package has the first day of 2004 on 14 April 1947.
# Seen: in two of four years `ADToBS` is one day off from the first to the 12th or 13th of April (reported for 2021, issue 14, closed),
# and where the last of these is New Year's Eve in Nepal, 1947, 1951, 1955 and on to 2029, it gives New Year's Day of the year that ends.
# In 2025 six months begin with wrong days as well; most other days are right, so that a look at today finds nothing. Who was born on 13
# April 1947 is a year older there and back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nepali-datetime==1.0.8.5
cd "$folder"
npm install --silent --no-fund --no-audit bikram-sambat-js@1.0.3 bikram-sambat@1.8.1 > /dev/null
cat > days.cjs <<'JS'
const assert = require('node:assert');
const {ADToBS, BSToAD} = require('bikram-sambat-js');
const {toBik} = require('bikram-sambat');

const other = day => Object.values(toBik(day)).map(part => String(part).padStart(2, '0')).join('-');
const days = ['1946-04-13', '1947-04-12', '1947-04-13', '1947-04-14', '2025-06-30', '2025-07-01', '2025-12-31', '2026-01-01'];
const [seen, expected] = [ADToBS, other].map(change => days.map(change));
console.log(days, seen, expected, BSToAD(seen[2]));
assert.deepEqual(seen, ['2003-01-01', '2003-12-31', '2003-01-01', '2004-01-01', '2082-03-16', '2082-03-16', '2082-09-16', '2082-09-16']);
assert.deepEqual(expected,
  ['2003-01-01', '2003-12-30', '2003-12-31', '2004-01-01', '2082-03-16', '2082-03-17', '2082-09-16', '2082-09-17']);
assert.equal(BSToAD(ADToBS('1947-04-13')), '1946-04-13');
assert.equal(BSToAD('2004-01-01'), '1947-04-14');
const years = [];
for (let year = 1944; year < 2030; year++) {
  if (ADToBS(`${year}-04-13`).endsWith('-01-01') && other(`${year}-04-13`).includes('-12-3')) years.push(year);
}
console.log('a year too early:', years.join(' '));
assert.deepEqual([years[0], years.at(-1)], [1947, 2029]);
JS
TZ=Asia/Kathmandu node days.cjs
venv/bin/python - <<'PY'
import datetime

import nepali_datetime

days = [(1947, 4, 12), (1947, 4, 13), (2025, 7, 1), (2026, 1, 1)]
seen = [str(nepali_datetime.date.from_datetime_date(datetime.date(*day))) for day in days]
print("in Python:", *seen)
assert seen == ["2003-12-30", "2003-12-31", "2082-03-17", "2082-09-17"]
PY
