#!/usr/bin/env bash
# any-date-parser 2.2.4 (npm): "25/12/1999" is 12 May 1999, "31/01/2027" 1 January 2027 and "13/01/2027" 1 March 2027.
# Expected: 25 December, as python-dateutil 2.9.0 (PyPI) reads it, for there is no month 25; or no date. "The most comprehensive and
# accurate date parser", says the documentation, and that what it cannot parse is `invalid`.
# Seen: in the locale en-US the month comes first, and where that cannot be, the first digit is dropped: 25/12 is 5/12. With hyphens it is
# the same; "25.12.1999" is right, and "20/12/2026" too, by luck. In en-GB it is the other way round: 12/25/1999 becomes 12 February. No
# word of doubt: `isValid()` is true. A list of due dates from Europe has most days from the 13th on in another month, besides those before
# it, whose day and month are exchanged, as one would fear.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-dateutil==2.9.0.post0
cd "$folder"
npm install --silent --no-fund --no-audit any-date-parser@2.2.4 > /dev/null
cat > dates.mjs <<'JS'
import assert from 'node:assert';
import parser from 'any-date-parser';

const read = (text, locale = 'en-US') => {
  const date = parser.fromString(text, locale);
  return date.isValid() ? date.toISOString().slice(0, 10) : 'invalid';
};
const texts = ['25/12/1999', '25-12-1999', '25.12.1999', '31/01/2027', '13/01/2027', '29/02/2024', '20/12/2026', 'x'];
const seen = Object.fromEntries(texts.map(text => [text, read(text)]));
const british = [read('25/12/1999', 'en-GB'), read('12/25/1999', 'en-GB')];
console.log(seen, british);
assert.deepEqual(seen, {'25/12/1999': '1999-05-12', '25-12-1999': '1999-05-12', '25.12.1999': '1999-12-25', '31/01/2027': '2027-01-01',
  '13/01/2027': '2027-03-01', '29/02/2024': '2024-09-02', '20/12/2026': '2026-12-20', x: 'invalid'});
assert.deepEqual(british, ['1999-12-25', '1999-02-12']);
JS
TZ=UTC node dates.mjs
venv/bin/python - <<'PY'
from dateutil.parser import parse

seen = [str(parse(text).date()) for text in ("25/12/1999", "31/01/2027", "13/01/2027", "29/02/2024", "12/25/1999")]
print("in Python:", *seen)
assert seen == ["1999-12-25", "2027-01-31", "2027-01-13", "2024-02-29", "1999-12-25"]
PY
