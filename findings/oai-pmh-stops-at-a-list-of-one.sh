#!/usr/bin/env bash
# oai-pmh 2.0.3 (npm), a harvester for OAI-PMH: a list with one record, or whose last part has one, ends in a TypeError.
# Expected: the record. `listRecords` gives each record of a list, and follows its resumption tokens.
# Seen: "result[field] is not iterable": two records are a list for it, one is an object. A repository of 100 records in parts of 50
# is harvested, of 101 the last is missing behind an error, and a day on which one book was catalogued gives none.
# Octavo gives out such lists; who harvests it with this has to ask for each record.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit oai-pmh@2.0.3 > /dev/null
cat > harvest.cjs <<'JS'
const assert = require('node:assert');
const http = require('node:http');
const {OaiPmh} = require('oai-pmh');

const record = number => `<record><header><identifier>oai:library.example:${number}</identifier>
<datestamp>2026-01-05</datestamp></header><metadata><dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/">
<title xmlns="http://purl.org/dc/elements/1.1/">Book ${number}</title></dc></metadata></record>`;
const server = http.createServer((request, response) => {
  const asked = new URL(request.url, 'http://library.example');
  const most = Number(asked.pathname.slice(1));
  const from = Number(asked.searchParams.get('resumptionToken') ?? 0);
  const numbers = [from + 1, from + 2].filter(number => number <= most);
  const token = from + 2 < most ? from + 2 : '';
  response.setHeader('Content-Type', 'text/xml');
  response.end(`<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-01-06T10:00:00Z</responseDate><request verb="ListRecords">http://library.example/oai</request>
<ListRecords>${numbers.map(record).join('')}${most > 2 ? `<resumptionToken>${token}</resumptionToken>` : ''}</ListRecords>
</OAI-PMH>`);
});

async function harvest(most) {
  const found = [];
  try {
    const client = new OaiPmh(`http://127.0.0.1:${server.address().port}/${most}`);
    for await (const each of client.listRecords({metadataPrefix: 'oai_dc'})) {
      found.push(each.header.identifier.split(':')[2]);
    }
  } catch (error) {
    found.push(error.name, error.message);
  }
  return found.join(' ');
}

server.listen(0, '127.0.0.1', async () => {
  const seen = {};
  for (const most of [1, 2, 3, 4]) seen[most] = await harvest(most);
  server.close();
  console.log(seen);
  assert.match(seen[1], /^TypeError .*iterable/);
  assert.equal(seen[2], '1 2');
  assert.match(seen[3], /^1 2 TypeError .*iterable/);
  assert.equal(seen[4], '1 2 3 4');
});
JS
node harvest.cjs
