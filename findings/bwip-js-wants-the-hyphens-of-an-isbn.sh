#!/usr/bin/env bash
# bwip-js 4.11.4: the symbology `isbn` takes 978-0-14-143958-7 and refuses 9780141439587, saying that it is no ISBN-10.
# Expected: the thirteen digits as catalogues store them and scanners send them. The bars are those of EAN-13 either way.
# Seen: without hyphens an error about an ISBN of ten digits. As `ean13` the same digits are drawn, without the line
# "ISBN 978-…" above. Where a book has only digits, the hyphens have to be found by the ranges of the agencies.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit bwip-js@4.11.4 > /dev/null
cat > draw.mjs <<'JS'
import assert from 'node:assert';
import bwipjs from 'bwip-js';

const drawn = (bcid, text) => {
  try {
    return bwipjs.toSVG({bcid, text}).startsWith('<svg') ? 'drawn' : 'nothing';
  } catch (error) {
    return String(error.message ?? error);
  }
};
const seen = {
  hyphens: drawn('isbn', '978-0-14-143958-7'),
  digits: drawn('isbn', '9780141439587'),
  ean: drawn('ean13', '9780141439587'),
};
console.log(seen);
assert.equal(seen.hyphens, 'drawn');
assert.match(seen.digits, /isbn10/i);
assert.equal(seen.ean, 'drawn');
JS
node draw.mjs
