#!/usr/bin/env bash
# iuliia 0.13.0 (PyPI): by ALA-LC, Хрущёв becomes "Khrushchёv" with a Cyrillic ё (U+0451) among the Latin letters.
# Expected: "Khrushchëv" with the Latin ë (U+00EB), as ALA-LC, ISO 9 and GOST 7.79 (system A) have it; the two look the same. Its own
# ISO_9_1968 gives the Latin one, and Lingua::Translit 0.29 (Debian) does for ALA-LC.
# Seen: in ALA_LC, BS_2979, GOST_779, GOST_16876, SCIENTIFIC and UNGEGN_1987 the letter stands for itself, large and small. On the
# screen all is right. A heading so made does not equal the one of another library, and is found by neither alphabet.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet liblingua-translit-perl=0.29-2 > /dev/null && dpkg -x ./*.deb root)
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check iuliia==0.13.0
cd "$folder"
venv/bin/python - <<'PY'
import iuliia

cyrillic, latin = "\u0451", "\u00eb"
left = [name for name, schema in iuliia.schemas.items() if cyrillic in schema.translate("Хрущёв") and "Ё" in schema.translate("Ё")]
print(sorted(left), ascii(iuliia.ALA_LC.translate("Хрущёв")), ascii(iuliia.ISO_9_1968.translate("Хрущёв")))
assert iuliia.ALA_LC.translate("Хрущёв") == f"Khrushch{cyrillic}v"
assert iuliia.ISO_9_1968.translate("Хрущёв") == f"Hrušč{latin}v"
assert sorted(left) == ["ala_lc", "bs_2979", "gost_16876", "gost_779", "scientific", "ungegn_1987"]
PY
found=$(PERL5LIB="$folder/root/usr/share/perl5" perl -Mutf8 -MLingua::Translit -CO \
  -e 'print Lingua::Translit->new("ALA-LC RUS")->translit("Хрущёв")')
echo "$found"
test "$found" = $'Khrushch\xc3\xabv'
