#!/usr/bin/env bash
# node-ical 0.26.1 (npm): the one category "Children, Families" of a calendar is read as two, "Children\" and "Families".
# Expected: "Children, Families". A comma behind a backslash belongs to the text, one without parts two texts, and `\\` is a
# backslash (RFC 5545, 3.3.11); ical.js 2.2.1 reads it so.
# Seen: categories are cut at every comma, and what is in them stays escaped. Other texts are unescaped in turns that take a part of
# `\\` for the beginning of `\n`: the room "C:\new" gets a line break. A title with its language, `SUMMARY;LANGUAGE=de:Lesung`, is
# an object where others are texts. A calendar of events by category has a heading that nobody wrote.
# Octavo reads no calendars.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit node-ical@0.26.1 ical.js@2.2.1 > /dev/null
cat > read.cjs <<'JS'
const assert = require('node:assert');
const ICAL = require('ical.js');
const ical = require('node-ical');

const text = String.raw`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Library//EN
BEGIN:VEVENT
UID:reading-1
DTSTAMP:20260101T000000Z
DTSTART:20260330T160000Z
DTEND:20260330T170000Z
SUMMARY;LANGUAGE=de:Lesung
CATEGORIES:Children\, Families,Music
LOCATION:C:\\new
END:VEVENT
END:VCALENDAR
`.replaceAll('\n', '\r\n');
const one = Object.values(ical.parseICS(text)).find(part => part.type === 'VEVENT');
const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent');
const other = {
  categories: event.getFirstProperty('categories').getValues(),
  location: event.getFirstPropertyValue('location'),
  summary: event.getFirstPropertyValue('summary'),
};
console.log(one.categories, [one.location], one.summary, other);
assert.deepEqual(one.categories, ['Children\\', 'Families', 'Music']);
assert.equal(one.location, 'C:\\\new');
assert.deepEqual({...one.summary}, {params: {LANGUAGE: 'de'}, val: 'Lesung'});
assert.deepEqual(other, {categories: ['Children, Families', 'Music'], location: 'C:\\new', summary: 'Lesung'});
JS
node read.cjs
