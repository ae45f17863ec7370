#!/usr/bin/env bash
# endnote-utils 1.0.3 (PyPI): "The nests of Tyto alba" and "The nests of Bubo bubo", with their Latin names in italics, are both "The nests
# of", and with --dedupe title-year the second article is gone. The editor of a book is one of its authors.
# Expected: the whole titles, two articles, and the author alone. In the XML of EndNote a text is a row of `style` elements, one for each
# change of the type, and `contributors` has `authors` beside `secondary-authors`, which are the editors.
# Seen: of each text the first `style` is read, title, periodical, publisher and abstract alike, and a title that begins in italics is its
# first words alone. Names are looked for anywhere in a record, so that editors, translators and editors of the series follow the
# authors. The report says "Duplicates removed" and no more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps endnote-utils==1.0.3
cd "$folder"
style() { echo "<style face=\"$1\" font=\"default\" size=\"100%\">$2</style>"; }
article() {
  echo "<record><ref-type name=\"Journal Article\">17</ref-type>
<contributors><authors><author>$(style normal "$1")</author></authors>
<secondary-authors><author>$(style normal 'Brown, Ann')</author></secondary-authors></contributors>
<titles><title>$(style normal 'The nests of ')$(style italic "$2")</title>
<secondary-title>$(style normal 'Birds')</secondary-title></titles>
<dates><year>$(style normal 2001)</year></dates></record>"
}
echo "<xml><records>$(article 'Smith, Jane' 'Tyto alba')$(article 'White, Mary' 'Bubo bubo')</records></xml>" > owls.xml
venv/bin/endnote-utils --xml owls.xml --out all.json > /dev/null
venv/bin/endnote-utils --xml owls.xml --out once.json --dedupe title-year > /dev/null
venv/bin/python - <<'PY'
import json


def read(name):
    with open(name) as file:
        return [(one["title"], one["authors"], one["year"]) for one in json.load(file)]


found, once = read("all.json"), read("once.json")
print(*found, sep="\n")
assert found == [("The nests of", "Smith, Jane; Brown, Ann", "2001"), ("The nests of", "White, Mary; Brown, Ann", "2001")]
assert once == found[:1]
PY
