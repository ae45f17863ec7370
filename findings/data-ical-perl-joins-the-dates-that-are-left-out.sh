#!/usr/bin/env bash
# Data::ICal 0.24 (Debian): of a calendar that it reads and writes, the dates that are left out, "20261024T100000,20261031T100000", are one
# text with a backslash, and the categories "Children" and "Books" are one category "Children,Books".
# Expected: the same calendar, as nothing was changed. In EXDATE, RDATE, CATEGORIES and RESOURCES a comma divides the values; only one that
# belongs to a text has a backslash (RFC 5545, 3.1.1, 3.3.11 and 3.8.5.1).
# Seen: in reading the backslashes are taken off, in writing every comma gets one, but in RRULE, which is what the documentation names.
# Two dates with a backslash between them are no dates: for ical.js 2.2.1 (npm) the story hour takes place on 31 October, icalendar 7.3.2
# (PyPI) forgives it; both have one category. One date, one category and the rule itself are right, and nothing is said.
# Octavo writes no calendars.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2
cd "$folder"
npm install --silent --no-fund --no-audit ical.js@2.2.1 > /dev/null
apt-get download --quiet libdata-ical-perl=0.24+dfsg-2 libclass-returnvalue-perl libdevel-stacktrace-perl libtext-vfile-asdata-perl \
  libclass-accessor-perl libclass-accessor-chained-perl > /dev/null
for package in *.deb; do dpkg -x "$package" root; done
export PERL5LIB="$folder/root/usr/share/perl5"
cat > event.ics <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Library//Events//EN
BEGIN:VEVENT
UID:1@library.example
DTSTAMP:20260101T000000Z
DTSTART:20261017T100000
SUMMARY:Story hour\, with owls
CATEGORIES:Children,Books
RRULE:FREQ=WEEKLY;BYDAY=SA,SU;COUNT=6
EXDATE:20261024T100000,20261031T100000
END:VEVENT
END:VCALENDAR
ICS
perl -MData::ICal -e 'print Data::ICal->new(filename => "event.ics")->as_string' | tr -d '\r' > written.ics
grep -E '^(SUMMARY|CATEGORIES|RRULE|EXDATE)' written.ics
grep -qx 'SUMMARY:Story hour\\, with owls' written.ics
grep -qx 'CATEGORIES:Children\\,Books' written.ics
grep -qx 'RRULE:FREQ=WEEKLY;BYDAY=SA,SU;COUNT=6' written.ics
grep -qx 'EXDATE:20261024T100000\\,20261031T100000' written.ics
venv/bin/python - <<'PY'
from icalendar import Calendar
from recurring_ical_events import of

found = {}
for name in ("event.ics", "written.ics"):
    calendar = Calendar.from_ical(open(name, "rb").read())
    days = [f"{event.start:%d %b}" for event in of(calendar).all()]
    found[name] = days
    print(name, days, [str(category) for category in calendar.walk("VEVENT")[0]["CATEGORIES"].cats])
assert found["event.ics"] == found["written.ics"] == ["17 Oct", "18 Oct", "25 Oct", "01 Nov"]
PY
cat > days.mjs <<'JS'
import assert from 'node:assert';
import fs from 'node:fs';
import ICAL from 'ical.js';

function days(name) {
  const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(name, 'utf8')));
  const component = calendar.getFirstSubcomponent('vevent');
  const dates = new ICAL.Event(component).iterator();
  const found = [];
  for (let date = dates.next(); date; date = dates.next()) {
    found.push(date.toString().slice(5, 10));
  }
  const categories = component.getFirstProperty('categories').getValues();
  console.log(name, found, categories);
  return [found, categories];
}

assert.deepEqual(days('event.ics'), [['10-17', '10-18', '10-25', '11-01'], ['Children', 'Books']]);
assert.deepEqual(days('written.ics'), [['10-17', '10-18', '10-25', '10-31', '11-01'], ['Children,Books']]);
JS
node days.mjs
