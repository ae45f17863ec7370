#!/usr/bin/env bash
# bibutils 7.2 (Debian): from MODS as the Library of Congress makes it of MARC, the author "World Health Organization. Regional Office"
# becomes "Regional Office", and volumes of a set get one title.
# Expected: the body as well as its department, and what tells the volumes apart. Several `namePart` without a type are the levels of
# a corporate name (MARC 110 $a $b), `partNumber` and `partName` belong to the title (245 $n $p).
# Seen: the last `namePart` is kept, the parts of the title are dropped, of two ISBNs the first is kept, in BibTeX and RIS alike;
# "Processed 1 references." is all that is said. A reading list by it cites other authors and cannot tell part 1 from part 2.
# Octavo joins the levels of a corporate name and keeps the parts of a title.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet bibutils=7.2-2 libbibutils8=7.2-2 > /dev/null &&
  for package in *.deb; do dpkg -x "$package" root; done)
PATH="$folder/root/usr/bin:$PATH"
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libbibutils.so.8' | head -1)")
export PATH LD_LIBRARY_PATH
mods() {
  cat <<XML
<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods version="3.7">
<titleInfo><title>Birds of Europe</title><partNumber>$1</partNumber><partName>$2</partName></titleInfo>
<name type="corporate"><namePart>World Health Organization</namePart><namePart>Regional Office</namePart>
<role><roleTerm authority="marcrelator" type="text">creator</roleTerm></role></name>
<genre authority="marcgt">book</genre>
<originInfo><dateIssued>2003</dateIssued><issuance>monographic</issuance></originInfo>
<identifier type="isbn">9780141439587</identifier><identifier type="isbn">0141439580</identifier>
<recordInfo><recordIdentifier>birds</recordIdentifier></recordInfo></mods></modsCollection>
XML
}
mods 'Part 1' Owls > "$folder/1.xml"
mods 'Part 2' Gulls > "$folder/2.xml"
for to in ris bib; do
  for volume in 1 2; do
    "xml2$to" -nb "$folder/$volume.xml" > "$folder/$volume.$to"
  done
  cat "$folder/2.$to"
  cmp "$folder/1.$to" "$folder/2.$to"
done
test "$(grep -E '^(AU|TI|SN)' "$folder/1.ris")" = 'AU  - Regional Office
TI  - Birds of Europe
SN  - 9780141439587'
test "$(grep -E '^(author|title|isbn)=' "$folder/1.bib")" = 'author="{Regional Office}",
title="Birds of Europe",
isbn="9780141439587"'
