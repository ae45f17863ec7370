#!/usr/bin/env bash
# citation-js 0.7.22: the author `{\'E}mile Zola` of BibTeX has no given name; "Émile" is taken for a particle like "van".
# Expected: given "Émile", family "Zola". BibTeX looks at the letter below the accent, whose case tells a name from a particle.
# Seen: a word that begins with an accent, or with `{\O}`, is a particle, in whatever case. The formatted text is
# "Émile Zola. (1880)" and not "Zola, É."; in RIS "Zola" alone is left, and BibTeX gets a comma that parts nothing.
# Written "Zola, {\'E}mile", or with the letter itself, the name is read well; LaTeX files have it so.
# pybtex 0.26.1 reads both alike.
# Octavo keeps names as they are written and reads no BibTeX.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pybtex==0.26.1
cd "$folder"
npm install --silent --no-fund --no-audit citation-js@0.7.22 > /dev/null
cat > read.cjs <<'JS'
const assert = require('node:assert');
const Cite = require('citation-js');

const read = name => new Cite(`@book{b, title={Nana}, author={${name}}, year={1880}}`);
const accented = read("{\\'E}mile Zola");
const [ris] = accented.format('ris').split('\n').filter(line => line.startsWith('AU'));
const [bibtex] = accented.format('bibtex').match(/author.*/);
console.log(accented.data[0].author, accented.format('bibliography'), ris, bibtex);
assert.deepEqual(accented.data[0].author, [{family: 'Zola', 'non-dropping-particle': 'Émile'}]);
assert.match(accented.format('bibliography'), /^Émile Zola\. \(1880\)/);
assert.equal(ris.trim(), 'AU  - Zola');
for (const name of ["Zola, {\\'E}mile", 'Émile Zola']) {
  assert.deepEqual(read(name).data[0].author, [{given: 'Émile', family: 'Zola'}]);
}
JS
node read.cjs
venv/bin/python - <<'PY'
from pybtex.database import parse_string

[book] = parse_string(r"@book{b, author = {{\'E}mile Zola}}", "bibtex").entries.values()
[zola] = book.persons["author"]
print(zola.first_names, zola.last_names)
assert (zola.first_names, zola.prelast_names, zola.last_names) == ([r"{\'E}mile"], [], ["Zola"])
PY
