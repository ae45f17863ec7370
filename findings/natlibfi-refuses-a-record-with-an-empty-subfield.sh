#!/usr/bin/env bash
# @natlibfi/marc-record-serializers 10.1.6: a record of MARCXML in which one subfield has no text is refused whole.
# Expected: the record, with the subfield empty or left out.
# Catalogues have such subfields: forms send a field that nobody filled in, and systems export it as it is.
# Seen: "Field is invalid", naming the field and not the record; the option `subfieldValues: false` allows it. (The package needs
# @babel/runtime without saying so.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @natlibfi/marc-record-serializers@10.1.6 @babel/runtime@7.28.4 > /dev/null
cat > read.mjs <<'JS'
import assert from 'node:assert';

const {MARCXML} = (await import('@natlibfi/marc-record-serializers')).default;
const record = note => `<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>
<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Emma</subfield></datafield>
<datafield tag="500" ind1=" " ind2=" "><subfield code="a">${note}</subfield></datafield></record>`;

const read = async (text, how) => {
  try {
    return (await MARCXML.from(text, how)).fields.length + ' fields';
  } catch (error) {
    return error.message;
  }
};
const seen = [await read(record('Novel')), await read(record('')), await read(record(''), {subfieldValues: false})];
console.log(seen);
assert.equal(seen[0], '2 fields');
assert.match(seen[1], /invalid/);
assert.equal(seen[2], '2 fields');
JS
node read.mjs
