#!/usr/bin/env bash
# bibutils 7.2 (Debian): xml2isi writes "Zola, " and the first of the two bytes of "É", so that the file is no UTF-8 any more.
# Expected: "Zola, É", as it writes "Smith, J" for Jane. The file begins with the mark of UTF-8, which is the default for output, and
# xml2ris and xml2bib write the name whole from the same MODS.
# Seen: an initial is the first byte of a forename. Every author from Émile to Øystein has a broken one; "Processed 1 references." is
# all that is said. A reader of the file refuses all of it, or shows a question mark for the letter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet bibutils=7.2-2 libbibutils8=7.2-2 > /dev/null &&
  for package in *.deb; do dpkg -x "$package" root; done)
PATH="$folder/root/usr/bin:$PATH"
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libbibutils.so.8' | head -1)")
export PATH LD_LIBRARY_PATH
printf 'TY  - BOOK\nAU  - %s\nTI  - Owls\nPY  - 1999\nER  - \n' 'Zola, Émile' > "$folder/zola.ris"
ris2xml "$folder/zola.ris" 2> /dev/null > "$folder/zola.xml"
initial=$(xml2isi "$folder/zola.xml" 2> /dev/null | grep -a '^AU' | od -An -tx1 | tr -d ' ')
begins=$(xml2isi "$folder/zola.xml" 2> /dev/null | head -c 3 | od -An -tx1 | tr -d ' ')
whole=$(xml2ris -nb "$folder/zola.xml" 2> /dev/null | grep -a '^AU')
printf '%s\n' "$begins" "$initial" "$whole"
test "$begins" = efbbbf
# "AU Zola, ", the byte C3, which begins a letter of two, and the end of the line.
test "$initial" = 4155205a6f6c612c20c30a
test "$whole" = 'AU  - Zola, Émile'
if xml2isi "$folder/zola.xml" 2> /dev/null | iconv -f utf-8 -t utf-16 > /dev/null 2>&1; then
  exit 1
fi
