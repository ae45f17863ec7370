#!/usr/bin/env bash
# transliterate 1.10.2 (PyPI): Երևան, Yerevan, becomes "Er&an", and "Գրիգոր", Grigor, "Grigvor".
# Expected: "Erevan", as the same name in capitals gives (ԵՐԵՎԱՆ, "EREVAN"), and "Grigor". և is a letter within words, ew or ev by ISO
# 9985 and ALA-LC, and not only the word "and"; ո is o by both.
# Seen: և is an ampersand wherever it stands, ո is "vo" within a word as well. The way back gives the Armenian word again, so that a test
# there and back finds nothing. A place of publication is not found by its name, and an ampersand that nobody typed comes into XML
# and addresses.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check transliterate==1.10.2
cd "$folder"
venv/bin/python - <<'PY'
from transliterate import translit

latin = {word: translit(word, "hy", reversed=True) for word in ("Երևան", "ԵՐԵՎԱՆ", "Արև", "Գրիգոր")}
back = [translit(word, "hy") for word in latin.values()]
print(latin, back)
assert list(latin.values()) == ["Er&an", "EREVAN", "Ar&", "Grigvor"]
assert back == list(latin)
PY
