#!/usr/bin/env bash
# @romanize/korean 0.1.3 (npm): 닭, chicken, is written "dal", which is 달, moon, and by McCune-Reischauer 전주, Jeonju, is "cŏnju".
# Expected: "dak" and "Chŏnju". The Revised Romanization writes what is said, 닭 [닥] (Standard Pronunciation, article 11: ㄺ is ㄱ, ㄻ is
# ㅁ at the end of a word); the package offers it and McCune-Reischauer, "the two main Korean romanization systems". In the latter, by which
# libraries romanize (ALA-LC), ㅈ is "ch", or "j" between voiced sounds, and ㄴㄹ is "ll".
# Seen: of two final consonants the Revised Romanization keeps the first, so that 삶 (life) and 살 (flesh) are one as well, and 읽다 (to read)
# is "ilda". McCune-Reischauer has these right and "c" for ㅈ where it begins a word or stands behind a vowel: 제주, Cheju, is "cecu". 신라,
# Silla, which the one writes "silla", is "sinna" for the other. No error. korean-romanizer 0.28.0 (PyPI) and koroman 1.0.16 (npm) have
# "dak" and "sam". A book on life is filed among those on flesh, and who looks for Cheju in the catalogue finds nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check korean-romanizer==0.28.0
cd "$folder"
npm install --silent --no-fund --no-audit @romanize/korean@0.1.3 koroman@1.0.16 > /dev/null
cat > names.cjs <<'JS'
const assert = require('node:assert');
const korean = require('@romanize/korean');
const koroman = require('koroman');

const words = ['닭', '달', '삶', '살', '읽다'];
const revised = words.map(word => korean.romanize(word, {system: 'RR'}));
const other = words.map(word => koroman.romanize(word));
const places = ['전주', '제주', '신라', '광장'];
const reischauer = places.map(word => korean.romanize(word, {system: 'MR'}));
console.log(revised, other, reischauer);
assert.deepEqual(revised, ['dal', 'dal', 'sal', 'sal', 'ilda']);
assert.deepEqual(other, ['dak', 'dal', 'sam', 'sal', 'ikda']);
assert.deepEqual(reischauer, ['cŏnju', 'cecu', 'sinna', 'kwangjang']);
assert.equal(korean.romanize('신라', {system: 'RR'}), 'silla');
JS
node names.cjs
venv/bin/python - <<'PY'
from korean_romanizer.romanizer import Romanizer

seen = [Romanizer(word).romanize() for word in ("닭", "달", "삶", "살")]
print("in Python:", *seen)
assert seen == ["dak", "dal", "sam", "sal"]
PY
