#!/usr/bin/env bash
# to-title-case 1.0.0 (npm): "émile and the detectives" becomes "éMile and the Detectives", and "catch-22" loses its hyphen. titlecase
# 1.1.3 (npm) writes the town Łódź "ŁÓdź".
# Expected: "Émile and the Detectives", "Catch-22" and "Łódź". to-title-case makes titles "preserving punctuation", says its documentation;
# title-case 4.3.2 does all three.
# Seen: a word begins at the first of the letters A to Z, for titlecase of those and some more, without ł and œ: "œUvres". Letters with
# marks within a word are kept, so that "La Bête Humaine" is right, as most titles that one tries are. A title in which the case is
# right already is spoilt as well ("Élan" becomes "éLan"), and so is "NASA", which becomes "Nasa".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit to-title-case@1.0.0 titlecase@1.1.3 title-case@4.3.2 > /dev/null
cat > titles.mjs <<'JS'
import assert from 'node:assert';
import {titleCase} from 'title-case';
import titlecase from 'titlecase';
import toTitleCase from 'to-title-case';

const titles = ['émile and the detectives', 'la bête humaine', 'catch-22', 'Łódź', 'œuvres', 'Élan', 'NASA in space'];
const [first, second, third] = [toTitleCase, titlecase, titleCase].map(change => titles.map(title => change(title)));
console.log(first, second, third);
assert.deepEqual(first, ['éMile and the Detectives', 'La Bête Humaine', 'Catch 22', 'łóDź', 'œUvres', 'éLan', 'Nasa in Space']);
assert.deepEqual(second, ['Émile and the Detectives', 'La Bête Humaine', 'Catch-22', 'ŁÓdź', 'œUvres', 'Élan', 'NASA in Space']);
assert.deepEqual(third, ['Émile and the Detectives', 'La Bête Humaine', 'Catch-22', 'Łódź', 'Œuvres', 'Élan', 'NASA in Space']);
JS
node titles.mjs
