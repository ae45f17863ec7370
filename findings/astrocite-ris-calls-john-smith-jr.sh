#!/usr/bin/env bash
# astrocite-ris 0.16.4 (npm): "Smith, John, Jr." of a RIS file is a person with the given name "Jr." and the suffix "John".
# Expected: given "John", suffix "Jr.": RIS has names as "Lastname, Firstname, Suffix", and citation-js 0.7.22 writes and reads
# them so.
# Seen: the order of BibTeX, in which the suffix stands in the middle. A body without commas, "World Health Organization", becomes a
# person called World of the family Health Organization. Of two numbers in SN, hardback and paperback, the second alone is kept.
# Octavo keeps names as they are written and reads no RIS.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit astrocite-ris@0.16.4 citation-js@0.7.22 > /dev/null
cat > read.cjs <<'JS'
const assert = require('node:assert');
const Cite = require('citation-js');
const {parse} = require('astrocite-ris');

const book = {id: 'owls', type: 'book', title: 'Owls', ISBN: '9780141439587', author: [
  {family: 'Smith', given: 'John', suffix: 'Jr.'}, {literal: 'World Health Organization'}]};
const ris = new Cite(book).format('ris');
const [read] = parse(ris.replace(/^SN.*$/m, '$&\nSN  - 0141439580'));
console.log(ris, read.author, read.ISBN, new Cite(ris).data[0].author);
assert.match(ris, /^AU {2}- Smith, John, Jr\.$/m);
assert.deepEqual(read.author, [
  {family: 'Smith', given: 'Jr.', suffix: 'John'}, {family: 'Health Organization', given: 'World'}]);
assert.equal(read.ISBN, '0141439580');
assert.deepEqual(new Cite(ris).data[0].author, book.author);
JS
node read.cjs
