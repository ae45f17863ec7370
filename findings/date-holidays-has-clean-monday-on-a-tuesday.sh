#!/usr/bin/env bash
# date-holidays 3.37.0 (npm): in Cyprus Clean Monday of 2027 is a holiday on Tuesday 16 March; on Monday it is an "observance". In Iceland
# summer begins on 18 April 2030.
# Expected: Monday 15 March, 48 days before Easter, as the package has it for Greece, and 25 April: the first day of summer is the first
# Thursday after 18 April, from the 19th to the 25th. holidays 0.109 (PyPI) and fridagar 4.2.2 (npm) have these days.
# Seen: for Cyprus the rule says 47 days, the name "Καθαρά Δευτέρα" stands on both days, and only Tuesday is of the type `public`. For
# Iceland "thursday after 04-18" is 18 April itself where that is a Thursday: 2019, 2024 and 2030, when the 25th is a day like others. No
# word of doubt. A reminder says that a book is due on Clean Monday, when the library is closed, and it is open on Tuesday.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109
cd "$folder"
npm install --silent --no-fund --no-audit date-holidays@3.37.0 fridagar@4.2.2 > /dev/null
cat > days.cjs <<'JS'
const assert = require('node:assert');
const Holidays = require('date-holidays');
const fridagar = require('fridagar');

const find = (country, year, name) => new Holidays(country).getHolidays(year).filter(holiday => holiday.name === name)
  .map(holiday => [holiday.date.slice(0, 10), holiday.type]);
const days = date => new Date(date).toLocaleDateString('en', {weekday: 'long', timeZone: 'UTC'});
const clean = 'Καθαρά Δευτέρα';
const [cyprus, greece] = [find('CY', 2027, clean), find('GR', 2027, clean)];
console.log('Clean Monday:', cyprus, greece, days(cyprus[1][0]));
assert.deepEqual(cyprus, [['2027-03-15', 'observance'], ['2027-03-16', 'public']]);
assert.deepEqual(greece, [['2027-03-15', 'public']]);
assert.equal(days('2027-03-16'), 'Tuesday');
const summers = [2029, 2030].map(year => find('IS', year, 'Sumardagurinn fyrsti'));
const [other] = fridagar.getHolidays(2030).filter(day => day.description === 'Sumardagurinn fyrsti');
console.log('First day of summer:', summers, other.date.toISOString());
assert.deepEqual(summers, [[['2029-04-19', 'public']], [['2030-04-18', 'public']]]);
assert.equal(other.date.toISOString().slice(0, 10), '2030-04-25');
JS
TZ=UTC node days.cjs
venv/bin/python - <<'PY'
import holidays

cyprus, iceland = holidays.Cyprus(years=2027), holidays.Iceland(years=2030)
print("in Python:", cyprus.get_named("Green Monday"), iceland.get_named("First Day of Summer"))
assert [str(day) for day in cyprus.get_named("Green Monday")] == ["2027-03-15"]
assert "2027-03-16" not in cyprus
assert [str(day) for day in iceland.get_named("First Day of Summer")] == ["2030-04-25"]
PY
