#!/usr/bin/env bash
# Catmandu::MARC 1.281 (Debian): MARCXML converted to MARC-in-JSON has "MÃ¼ller" for "Müller".
# Expected: JSON in UTF-8. The handle to which an exporter writes is set to ":utf8 by default", as the documentation says, and every
# other kind of MARC that it writes (XML, ISO 2709, MARCMaker, Line) has the name as it was.
# Seen: MARC::File::MiJ 0.04 gives bytes that are UTF-8 already, and the handle takes each for a letter. No error; what Catmandu
# reads of its own file is broken too, and pymarc 5.4.0 agrees with it. The option `encoding`, documented as the mode of the handle,
# is not looked at, so that `--encoding :raw` is no help. ASCII is right, and a test with English titles does not show it.
# Octavo writes MARC-in-JSON by itself, in UTF-8.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances libcatmandu-marc-perl libmarc-file-mij-perl | grep -E '^lib[a-z0-9.+-]+-perl$' | sort -u |
  sed 's/^libcatmandu-perl$/&=1.2020-1/; s/^libcatmandu-marc-perl$/&=1.281-1/; s/^libmarc-file-mij-perl$/&=0.04-3/')
apt-get download --quiet "${packages[@]}" > /dev/null
for package in *.deb; do dpkg -x "$package" root; done
PERL5LIB="$folder/root/usr/share/perl5:$(find "$folder/root/usr/lib" -type d -path '*/perl5/5.*' -prune | head -1)"
export PERL5LIB
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pymarc==5.4.0
cat > books.xml <<'XML'
<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam a2200000 a 4500</leader>
<controlfield tag="001">1</controlfield>
<datafield tag="100" ind1="1" ind2=" "><subfield code="a">Müller, Ann</subfield></datafield>
<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Owls</subfield></datafield></record></collection>
XML
convert() { perl root/usr/bin/catmandu convert MARC --type "$1" to MARC "${@:2}"; }
convert XML --type MiJ < books.xml > books.json
convert XML --type MiJ --encoding :raw < books.xml > raw.json
convert XML --type XML < books.xml > again.xml
convert MiJ --type Line < books.json > line.txt
convert XML --type ISO < books.xml | convert ISO --type Line > iso.txt
grep -h '^100' line.txt iso.txt
venv/bin/python - <<'PY'
import json
from pathlib import Path

import pymarc

NAME, BROKEN = "M\u00fcller, Ann", "M\u00c3\u00bcller, Ann"


def by_pymarc(name):
    [record] = pymarc.JSONReader(json.dumps([json.loads(Path(name).read_text(encoding="utf-8"))]))
    return record.author


print(by_pymarc("books.json"), by_pymarc("raw.json"))
assert by_pymarc("books.json") == BROKEN
assert by_pymarc("raw.json") == BROKEN
assert BROKEN in Path("line.txt").read_text(encoding="utf-8")
assert NAME in Path("iso.txt").read_text(encoding="utf-8")
assert NAME in Path("again.xml").read_text(encoding="utf-8")
PY
