#!/usr/bin/env bash
# ics 0.7.3 and recurring-ical-events 3.8.2 (PyPI): what the first has read and written, the second refuses.
# Expected: a calendar that does not name its scale is Gregorian (RFC 5545, 3.7.1), and most name none.
# Seen: ics reads that as the scale "georgian" and writes "CALSCALE:GEORGIAN", which is no value of the format. The other
# takes it at its word: "Only Gregorian calendars are supported." One that ics makes itself has no such line, nor one that
# names its scale.
# Octavo writes no calendars.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  ics==0.7.3 arrow==1.4.0 icalendar==7.3.2 recurring-ical-events==3.8.2 tzdata==2026.6
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//Library//EN \
  BEGIN:VEVENT UID:loan-1 DTSTAMP:20260101T000000Z 'DTSTART;VALUE=DATE:20260105' 'SUMMARY:Emma is due' END:VEVENT \
  END:VCALENDAR > "$folder/loans.ics"
"$folder/venv/bin/python" -W ignore - "$folder/loans.ics" <<'PY'
import sys
from pathlib import Path

import ics
import recurring_ical_events
from icalendar import Calendar

before = Path(sys.argv[1]).read_bytes().decode()
after = ics.Calendar(before).serialize()


def due(text):
    try:
        found = recurring_ical_events.of(Calendar.from_ical(text)).between((2026, 1, 1), (2027, 1, 1))
    except ValueError as error:
        return str(error)
    return [str(one.start) for one in found]


print(after, due(before), due(after), sep="\n")
assert "CALSCALE:GEORGIAN" in after and "CALSCALE" not in ics.Calendar().serialize()
assert due(before) == ["2026-01-05"] and "Only Gregorian" in due(after)
PY
