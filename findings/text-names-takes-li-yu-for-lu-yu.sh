#!/usr/bin/env bash
# Text::Names 0.46 (Debian): Li Yu and Lu Yu are one person, so are Thomas More and Thomas Moore, and José Ortega y Gasset has the surname
# "Y. Gasset".
# Expected: different persons, as Heinrich and Thomas Mann are; `samePerson` is true "iff name1 and name2 could reasonably be two writings
# of the same name". The surname Ortega y Gasset, as it stands in front of the comma.
# Seen: each word may differ in one letter, put in, left out or another, for the sake of accents, as a comment has it; a name of two
# letters is any other with one of them. Mary and Mark, John and Joan, Dumas and Dumas Jr are one as well, and what is given back is
# the first name. A small letter alone becomes a capital with a full stop, the "and" of Spanish, Portuguese and Catalan names too. A
# list of authors without doubles has lost authors, and nothing is said.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances libtext-names-perl | grep -E '^lib[a-z0-9.+-]+-perl$' | sort -u | sed 's/^libtext-names-perl$/&=0.46-2/')
apt-get download --quiet "${packages[@]}" > /dev/null
for package in *.deb; do dpkg -x "$package" root; done
PERL5LIB="$folder/root/usr/share/perl5:$(find "$folder/root/usr/lib" -type d -path '*/perl5/5.*' -prune | head -1)"
export PERL5LIB
cat > names.pl <<'PERL'
use strict;
use warnings;
use utf8;
use open qw(:std :utf8);
use Text::Names qw(samePerson parseNames);

for my $pair (
    ['Li, Yu', 'Lu, Yu'], ['Lu, Yu', 'Lu, You'], ['More, Thomas', 'Moore, Thomas'], ['Smith, Mary', 'Smith, Mark'],
    ['Dumas, Alexandre', 'Dumas Jr, Alexandre'], ['Mann, Heinrich', 'Mann, Thomas'], ['Shaw, G. E.', 'Shaw, George Bernard']
) {
    print join(' and ', @$pair), ': ', samePerson(@$pair) // 'two', "\n";
}
print join('; ', parseNames('José Ortega y Gasset'), parseNames('Ortega y Gasset, José'), parseNames('Rodoreda i Gurguí, Mercè')), "\n";
PERL
found=$(perl names.pl 2> /dev/null)
echo "$found"
test "$found" = 'Li, Yu and Lu, Yu: Li, Yu
Lu, Yu and Lu, You: Lu, Yu
More, Thomas and Moore, Thomas: More, Thomas
Smith, Mary and Smith, Mark: Smith, Mary
Dumas, Alexandre and Dumas Jr, Alexandre: Dumas, Alexandre
Mann, Heinrich and Mann, Thomas: two
Shaw, G. E. and Shaw, George Bernard: two
Y. Gasset, José Ortega; Ortega Y. Gasset, José; Rodoreda I. Gurguí, Mercè'
