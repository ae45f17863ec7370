#!/usr/bin/env bash
# yaz 5.34.0 (Debian): the ligature of ISO 5426 (DD … DE over two letters) becomes a double tilde.
# Expected: U+0361 as from the ligature of MARC-8 (EB … EC), which is the same sign.
# Seen: from ISO 5426 yaz-iconv gives U+0360, from MARC-8 U+0361; a romanised Russian name from a
# UNIMARC file and the same one from a MARC 21 file differ.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! command -v yaz-iconv > /dev/null; then
  (cd "$folder" && apt-get download --quiet yaz=5.34.0-1 libyaz5=5.34.0-1 && for package in *.deb; do dpkg -x "$package" root; done)
  PATH="$folder/root/usr/bin:$PATH"
  export PATH LD_LIBRARY_PATH="$(dirname "$(find "$folder/root" -name 'libyaz.so.5' | head -1)")"
fi
from_unimarc=$(printf '\335t\336s' | yaz-iconv -f iso5426 -t utf8 | od -An -tx1 | tr -d ' ')
from_marc8=$(printf '\353t\354s' | yaz-iconv -f marc8 -t utf8 | od -An -tx1 | tr -d ' ')
echo "ISO 5426: $from_unimarc, MARC-8: $from_marc8"
test "$from_unimarc" = 74cda073
test "$from_marc8" = 74cda173
