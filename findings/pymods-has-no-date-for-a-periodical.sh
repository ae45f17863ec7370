#!/usr/bin/env bash
# pymods 2.0.14: `dates` of a MODS record with three dates of issue is None, and of one that has "2003" twice it is "2003 - 2003".
# Expected: what is there: "List of Date elements", says the documentation. MODS that the Library of Congress makes of MARC has the
# date as it is printed (260 $c) and once more in digits (008, encoding="marc"), for a periodical with its first and last year.
# Seen: two dates are taken for a beginning and an end, sorted as texts: "2003 - c2003". With three of them there are none, without
# an error, so that every periodical is undated. `identifiers` has those of the series too (relatedItem), whose ISSN comes before
# the ISBN of the book, where titles, notes and subjects are of the record itself alone.
# Octavo keeps one year as a number.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pymods==2.0.14
cd "$folder"
venv/bin/python - <<'PY'
from pathlib import Path

from pymods import MODSReader

MARC = '<dateIssued encoding="marc"{}>{}</dateIssued>'


def read(*dates):
    Path("one.xml").write_text(f"""<mods xmlns="http://www.loc.gov/mods/v3" version="3.7">
<titleInfo><title>Owls</title></titleInfo><originInfo>{"".join(dates)}</originInfo><relatedItem type="series">
<titleInfo><title>Birds of Europe</title></titleInfo><identifier type="issn">0317-8471</identifier></relatedItem>
<identifier type="isbn">9780141439587</identifier></mods>""")
    [record] = MODSReader("one.xml")
    found = record.dates and [date.text for date in record.dates]
    print(found, record.titles, [number.text for number in record.identifiers])
    assert record.titles == ["Owls"]
    assert [number.text for number in record.identifiers] == ["0317-8471", "9780141439587"]
    return found


assert read("<dateIssued>c2003</dateIssued>") == ["c2003"]
assert read("<dateIssued>2003</dateIssued>", MARC.format("", 2003)) == ["2003 - 2003"]
assert read("<dateIssued>c2003</dateIssued>", MARC.format("", 2003)) == ["2003 - c2003"]
periodical = MARC.format(' point="start"', 1999), MARC.format(' point="end"', 2003)
assert read(*periodical) == ["1999 - 2003"]
assert read("<dateIssued>1999-2003</dateIssued>", *periodical) is None
PY
