#!/usr/bin/env bash
# CQL::Parser 1.13 (Debian): "owl more than three words away from barn" becomes, in Lucene, "owl within three words of barn".
# Expected: an error, as `toLucene` raises for a relation that Lucene cannot express (`date > 1999`, `any`, `all`). `prox`
# of CQL has a relation, a distance and a unit (CQL 1.1, proximity modifiers), all of which the package reads.
# Seen: the number is all that is taken over. `>3` and `<3` are both `~3`, which is "three or fewer" in Lucene; paragraphs and sentences
# become words, and an index is put inside the phrase, where Lucene takes it for a word. No error, no warning; `toCQL` is right.
# A gateway from SRU to Lucene answers such a search with the opposite of what was asked.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet libcql-parser-perl=1.13-2 libclass-accessor-perl=0.51-2 libclone-perl=0.46-1 \
  libstring-tokenizer-perl=0.06-3 > /dev/null && for package in *.deb; do dpkg -x "$package" root; done)
PERL5LIB="$folder/root/usr/share/perl5:$(dirname "$(find "$folder/root" -name Clone.pm | head -1)")"
export PERL5LIB
cat > "$folder/lucene.pl" <<'PERL'
use strict;
use warnings;
use CQL::Parser;

for my $query (@ARGV) {
    my $tree = CQL::Parser->new->parse($query);
    my $lucene = eval { $tree->toLucene } // 'refused';
    print $tree->toCQL, ' => ', $lucene, "\n";
}
PERL
found=$(perl "$folder/lucene.pl" 'owl prox/distance>3 barn' 'owl prox/distance<3 barn' 'owl prox/distance>3/unit=paragraph barn' \
  'title=owl prox/distance<=2 title=barn' 'date > 1999')
echo "$found"
test "$found" = '(owl) prox/distance>3 (barn) => "owl barn"~3
(owl) prox/distance<3 (barn) => "owl barn"~3
(owl) prox/distance>3/unit=paragraph (barn) => "owl barn"~3
(title = owl) prox/distance<=2 (title = barn) => "title:owl title:barn"~2
date > 1999 => refused'
