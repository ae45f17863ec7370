// Verifies deliveries of webhooks, given on standard input, by the library that is named.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages, library] = process.argv.slice(2);
const { Webhook } = createRequire(`${packages}/`)(library);
for (const { secret, body, headers } of JSON.parse(readFileSync(0, "utf8"))) {
  new Webhook(secret).verify(body, headers); // svix gives nothing back, it only throws
  console.log(JSON.parse(body).type);
}
