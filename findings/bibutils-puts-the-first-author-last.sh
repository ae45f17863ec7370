#!/usr/bin/env bash
# bibutils 7.2 (Debian): of a report by the World Bank, Jane Smith and Ann Brown, the World Bank is the last author in RIS, and "Owls:
# a life" has lost its subtitle in the format of ADS.
# Expected: the order of the authors as it is in BibTeX and in the MODS between, and "Owls: a life", as xml2ris and xml2bib have it. RIS
# has one AU for persons and bodies, in their order.
# Seen: xml2ris and xml2end write all persons, then all bodies; xml2bib and xml2ads keep the order. xml2ads writes `title` of MODS and
# leaves `subTitle`. "Processed 1 references." is all that is said. A citation by such a file begins with another author, and two
# books with one title in front of the colon become one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet bibutils=7.2-2 libbibutils8=7.2-2 > /dev/null &&
  for package in *.deb; do dpkg -x "$package" root; done)
PATH="$folder/root/usr/bin:$PATH"
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libbibutils.so.8' | head -1)")
export PATH LD_LIBRARY_PATH
cat > "$folder/owls.bib" <<'BIB'
@book{owls, author = {{World Bank} and Smith, Jane and Brown, Ann}, title = {Owls: a life}, year = 1999}
BIB
bib2xml "$folder/owls.bib" 2> /dev/null > "$folder/owls.xml"
ris=$(xml2ris -nb "$folder/owls.xml" 2> /dev/null | grep -E '^(AU|TI)')
ads=$(xml2ads -nb "$folder/owls.xml" 2> /dev/null | grep -E '^%[AT]')
bibtex=$(xml2bib -nb "$folder/owls.xml" 2> /dev/null | grep -A 2 '^author')
printf '%s\n' "$ris" "$ads" "$bibtex"
test "$ris" = 'AU  - Smith, Jane
AU  - Brown, Ann
AU  - World Bank
TI  - Owls: a life'
test "$ads" = '%A World Bank; Smith, Jane; Brown, Ann
%T Owls'
test "$bibtex" = 'author="{World Bank}
and Smith, Jane
and Brown, Ann",'
