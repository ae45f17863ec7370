#!/usr/bin/env bash
# another-name-parser 0.1.0 (npm): V. S. Naipaul is one S. Naipaul the fifth, J. R. R. Tolkien has the surname "R. Tolkien", and Anh Do has
# a suffix and no surname.
# Expected: first "V.", middle "S.", last "Naipaul", as it has for C. S. Lewis. A suffix is what stands behind a name ("Gordon, Sr."),
# says the documentation; V. and Do stand in front or are all the surname there is.
# Seen: words are looked up in a list of suffixes wherever they stand, without their point: V. and I. are numbers, Do a doctor of
# osteopathy. One of three initials goes to the surname. `last` is null without an error, also for "Do, Anh", with its comma.
# Names of borrowers and authors that are split by it are filed under other letters, or under none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit another-name-parser@0.1.0 > /dev/null
cat > names.cjs <<'JS'
const assert = require('node:assert');
const parse = require('another-name-parser');

const split = name => {
  const {first, middle, last, suffix} = parse(name);
  console.log(name, first, middle, last, suffix);
  return [first, middle, last, suffix];
};
assert.deepEqual(split('C. S. Lewis'), ['C.', 'S.', 'Lewis', null]);
assert.deepEqual(split('V. S. Naipaul'), ['S.', null, 'Naipaul', 'V.']);
assert.deepEqual(split('I. M. Pei'), ['M.', null, 'Pei', 'I.']);
assert.deepEqual(split('J. R. R. Tolkien'), ['J.', 'R.', 'R. Tolkien', null]);
assert.deepEqual(split('Anh Do'), ['Anh', null, null, 'Do']);
assert.deepEqual(split('Do, Anh'), ['Anh', null, null, 'Do']);
JS
node names.cjs
