#!/usr/bin/env bash
# parse-opening-hours 0.4.2 (PyPI): "Mon-Fri 9am-5pm, Sat 10am-2pm" has no Saturday, "Mon 9am-12pm, 1pm-5pm" no afternoon, and "Sat-Tue
# 10am-4pm" only two of its four days.
# Expected: all of them, or an error, as for "Mon-Wed, Fri 10am-5pm" and "9am - noon". The package "parses opening hours from various
# human-readable strings", says its documentation, which names none of these limits.
# Seen: the first days with their first hours are read, and what follows is left without a word. A range of days stops on Sunday, and
# "Mon 12:30am-8am", by night, is half past twelve till eight in the evening.
# Hours that are taken from the page of a branch look right for the days one tries first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check parse-opening-hours==0.4.2 pyparsing==3.2.5
cd "$folder"
venv/bin/python -W ignore - <<'PY'
from opening_hours import OpeningHours


def hours(text):
    found = [f"{one['day']} {one['opens']}-{one['closes']}" for one in OpeningHours.parse(text).json()]
    print(text, found)
    return found


weekdays = [f"{day} 9:00-17:00" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")]
assert hours("Mon-Fri 9am-5pm") == hours("Mon-Fri 9am-5pm, Sat 10am-2pm") == hours("Mon-Fri 9am-5pm; Sat 10am-2pm") == weekdays
assert hours("Mon 9am-12pm, 1pm-5pm") == ["monday 9:00-12:00"]
assert hours("Sat-Tue 10am-4pm") == ["saturday 10:00-16:00", "sunday 10:00-16:00"]
assert hours("Mon 12:30am-8am") == ["monday 12:30-20:00"]
try:
    OpeningHours.parse("Mon-Wed, Fri 10am-5pm")
except Exception as error:
    print(type(error).__name__)
else:
    raise AssertionError
PY
