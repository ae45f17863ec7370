#!/usr/bin/env bash
# rfc5545-rrule 1.1.1 (npm): in Berlin "every day until 24 December" is written as every day until 23 December, 23:00 UTC, and the last day
# is lost.
# Expected: `UNTIL=20261224`, as it was read. UNTIL has the type of DTSTART, a date where that is a date, and a time of the event's own zone
# where that has none (RFC 5545, 3.3.10); a rule by itself knows neither, and midnight in the zone of the machine least of all.
# Seen: `fromString` makes a moment of each UNTIL by the zone of the machine, and `toString` writes it in UTC. East of Greenwich the last
# day of all-day events is missing (here for ical.js 2.2.1), elsewhere a date has become a time, which must not stand beside a date.
# `UNTIL=20261224T180000` becomes 17:00 UTC. No error; COUNT and a time in UTC are right, and so are the days of a test in UTC.
# A library that is closed from 21 to 24 December is open on Christmas Eve in the calendar of its readers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit rfc5545-rrule@1.1.1 ical.js@2.2.1 > /dev/null
cat > until.mjs <<'JS'
import assert from 'node:assert';
import ICAL from 'ical.js';
import {createRequire} from 'node:module';

const {RRule} = createRequire(import.meta.url)('rfc5545-rrule');

function days(rule) {
  const text = `BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261221\r\n${rule}\r\nEND:VEVENT\r\n`;
  const dates = new ICAL.Event(new ICAL.Component(ICAL.parse(text))).iterator();
  const found = [];
  for (let date = dates.next(); date; date = dates.next()) {
    found.push(date.toString().slice(5));
  }
  return found;
}

function again(rule) {
  const written = RRule.fromString(rule).toString();
  console.log(rule, 'is written as', written, days(written));
  return written;
}

const daily = 'RRULE:FREQ=DAILY;UNTIL=20261224';
assert.deepEqual(days(daily), ['12-21', '12-22', '12-23', '12-24']);
if (process.env.TZ === 'UTC') {
  assert.equal(again(daily), 'RRULE:FREQ=DAILY;UNTIL=20261224T000000Z');
} else {
  assert.equal(again(daily), 'RRULE:FREQ=DAILY;UNTIL=20261223T230000Z');
  assert.deepEqual(days(again(daily)), ['12-21', '12-22', '12-23']);
  assert.equal(again('RRULE:FREQ=DAILY;UNTIL=20261224T180000'), 'RRULE:FREQ=DAILY;UNTIL=20261224T170000Z');
}
assert.equal(again('RRULE:FREQ=DAILY;COUNT=4'), 'RRULE:FREQ=DAILY;COUNT=4');
assert.equal(again('RRULE:FREQ=DAILY;UNTIL=20261224T180000Z'), 'RRULE:FREQ=DAILY;UNTIL=20261224T180000Z');
JS
TZ=Europe/Berlin node until.mjs
TZ=UTC node until.mjs
