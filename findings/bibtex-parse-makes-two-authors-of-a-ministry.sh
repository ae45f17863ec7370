#!/usr/bin/env bash
# bibtex-parse 2.1.0 (npm): the author "{Ministry of Agriculture and Fisheries}" loses its braces and becomes two authors, "{\'E}mile"
# becomes "'Emile", and the number 0141439580 is 141439580.
# Expected: one author and Émile, as pybtex 0.26.1 (PyPI) reads them, or the value as it was. In BibTeX braces are what keeps "and" from
# dividing names (BibTeXing, 1988, on names), and `\'` is one command, an accent.
# Seen: `entries` takes all braces out and the backslash before any sign that is no letter, but not the one before "&": {\"U}bel is "Ubel
# with a quotation mark, L'{\OE}uvre is L'\OEuvre, another command. What was an accent cannot be told from an apostrophe. In the
# documentation only titles lose braces. Digits without braces are a number, so that an ISBN has nine of them; `parse` has an option for
# this, `entries` has none. `parse` has the value as it was. Who imports such a file catalogues fisheries as an author.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pybtex==0.26.1
cd "$folder"
npm install --silent --no-fund --no-audit bibtex-parse@2.1.0 > /dev/null
cat > books.bib <<'BIB'
@book{fish, author = {{Ministry of Agriculture and Fisheries} and Zola, {\'E}mile},
  title = {Das {\"U}bel \& L'{\OE}uvre}, isbn = 0141439580}
BIB
cat > read.cjs <<'JS'
const assert = require('node:assert');
const fs = require('node:fs');
const bibtex = require('bibtex-parse');

const text = fs.readFileSync('books.bib', 'utf8');
const [book] = bibtex.entries(text);
const authors = book.AUTHOR.split(' and ');
console.log(book, authors);
assert.deepEqual(authors, ['Ministry of Agriculture', 'Fisheries', "Zola, 'Emile"]);
assert.equal(book.TITLE, 'Das "Ubel \\& L\'\\OEuvre');
assert.equal(book.ISBN, 141439580);
const field = bibtex.parse(text, {number: 'string'}).find(item => item.itemtype === 'entry').fields[0];
console.log(field);
assert.equal(field.value, "{Ministry of Agriculture and Fisheries} and Zola, {\\'E}mile");
JS
node read.cjs
venv/bin/python - <<'PY'
from pybtex.database import parse_file
from pybtex.richtext import Text

book = parse_file("books.bib").entries["fish"]
people = [(person.rich_first_names, person.rich_last_names) for person in book.persons["author"]]
names = [" ".join(str(part) for part in first + last) for first, last in people]
title = str(Text.from_latex(book.fields["title"]))
print("pybtex:", names, title, book.fields["isbn"])
assert names == ["Ministry of Agriculture and Fisheries", "Émile Zola"]
assert title == "Das Übel & L'Œuvre"
assert book.fields["isbn"] == "0141439580"
PY
