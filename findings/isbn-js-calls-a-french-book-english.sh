#!/usr/bin/env bash
# isbn 0.4.0 (npm): the French ISBN 9791090636071 belongs to the "English speaking area" and is written 979-1-09-063607-1; with its right
# hyphens it is refused.
# Expected: 979-10-90636-07-1 of France. Each prefix has groups of its own (ISBN Users' Manual, the registration group): 979-10 is France,
# 979-12 Italy, and 979-1 is none. isbn3 2.0.11 says so; an error would do as well, as for the American 979-8.
# Seen: the groups of 978 are used for 979, where 1 is English. `isValid` is true. A catalogue that cleans its ISBNs with it writes wrong
# hyphens, a report by country counts France and Italy as English, and those who typed the ISBN as it is printed are told it is wrong.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit isbn@0.4.0 isbn3@2.0.11 > /dev/null
cat > group.cjs <<'JS'
const assert = require('node:assert');
const {ISBN} = require('isbn');
const {parse} = require('isbn3');

const said = number => {
  const {codes} = ISBN.parse(number);
  return [codes.isValid, codes.groupname, ISBN.hyphenate(number)];
};
const others = number => [parse(number).isValid, parse(number).groupname, parse(number).isbn13h];
for (const number of ['9791090636071', '9791221000009', '9780141439587']) console.log(said(number), others(number));
assert.deepEqual(said('9791090636071'), [true, 'English speaking area', '979-1-09-063607-1']);
assert.deepEqual(said('9791221000009'), [true, 'English speaking area', '979-1-221-00000-9']);
assert.deepEqual(said('9780141439587'), [true, 'English speaking area', '978-0-14-143958-7']);
assert.deepEqual(others('9791090636071'), [true, 'France', '979-10-90636-07-1']);
assert.deepEqual(others('9791221000009'), [true, 'Italy', '979-12-210-0000-9']);
assert.deepEqual([ISBN.parse('979-10-90636-07-1'), ISBN.parse('9798888880005')], [null, null]);
JS
node group.cjs
