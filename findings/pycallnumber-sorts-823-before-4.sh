#!/usr/bin/env bash
# pycallnumber 0.2.0: "823.914 ROW" stands before "004.6 T36", with all shelfmarks of Dewey whose letters are no Cutter number.
# Expected: the order of the shelves: 004.6, 005.133, 813.54, 823.914. "Comparison operators use the normalized `for_sort` version"
# so that "spacing or formatting won't throw off comparisons", says the documentation.
# Seen: a class with the first letters of the author, as public libraries write it, is a "local" call number, whose number is filled
# up with zeros to ten places: "0000000823.914!row" beside "004.6!t!36". On one list all books with letters come before all with
# Cutter numbers, without an error; each of the two parts is in order. So are classes of LC with a year alone ("DA900 1999") before
# "DA1 .B4".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pycallnumber==0.2.0
"$folder/venv/bin/python" -W ignore - <<'PY'
from pycallnumber import callnumber


def shelf(*marks):
    found = sorted(marks, key=lambda one: callnumber(one).for_sort())
    print(found, [type(callnumber(one)).__name__ for one in found])
    return found


assert shelf("813.54 M87", "004.6 T36") == ["004.6 T36", "813.54 M87"]
assert shelf("823.914 ROW", "005.133 KER") == ["005.133 KER", "823.914 ROW"]
assert shelf("004.6 T36", "005.133 KER", "813.54 M87", "823.914 ROW") == [
    "005.133 KER", "823.914 ROW", "004.6 T36", "813.54 M87"]
assert shelf("DA1 .B4", "DA900 1999") == ["DA900 1999", "DA1 .B4"]
PY
