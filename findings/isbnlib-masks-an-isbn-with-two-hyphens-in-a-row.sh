#!/usr/bin/env bash
# isbnlib 3.10.14: `mask` of the Brazilian ISBN 9786584314245 gives "978-65--8431424-5".
# Expected: 978-65-84314-24-5, as python-stdnum 2.2 and isbn3 2.0.11 have it; or "", which isbnlib gives where it knows no place for
# the hyphens. An ISBN has five parts, none of them empty (ISBN Users' Manual, on the structure of an ISBN).
# Seen: a range that was not given out when its table was made has publishers of length 0 there, and this 0 is taken at its word. No
# error and no warning, and the answer is true where code asks whether there is one. Books of Brazil and Malaysia printed since then
# get such labels; bwip-js, which asks for the hyphens of an ISBN, refuses them.
# Octavo keeps ISBNs as thirteen digits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check isbnlib==3.10.14 python-stdnum==2.2
cd "$folder"
npm install --silent --no-fund --no-audit isbn3@2.0.11 bwip-js@4.11.4 > /dev/null
venv/bin/python - <<'PY'
import isbnlib
from stdnum import isbn

print(*map(isbnlib.mask, ("9780141439587", "9786584314245", "9786299294597")), isbn.format("9786584314245"))
assert isbnlib.mask("9780141439587") == "978-0-14-143958-7"
assert isbnlib.mask("9786584314245") == "978-65--8431424-5"
assert isbnlib.mask("9786299294597") == "978-629--929459-7"
assert isbn.format("9786584314245") == "978-65-84314-24-5"
PY
cat > read.cjs <<'JS'
const assert = require('node:assert');
const bwip = require('bwip-js');
const isbn = require('isbn3');

assert.equal(isbn.hyphenate('9786584314245'), '978-65-84314-24-5');
assert.equal(isbn.hyphenate('9786299294597'), '978-629-92945-9-7');
const draw = text => bwip.toSVG({bcid: 'isbn', text});
assert.match(draw('978-65-84314-24-5'), /<svg/);
assert.throws(() => draw('978-65--8431424-5'), /bwipp/);
JS
node read.cjs
