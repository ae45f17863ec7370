#!/usr/bin/env bash
# ics 3.12.0 (npm): a weekly story hour at 10:00 local time, left out on 31 October, takes place on 31 October.
# Expected: `EXDATE:20261031T100000` beside `DTSTART:20261017T100000`. A date that is left out is one of those that the rule makes
# (RFC 5545, 3.8.5.1), and `startInputType: 'local'` says how hours are meant.
# Seen: the beginning is written as it is and what is left out in UTC, `20261031T090000Z`, by the zone of the machine; no program
# finds it among the dates (here icalendar 7.3.2 with recurring-ical-events 3.8.2). On a server in UTC the hours happen to agree, so
# that it works there. A category with a comma, "Children, Families", is written as two (3.8.1.2).
# Octavo writes no calendars.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 tzdata==2026.6
cd "$folder"
npm install --silent --no-fund --no-audit ics@3.12.0 > /dev/null
cat > write.cjs <<'JS'
const ics = require('ics');

const {error, value} = ics.createEvent({
  uid: 'story-hour', title: 'Story hour', start: [2026, 10, 17, 10, 0], duration: {hours: 1}, startInputType: 'local',
  startOutputType: 'local', recurrenceRule: 'FREQ=WEEKLY;COUNT=4', exclusionDates: [[2026, 10, 31, 10, 0]],
  categories: ['Children, Families']});
if (error) throw error;
process.stdout.write(value);
JS
cat > read.py <<'PY'
import sys

import recurring_ical_events
from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
[event] = calendar.walk("VEVENT")
days = [one.start.strftime("%m-%d") for one in recurring_ical_events.of(calendar).between((2026, 10, 1), (2026, 12, 1))]
print(event["EXDATE"].to_ical().decode(), *days, event["CATEGORIES"].to_ical().decode())
PY
in_berlin=$(TZ=Europe/Berlin node write.cjs | venv/bin/python read.py)
in_utc=$(TZ=UTC node write.cjs | venv/bin/python read.py)
printf '%s\n' "$in_berlin" "$in_utc"
test "$in_berlin" = "20261031T090000Z 10-17 10-24 10-31 11-07 Children, Families"
test "$in_utc" = "20261031T100000Z 10-17 10-24 11-07 Children, Families"
