#!/usr/bin/env bash
# JsBarcode 3.12.3: the barcode "abc-12" becomes a Code 39 that scanners read as "ABC-12", and nothing is said.
# Expected: Code 39 has no small letters, so an error, as bwip-js gives, or the full ASCII variant that writes them as pairs.
# Seen: `valid` is true, bars and text are of the capitals. A label that a library prints is then scanned as another
# barcode than the one in its catalogue, unless that does not tell capitals from small letters.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit jsbarcode@3.12.3 bwip-js@4.11.4 > /dev/null
cat > draw.mjs <<'JS'
import assert from 'node:assert';
import bwipjs from 'bwip-js';
import JsBarcode from 'jsbarcode';

const encoded = text => {
  const into = {};
  let valid = null;
  JsBarcode(into, text, {format: 'CODE39', valid: told => (valid = told)});
  return {valid, text: into.encodings[0].text, bars: into.encodings[0].data};
};
const small = encoded('abc-12'), capital = encoded('ABC-12');
let other = 'drawn';
try {
  bwipjs.toSVG({bcid: 'code39', text: 'abc-12'});
} catch (error) {
  other = String(error.message ?? error);
}
console.log({valid: small.valid, text: small.text, sameBars: small.bars === capital.bars, other});
assert.deepEqual(small, capital);
assert.equal(small.text, 'ABC-12');
assert.match(other, /badCharacter/);
JS
node draw.mjs
