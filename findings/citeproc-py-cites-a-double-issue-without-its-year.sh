#!/usr/bin/env bash
# citeproc-py 0.11.1: what appeared on several days or months of one year is cited without the year, "(Smith)".
# Expected: "(Smith, 2001)", as citation-js 0.7.22 gives with the same style and the same data. In CSL a range whose shown parts are
# equal is one date.
# Seen: nothing at all is written where no shown part differs. May to July 2001, a double issue, has no year where a style shows the
# year alone, nor has 3 to 9 May; 1999 to 2001 has both, and May to July is whole where months are shown. Styles that cite by author
# and year tell two articles of one author apart by nothing else.
# Octavo makes no citations.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check citeproc-py==0.11.1
cd "$folder"
npm install --silent --no-fund --no-audit citation-js@0.7.22 > /dev/null
cat > style.csl <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0" default-locale="en-GB">
<info><title>Author and year</title><id>http://library.example/style</id><updated>2026-01-01T00:00:00+00:00</updated></info>
<citation><layout prefix="(" suffix=")"><names variable="author"><name form="short"/></names>
<date variable="issued" prefix=", "><date-part name="year"/></date></layout></citation>
<bibliography><layout><names variable="author"/>
<date variable="issued" form="text" date-parts="year-month" prefix=", "/></layout></bibliography>
</style>
XML
cat > articles.json <<'JSON'
[{"id": "one", "issued": {"date-parts": [[2001]]}},
{"id": "months", "issued": {"date-parts": [[2001, 5], [2001, 7]]}},
{"id": "days", "issued": {"date-parts": [[2001, 5, 3], [2001, 5, 9]]}},
{"id": "years", "issued": {"date-parts": [[1999], [2001]]}}]
JSON
sed -i 's/"issued"/"type": "article-journal", "title": "Owls", "author": [{"family": "Smith", "given": "John"}], &/' articles.json
cat > cite.py <<'PY'
import json

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

articles = json.load(open("articles.json"))
style = CitationStylesStyle("style.csl", validate=False)
bibliography = CitationStylesBibliography(style, CiteProcJSON(articles), formatter.plain)
citations = [Citation([CitationItem(one["id"])]) for one in articles]
for citation in citations:
    bibliography.register(citation)
print(*[bibliography.cite(one, None) for one in citations], sep="; ")
print(bibliography.bibliography()[1])
PY
cat > cite.cjs <<'JS'
const fs = require('node:fs');
const Cite = require('citation-js');

Cite.plugins.config.get('@csl').templates.add('style', fs.readFileSync('style.csl', 'utf8'));
const articles = JSON.parse(fs.readFileSync('articles.json', 'utf8'));
console.log(articles.map(one => new Cite(one).format('citation', {template: 'style'})).join('; '));
JS
by_citeproc_py=$(venv/bin/python -W ignore cite.py)
by_citation_js=$(node cite.cjs)
printf '%s\n%s\n' "$by_citeproc_py" "$by_citation_js"
test "$by_citeproc_py" = '(Smith, 2001); (Smith); (Smith); (Smith, 1999–2001)
John Smith, May–July 2001'
test "$by_citation_js" = '(Smith, 2001); (Smith, 2001); (Smith, 2001); (Smith, 1999–2001)'
