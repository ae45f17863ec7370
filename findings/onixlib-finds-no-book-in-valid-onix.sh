#!/usr/bin/env bash
# onixlib 0.1.4 (PyPI): of a valid ONIX message with one book its `parse` gives none, and the message that it writes is no valid ONIX.
# Expected: the book. The names of ONIX 3.0 belong to "http://ns.editeur.org/onix/3.0/reference", the target of the schema that EDItEUR
# publishes, by which onixcheck 0.9.12 finds the message valid. The package reads, parses and makes "ONIX 3.0", says its documentation.
# Seen: it knows "http://www.editeur.org/onix/3.0/reference" instead, an older address that some senders write still, and asks for `Product`
# of that one alone, whatever the root has. `parse`, which is recommended for large files, ends without a product and without an error,
# also where no namespace is given; `Notice.parse_full` raises one. onixcheck refuses what `to_xml` writes at its first element, and finds
# it valid as soon as that one address is changed. A library that fetches its orders every night by `parse` has an empty list each time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check onixlib==0.1.4 onixcheck==0.9.12
cd "$folder"
venv/bin/python -W ignore - <<'PY'
from pathlib import Path

import onixcheck
from onixlib import Notice, Product, parse

OURS, THEIRS = "http://ns.editeur.org/onix/3.0/reference", "http://www.editeur.org/onix/3.0/reference"


def read(text):
    Path("message.xml").write_text(text, encoding="utf-8")
    found = [product.isbn for product in parse("message.xml")], [one.message for one in onixcheck.validate("message.xml")]
    print(*found)
    return found


notice = Notice.new(sender_name="Owl Press", sent_datetime="20261130T120000Z")
notice.add_product(Product.new(isbn="9780141439587", title="Owls"))
written = notice.to_xml()
books, errors = read(written)
assert books == ["9780141439587"] and len(errors) == 1 and errors[0].startswith("Element 'ONIXMessage': No matching global declaration")
assert read(written.replace(THEIRS, OURS)) == ([], [])
try:
    Notice.parse_full("message.xml")
except Exception as error:
    print(error)
    assert OURS in str(error)
else:
    raise AssertionError("parse_full")
PY
