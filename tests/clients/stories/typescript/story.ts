// What an author of scripts does with openapi-fetch and the types that openapi-typescript makes.
// Called with the address of a server, and an administrator's email and password.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.js";

// Lists can be had as CSV too; these calls ask for JSON.
type Json = "application/json" | "application/problem+json";
type Api = Client<paths, Json>;
type Copy = components["schemas"]["Copy"];
type User = components["schemas"]["User"];

async function signedIn(baseUrl: string, email: string, password: string): Promise<Api> {
  const api = createClient<paths, Json>({ baseUrl });
  const wrong = { email, password: "not this one" };
  const refused = await api.POST("/api/v1/auth/login", { body: wrong });
  assert.equal(refused.error?.code, "bad-credentials");
  const { data } = await api.POST("/api/v1/auth/login", { body: { email, password } });
  assert(data);
  return createClient<paths, Json>({
    baseUrl,
    headers: { Authorization: `Bearer ${data.access_token}` },
  });
}

async function bookWithCopy(api: Api, mark: string): Promise<Copy> {
  const book = await api.POST("/api/v1/books", { body: { title: `The Moonstone ${mark}` } });
  assert(book.data);
  const query = { q: `"moonstone ${mark}"` };
  const found = await api.GET("/api/v1/books", { params: { query } });
  assert.deepEqual(found.data?.data.map((each) => each.id), [book.data.id]);
  const copy = await api.POST("/api/v1/books/{book_id}/copies", {
    params: { path: { book_id: book.data.id } },
    body: { barcode: `C-${mark}` },
  });
  assert(copy.data);
  return copy.data;
}

async function lendTwice(api: Api, copy: Copy, member: User): Promise<void> {
  const body = { barcode: copy.barcode, user_id: member.id };
  const loan = await api.POST("/api/v1/loans", { body });
  assert.equal(loan.data?.copy_id, copy.id);
  const refused = await api.POST("/api/v1/loans", { body });
  assert.equal(refused.error?.code, "loan-refused");
  assert(refused.error.reasons?.some((reason) => reason.code === "already-borrowed"));
}

async function bringIn(api: Api, mark: string): Promise<void> {
  const sent = await api.POST("/api/v1/imports", {
    params: { query: { format: "csv" } },
    headers: { "Content-Type": "application/octet-stream" },
    body: `title\nEmma ${mark}\n`,
    bodySerializer: (file) => file,
  });
  let job = sent.data;
  while (job?.status === "queued" || job?.status === "running") {
    await pause(200);
    const path = { import_id: job.id };
    job = (await api.GET("/api/v1/imports/{import_id}", { params: { path } })).data;
  }
  assert.deepEqual([job?.status, job?.created], ["done", 1]);
}

async function pageThrough(api: Api): Promise<void> {
  const seen = new Set<number | undefined>();
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: { cursor: string; limit: number } = { cursor, limit: 2 };
    const page = await api.GET("/api/v1/books", { params: { query } });
    assert(page.data);
    for (const book of page.data.data) seen.add(book.id);
    cursor = page.data.pagination.next_cursor ?? null;
  }
  const whole = await api.GET("/api/v1/books", { params: { query: { limit: 1 } } });
  assert.equal(seen.size, whole.data?.pagination.total);
}

async function pay(api: Api, member: User): Promise<void> {
  const fee = await api.POST("/api/v1/fees", {
    body: { user_id: member.id, amount: 250, note: "A torn page" },
  });
  assert(fee.data);
  const paid = await api.POST("/api/v1/fees/{fee_id}/payments", {
    params: { path: { fee_id: fee.data.id } },
    body: { amount: 250, method: "cash" },
  });
  assert.deepEqual([paid.data?.balance, paid.data?.status], [0, "paid"]);
}

const [url, email, password] = process.argv.slice(2);
assert(url && email && password);
const mark = randomUUID().slice(0, 8);
const api = await signedIn(url, email, password);
const member = await api.POST("/api/v1/users", {
  body: { email: `${mark}@example.org`, first_name: "Ada", last_name: "Lovelace" },
});
assert(member.data);
await lendTwice(api, await bookWithCopy(api, mark), member.data);
await bringIn(api, mark);
await pageThrough(api);
await pay(api, member.data);
