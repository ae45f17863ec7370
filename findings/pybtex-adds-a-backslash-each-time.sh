#!/usr/bin/env bash
# pybtex 0.26.1: "Smith \& Sons", read from BibTeX and written to BibTeX, is "Smith \\& Sons", and with each time one more.
# Expected: what was read. A file that is sorted, merged or cleaned keeps its texts, and the names of persons are kept.
# Seen: a text is kept in LaTeX when it is read, and turned into LaTeX when it is written, once more each time. `\\&` ends a line
# and a cell in LaTeX, `\\%` makes a comment of the rest of the line. `{\"u}` and `\$` are left alone, so that a look at accents
# does not show it.
# Octavo reads and writes no BibTeX.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pybtex==0.26.1 latexcodec==3.0.1
"$folder/venv/bin/python" - <<'PY'
from pybtex.database import parse_string

text = r"""@book{owls, author = "M{\"u}ller, {\'E}mile", title = "50\% owls", publisher = "Smith \& Sons", year = "1999"}"""
seen = []
for _ in range(3):
    text = parse_string(text, "bibtex").to_string("bibtex")
    print(text)
    [book] = parse_string(text, "bibtex").entries.values()
    seen.append(book.fields["publisher"])
    assert str(book.persons["author"][0]) == r"M{\"u}ller, {\'E}mile"
assert seen == [r"Smith \\& Sons", r"Smith \\\& Sons", r"Smith \\\\& Sons"]
assert r"50\\\\% owls" in text
PY
