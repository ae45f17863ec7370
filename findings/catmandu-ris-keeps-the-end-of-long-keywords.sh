#!/usr/bin/env bash
# Catmandu::RIS 0.13 (Debian): of keywords of 262 letters it writes the last seven, "e; Asia", and of an author as long the same.
# Expected: all of them, as of a title or an abstract of that length, or the first 255 letters, where a program can take no more. A
# text of more than 70 letters may go on in the next line (RIS specification, "How to handle long fields").
# Seen: the first 255 letters are thrown away and the rest is kept, in AU, A2, ED, KW, PB, EP and SP, without a word. Up to 255 letters
# nothing is lost. The reader of the package takes the first word of a line that goes on for the name of a field, here "in", so that half
# of a title is not found either.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances libcatmandu-ris-perl | grep -E '^lib[a-z0-9.+-]+-perl$' | sort -u |
  sed 's/^libcatmandu-perl$/&=1.2020-1/; s/^libcatmandu-ris-perl$/&=0.13-2/')
apt-get download --quiet "${packages[@]}" > /dev/null
for package in *.deb; do dpkg -x "$package" root; done
PERL5LIB="$folder/root/usr/share/perl5:$(find "$folder/root/usr/lib" -type d -path '*/perl5/5.*' -prune | head -1)"
export PERL5LIB
owls='Barn owl; Snowy owl; Eagle owl; Tawny owl; Little owl; Pygmy owl; Scops owl; Hawk owl; Ural owl; Great grey owl; Long-eared owl'
owls="$owls; Short-eared owl; Boreal owl; Elf owl; Burrowing owl; Spectacled owl; Fish owl; Wood owl; Masked owl; Sooty owl; Bay owl"
test "${#owls}" = 248
body="$owls; Europe; Asia"
echo "{\"TY\": \"BOOK\", \"AU\": [\"Smith, Jane\", \"$body\"], \"KW\": [\"$owls\", \"$body\"], \"T2\": \"$body\"}" > owls.json
title='The owls of the northern world and their nests in barns, in old trees,'
test "${#title}" = 70
printf '%s\r\n' 'TY  - BOOK' "TI  - $title" 'in towers and on the ground' 'ER  - ' > nests.ris
catmandu() { perl root/usr/bin/catmandu convert "$@"; }
written=$(catmandu JSON to RIS < owls.json | tr -d '\r')
read=$(catmandu RIS to JSON --canonical 1 < nests.ris)
printf '%s\n' "$written" "$read"
test "$written" = "TY  - BOOK
AU  - Smith, Jane
AU  - ${body:255}
KW  - $owls
KW  - ${body:255}
T2  - $body
ER  - "
test "${body:255}" = 'e; Asia'
test "$read" = "[{\"TI\":\"$title\",\"TY\":\"BOOK\",\"in\":\"towers and on the ground\"}]"
