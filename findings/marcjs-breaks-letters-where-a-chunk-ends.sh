#!/usr/bin/env bash
# marcjs 3.0.2: a MARCXML file of more than 64 KiB is read with wrong letters, one in each 64 KiB at worst.
# Expected: a stream of bytes is decoded as a whole, as `setEncoding` of Node's streams and a TextDecoder do.
# Seen: each chunk is decoded by itself, so that a letter of two bytes which lies across the end of a chunk becomes two U+FFFD,
# without an error. Small files are right, and in a large one it depends on what comes before the letter.
# Octavo gives the bytes to an XML parser, which keeps half a letter until the rest comes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit marcjs@3.0.2 > /dev/null
cat > read.cjs <<'JS'
const assert = require('node:assert');
const fs = require('node:fs');
const {Marc} = require('marcjs');

const title = 'ł'.repeat(200);
const record = '<record><leader>00000nam a2200000 a 4500</leader><datafield tag="245" ind1="1" ind2="0">' +
  `<subfield code="a">${title}</subfield></datafield></record>\n`;
const found = [];
for (const start of ['', ' ']) {
  const file = `books${start.length}.xml`;
  fs.writeFileSync(file, `${start}<collection xmlns="http://www.loc.gov/MARC21/slim">\n${record.repeat(150)}</collection>`);
  const reader = fs.createReadStream(file).pipe(Marc.createStream('Marcxml', 'Parser'));
  reader.on('data', one => found.push(one.fields[0][3]));
}
process.on('beforeExit', () => {
  // One of the two files has a letter across the end of its first chunk.
  const broken = found.filter(one => one !== title);
  console.log(`${broken.length} of ${found.length} titles are broken: ${broken[0]?.replace(/ł{2,}/g, 'łł')}`);
  assert.equal(found.length, 300);
  assert(broken.length > 0 && broken.every(one => one.includes('\uFFFD\uFFFD')));
});
JS
node read.cjs
