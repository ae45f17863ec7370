#!/usr/bin/env bash
# ruby-unidecode 1.0.0 (Debian): `"Émile Zola".to_ascii` is "?mile Zola", "Müller" is "M?ller", and "1914–1918" is "1914[nil]1918".
# Expected: "Emile Zola", "Muller" and "1914-1918", as Text::Unidecode 1.30 has them, of which it is a port. "A library for
# transliteratively converting UTF-8 text to US-ASCII"; its own example, Gorbachev in Cyrillic, is right.
# Seen: the tables are YAML that the YAML of old Ruby could read. The one of the letters up to U+00FF begins with control characters, which
# YAML does not have, and any error is a question mark: every letter of French, German, Spanish and Danish is lost, while
# Czech, Polish and Russian are right. A hyphen that is not quoted is a list with nothing in it, "no" in Japanese is "false" and "n" of
# some scripts too. Nothing is said. Sorted and searched by such text, Émile and Ömile are one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download --quiet ruby-unidecode=1.0.0-2 ruby3.1 libruby3.1 libyaml-0-2 libtext-unidecode-perl=1.30-3 > /dev/null
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name 'libruby-3.1.so.3.1')")
LD_LIBRARY_PATH="$folder/$libraries"
RUBYLIB="$folder/root/usr/lib/ruby/3.1.0:$LD_LIBRARY_PATH/ruby/3.1.0:$(echo "$folder"/root/usr/share/rubygems-integration/all/gems/*/lib)"
export LD_LIBRARY_PATH RUBYLIB LC_ALL=C.UTF-8
printf '%s\n' 'Émile Zola' 'Müller' 'Ærø' 'Łódź' 'Čapek' 'Михаил Горбачёв' '1914–1918' 'の' > names.txt
cat > ascii.rb <<'RUBY'
require "unidecode"
File.foreach("names.txt", chomp: true) { |name| puts name.to_ascii }
RUBY
cat > ascii.pl <<'PERL'
use Text::Unidecode;
while (<>) { print unidecode($_) }
PERL
by_ruby=$(root/usr/bin/ruby3.1 --disable-gems ascii.rb)
by_perl=$(perl -I root/usr/share/perl5 -CSD ascii.pl names.txt)
paste -d '|' names.txt <(echo "$by_ruby") <(echo "$by_perl")
test "$by_ruby" = '?mile Zola
M?ller
?r?
L?dz
Capek
Mikhail Gorbachiov
1914[nil]1918
false'
test "$by_perl" = "Emile Zola
Muller
AEro
Lodz
Capek
Mikhail Gorbachiov
1914-1918
no"
