#!/usr/bin/env bash
# Lingua::EN::NameCase 1.21 (Debian): "AMARTYA SEN" becomes "Amartya SEN", "JACK MA" becomes "Jack MA", "LI, YU" becomes "LI, Yu".
# Expected: "Amartya Sen", "Jack Ma", "Li, Yu": the package turns names in capitals into names, and says that it knows numerals as
# in "Henry VIII".
# Seen: some three hundred letters behind a name, from academic degrees to nurses' (SEN, State Enrolled Nurse), are put in capitals
# wherever a name ends so, and any word that is a numeral, wherever it stands: Li is 51, Vi 6, Xi 11. Sen, Ma, Ba, Li and Xi are
# family names in India, China and West Africa. Lists from systems that had capitals alone come out so.
# `$Lingua::EN::NameCase::POSTNOMINAL = 0` and `$Lingua::EN::NameCase::ROMAN = 0`, which the documentation does not name, end it.
# Octavo keeps names as they are written.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet liblingua-en-namecase-perl=1.21-2 > /dev/null && dpkg -x ./*.deb root)
export PERL5LIB="$folder/root/usr/share/perl5"
cat > "$folder/names.pl" <<'PERL'
use strict;
use warnings;
use Lingua::EN::NameCase qw(nc);

my @names = ('AMARTYA SEN', 'JACK MA', 'AMADOU BA', 'LI, YU', 'VI KEELAND', 'JANE AUSTEN', 'HENRY VIII');
print join('; ', map { nc($_) } @names), "\n";
$Lingua::EN::NameCase::POSTNOMINAL = $Lingua::EN::NameCase::ROMAN = 0;
print join('; ', map { nc($_) } @names), "\n";
PERL
names=$(perl "$folder/names.pl")
echo "$names"
test "$names" = 'Amartya SEN; Jack MA; Amadou BA; LI, Yu; VI Keeland; Jane Austen; Henry VIII
Amartya Sen; Jack Ma; Amadou Ba; Li, Yu; Vi Keeland; Jane Austen; Henry Viii'
