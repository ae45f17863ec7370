#!/usr/bin/env bash
# Library::CallNumber::LC 0.23 (Debian): the map G3804.N4 1890 .R27 stands behind G3804.N4 1890 .R3.
# Expected: .R27 before .R3, as what follows the letter of a Cutter number is a decimal fraction, on the shelves of class G as well,
# where the Cutter number of the maker comes behind the year of the map; the normalised numbers are "comparable with each other, for
# proper sorting". The same two are in order when they stand in front of the year.
# Seen: what follows a year is "extra", in which each run of digits is a whole number filled up with zeros: .R00003 and .R00027. So
# are Cutter numbers behind the date of a congress or a session. `start_of_range` and `end_of_range` of such numbers are wrong as well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet liblibrary-callnumber-lc-perl=0.23-3 > /dev/null && dpkg -x ./*.deb root)
export PERL5LIB="$folder/root/usr/share/perl5"
cat > "$folder/sort.pl" <<'PERL'
use strict;
use warnings;
use Library::CallNumber::LC;

sub form { Library::CallNumber::LC->new(shift)->normalize }
print join(', ', sort { form($a) cmp form($b) } @ARGV), "\n";
print join(', ', map { form($_) } @ARGV), "\n";
PERL
maps=$(perl "$folder/sort.pl" 'G3804.N4 1890 .R3' 'G3804.N4 1890 .R27')
books=$(perl "$folder/sort.pl" 'G3804 .R3 1890' 'G3804 .R27 1890')
printf '%s\n' "$maps" "$books"
test "$maps" = 'G3804.N4 1890 .R3, G3804.N4 1890 .R27
G3804 N4  01890 .R00003, G3804 N4  01890 .R00027'
test "$books" = 'G3804 .R27 1890, G3804 .R3 1890
G3804 R3  01890, G3804 R27  01890'
