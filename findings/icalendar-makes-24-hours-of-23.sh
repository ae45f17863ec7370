#!/usr/bin/env bash
# icalendar 7.3.2 (PyPI) and ical.js 2.2.1 (npm): an event of DURATION:PT24H is 23 hours long on the night the clocks go forward.
# Expected: hours, minutes and seconds are accurate durations, weeks and days nominal ones (RFC 5545, 3.3.6): from noon on Saturday
# P1D ends at noon on Sunday and PT24H at one o'clock.
# Seen: both end at noon, 23 hours later; in October PT24H is 25 hours. What is lent for 24 hours in a calendar, a laptop or a room,
# is due an hour early by these two, and each confirms the other.
# Octavo lends by days and closing times, and writes no calendars.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6
cd "$folder"
npm install --silent --no-fund --no-audit ical.js@2.2.1 > /dev/null
calendar() {
  printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//Library//EN \
    BEGIN:VTIMEZONE TZID:Europe/Berlin \
    BEGIN:DAYLIGHT TZOFFSETFROM:+0100 TZOFFSETTO:+0200 DTSTART:19810329T020000 \
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU' END:DAYLIGHT \
    BEGIN:STANDARD TZOFFSETFROM:+0200 TZOFFSETTO:+0100 DTSTART:19961027T030000 \
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU' END:STANDARD \
    END:VTIMEZONE \
    BEGIN:VEVENT UID:loan-1 DTSTAMP:20260101T000000Z "DTSTART;TZID=Europe/Berlin:$1T120000" "DURATION:$2" END:VEVENT \
    END:VCALENDAR > "$1-$2.ics"
}
calendar 20260328 PT24H
calendar 20260328 P1D
calendar 20261024 PT24H
cat > hours.py <<'PY'
import sys
from pathlib import Path

from icalendar import Calendar

for name in sys.argv[1:]:
    [loan] = Calendar.from_ical(Path(name).read_bytes()).walk("VEVENT")
    print(name, round((loan.end.timestamp() - loan.start.timestamp()) / 3600))
PY
cat > hours.mjs <<'JS'
import fs from 'node:fs';
import ICAL from 'ical.js';

for (const name of process.argv.slice(2)) {
  const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(name, 'utf8')));
  const loan = new ICAL.Event(calendar.getFirstSubcomponent('vevent'));
  console.log(name, (loan.endDate.toUnixTime() - loan.startDate.toUnixTime()) / 3600);
}
JS
by_icalendar=$(venv/bin/python hours.py 20260328-PT24H.ics 20260328-P1D.ics 20261024-PT24H.ics)
by_ical_js=$(node hours.mjs 20260328-PT24H.ics 20260328-P1D.ics 20261024-PT24H.ics)
printf 'icalendar:\n%s\nical.js:\n%s\n' "$by_icalendar" "$by_ical_js"
test "$by_icalendar" = '20260328-PT24H.ics 23
20260328-P1D.ics 23
20261024-PT24H.ics 25'
test "$by_ical_js" = "$by_icalendar"
