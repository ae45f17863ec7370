#!/usr/bin/env bash
# rispy 0.10.0: the first reference of a RIS file that begins with a byte order mark is left out.
# Expected: all references, or an error; `load(path)` opens the file itself.
# Seen: "TY  - " behind U+FEFF is not taken for the beginning of a reference, and its lines for text between references, without
# an error. Of two references there is one, of one none. Windows programs write the mark, and nothing in RIS says how many
# references a file has. With `encoding="utf-8-sig"` both are read.
# Octavo reads no RIS; it takes the mark off the files that it does read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rispy==0.10.0
"$folder/venv/bin/python" - "$folder/books.ris" <<'PY'
import sys
from pathlib import Path

import rispy

path = Path(sys.argv[1])
path.write_text(
    "TY  - BOOK\nTI  - Emma\nER  - \n\nTY  - BOOK\nTI  - Persuasion\nER  - \n", encoding="utf-8-sig"
)
found = [one["title"] for one in rispy.load(path)]
by_name = [one["title"] for one in rispy.load(path, encoding="utf-8-sig")]
print(f"as it is: {found}, with the encoding's name: {by_name}")
assert found == ["Persuasion"] and by_name == ["Emma", "Persuasion"]
PY
