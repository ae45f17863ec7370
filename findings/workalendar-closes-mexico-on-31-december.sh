#!/usr/bin/env bash
# workalendar 17.0.0: in Mexico 31 December is a holiday in six years of seven, "New Year Day substitute".
# Expected: none. The law has a closed list of days of rest, 1 January among them (Ley Federal del Trabajo, article 74), without
# substitutes; the package itself means to add one where the first of January is a Saturday, as it says in a comment.
# Seen: it is added unless that day is a Monday, and 24 December or 30 April where Christmas or 1 May is a Saturday. holidays 0.109
# has none of them. The other way round it has no substitutes in Japan, where a Monday is free after a holiday on a Sunday (Act on
# National Holidays, article 3), and keeps the Danish day of prayer, which was abolished with 2024. A library that counts loans by
# it counts days on which it is open as closed and is closed on days on which loans are due.
# Octavo has the closing days that the library enters.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check workalendar==17.0.0 holidays==0.109
"$folder/venv/bin/python" - <<'PY'
from datetime import date

import holidays
from workalendar.america import Mexico
from workalendar.asia import Japan
from workalendar.europe import Denmark


def free(calendar, country, *day):
    found = calendar().is_holiday(date(*day)), date(*day) in holidays.country_holidays(country)
    print(country, date(*day), *found)
    return found


for year in range(2020, 2027):
    assert free(Mexico, "MX", year, 12, 31) == (date(year + 1, 1, 1).weekday() != 0, False)
assert free(Mexico, "MX", 2027, 12, 24) == free(Mexico, "MX", 2027, 4, 30) == (True, False)
assert free(Mexico, "MX", 2026, 12, 25) == (True, True)
assert free(Japan, "JP", 2026, 5, 6) == free(Japan, "JP", 2027, 3, 22) == (False, True)
assert free(Denmark, "DK", 2023, 5, 5) == (True, True)
assert free(Denmark, "DK", 2026, 5, 1) == (True, False)
PY
