#!/usr/bin/env bash
# pybtexris 0.2.0 (PyPI): the book "THE COMPUTER - A HISTORY" of a RIS file is two: "THE COMPUT" by its author without a year, and one
# without author and title of that year. The periodical 2434-561X has its number as an ISBN.
# Expected: one book. In RIS a tag stands at the beginning of a line, and ER alone on its line ends a reference; rispy 0.10.0
# reads it so. An ISSN has seven digits and a digit or X (ISO 3297).
# Seen: the file is cut wherever "ER" stands in front of white space and a hyphen, in titles in capitals ("THE MASTER - ", "DER -"), as old
# catalogues have them, in notes and in names, without an error. Of an ISSN the digits alone are counted, and seven of them
# are an ISBN, for one periodical in eleven. The list has half a title, a book by nobody, and a periodical that no search by ISSN finds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pybtexris==0.2.0 pybtex==0.26.1 rispy==0.10.0
cat > "$folder/books.ris" <<'RIS'
TY  - BOOK
AU  - Smith, Jane
TI  - THE COMPUTER - A HISTORY
PY  - 1999
PB  - Owl Press
ER  - 

TY  - JOUR
AU  - Brown, Ann
TI  - Owls
PY  - 2001
SN  - 2434-561X
ER  - 

TY  - JOUR
AU  - White, Mary
TI  - Gulls
PY  - 2002
SN  - 0317-8471
ER  - 
RIS
cd "$folder"
venv/bin/python -W ignore - <<'PY'
import rispy
from pybtex.database import parse_file

with open("books.ris") as file:
    assert [one["title"] for one in rispy.load(file)] == ["THE COMPUTER - A HISTORY", "Owls", "Gulls"]
found = [
    (
        [str(person) for person in entry.persons.get("author", [])],
        *(entry.fields.get(name) for name in ("title", "year", "publisher", "isbn", "issn")),
    )
    for entry in parse_file("books.ris", "ris").entries.values()
]
for one in found:
    print(*one)
assert found == [
    (["Smith, Jane"], "THE COMPUT", None, None, None, None),
    ([], None, "1999", "Owl Press", None, None),
    (["Brown, Ann"], "Owls", "2001", None, "2434-561X", None),
    (["White, Mary"], "Gulls", "2002", None, None, "0317-8471"),
]
PY
