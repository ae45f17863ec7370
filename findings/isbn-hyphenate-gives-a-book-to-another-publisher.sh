#!/usr/bin/env bash
# isbn-hyphenate 1.0.4 (PyPI) and isbn-utils 1.1.0 (npm): 9781732965348 is 978-1-73296-534-8, whose publisher has the number 73296.
# Expected: 978-1-7329653-4-8, publisher 7329653, as isbnlib 3.10.14 and isbn3 2.0.11 have it; or that they do not know. The agency
# gives out ranges as they are needed (ISBN Users' Manual, on publisher elements); 978-1-7320000 to 7399999 have seven digits.
# Seen: both have an old table (isbn-hyphenate's is of 2016), in which 978-1-55 to 978-1-86 have five digits. Where a number is in
# no range of it isbn-hyphenate raises an error, for these it is sure. It is a range of small publishers: a list of books by the
# publisher's number puts a hundred of them together, and the hyphens are not those that are printed in the book.
# Octavo keeps ISBNs as thirteen digits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check isbn-hyphenate==1.0.4 isbnlib==3.10.14
cd "$folder"
npm install --silent --no-fund --no-audit isbn-utils@1.1.0 isbn3@2.0.11 > /dev/null
venv/bin/python - <<'PY'
import isbnlib
from isbn_hyphenate import isbn_hyphenate

for number, old, new in (
    ("9780141439587", "978-0-14-143958-7", "978-0-14-143958-7"),
    ("9781732965348", "978-1-73296-534-8", "978-1-7329653-4-8"),
    ("9781732964808", "978-1-73296-480-8", "978-1-7329648-0-8"),
):
    print(isbn_hyphenate.hyphenate(number), isbnlib.mask(number))
    assert (isbn_hyphenate.hyphenate(number), isbnlib.mask(number)) == (old, new)
PY
cat > read.cjs <<'JS'
const assert = require('node:assert');
const isbn3 = require('isbn3');
const isbnUtils = require('isbn-utils');

const byIsbnUtils = isbnUtils.parse('9781732965348').asIsbn13(true);
console.log(byIsbnUtils, isbn3.hyphenate('9781732965348'));
assert.equal(byIsbnUtils, '978-1-73296-534-8');
assert.equal(isbn3.hyphenate('9781732965348'), '978-1-7329653-4-8');
JS
node read.cjs
