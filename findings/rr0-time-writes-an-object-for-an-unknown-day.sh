#!/usr/bin/env bash
# @rr0/time 0.11.2 (npm): the date `1984-06-XX`, some day in June 1984, is written as "1984-06-[object Object]", and `198X` as
# "[object Object]"; the year 45 BC, `-0044`, is written as "-44".
# Expected: `1984-06-XX`, `198X` and `-0044`, as edtf 4.11.1 (npm) writes them. The package "implements EDTF (levels 0, 1 and 2)", names
# X, "that some date has missing component(s) info", and says that a date is "rendered in EDTF format by default". A year has four digits
# (EDTF, level 0).
# Seen: what X stands for is read as a range of numbers and written as a JavaScript object, alone, in months and in intervals, without an
# error. `1984-06-[object Object]` is even read again, as June 1984; "[object Object]" is refused. `1984?`, `1984~` and whole dates are
# right, so that a test of those finds nothing. A decade in a catalogue ends as two words in the field for its date.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @rr0/time@0.11.2 edtf@4.11.1 > /dev/null
cat > write.mjs <<'JS'
import assert from 'node:assert';
import {Level2Date, Level2Interval} from '@rr0/time';
import edtf from 'edtf';

function written(text) {
  const date = (text.includes('/') ? Level2Interval : Level2Date).fromString(text).toString();
  console.log(text, 'is written as', date, 'and by edtf as', edtf(text).toEDTF());
  return [date, edtf(text).toEDTF()];
}

assert.deepEqual(written('1984-06-02'), ['1984-06-02', '1984-06-02']);
assert.deepEqual(written('1984?'), ['1984?', '1984?']);
assert.deepEqual(written('1984-06-XX'), ['1984-06-[object Object]', '1984-06-XX']);
assert.deepEqual(written('1984-XX'), ['1984-[object Object]', '1984-XX']);
assert.deepEqual(written('198X'), ['[object Object]', '198X']);
assert.deepEqual(written('198X/1990'), ['[object Object]/1990', '198X/1990']);
assert.deepEqual(written('-0044'), ['-44', '-0044']);
assert.equal(Level2Date.fromString('1984-06-[object Object]').toString(), '1984-06');
assert.throws(() => Level2Date.fromString('[object Object]'), /Invalid date/);
JS
node write.mjs
