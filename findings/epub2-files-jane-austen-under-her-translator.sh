#!/usr/bin/env bash
# epub2 3.0.2 (npm): of a book that EbookLib 0.20 (PyPI) writes, "Emma" by Jane Austen, illustrated by Ann Bell and translated by Karl
# Meyer, the metadata say `creator` Jane Austen, `role` trl and `file-as` "Meyer, Karl".
# Expected: `creatorFileAs` "Austen, Jane", as the documentation has it ("Carroll, Lewis"). In EPUB 3 `role` and `file-as` are said of one
# person, the one whose id `refines` names (EPUB 3.3, 5.3.6).
# Seen: `refines` is not read, so that what is said of anybody is said of the book and the last one wins; `creatorFileAs` is the name as it
# is printed, "Jane Austen". In a book of EPUB 2, where both are attributes, it is right. @lingo-reader/epub-parser 0.4.6 tells the three
# persons apart. A shelf that is sorted by these fields has Emma under M or J.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check EbookLib==0.20
cd "$folder"
npm install --silent --no-fund --no-audit epub2@3.0.2 @lingo-reader/epub-parser@0.4.6 > /dev/null
venv/bin/python - <<'PY'
import zipfile

from ebooklib import epub

book = epub.EpubBook()
book.set_identifier("urn:isbn:9780141439587")
book.set_title("Emma")
book.set_language("de")
book.add_author("Jane Austen", file_as="Austen, Jane", role="aut", uid="author")
book.add_author("Ann Bell", file_as="Bell, Ann", role="ill", uid="illustrator")
book.add_author("Karl Meyer", file_as="Meyer, Karl", role="trl", uid="translator")
page = epub.EpubHtml(title="Eins", file_name="eins.xhtml")
page.content = "<p>Emma Woodhouse</p>"
book.add_item(page)
book.toc, book.spine = [page], [page]
book.add_item(epub.EpubNcx())
book.add_item(epub.EpubNav())
epub.write_epub("emma.epub", book)
for line in zipfile.ZipFile("emma.epub").read("EPUB/content.opf").decode().splitlines():
    if "creator" in line or "refines" in line:
        print(line)
PY
cat > read.mjs <<'JS'
import assert from 'node:assert';
import {initEpubFile} from '@lingo-reader/epub-parser';
import {EPub} from 'epub2';

const {metadata} = await EPub.createAsync('emma.epub');
const {creator, creatorFileAs, role, 'file-as': fileAs} = metadata;
const others = (await initEpubFile('emma.epub')).getMetadata().creator.map(one => [one.contributor, one.role, one.fileAs].join(' | '));
console.log({creator, creatorFileAs, role, fileAs}, others);
assert.deepEqual([creator, creatorFileAs, role, fileAs], ['Jane Austen', 'Jane Austen', 'trl', 'Meyer, Karl']);
assert.deepEqual(others, ['Jane Austen | aut | Austen, Jane', 'Ann Bell | ill | Bell, Ann', 'Karl Meyer | trl | Meyer, Karl']);
process.exit(0);
JS
node read.mjs
