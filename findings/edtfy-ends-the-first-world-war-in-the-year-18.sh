#!/usr/bin/env bash
# edtfy 0.0.8 (npm): "1914-18" is `1914/0018`, a time that begins in 1914 and ends in the year 18; "1863-4" ends in the year 4.
# Expected: `1914/1918`, as "1914-1918" gives; or an error, as "1984/85" and "1999-00" raise. In a second year the digits that are the same
# are left out, as in titles and on volumes of periodicals ("1863-4"). The package "transforms user input into the edtf format".
# Seen: a number of one or two digits is a year of the first century, also behind "from" and "to". "17--", for the eighteenth century, is
# `0017/-`, which is no EDTF; a whole date, "1984-05-12", is refused. Its EDTF is the draft before ISO 8601-2 ("uu",
# "unknown"), in which a year has four digits as well. No error.
# What was printed from 1914 to 1918 is in no search by year, or in all from 18 to 1914 where the ends are put in order.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit edtfy@0.0.8 > /dev/null
cat > dates.cjs <<'JS'
const assert = require('node:assert');
const edtfy = require('edtfy');

function date(text) {
  const found = edtfy(text);
  console.log(text, 'is', found);
  return found;
}

assert.equal(date('1914-1918'), '1914/1918');
assert.equal(date('1914-18'), '1914/0018');
assert.equal(date('from 1914 to 18'), '1914/0018');
assert.equal(date('1863-4'), '1863/0004');
assert.equal(date('1980-85'), '1980/0085');
assert.equal(date('17--'), '0017/-');
for (const text of ['1984/85', '1999-00', '1984-05-12']) {
  assert.throws(() => edtfy(text), text);
}
JS
node dates.cjs
