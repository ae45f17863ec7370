#!/usr/bin/env bash
# bibtex-tidy 1.14.0 (npm): with at most three authors, Ann Bell, Max Cole and "{Ministry of Agriculture and Fisheries}" become Ann Bell,
# Max Cole and a body called "Ministry of Agriculture and others"; with at most one, a book by the Ministry alone is by that body.
# Expected: the same authors, since there are three, and one. `--max-authors` is to "truncate authors if above a given number into 'and
# others'". What is in braces is one author; "and" in it divides nothing (BibTeXing, 1988, on names).
# Seen: the text is cut at every " and " and put together again with "and others" behind the first, inside the braces, so that it is part of
# the name and no "et al." is printed; those behind the body are missing without a sign. "AND" in capitals divides names in BibTeX as
# well and is not counted. `warnings` is empty. pybtex 0.26.1 (PyPI) counts three and one.
# A bibliography has a body that does not exist, and its catalogue finds nothing for the Ministry.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pybtex==0.26.1
cd "$folder"
npm install --silent --no-fund --no-audit bibtex-tidy@1.14.0 > /dev/null
cat > tidy.mjs <<'JS'
import assert from 'node:assert';
import fs from 'node:fs';
import bibtexTidy from 'bibtex-tidy';

function tidied(authors, maxAuthors) {
  const {bibtex, warnings} = bibtexTidy.tidy(`@book{fish, title = {Fish}, author = {${authors}}}`, {maxAuthors});
  assert.deepEqual(warnings, []);
  const [, left] = /author += \{(.*)\}/.exec(bibtex);
  console.log(authors.replace('\n', ' '), '| at most', maxAuthors, '|', left);
  return left;
}

const ministry = '{Ministry of Agriculture and Fisheries}';
fs.writeFileSync('three.bib', `@book{fish, title = {Fish}, author = {Bell, Ann and Cole, Max and ${ministry}}}`);
fs.writeFileSync('one.bib', `@book{fish, title = {Fish}, author = {${ministry}}}`);
assert.equal(tidied('Bell, Ann and Cole, Max and Dorn, Eva', 3), 'Bell, Ann and Cole, Max and Dorn, Eva');
assert.equal(tidied('Bell, Ann and Cole, Max and Dorn, Eva', 2), 'Bell, Ann and Cole, Max and others');
assert.equal(tidied(`Bell, Ann and Cole, Max and ${ministry}`, 3), 'Bell, Ann and Cole, Max and {Ministry of Agriculture and others}');
assert.equal(tidied(ministry, 1), '{Ministry of Agriculture and others}');
assert.equal(tidied(`${ministry} and Bell, Ann and Cole, Max`, 1), '{Ministry of Agriculture and others}');
assert.equal(tidied('Bell, Ann AND Cole, Max', 1), 'Bell, Ann AND Cole, Max');
JS
node tidy.mjs
venv/bin/python - <<'PY'
from pybtex.database import parse_file

counts = [len(parse_file(name).entries["fish"].persons["author"]) for name in ("three.bib", "one.bib")]
print("pybtex:", counts)
assert counts == [3, 1]
PY
