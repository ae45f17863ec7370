#!/usr/bin/env bash
# biblatex-csl-converter 3.2.2 (npm): an article in "Birds of Britain", volume 2, number 3, is exported to CSL as one in "Birds of
# britain", without an issue.
# Expected: the name of the periodical as it is, `issue` 3 and the type `article-journal`. In biblatex `number` of an article is the
# number of the journal, in CSL `collection-number` that of a book in its series. citation-js 0.7.22 exports it so.
# Seen: all titles but those that are said to be in another language than English lose their capitals, the names of periodicals with
# them, which the styles of biblatex leave alone. The number is a `collection-number`, the type `article`, which CSL has for
# preprints. Nothing is among the errors and warnings, and BibLaTeX of the same object is right. A citation names no issue.
# Octavo reads no BibTeX.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit biblatex-csl-converter@3.2.2 citation-js@0.7.22 > /dev/null
cat > convert.cjs <<'JS'
const assert = require('node:assert');
const {BibLatexExporter, CSLExporter, parse} = require('biblatex-csl-converter');
const Cite = require('citation-js');

const article = more => `@article{owls, author = {Smith, Jane}, title = {Owls in flight}, journaltitle = {Birds of Britain},
  date = {2004}, volume = {2}, number = {3}, pages = {12--15}${more}}`;
const where = one => [one.type, one['container-title'], one.volume, one.issue, one['collection-number']];
const csl = text => where(Object.values(new CSLExporter(parse(text).entries).parse())[0]);
const {entries, errors, warnings} = parse(article(''));
const byCitationJs = where(new Cite(article('')).data[0]);
console.log(csl(article('')), csl(article(', langid = {german}')), byCitationJs, errors, warnings);
assert.deepEqual(csl(article('')), ['article', 'Birds of britain', '2', undefined, '3']);
assert.deepEqual(csl(article(', langid = {german}')), ['article', 'Birds of Britain', '2', undefined, '3']);
assert.deepEqual(byCitationJs, ['article-journal', 'Birds of Britain', '2', '3', undefined]);
assert.deepEqual([errors, warnings], [[], []]);
assert.match(new BibLatexExporter(entries).parse(), /journaltitle = \{Birds of Britain\},\nvolume = \{2\},\nnumber = \{3\}/);
JS
node convert.cjs
