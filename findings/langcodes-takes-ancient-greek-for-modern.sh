#!/usr/bin/env bash
# langcodes 3.5.1 (language_data 1.4.0): `find("Greek, Ancient (to 1453)")` is modern Greek, `find("Slavic (Other)")` is Slavey, of
# the far north of Canada.
# Expected: `grc`, as for "Ancient Greek", or the LookupError that other unknown names give. Names with the kind behind a comma are
# those of the MARC Code List for Languages and of ISO 639-2.
# Seen: of a name that is not known as it stands the beginning is enough, if that is a language in any other language: Old French is
# French, Middle High German German, Ottoman Turkish Turkish, North Frisian Western Frisian, "Indic (Other)" Hindi. Only brackets
# are documented to be ignored, as in "English (Canada)". Every name gives a language, so that a list of codes made from the names
# of a catalogue looks complete, and Homer is in modern Greek.
# Octavo keeps the three letters of MARC.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langcodes==3.5.1 language_data==1.4.0
"$folder/venv/bin/python" - <<'PY'
import langcodes

for name, marc, found in (
    ("Ancient Greek", "grc", "grc"),
    ("Old French", "fro", "fro"),
    ("Ottoman Turkish", "ota", "ota"),
    ("Greek, Ancient (to 1453)", "grc", "el"),
    ("French, Old (ca. 842-1300)", "fro", "fr"),
    ("German, Middle High (ca. 1050-1500)", "gmh", "de"),
    ("English, Old (ca. 450-1100)", "ang", "en"),
    ("Turkish, Ottoman", "ota", "tr"),
    ("Frisian, North", "frr", "fy"),
    ("Indic (Other)", "inc", "hi"),
    ("Slavic (Other)", "sla", "den"),
):
    print(name, marc, langcodes.find(name))
    assert langcodes.find(name).to_tag() == found
assert langcodes.Language.get("den").display_name() == "Slave"
try:
    langcodes.find("Sorbian, Upper")
except LookupError as error:
    print(error)
else:
    raise AssertionError("Sorbian, Upper")
PY
