#!/usr/bin/env bash
# rrule 2.8.1 (npm): a reading on the last Friday of each month is put into words as "every month on Friday".
# Expected: "the last Friday", as for `BYDAY=-1FR`, which is the same days; or `isFullyConvertibleToText()` says false, "a hint on
# whether all the options the rule has are convertible to text".
# Seen: it says true, and BYSETPOS, by which calendar programs write such rules (`BYDAY=FR;BYSETPOS=-1`), is left out: `fromText` of
# the words is every Friday. The first working day of a month is "every month on weekdays". "In July and August" is said well for
# every second day and lost on the way back. Who reads when a circle meets comes on the wrong day.
# Octavo has no events that repeat.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit rrule@2.8.1 > /dev/null
cat > say.cjs <<'JS'
const assert = require('node:assert');
const {RRule, rrulestr} = require('rrule');

function say(text) {
  const rule = rrulestr(`DTSTART:20260901T180000Z\nRRULE:${text}`);
  const days = rule.between(new Date('2026-09-01'), new Date('2026-11-01'), true).map(day => day.toISOString().slice(5, 10));
  const said = [rule.toText(), rule.isFullyConvertibleToText(), RRule.fromText(rule.toText()).toString()];
  console.log(text, said, days.join(' '));
  return [said, days];
}
const [lastFriday, days] = say('FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1');
const [alsoLastFriday, sameDays] = say('FREQ=MONTHLY;BYDAY=-1FR');
const [firstWorkingDay] = say('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1');
const [summer] = say('FREQ=DAILY;INTERVAL=2;BYMONTH=7,8');
assert.deepEqual(days, ['09-25', '10-30']);
assert.deepEqual(sameDays, days);
assert.deepEqual(lastFriday, ['every month on Friday', true, 'RRULE:FREQ=MONTHLY;BYDAY=FR']);
assert.deepEqual(alsoLastFriday, ['every month on the last Friday', true, 'RRULE:FREQ=MONTHLY;BYDAY=-1FR']);
assert.deepEqual(firstWorkingDay, ['every month on weekdays', true, 'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR']);
assert.deepEqual(summer, ['every 2 days in July and August', true, 'RRULE:INTERVAL=2;FREQ=DAILY']);
JS
node say.cjs
