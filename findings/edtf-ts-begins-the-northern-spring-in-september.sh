#!/usr/bin/env bash
# @edtf-ts/core 0.4.2 (npm): `1985-25`, which it calls "Spring (Northern Hemisphere) 1985", lasts from September to November.
# Expected: March to May, as it has for `1985-21`. 25 to 28 are the seasons of the northern hemisphere, 29 to 32 those of the southern
# (EDTF, level 2, as in ISO 8601-2).
# Seen: the months of the southern hemisphere are taken for the northern one, all four seasons half a year off, while the words beside
# them are right; spring in the south, `1985-29`, is refused as a month. An issue of spring 1985 is then after June, for certain.
# Seasons date the issues of periodicals: one who looks for issues of the first half of a year finds autumn and winter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @edtf-ts/core@0.4.2 > /dev/null
cat > season.mjs <<'JS'
import assert from 'node:assert';
import {FuzzyDate} from '@edtf-ts/core';

const day = ms => new Date(Number(ms)).toISOString().slice(0, 10);
const lasts = text => {
  const one = FuzzyDate.parse(text);
  return [one.format(), day(one.minMs), day(one.maxMs)];
};
for (const text of ['1985-21', '1985-25', '1985-26', '1985-27', '1985-28']) console.log(text, ...lasts(text));
assert.deepEqual(lasts('1985-21'), ['Spring 1985', '1985-03-01', '1985-05-31']);
assert.deepEqual(lasts('1985-25'), ['Spring (Northern Hemisphere) 1985', '1985-09-01', '1985-11-30']);
assert.deepEqual(lasts('1985-26'), ['Summer (Northern Hemisphere) 1985', '1985-12-01', '1986-02-28']);
assert.deepEqual(lasts('1985-27'), ['Autumn (Northern Hemisphere) 1985', '1985-03-01', '1985-05-31']);
assert.deepEqual(lasts('1985-28'), ['Winter (Northern Hemisphere) 1985', '1985-06-01', '1985-08-31']);
assert.equal(FuzzyDate.parse('1985-25').isAfter(FuzzyDate.parse('1985-06')), 'YES');
assert.throws(() => FuzzyDate.parse('1985-29'), /Month must be 01-12/);
JS
node season.mjs
