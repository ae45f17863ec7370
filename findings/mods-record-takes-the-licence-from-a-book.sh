#!/usr/bin/env bash
# MODS::Record 0.13 (Debian): a MODS record that it reads and writes has lost its licence, the link to its other edition and the language
# of its abstract, and the subject "Owls -- Europe -- History" is "Owls -- History -- Europe" or "Europe -- Owls -- History".
# Expected: the same record. `xlink:href` and `xml:lang` are attributes of MODS (schema 3.5, which the package names); a licence may stand
# in the first alone, in an `accessCondition` without text. A subject of several parts is a row of them, as in the example "Chicago (Ill.),
# History, 18th century" of the MODS guidelines, and each is a subfield of MARC 6XX in its place.
# Seen: an attribute comes under its full name, "xlink:href", no element has one of that name, and what an element does not have is dropped.
# Parts are kept by their names, and the names are written in the order of a hash, which changes from one run to the next. No error;
# `as_json` has lost the same. Catmandu reads and writes MODS by this package.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances libmods-record-perl | grep -E '^lib[a-z0-9.+-]+-perl$' | sort -u | sed 's/^libmods-record-perl$/&=0.13-2/')
apt-get download --quiet "${packages[@]}" > /dev/null
for package in *.deb; do dpkg -x "$package" root; done
PERL5LIB="$folder/root/usr/share/perl5:$(find "$folder/root/usr/lib" -type d -path '*/perl5/5.*' -prune | head -1)"
export PERL5LIB
cat > owls.xml <<'XML'
<mods xmlns="http://www.loc.gov/mods/v3" xmlns:xlink="http://www.w3.org/1999/xlink" version="3.5">
<titleInfo lang="eng"><title>Owls</title></titleInfo><abstract xml:lang="fr">Des hiboux</abstract>
<subject authority="lcsh"><topic>Owls</topic><geographic>Europe</geographic><topic>History</topic></subject>
<relatedItem type="otherVersion" xlink:href="http://library.example/2"/>
<accessCondition type="use and reproduction" xlink:href="https://creativecommons.org/licenses/by/4.0/"/></mods>
XML
cat > copy.pl <<'PERL'
use strict;
use warnings;
use MODS::Record;

open my $file, '<', 'owls.xml' or die;
print MODS::Record->from_xml($file)->as_xml;
PERL
for run in 1 2 3 4 5; do perl copy.pl > "copy$run.xml"; done
python3 - <<'PY'
from xml.etree import ElementTree

MODS, HREF, LANG = "{http://www.loc.gov/mods/v3}", "{http://www.w3.org/1999/xlink}href", "{http://www.w3.org/XML/1998/namespace}lang"


def read(name):
    record = ElementTree.parse(name).getroot()
    links = [record.find(MODS + tag).get(HREF) for tag in ("accessCondition", "relatedItem")]
    subject = " -- ".join(part.text for part in record.find(MODS + "subject"))
    print(name, links, record.find(MODS + "abstract").get(LANG), record.find(MODS + "titleInfo").get("lang"), subject)
    return links, record.find(MODS + "abstract").get(LANG), subject


links = ["https://creativecommons.org/licenses/by/4.0/", "http://library.example/2"]
assert read("owls.xml") == (links, "fr", "Owls -- Europe -- History")
for run in range(1, 6):
    links, language, subject = read(f"copy{run}.xml")
    assert links == [None, None] and language is None
    assert subject in ("Owls -- History -- Europe", "Europe -- Owls -- History")
PY
