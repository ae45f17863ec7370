#!/usr/bin/env bash
# opds-ts 2.1.1 (npm): of a feed that it writes with the books "Emma" and "1984" it reads Emma alone.
# Expected: both. `atom:title` is text (RFC 4287, 4.2.14), and the package is "for generating and parsing OPDS feeds"; feedparser 6.0.14
# (PyPI) reads both from the same file.
# Seen: texts that look like a number or a truth value become one while reading, and an entry whose title is no text is left out, without
# an error: 1984, "007", "1e3" and "true". The year of publication (`dc:issued` 1815) is lost for the same reason, "1968-07-01" is kept. A
# book with two authors is read without an author, although an entry has "one or more" of them (RFC 4287, 4.1.2). A library that harvests
# the feed does not know that Orwell's novel is there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check feedparser==6.0.14
cd "$folder"
npm install --silent --no-fund --no-audit opds-ts@2.1.1 > /dev/null
cat > feed.mjs <<'JS'
import assert from 'node:assert';
import fs from 'node:fs';
import {Entry, Feed} from 'opds-ts/v1.2';

const book = (title, issued) => new Entry(`urn:x-book:${encodeURIComponent(title)}`, title).setAuthor('Jane Smith')
  .setDcMetadataField('issued', issued).addAcquisition('/book.epub', 'application/epub+zip', 'open-access');
const feed = new Feed('urn:x-books', 'Books').setKind('acquisition').addSelfLink('/books');
const odyssey = '2001: a space odyssey';
for (const title of ['Emma', '1984', '007', '1e3', 'true', odyssey]) feed.addEntry(book(title, title === odyssey ? '1968-07-01' : '1815'));
const text = feed.toXml({baseUrl: 'https://library.example', prettyPrint: true});
fs.writeFileSync('books.xml', text);
const read = xml => Feed.fromXml(xml).getEntries().map(entry => entry.getOptions());
const seen = read(text).map(({title, author, dcMetadata}) => [title, author, dcMetadata.issued]);
console.log(seen);
assert.deepEqual(seen, [['Emma', 'Jane Smith', undefined], [odyssey, 'Jane Smith', '1968-07-01']]);
const [two] = read(text.replace('<author>', '<author><name>Ann Bell</name></author><author>'));
console.log('of two authors:', two.author);
assert.equal(two.author, undefined);
JS
node feed.mjs
venv/bin/python - <<'PY'
import feedparser

entries = feedparser.parse("books.xml").entries
seen = [(entry.title, entry.author) for entry in entries]
print("in Python:", *seen)
assert [title for title, _ in seen] == ["Emma", "1984", "007", "1e3", "true", "2001: a space odyssey"]
PY
