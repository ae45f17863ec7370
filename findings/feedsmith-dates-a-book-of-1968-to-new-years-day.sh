#!/usr/bin/env bash
# feedsmith 3.0.1 (npm): of a feed that it reads and writes a book dated 1968 is one of 1968-01-01T00:00:00.000Z, and in Berlin one of
# "1968?" or "c. 1968" is one of 31 December 1967, an hour before midnight, one of "May 1968" one of 30 April.
# Expected: what was read, as for "[1968]", "1968-1972" and "18th century". `dc:date` is text; the form that Dublin Core recommends, W3CDTF,
# has years and months as dates of their own ("Date and Time Formats", W3C Note, 1997: YYYY, YYYY-MM), and 1968 says no day.
# Seen: reading keeps each date as it stands. Writing turns whatever the engine of JavaScript makes a date of into a moment, in `dc:date`
# and `dcterms:issued`, in Atom and RSS; the rest stays. What is uncertain has become exact, and in which year it falls depends on
# the zone of the machine. Nothing is said. A list of new books that goes through it has everything published on New Year's Day.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit feedsmith@3.0.1 > /dev/null
cat > dates.mjs <<'JS'
import assert from 'node:assert';
import {generateAtomFeed, generateRssFeed, parseAtomFeed} from 'feedsmith';

function again(date) {
  const feed = parseAtomFeed(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:dcterms="http://purl.org/dc/terms/"><title>Books</title><id>urn:x-books</id><updated>2026-01-01T00:00:00Z</updated>
    <entry><title>Owls</title><id>urn:x-owls</id><updated>2026-01-01T00:00:00Z</updated><dc:date>${date}</dc:date>
    <dcterms:issued>${date}</dcterms:issued></entry></feed>`);
  assert.deepEqual(feed.entries[0].dc.dates, [date]);
  const atom = generateAtomFeed(feed);
  const rss = generateRssFeed({title: 'Books', description: 'New', items: [{title: 'Owls', dc: {dates: [date]}}]});
  const [written] = /(?<=<dc:date>)[^<]+/.exec(atom);
  assert.equal(/(?<=<dcterms:issued>)[^<]+/.exec(atom)[0], written);
  assert.equal(/(?<=<dc:date>)[^<]+/.exec(rss)[0], written);
  console.log(date, 'is written as', written);
  return written;
}

for (const date of ['1968?', 'c. 1968']) {
  assert.equal(again(date), '1967-12-31T23:00:00.000Z');
}
assert.equal(again('1968'), '1968-01-01T00:00:00.000Z');
assert.equal(again('1968-07'), '1968-07-01T00:00:00.000Z');
assert.equal(again('May 1968'), '1968-04-30T23:00:00.000Z');
for (const date of ['[1968]', '1968-1972', '18th century']) {
  assert.equal(again(date), date);
}
JS
TZ=Europe/Berlin node dates.mjs
