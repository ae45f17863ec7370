#!/usr/bin/env bash
# pycountry 26.2.16: `languages.get(alpha_3="ger")` finds nothing; twenty codes that MARC uses are in another place.
# Expected: the codes of ISO 639-2 that libraries have written for decades ("ger", "fre", "chi") are three letters like the rest.
# Seen: where ISO 639-2 has two codes, `alpha_3` has the one that libraries do not use, and theirs is `bibliographic`. For
# "eng" and "spa", which have one code, it is the other way round: only `alpha_3` finds them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pycountry==26.2.16
"$folder/venv/bin/python" - <<'PY'
from pycountry import languages

for code in ("ger", "fre", "chi", "eng", "spa"):
    by = [name for name in ("alpha_3", "bibliographic") if languages.get(**{name: code})]
    print(code, "is found by", *by)
    assert by == (["bibliographic"] if code in ("ger", "fre", "chi") else ["alpha_3"])
other = [one.bibliographic for one in languages if hasattr(one, "bibliographic")]
print(len(other), "codes:", *sorted(other))
assert len(other) == 20 and not any(languages.get(alpha_3=code) for code in other)
PY
