#!/usr/bin/env bash
# convertdate 2.5.1 (PyPI): Thanksgiving of 2023 is 30 November, and election day of 2022 is 1 November, each a week off.
# Expected: 23 November, the fourth Thursday (United States Code, title 5, section 6103), and 8 November, "the Tuesday next after the
# first Monday" (title 2, section 7). holidays 0.109 has the former.
# Seen: the last Thursday is taken, as the documentation says, which was the rule before 1942: wrong in each year whose November has five
# Thursdays (2012, 2017, 2018, 2023, 2028, 2029), and right in all the others. Election day is the first Tuesday, which is wrong where the
# first of November is one (2011, 2016, 2022, 2033). A library is open on paper on the day it is closed, and books fall due on it; a
# test that was written in 2024 or 2025 stays green until 2028.
# Octavo has the closing days that the library enters.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check convertdate==2.5.1 holidays==0.109
"$folder/venv/bin/python" - <<'PY'
from datetime import date, timedelta

import holidays
from convertdate.holidays import election_day, thanksgiving

late, early = [], []
for year in range(2010, 2034):
    by_law = next(day for day, name in holidays.country_holidays("US", years=year).items() if name == "Thanksgiving Day")
    found = date(*thanksgiving(year))
    assert found - by_law in (timedelta(0), timedelta(days=7))
    if found != by_law:
        late.append(year)
        print("Thanksgiving", found, by_law)
    first = date(year, 11, 1)
    by_law = first + timedelta(days=(7 - first.weekday()) % 7 + 1)
    found = date(*election_day(year))
    assert by_law.strftime("%a") == "Tue" and by_law - found in (timedelta(0), timedelta(days=7))
    if found != by_law:
        early.append(year)
        print("Election day", found, by_law)
assert late == [2012, 2017, 2018, 2023, 2028, 2029]
assert early == [2011, 2016, 2022, 2033]
PY
