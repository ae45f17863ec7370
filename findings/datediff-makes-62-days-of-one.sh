#!/usr/bin/env bash
# dateutils 0.4.10 (Debian): from 31 January to 1 March it is "1 month and 62 days".
# Expected: 1 month and 1 day, or "1 and 0" as from 31 March to 1 May by the same program. Days beside months are "the value in its
# natural range" (its manual, "The refinement rule"), 0 to 30, and `dateadd 2026-01-31 +1mo` is 28 February, the day before.
# Seen: from the 30th or 31st of a month to the first days of March the days are 62 or 63, and weeks beside months are wrong with them, "8
# weeks and 6 days". Days alone are right (29), and so is all from the 3rd of March on, and from the 29th. No error, no warning. How long
# a book is overdue, or a member waits, is told so on one or two mornings of the year.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download --quiet dateutils=0.4.10-1 > /dev/null && dpkg -x ./*.deb root)
PATH="$folder/root/usr/bin:$PATH"
since() { dateutils.ddiff "$1" "$2" --format "$1 to $2: %m months %d days"; }
found=$(
  since 2026-01-28 2026-03-01
  since 2026-01-30 2026-03-01
  since 2026-01-31 2026-03-01
  since 2026-01-31 2026-03-02
  since 2026-01-31 2026-03-03
  since 2025-10-31 2026-03-01
  since 2024-01-31 2024-03-01
  since 2026-03-31 2026-05-01
  dateutils.ddiff 2026-01-31 2026-03-01 --format '%m months %w weeks %d days'
  dateutils.ddiff 2026-01-31 2026-03-01 --format '%d days'
  dateutils.dadd 2026-01-31 +1mo
)
echo "$found"
test "$found" = '2026-01-28 to 2026-03-01: 1 months 1 days
2026-01-30 to 2026-03-01: 1 months 63 days
2026-01-31 to 2026-03-01: 1 months 62 days
2026-01-31 to 2026-03-02: 1 months 63 days
2026-01-31 to 2026-03-03: 1 months 0 days
2025-10-31 to 2026-03-01: 4 months 62 days
2024-01-31 to 2024-03-01: 1 months 63 days
2026-03-31 to 2026-05-01: 1 months 0 days
1 months 8 weeks 6 days
29 days
2026-02-28'
