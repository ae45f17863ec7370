#!/usr/bin/env bash
# undate 0.8.0: the EDTF date `1984?` is read as 1984, and the year 45 BC, `-0044`, is written as `0-44`.
# Expected: that it is uncertain, as edtf 5.0.2 has it, or an error as for `[1667,1668]`, which undate does not know; it is a
# "library for working with uncertain or partially known dates". A year has four digits behind its sign (EDTF, level 0, as in ISO
# 8601-1).
# Seen: `?` and `~`, uncertain and approximate, are taken off without a word: the dates equal those without, and what is written
# again is exact. `0-44` is no date, and undate refuses it when it reads what it wrote. A cataloguer's [1984?] has become a fact on
# its way through; `198X` is kept.
# Octavo keeps one year as a number.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check undate==0.8.0 edtf==5.0.2
"$folder/venv/bin/python" - <<'PY'
import edtf
from undate import Undate


def again(text):
    written = Undate.parse(text, "EDTF").format("EDTF")
    print(text, written)
    return written


assert [str(edtf.parse_edtf(text)) for text in ("1984?", "-0044")] == ["1984?", "-0044"]
assert Undate.parse("1984?", "EDTF") == Undate.parse("1984~", "EDTF") == Undate(1984)
assert again("1984?") == again("1984~") == "1984"
assert again("198X") == "198X"
assert again("-0044") == "0-44"
for text in ("0-44", "[1667,1668]"):
    try:
        print(Undate.parse(text, "EDTF"))
    except ValueError as error:
        print(error)
    else:
        raise AssertionError(text)
PY
