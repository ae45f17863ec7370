#!/usr/bin/env bash
# ethiopian-date 0.0.6 (npm) and ethiopian-date-converter 0.1.5 (PyPI): a book dated 1 Meskerem 1896, New Year's Day, is one of 11
# September 1903, and 31 December 1907 is the same day as 1 January 1908.
# Expected: 12 September 1903, as kenat 3.2.0 and the Ethiopic calendar of Node's own ICU have it. From March 1900 on the Gregorian calendar
# is 13 days before the Julian and the Ethiopian one, until then 12, since 1900 was no leap year of it.
# Seen: the century is taken from the Ethiopian year, which is seven or eight behind, so that the 13th day comes in 1908. From 1901 to 1907
# (and 1801 to 1807) every day is wrong by one, both ways; the two packages, a port and its source, agree with each other. There and back
# gives the day again but for the autumns of 1900 and 1907, so that a test of this kind finds nothing. Dates before and behind these years
# are right. What was printed in those years is catalogued under the day before it appeared.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ethiopian-date-converter==0.1.5
cd "$folder"
npm install --silent --no-fund --no-audit ethiopian-date@0.0.6 kenat@3.2.0 > /dev/null
cat > days.mjs <<'JS'
import assert from 'node:assert';
import ethiopian from 'ethiopian-date';
import {toEC, toGC} from 'kenat';

const icu = new Intl.DateTimeFormat('en-u-ca-ethiopic', {timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric'});
const byIcu = (year, month, day) => {
  const parts = Object.fromEntries(icu.formatToParts(Date.UTC(year, month - 1, day)).map(({type, value}) => [type, Number(value)]));
  return [parts.year, parts.month, parts.day];
};
const list = ({year, month, day}) => [year, month, day];
console.log('1 Meskerem 1896:', ethiopian.toGregorian(1896, 1, 1), list(toGC(1896, 1, 1)));
assert.deepEqual(ethiopian.toGregorian(1896, 1, 1), [1903, 9, 11]);
assert.deepEqual(list(toGC(1896, 1, 1)), [1903, 9, 12]);
assert.deepEqual(byIcu(1903, 9, 12), [1896, 1, 1]);
assert.deepEqual([ethiopian.toEthiopian(1907, 12, 31), ethiopian.toEthiopian(1908, 1, 1)], [[1900, 4, 22], [1900, 4, 22]]);
assert.deepEqual([list(toEC(1907, 12, 31)), list(toEC(1908, 1, 1))], [[1900, 4, 21], [1900, 4, 22]]);
const [wrong, lost] = [{}, {}];
const add = (counts, year) => { counts[year] = (counts[year] ?? 0) + 1; };
for (let day = Date.UTC(1850, 0, 1); day < Date.UTC(2000, 0, 1); day += 86400000) {
  const date = new Date(day);
  const gregorian = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const found = ethiopian.toEthiopian(...gregorian);
  if (String(found) !== String(byIcu(...gregorian))) add(wrong, gregorian[0]);
  if (String(ethiopian.toGregorian(...found)) !== String(gregorian)) add(lost, gregorian[0]);
}
console.log('wrong days in each year:', wrong, 'not the same there and back:', lost);
assert.deepEqual(wrong, {1901: 365, 1902: 365, 1903: 365, 1904: 366, 1905: 365, 1906: 365, 1907: 365});
assert.deepEqual(lost, {1900: 112, 1907: 112});
JS
node days.mjs
venv/bin/python - <<'PY'
from ethiopian_date import EthiopianDateConverter as ethiopian

seen = ethiopian.to_gregorian(1896, 1, 1), ethiopian.to_ethiopian(1907, 12, 31), ethiopian.to_ethiopian(1908, 1, 1)
print("in Python:", *seen)
assert [str(one) for one in seen] == ["1903-09-11", "(1900, 4, 22)", "(1900, 4, 22)"]
PY
