#!/usr/bin/env bash
# opds-feed-parser 0.1.0 (npm): a price of 12.50 euros is read as 12.50 without a currency.
# Expected: `currencyCode` "EUR". It is a field of the package's own type for a price; the attribute of `opds:price` is `currencycode`, in
# small letters (OPDS 1.2, the price element).
# Seen: `currencyCode` is looked for, which no valid feed has, so that the field is undefined for all of them. The value, the link and
# the formats behind a licence are right, and nothing is said.
# A library that buys by such a feed compares prices of several currencies as if they were of one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit opds-feed-parser@0.1.0 > /dev/null
cat > price.cjs <<'JS'
const assert = require('node:assert');
const Parser = require('opds-feed-parser').default;

const feed = attribute => `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opds="http://opds-spec.org/2010/catalog">
<id>urn:x-books:1</id><title>Books</title><updated>2026-01-05T10:00:00Z</updated>
<author><name>Jane Smith</name></author><link rel="self" href="/books" type="application/atom+xml;profile=opds-catalog;kind=acquisition"/>
<entry><id>urn:isbn:9780141439587</id><title>Owls</title><updated>2026-01-05T10:00:00Z</updated>
<link rel="http://opds-spec.org/acquisition/buy" href="/buy/1" type="application/epub+zip">
<opds:price ${attribute}="EUR">12.50</opds:price></link></entry></feed>`;
const prices = async attribute => (await new Parser().parse(feed(attribute))).entries[0].links[0].prices;
(async () => {
  const found = [await prices('currencycode'), await prices('currencyCode')];
  console.log(found);
  assert.equal(found[0][0].value, '12.50');
  assert.equal(found[0][0].currencyCode, undefined);
  assert.equal(found[1][0].currencyCode, 'EUR');
})();
JS
node price.cjs
