#!/usr/bin/env bash
# ics 0.7.3 (PyPI): a calendar that it reads and writes has a monthly event an hour earlier in winter, and its reminder before the
# wrong end.
# Expected: the same calendar, as nothing was changed. An event that repeats does so by the clock of its zone (RFC 5545, 3.8.5.3).
# Seen: `serialize()` writes the beginning in UTC, without the zone, and leaves the rule as it is: 18:00 in Berlin in September,
# 17:00 from the end of October. `TRIGGER;RELATED=END:-PT15M`, a quarter of an hour before the end, is written without
# RELATED=END, so that it comes a quarter of an hour before the beginning.
# Octavo writes no calendars.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  ics==0.7.3 arrow==1.4.0 icalendar==7.3.2 recurring-ical-events==3.8.2 tzdata==2026.6
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//Library//EN CALSCALE:GREGORIAN \
  BEGIN:VTIMEZONE TZID:Europe/Berlin \
  BEGIN:DAYLIGHT TZOFFSETFROM:+0100 TZOFFSETTO:+0200 DTSTART:19810329T020000 \
    'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU' END:DAYLIGHT \
  BEGIN:STANDARD TZOFFSETFROM:+0200 TZOFFSETTO:+0100 DTSTART:19961027T030000 \
    'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU' END:STANDARD \
  END:VTIMEZONE \
  BEGIN:VEVENT UID:reading-1 DTSTAMP:20260101T000000Z 'DTSTART;TZID=Europe/Berlin:20260924T180000' DURATION:PT1H \
  'RRULE:FREQ=MONTHLY;BYDAY=-1TH;COUNT=3' SUMMARY:Reading \
  BEGIN:VALARM ACTION:DISPLAY DESCRIPTION:Soon 'TRIGGER;RELATED=END:-PT15M' END:VALARM \
  END:VEVENT END:VCALENDAR > "$folder/readings.ics"
"$folder/venv/bin/python" -W ignore - "$folder/readings.ics" <<'PY'
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import ics
import recurring_ical_events
from icalendar import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
before = Path(sys.argv[1]).read_bytes().decode()
after = ics.Calendar(before).serialize()
print(after)


def readings(text):
    found = recurring_ical_events.of(Calendar.from_ical(text)).between((2026, 9, 1), (2027, 1, 1))
    return sorted(one.start.astimezone(BERLIN).strftime("%m-%d %H:%M") for one in found)


def reminder(text):
    [alarm] = Calendar.from_ical(text).walk("VALARM")
    return alarm.triggers.start, alarm.triggers.end


print(readings(before), readings(after))
assert readings(before) == ["09-24 18:00", "10-29 18:00", "11-26 18:00"]
assert readings(after) == ["09-24 18:00", "10-29 17:00", "11-26 17:00"]
assert reminder(before) == ((), (timedelta(minutes=-15),))
assert reminder(after) == ((timedelta(minutes=-15),), ())
PY
