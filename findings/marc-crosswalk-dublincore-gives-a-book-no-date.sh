#!/usr/bin/env bash
# MARC::Crosswalk::DublinCore 0.02 (Debian): in simple Dublin Core, which is the default, no book has a date.
# Expected: `Date`, from 008/07-10 and 260 $c $g, as the Library of Congress's crosswalk has it for unqualified Dublin Core; the
# package implements that crosswalk, says its documentation. In qualified Dublin Core, by the same package, the date is there.
# Seen: the table of the simple form has no line for a date at all. The other elements are there, so that nothing seems to be missing,
# and nothing is said. A list by year, or oai_dc for a harvester, has no year for anything.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet libmarc-crosswalk-dublincore-perl=0.02-4 libdublincore-record-perl=0.03-4 \
  libmarc-record-perl=2.0.7-3 libclass-accessor-perl=0.51-2 > /dev/null && for package in *.deb; do dpkg -x "$package" root; done)
export PERL5LIB="$folder/root/usr/share/perl5"
cat > "$folder/crosswalk.pl" <<'PERL'
use strict;
use warnings;
use MARC::Crosswalk::DublinCore;
use MARC::Field;
use MARC::Record;

my $record = MARC::Record->new;
$record->leader('00000nam a2200000 a 4500');
$record->append_fields(
    MARC::Field->new('008', '990101s1999    enk           000 0 eng d'),
    MARC::Field->new('020', ' ', ' ', a => '9780141439587'),
    MARC::Field->new('100', '1', ' ', a => 'Smith, Jane.'),
    MARC::Field->new('245', '1', '0', a => 'Owls /', c => 'Jane Smith.'),
    MARC::Field->new('260', ' ', ' ', a => 'London :', b => 'Penguin,', c => 'c1998.'),
);
for my $qualified (0, 1) {
    my $core = MARC::Crosswalk::DublinCore->new(qualified => $qualified)->as_dublincore($record);
    print join(', ', sort map { $_->name eq 'Date' ? 'Date ' . $_->content : $_->name } $core->elements), "\n";
}
PERL
found=$(perl "$folder/crosswalk.pl")
echo "$found"
test "$found" = 'Creator, Language, Publisher, Title, Type
Creator, Date 1999, Date c1998., Date c1998., Language, Publisher, Title, Type'
