#!/usr/bin/env bash
# bibclean 2.11.4.1 (Debian): the author "García Márquez, Gabriel" of a BibTeX file is a Márquez behind it, and Le Guin is Guin.
# Expected: the same persons. It "prettyprints" a file, and its manual has "P. D. Q. Bach" for "Bach, P.D.Q.", whose surname is one
# word. Of a surname of several words that begin with capitals BibTeX knows where it begins by the comma alone (LaTeX manual, appendix
# B); of a name without a comma the last word is the surname.
# Seen: forenames are put in front and the comma goes, unless `-no-fix-names` is given. "King, Jr." and a body in braces are kept
# together, and van Gogh has his small letter; García Márquez, Le Guin, Vaughan Williams, Lloyd George and Conan Doyle lose half of their
# name, without a warning. They are cited, sorted and found under another letter from then on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download --quiet bibclean=2.11.4.1-4.1+b1 > /dev/null
dpkg -x ./*.deb root
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pybtex==0.26.1
cat > before.bib <<'BIB'
@book{years, author = {Garc{\'\i}a M{\'a}rquez, Gabriel and Le Guin, Ursula K. and Vaughan Williams, Ralph and Lloyd George, David and
Conan Doyle, Arthur and van Gogh, Vincent and King, Jr., Martin Luther and {World Health Organization} and Bach, P.D.Q.},
title = {Years}, year = 1967}
BIB
root/usr/bin/bibclean before.bib > after.bib
root/usr/bin/bibclean -no-fix-names before.bib > kept.bib
venv/bin/python -W ignore - <<'PY'
from pybtex.database import parse_file


def names(name):
    persons = parse_file(name).entries["years"].persons["author"]
    return [(" ".join(map(str, one.rich_prelast_names)), " ".join(map(str, one.rich_last_names))) for one in persons]


before, after = names("before.bib"), names("after.bib")
print(*zip(before, after), sep="\n")
assert names("kept.bib") == before == [
    ("", "García Márquez"),
    ("", "Le Guin"),
    ("", "Vaughan Williams"),
    ("", "Lloyd George"),
    ("", "Conan Doyle"),
    ("van", "Gogh"),
    ("", "King"),
    ("", "World Health Organization"),
    ("", "Bach"),
]
assert after == [
    ("", "Márquez"),
    ("", "Guin"),
    ("", "Williams"),
    ("", "George"),
    ("", "Doyle"),
    ("van", "Gogh"),
    ("", "King, Jr."),
    ("", "World Health Organization"),
    ("", "Bach"),
]
PY
