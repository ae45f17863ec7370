#!/usr/bin/env bash
# @natlibfi/sfs-4900 1.1.0 (npm): the name Ёлкин becomes "jolkin", with a small letter, and "LANG: rus" stands on standard output.
# Expected: "Jolkin". By SFS 4900 ё is jo (o behind ж, ч, ш and щ, which it does), and a capital stays one, as in Ельцин, "Jeltsin". The
# "warnings" of the result tell what could not be converted.
# Seen: Ё is the one capital of the Russian alphabet that becomes small; there is no warning. The package prints a line of its own for
# each name, so that a program which writes records to standard output writes that line among them.
# An author in small letters sorts behind Z, or is one more heading beside the same person's "Jolkin".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @natlibfi/sfs-4900@1.1.0 > /dev/null
cat > names.cjs <<'JS'
const {convertToLatin} = require('@natlibfi/sfs-4900');

for (const name of ['Ёлкин', 'Ельцин', 'Хрущёв']) {
  const {result, warnings} = convertToLatin(name);
  console.log(result, warnings.length);
}
const small = [...'АБВГДЕЁЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ'].filter(letter => /^\p{Ll}/u.test(convertToLatin(`${letter}на`).result));
console.log(small.join(' '));
JS
found=$(node names.cjs)
printf '%s\n' "$found" | grep -av LANG
test "$(printf '%s\n' "$found" | head -2)" = 'LANG: rus
jolkin 0'
test "$(printf '%s\n' "$found" | grep -av LANG)" = 'jolkin 0
Jeltsin 0
Hruštšov 0
Ё'
