#!/usr/bin/env bash
# svix 2.5.0 and standardwebhooks 1.1.1 (npm): two libraries of one specification verify the same delivery, by the same
# call, and give back different things.
# Expected: `new Webhook(secret).verify(body, headers)` gives the parsed body in both, as svix did up to 1.x.
# Seen: standardwebhooks gives the body; svix 2 gives undefined, so that a receiver which reads what was verified reads nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund svix@2.5.0 standardwebhooks@1.1.1
node - <<'JS'
const assert = require("node:assert");
const secret = "whsec_" + Buffer.alloc(32, 7).toString("base64");
const body = JSON.stringify({ type: "loan.create", data: { id: 1 } });
const now = new Date();
const signer = new (require("standardwebhooks").Webhook)(secret);
const headers = {
  "webhook-id": "event-1",
  "webhook-timestamp": String(Math.floor(now / 1000)),
  "webhook-signature": signer.sign("event-1", now, body),
};
const given = {};
for (const name of ["standardwebhooks", "svix"])
  given[name] = new (require(name).Webhook)(secret).verify(body, headers);
console.log(given);
assert.deepStrictEqual(given.standardwebhooks, JSON.parse(body));
assert.strictEqual(given.svix, undefined);
JS
