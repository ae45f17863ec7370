#!/usr/bin/env bash
# @edtf-ts/core 0.4.2 (npm): the year 65, `0065`, begins on 1 January 1965, and stands behind 1066 when dates are sorted.
# Expected: 65 after Christ. A year has four digits (EDTF, level 0), so that 0065 can be no short form of another, and `format` of the
# same object says "65"; edtf 4.11.1 of npm begins it in the year 65.
# Seen: the years 0000 to 0099 are those of the 20th century wherever a day is needed: in `minMs` and `maxMs`, in a month or a day of
# such a year, which are even written as 1944, and in the order. From 0100 on, and before Christ, all is right. No word is said.
# What is dated to the first century, an inscription or a coin, is shown among the books of our grandparents.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @edtf-ts/core@0.4.2 edtf@4.11.1 > /dev/null
cat > year.mjs <<'JS'
import assert from 'node:assert';
import {FuzzyDate, compare} from '@edtf-ts/core';
import edtf from 'edtf';

const begins = text => new Date(Number(FuzzyDate.parse(text).minMs)).toISOString().slice(0, 10);
const sorted = ['1999', '0065', '1066', '0100'].map(text => FuzzyDate.parse(text)).sort(compare).map(one => one.edtf);
const years = ['0065', '0099', '0100', '-0044'].map(begins);
const says = ['0065', '0044-03-15'].map(text => FuzzyDate.parse(text).format());
const other = new Date(edtf('0065').min).toISOString().slice(0, 10);
console.log(years, says, sorted, other);
assert.deepEqual(years, ['1965-01-01', '1999-01-01', '0100-01-01', '-000044-01']);
assert.deepEqual(says, ['65', 'March 15, 1944']);
assert.deepEqual(sorted, ['0100', '1066', '0065', '1999']);
assert.equal(other, '0065-01-01');
JS
node year.mjs
