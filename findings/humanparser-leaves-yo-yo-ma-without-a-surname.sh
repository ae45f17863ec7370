#!/usr/bin/env bash
# humanparser 2.7.0 (npm): Yo-Yo Ma has the surname "" and the suffix "Ma"; Ursula K. Le Guin has the surname "Guin" and the middle name
# "K. Le".
# Expected: Ma and Le Guin. A name of two words has a surname, all the more "Ma, Yo-Yo", where the comma shows it; "van Gogh", "De Meo" and
# "Le Guin, Ursula K." are right.
# Seen: "Ma", for the degree, is a suffix even when nothing is left to be the surname; so is Md, which is short for Mohammad in
# Bangladesh. "le" is not among the words that begin a surname. There is no error, and `fullName` is right, which is all that is
# seen on a page. A list of borrowers by surname begins with those who have none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit humanparser@2.7.0 > /dev/null
cat > names.cjs <<'JS'
const assert = require('node:assert');
const {parseName} = require('humanparser');

const split = name => {
  const {firstName, middleName, lastName, suffix} = parseName(name);
  console.log([name, firstName, middleName, lastName, suffix]);
  return [firstName, middleName, lastName, suffix];
};
assert.deepEqual(split('Vincent van Gogh'), ['Vincent', undefined, 'van Gogh', undefined]);
assert.deepEqual(split('Yo-Yo Ma'), ['Yo-Yo', undefined, '', 'Ma']);
assert.deepEqual(split('Ma, Yo-Yo'), ['Yo-Yo', undefined, '', 'Ma']);
assert.deepEqual(split('Ahmed Md'), ['Ahmed', undefined, '', 'Md']);
assert.deepEqual(split('Ursula K. Le Guin'), ['Ursula', 'K. Le', 'Guin', undefined]);
assert.deepEqual(split('Le Guin, Ursula K.'), ['Ursula', 'K.', 'Le Guin', undefined]);
JS
node names.cjs
