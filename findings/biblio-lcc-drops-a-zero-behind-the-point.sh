#!/usr/bin/env bash
# Biblio::LCC 0.09 (Debian): the class E169.04 becomes "E   169.4", and its books stand behind E169.12 on the shelf list.
# Expected: a form "suitable for a straight ASCII sort", as the package says, in the order of the shelves. What follows the point of
# a class is a decimal fraction: E169.04 (travel) before E169.12 (civilisation), and so pycallnumber 0.2.0 sorts them.
# Seen: the fraction is written as a whole number, so that its leading zeros are gone. E169.04 and E169.4 are one class, and the
# range "E169.02-169.04", of two classes on travel, takes in E169.2, E169.3 and E169.4 as well. Classes without such a zero are
# right, and nothing is said.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet libbiblio-lcc-perl=0.09-2 > /dev/null && dpkg -x ./*.deb root)
export PERL5LIB="$folder/root/usr/share/perl5"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pycallnumber==0.2.0
cat > "$folder/sort.pl" <<'PERL'
use strict;
use warnings;
use Biblio::LCC;

sub form { Biblio::LCC->normalize(shift) }
print join(', ', sort { form($a) cmp form($b) } @ARGV), "\n";
print join(' to ', Biblio::LCC->normalize_range('E169.02-169.04')), "\n";
print form('E169.04') eq form('E169.4') ? "equal\n" : "different\n";
PERL
cat > "$folder/sort.py" <<'PY'
import sys

import pycallnumber

print(*sorted(sys.argv[1:], key=lambda one: pycallnumber.callnumber(one).for_sort()), sep=", ")
PY
by_biblio_lcc=$(perl "$folder/sort.pl" 'E169.1 .S5' 'E169.04 .B78' 'E169.12 .T6')
by_pycallnumber=$("$folder/venv/bin/python" -W ignore "$folder/sort.py" 'E169.1 .S5' 'E169.04 .B78' 'E169.12 .T6')
printf '%s\n' "$by_biblio_lcc" "$by_pycallnumber"
test "$by_biblio_lcc" = 'E169.1 .S5, E169.12 .T6, E169.04 .B78
E   169.2 to E   169.4~
equal'
test "$by_pycallnumber" = 'E169.04 .B78, E169.1 .S5, E169.12 .T6'
