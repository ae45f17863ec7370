#!/usr/bin/env bash
# bibliography-io 0.1.0 (PyPI): of a BibTeX file with "Owls" by Ann Bell and "Gulls" by Max Cole and Eva Dorn it reads two books, both
# "Gulls"; in RIS that is the work of one author, "Cole, Max and Dorn, Eva", and its ISBN is the number of an issue.
# Expected: two books, as pybtex 0.26.1 reads them, and a line for each author (RIS specification, on the tags A1 and AU), with the ISBN in
# SN. The package is for "loading and writing of bibliographic records"; its first example reads BibTeX and writes RIS.
# Seen: the fields of a book are looked for from its beginning to the end of the file, so that those of the next book replace them, whatever
# the white space; keys and number of books are right. A file of one book is read well. What is written as RIS has "A1  - Cole, Max and
# Dorn, Eva", "IS  - 9780141439587" and no PY. No error. A reading list that passes through it has one book many times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check bibliography-io==0.1.0 pybtex==0.26.1
cd "$folder"
cat > books.bib <<'BIB'
@book{owls,
  author = {Bell, Ann},
  title = {Owls},
  year = {1999},
}

@book{gulls,
  author = {Cole, Max and Dorn, Eva},
  title = {Gulls},
  year = {2001},
  isbn = {9780141439587},
}
BIB
venv/bin/python - <<'PY'
from bibliography_io import load_records, loads, write_records
from pybtex.database import parse_file

text = open("books.bib").read()
books = load_records("books.bib")
print(dict(books))
assert list(books) == ["owls", "gulls"]
assert books == loads(text, format="bib")
for book in books.values():
    assert (book["author"], book["title"], book["year"]) == ("Cole, Max and Dorn, Eva", "Gulls", "2001")
assert books["owls"]["isbn"] == "9780141439587"
first, second = text.split("\n\n")
assert loads(first, format="bib")["owls"]["title"] == "Owls"
right = {key: book.fields["title"] for key, book in parse_file("books.bib").entries.items()}
print("pybtex:", right)
assert right == {"owls": "Owls", "gulls": "Gulls"}
write_records(loads(second, format="bib"), "gulls.ris")
lines = open("gulls.ris").read().splitlines()
print(*lines, sep="\n")
assert "A1  - Cole, Max and Dorn, Eva" in lines
assert "IS  - 9780141439587" in lines
assert "DA  - 2001" in lines and not any(line.startswith("PY") for line in lines)
PY
