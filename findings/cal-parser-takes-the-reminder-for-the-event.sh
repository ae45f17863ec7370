#!/usr/bin/env bash
# cal-parser 1.0.2 (npm): the description of a reading is the text of its reminder, "Remember", and of its two guests the last is left.
# Expected: the description of the event, as ical.js 2.2.1 has it, and both guests. A VALARM stands in a VEVENT and has a DESCRIPTION of its
# own (RFC 5545, 3.6.6, where it is required for a reminder that is shown); ATTENDEE may occur more than once (3.6.1). That the
# package is not tested against all of RFC 5545 is what its documentation says; nothing that properties of parts replace those of the whole.
# Seen: lines are put into the event one after the other, whatever component they stand in, and the last of a name wins: the event has the
# properties `begin: VALARM`, `action`, `trigger` and `end`, too. 18:00 in New York is 18:00 in UTC for it. No error. Calendar
# programs put a reminder into most events that they write; the page of a library then has "Remember" for what is read and by whom.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit cal-parser@1.0.2 ical.js@2.2.1 > /dev/null
cat > read.cjs <<'JS'
const assert = require('node:assert');
const {parseString} = require('cal-parser');

const lines = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Library//Events//EN
BEGIN:VEVENT
UID:1@library.example
DTSTAMP:20260101T000000Z
DTSTART;TZID=America/New_York:20260701T180000
SUMMARY:Owls
DESCRIPTION:A reading from a novel
ATTENDEE:mailto:ann@library.example
ATTENDEE:mailto:max@library.example
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Remember
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
`.replaceAll('\n', '\r\n');

(async () => {
  const {default: ICAL} = await import('ical.js');
  const [event] = parseString(lines).events;
  console.log(event);
  assert.equal(event.summary.value, 'Owls');
  assert.equal(event.description.value, 'Remember');
  assert.equal(event.attendee.value, 'mailto:max@library.example');
  assert.equal(event.trigger.value, '-PT15M');
  assert.equal(new Date(event.dtstart.value).toISOString(), '2026-07-01T18:00:00.000Z');
  const right = new ICAL.Event(new ICAL.Component(ICAL.parse(lines)).getFirstSubcomponent('vevent'));
  assert.equal(right.description, 'A reading from a novel');
  assert.equal(right.attendees.length, 2);
})();
JS
TZ=Europe/Berlin node read.cjs
