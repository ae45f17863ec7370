#!/usr/bin/env bash
# Lingua::EN::NameParse 1.38 (Debian): "Garcia Marquez, Gabriel" has the surname Marquez and the middle name Garcia.
# Expected: the surname Garcia Marquez. With `allow_reversed` the one valid form is "the surname followed by a comma and the rest", says
# the documentation: the comma tells where the surname ends.
# Seen: the two halves are exchanged first and the comma is thrown away, so that only the last word of a surname is left of it, but for
# particles that it knows ("de la Cruz"). `parse` returns no error, and `case_all_reversed` writes "Marquez, Gabriel Garcia".
# Catalogues have all names in this form; by it, Garcia Marquez, Vargas Llosa and Conan Doyle move to other letters.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet liblingua-en-nameparse-perl=1.38-1 libparse-recdescent-perl=1.967015+dfsg-4 > /dev/null &&
  for package in *.deb; do dpkg -x "$package" root; done)
export PERL5LIB="$folder/root/usr/share/perl5"
cat > "$folder/names.pl" <<'PERL'
use strict;
use warnings;
use Lingua::EN::NameParse;

my $parser = Lingua::EN::NameParse->new(allow_reversed => 1);
for my $name (@ARGV) {
    my $error = $parser->parse($name);
    my %parts = $parser->components;
    print "$error: $parts{surname_1} | ", $parts{middle_name} // '', ' | ', $parser->case_all_reversed, "\n";
}
PERL
found=$(perl "$folder/names.pl" 'Garcia Marquez, Gabriel' 'Vargas Llosa, Mario' 'Conan Doyle, Arthur' 'De La Cruz, Juana' 'Smith, Jane')
echo "$found"
test "$found" = '0: Marquez | Garcia | Marquez, Gabriel Garcia
0: Llosa | Vargas | Llosa, Mario Vargas
0: Doyle | Conan | Doyle, Arthur Conan
0: De La Cruz |  | De La Cruz, Juana
0: Smith |  | Smith, Jane'
