#!/usr/bin/env bash
# edtf 4.11.1 (npm) and edtf 5.0.2 (PyPI): "one of 1667, 1668, 1670 to 1672" ends in 1670 by one and in 1672 by the other.
# Expected: 1672 is one of the years of `[1667,1668,1670..1672]`, an example of the specification (level 2, "set representation").
# Seen: edtf.js takes a range for its beginning: `max` is the end of 1670, and 1671 is not included. Written year by year the same
# set ends in 1672. A search by year misses what the rest of the range dates.
# They disagree on seasons too: spring, `1984-21`, is January to March for edtf.js, March to May for the other.
# Octavo keeps a year as a number and reads no EDTF.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf==5.0.2
cd "$folder"
npm install --silent --no-fund --no-audit edtf@4.11.1 > /dev/null
cat > ends.cjs <<'JS'
const edtf = require('edtf').default;

const months = text => {
  const date = edtf(text);
  return `${text} ${[date.min, date.max].map(one => new Date(one).toISOString().slice(0, 7)).join(' ')}`;
};
for (const text of process.argv.slice(2)) console.log(months(text));
console.log(`1671 included: ${edtf(process.argv[2]).includes(edtf('1671'))}`);
JS
cat > ends.py <<'PY'
import sys

from edtf import parse_edtf

for text in sys.argv[1:]:
    date = parse_edtf(text)
    ends = (date.lower_strict(), date.upper_strict())
    print(text, *(f"{end.tm_year}-{end.tm_mon:02}" for end in ends))
PY
by_js=$(node ends.cjs '[1667,1668,1670..1672]' '[1667,1668,1670,1671,1672]' 1984-21)
by_python=$(venv/bin/python ends.py '[1667,1668,1670..1672]' '[1667,1668,1670,1671,1672]' 1984-21)
printf 'edtf.js:\n%s\nPython:\n%s\n' "$by_js" "$by_python"
test "$by_js" = '[1667,1668,1670..1672] 1667-01 1670-12
[1667,1668,1670,1671,1672] 1667-01 1672-12
1984-21 1984-01 1984-03
1671 included: false'
test "$by_python" = '[1667,1668,1670..1672] 1667-01 1672-12
[1667,1668,1670,1671,1672] 1667-01 1672-12
1984-21 1984-03 1984-05'
