#!/usr/bin/env bash
# charset-normalizer 3.5.2: a short Polish list in Windows-1250 is taken for Windows-1252.
# Expected: a reading in which signs such as a macron and a superscript three stand inside words is
# worse than one in which every word is Polish.
# Seen: the best match is cp1252 ("¯ó³ta"), ahead of cp1250 ("Żółta"), with no sign of doubt; fifty
# times the same lines change nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check charset-normalizer==3.5.2
"$folder/venv/bin/python" - <<'PY'
from charset_normalizer import from_bytes

text = "title,author\nŻółta łódź podwodna,Wiśniewski\n"
for times in (1, 50):
    best = from_bytes((text * times).encode("cp1250")).best()
    print(f"{times} times: {best.encoding}, {str(best).splitlines()[1]}")
    assert best.encoding == "cp1252"
    assert str(best).splitlines()[1].startswith("¯ó³ta")
PY
