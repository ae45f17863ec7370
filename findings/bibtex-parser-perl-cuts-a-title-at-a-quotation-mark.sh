#!/usr/bin/env bash
# BibTeX::Parser 1.03 (Debian): the title "The {"}Owl{"} of Athens" is "The {", and nothing is wrong.
# Expected: The "Owl" of Athens, as pybtex 0.26.1 (PyPI) reads it. A text between quotation marks ends at the first one outside braces,
# and a quotation mark within it is put in braces (Tame the BeaST, on double quotes).
# Seen: a quotation mark ends the text unless a backslash is in front of it, whatever the braces; what is left up to the next field is
# skipped, `parse_ok` is true and `error` empty. Accents (`{\"u}`) and texts in braces are right. `cleaned_field` has the half
# title too. Reference managers write the form with `{"}`; a list made of it has "The {" where others have a title.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pybtex==0.26.1
cd "$folder"
apt-get download --quiet libbibtex-parser-perl=1.03+dfsg-2 liblatex-tounicode-perl > /dev/null
for package in *.deb; do dpkg -x "$package" root; done
export PERL5LIB="$folder/root/usr/share/perl5"
cat > books.bib <<'BIB'
@book{athens,
  title = "The {"}Owl{"} of Athens",
  author = "M{\"u}ller, J{\"o}rg",
  year = 1999,
}

@book{night,
  title = {The "Owl" by Night},
  author = {Bell, Ann},
  year = 2001,
}
BIB
cat > read.pl <<'PERL'
use strict;
use warnings;
use BibTeX::Parser;

open my $file, '<', 'books.bib' or die $!;
my $parser = BibTeX::Parser->new($file);
while (my $book = $parser->next) {
    print join('; ', $book->key, $book->parse_ok, $book->error // '', $book->field('title'), $book->cleaned_field('title'),
        $book->field('author'), $book->field('year')), "\n";
}
PERL
found=$(perl read.pl)
echo "$found"
test "$found" = 'athens; 1; ; The {; The {; M{\"u}ller, J{\"o}rg; 1999
night; 1; ; The "Owl" by Night; The "Owl" by Night; Bell, Ann; 2001'
venv/bin/python - <<'PY'
from pybtex.database import parse_file

title = parse_file("books.bib").entries["athens"].fields["title"]
print("pybtex:", title)
assert title == 'The {"}Owl{"} of Athens'
PY
