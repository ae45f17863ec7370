#!/usr/bin/env bash
# isbnlib 3.10.14: an ISBN whose parts are separated by spaces is not found in a text, and another number is.
# Expected: the parts are separated by hyphens or spaces (ISBN Users' Manual, on the structure of an ISBN); many books print
# "ISBN 978 0 14 143958 7".
# Seen: `get_isbnlike` of that text gives [], `get_canonical_isbn` "". With an order number of ten digits behind it, the answer is
# that number alone. `canonical` of the thirteen digits and four spaces gives the ISBN.
# Octavo takes hyphens and spaces out before it looks at an ISBN.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check isbnlib==3.10.14
"$folder/venv/bin/python" - <<'PY'
from isbnlib import canonical, get_canonical_isbn, get_isbnlike

for between in "- ":
    isbn = between.join(("978", "0", "14", "143958", "7"))
    alone = get_isbnlike(f"ISBN {isbn}"), get_canonical_isbn(f"ISBN {isbn}")
    with_another = get_isbnlike(f"ISBN {isbn} (pbk.). Order 0306406152")
    print(isbn, alone, with_another, canonical(isbn))
    assert canonical(isbn) == "9780141439587"
    assert alone == (([isbn], "9780141439587") if between == "-" else ([], ""))
    assert with_another == ([isbn, "0306406152"] if between == "-" else ["0306406152"])
PY
