#!/usr/bin/env bash
# Locale::Currency::Format 1.35 (Debian): a fine of 12.50 Turkish lira is "13 TRY", one of 0.40 is "0 TRY", and one of 0.60 Nigerian
# naira "1 NGN".
# Expected: two places behind the point, as ISO 4217 has for both, and as Babel 2.18.0 writes them. The package takes "a 3-letter
# currency code as specified in ISO 4217"; euros, dollars and yen are right.
# Seen: three dozen currencies that are in use, with two places by ISO 4217, have none in its table, among them those of Turkey (a lira
# has a hundred kuruş since a million old ones became one in 2005), Nigeria, Morocco, Sri Lanka, Kazakhstan, Georgia, Qatar and Fiji. The
# amount is rounded without a word, so that a receipt is over another sum than the account.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download --quiet liblocale-currency-format-perl=1.35-3 > /dev/null
dpkg -x ./*.deb root
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check babel==2.18.0
cat > fines.pl <<'PERL'
use strict;
use warnings;
use Locale::Currency::Format;

for my $fine (map { [split /=/] } @ARGV) {
    print currency_format(@$fine), "\n";
}
PERL
fines=(TRY=12.50 TRY=0.40 NGN=0.60 MAD=12.50 LKR=12.50 KZT=12.50 GEL=12.50 QAR=12.50 EUR=12.50 USD=12.50 JPY=12.50)
found=$(perl -I root/usr/share/perl5 fines.pl "${fines[@]}")
places=$(venv/bin/python -c 'import sys; from babel.numbers import get_currency_precision as places
print(*[places(one[:3]) for one in sys.argv[1:]])' "${fines[@]}")
printf '%s\n' "$found" "$places"
test "$found" = '13 TRY
0 TRY
1 NGN
13 MAD
13 LKR
13 KZT
13 GEL
13 QAR
12,50 EUR
12.50 USD
13 JPY'
test "$places" = '2 2 2 2 2 2 2 2 2 2 0'
