#!/usr/bin/env bash
# @edtf-ts/core 0.4.2 (npm): `../1985`, all the time up to 1985, is both before 1990 and after it, for certain.
# Expected: "before" YES and "after" NO, as for `1980/1985`. The answers are those of Allen's algebra, says the documentation, of whose
# thirteen relations exactly one holds between two times; YES is "definitely holds".
# Seen: the open start makes `isAfter` YES beside `isBefore` YES, whichever of the two is asked; so does a list such as `[1984,1986]`,
# one of these years, with 1985 between them, where MAYBE is the answer. An open end, and `[..1985]`, are right.
# A filter "published after 1990" brings what ended by 1985, and is not seen to be wrong when only "before" was tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @edtf-ts/core@0.4.2 > /dev/null
cat > order.mjs <<'JS'
import assert from 'node:assert';
import {FuzzyDate} from '@edtf-ts/core';

const order = (one, other) => {
  const [first, second] = [FuzzyDate.parse(one), FuzzyDate.parse(other)];
  const found = [first.isBefore(second), first.isAfter(second), first.isDefinitelyBefore(second), first.isDefinitelyAfter(second)];
  console.log(one, other, ...found);
  return found;
};
assert.deepEqual(order('1980/1985', '1990'), ['YES', 'NO', true, false]);
assert.deepEqual(order('../1985', '1990'), ['YES', 'YES', true, true]);
assert.deepEqual(order('1990', '../1985'), ['YES', 'YES', true, true]);
assert.deepEqual(order('[1984,1986]', '1985'), ['YES', 'YES', true, true]);
assert.deepEqual(order('1985/..', '1980'), ['NO', 'YES', false, true]);
assert.deepEqual(order('[..1985]', '1990'), ['YES', 'NO', true, false]);
JS
node order.mjs
