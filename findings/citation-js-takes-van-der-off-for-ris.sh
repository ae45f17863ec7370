#!/usr/bin/env bash
# citation-js 0.7.22: "van der Berg, Jan" is exported to RIS as "Berg, Jan", and "and others" as an author called "others".
# Expected: the whole name, as in the BibTeX and the formatted text of the same object. RIS has a name as one text, "Last, First".
# Seen: `format('ris')` writes family and given name alone, so that the particle is gone, and reading it again gives a person of
# another name. BibTeX's "and others", that there are more, becomes `AU  - others`.
# Octavo keeps names as they are written and exports no RIS.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit citation-js@0.7.22 > /dev/null
cat > export.cjs <<'JS'
const assert = require('node:assert');
const Cite = require('citation-js');

const book = new Cite('@book{owls, title={Owls}, author={van der Berg, Jan and others}, year={1999}}');
const ris = book.format('ris');
const authors = ris.split('\n').filter(line => line.startsWith('AU'));
console.log(authors, book.format('bibtex').match(/author.*/)[0], new Cite(ris).data[0].author);
assert.deepEqual(authors.map(line => line.trim()), ['AU  - Berg, Jan', 'AU  - others']);
assert.match(book.format('bibtex'), /van der Berg, Jan/);
assert.equal(new Cite(ris).data[0].author[0]['non-dropping-particle'], undefined);
JS
node export.cjs
