#!/usr/bin/env bash
# vcard4-ts 0.4.1 (npm): the organisation "ABC, Inc.", its division and its office, an example of RFC 6350, are one text with semicolons in
# it, and cannot be told from an organisation whose name has semicolons.
# Expected: three texts, as ical.js 2.2.1 has them. ORG is a structured value, whose parts are divided by semicolons; one that belongs to a
# name has a backslash (RFC 6350, 6.6.4 and 3.4). The package is "compliant with RFC 6350" and gives ORG as a list of texts.
# Seen: the list is cut at commas, which do not divide ORG, and not at semicolons; the backslashes are taken off afterwards. "City Library"
# with the unit "Children;Youth" and "City Library" with the units "Children" and "Youth" are the same from then on. N and ADR are divided
# rightly. No complaint is among its `nags`. Members are sent to a branch that has the name of its library in front of its own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit vcard4-ts@0.4.1 ical.js@2.2.1 > /dev/null
cat > read.mjs <<'JS'
import assert from 'node:assert';
import ICAL from 'ical.js';
import {parseVCards} from 'vcard4-ts';

function organisation(line) {
  const text = ['BEGIN:VCARD', 'VERSION:4.0', 'FN:Ann Bell', line, 'END:VCARD', ''].join('\r\n');
  const parsed = parseVCards(text);
  const card = parsed.vCards[0];
  const other = new ICAL.Component(ICAL.parse(text)).getFirstProperty('org').getFirstValue();
  console.log(line, card.ORG[0].value, other, card.nags);
  assert.equal(card.hasErrors, false);
  assert.equal(card.nags, undefined);
  return [card.ORG[0].value, other];
}

assert.deepEqual(organisation('ORG:ABC\\, Inc.;North American Division;Marketing'), [
  ['ABC, Inc.;North American Division;Marketing'],
  ['ABC, Inc.', 'North American Division', 'Marketing'],
]);
const [units, twoUnits] = organisation('ORG:City Library;Children;Youth');
const [unit, oneUnit] = organisation('ORG:City Library;Children\\;Youth');
assert.deepEqual(units, ['City Library;Children;Youth']);
assert.deepEqual(unit, units);
assert.deepEqual(twoUnits, ['City Library', 'Children', 'Youth']);
assert.deepEqual(oneUnit, ['City Library', 'Children;Youth']);
JS
node read.mjs
