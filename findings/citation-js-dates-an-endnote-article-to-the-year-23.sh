#!/usr/bin/env bash
# @citation-js/plugin-enw 0.3.0 (npm): an article of 23 December 1999, in EndNote's format as bibutils 7.2 (Debian) writes it, is one of
# December of the year 23; of May 1999, it has no year at all.
# Expected: 1999, month 12, day 23. The format has the year in %D ("%D 1957" in EndNote's manual) and in %8 the rest of the date, as EndNote
# has a field Year and a field Date.
# Seen: where there is %8, %D is not read, and %8 is taken for a whole date: "December 23" is month and year, "May", "Spring" and
# "May-June" are text without a year. No error. The package itself writes the whole date into %8, so that what it writes it reads
# again. A list sorted by year begins with what appeared in 1999.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
(apt-get download --quiet bibutils=7.2-2 libbibutils8=7.2-2 > /dev/null && for package in *.deb; do dpkg -x "$package" root; done)
PATH="$folder/root/usr/bin:$PATH"
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libbibutils.so.8' | head -1)")
export PATH LD_LIBRARY_PATH
cat > owls.bib <<'BIB'
@article{owls, author = {Smith, Jane}, title = {On owls}, journal = {Birds}, year = 1999, month = dec, day = 23}
@article{gulls, author = {Smith, Jane}, title = {On gulls}, journal = {Birds}, year = 1999, month = may}
@article{ducks, author = {Smith, Jane}, title = {On ducks}, journal = {Birds}, year = 1999}
BIB
bib2xml owls.bib 2> /dev/null | xml2end -nb 2> /dev/null > owls.enw
cat owls.enw
test "$(grep -E '^%[D8]' owls.enw)" = '%D 1999
%8 December 23
%D 1999
%8 May
%D 1999'
npm install --silent --no-fund --no-audit @citation-js/core@0.7.21 @citation-js/plugin-enw@0.3.0 > /dev/null
cat > read.cjs <<'JS'
const assert = require('node:assert');
const fs = require('node:fs');
const {Cite} = require('@citation-js/core');
require('@citation-js/plugin-enw');

(async () => {
  const dates = text => Cite.async(text).then(cite => cite.data.map(entry => entry.issued));
  const issued = await dates(fs.readFileSync('owls.enw', 'utf8'));
  console.log(JSON.stringify(issued));
  assert.deepEqual(issued, [{'date-parts': [[23, 12]]}, {raw: 'May'}, {'date-parts': [[1999]]}]);
  const [itself] = await dates(new Cite([{id: 'a', type: 'article-journal', issued: {'date-parts': [[1999, 12, 23]]}}]).format('enw'));
  assert.deepEqual(itself, {'date-parts': [[1999, 12, 23]]});
})();
JS
node read.cjs
