#!/usr/bin/env bash
# onix 1.0.3 (npm): of the ONIX that it writes it reads neither the currency nor the language, and "Owls & mice" as "Owls &amp; mice".
# Expected: what was given to `create`: EUR, eng and the title. "This library can be used to parse, or generate ONIX files"; `&amp;` is
# `&` in XML.
# Seen: `create` writes EUR and eng, as ONIX has them (list 96 and list 74). `parse` looks for the number of a code, so that a code of
# letters becomes NaN, and takes the text of the XML as it stands. Titles without such signs, roles and identifiers are right.
# A price without its currency, and a title that is looked for in the catalogue and not found.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit onix@1.0.3 > /dev/null
cat > onix.cjs <<'JS'
const assert = require('node:assert');
const onix = require('onix');

const xml = onix.create({
  from: {company: 'Reed Books', person: 'Jane Smith', email: 'books@example.org'},
  products: [{
    record: 'owls', notification: onix.codes.NOTIFICATION.ADVANCE, id: {type: onix.codes.PRODUCTID.ISBN13, value: '9780141439587'},
    title: 'Owls & mice', language: 'eng', prices: [{amount: 6, currency: 'eur'}],
  }],
});
const {id, language, prices, title} = onix.parse(xml).products[0];
console.log(id, language, prices, title);
assert.match(xml, /<CurrencyCode>EUR</);
assert.match(xml, /<LanguageCode>eng</);
assert.match(xml, /<TitleText>Owls &amp; mice</);
assert.deepEqual([id.value, prices[0].amount, prices[0].currency], ['9780141439587', '6', NaN]);
assert.deepEqual([language.code, title.text], [NaN, 'Owls &amp; mice']);
JS
node onix.cjs
