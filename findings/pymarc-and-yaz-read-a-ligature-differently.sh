#!/usr/bin/env bash
# pymarc 5.4.0 and yaz 5.34.0 (Debian): the same MARC-8 ligature becomes different characters.
# Expected: two converters of one standard give the same text.
# Seen: pymarc gives the two halves U+FE20 and U+FE21, yaz-iconv one mark over both letters, U+0361.
# The halves are the mapping before 2004; no normalisation form makes the two equal, so that a name
# read by one is not found by the other.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! command -v yaz-iconv > /dev/null; then
  (cd "$folder" && apt-get download --quiet yaz=5.34.0-1 libyaz5=5.34.0-1 && for package in *.deb; do dpkg -x "$package" root; done)
  PATH="$folder/root/usr/bin:$PATH"
  export PATH LD_LIBRARY_PATH="$(dirname "$(find "$folder/root" -name 'libyaz.so.5' | head -1)")"
fi
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pymarc==5.4.0
printf '\353t\354s' > "$folder/name"
yaz-iconv -f marc8 -t utf8 < "$folder/name" > "$folder/by-yaz"
"$folder/venv/bin/python" - "$folder" <<'PY'
import sys
import unicodedata
from pathlib import Path

from pymarc.marc8 import marc8_to_unicode

folder = Path(sys.argv[1])
by_yaz = (folder / "by-yaz").read_text(encoding="utf-8")
by_pymarc = marc8_to_unicode((folder / "name").read_bytes())
print(f"yaz: {by_yaz!a}, pymarc: {by_pymarc!a}")
assert by_yaz == "t\u0361s"
assert by_pymarc == "t\ufe20s\ufe21"
assert unicodedata.normalize("NFKC", by_yaz) != unicodedata.normalize("NFKC", by_pymarc)
PY
