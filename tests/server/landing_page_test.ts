import assert from "node:assert/strict";
import { VERSION } from "../../src/version.ts";
import { landingPage, PAGE_HEADERS } from "../../src/server/landing_page.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, type Entries, watched } from "../fakes/watched.ts";

function page(entries: Entries, path = "/metrics"): string {
  return landingPage(watched(entries, { clock: createFakeClock() }).store, path);
}

const wallet = { address: addressOf(1), label: "w" };

Deno.test("landingPage() shows the number of wallets and links to the other pages", () => {
  const html = page({ "https://a.example/": [wallet, { ...wallet, label: "x" }], "https://b.example/": [wallet] });
  assert.match(html, /Exports the balances of 3 wallets on 2 networks to Prometheus\./);
  assert.deepEqual(html.match(/(?<=href=")[^"]*/g), ["/metrics", "/-/healthy", "/-/ready"]);
  assert.ok(html.includes(`Version ${VERSION}`));
  assert.match(html, /^<!doctype html>\n<html lang="en">/);
});

Deno.test("landingPage() uses singular and plural", () => {
  assert.match(page({ "https://a.example/": [wallet] }), / of 1 wallet on 1 network to /);
  assert.match(page({}), / of 0 wallets on 0 networks to /);
});

Deno.test("landingPage() escapes the path of the metrics", () => {
  const html = page({}, `/"><script>'&`);
  assert.ok(html.includes('href="/&#34;&#62;&#60;script&#62;&#39;&#38;"'));
  assert.ok(!html.includes("<script"));
});

Deno.test("landingPage() complies with its Content-Security-Policy", () => {
  const html = page({ "https://a.example/key-in-path": [wallet] });
  assert.doesNotMatch(html, /<script|<img|<link|<iframe|<form|\son\w+=|url\(|https?:/);
  assert.ok(!html.includes("a.example"));
  assert.match(PAGE_HEADERS["content-security-policy"] ?? "", /^default-src 'none'; style-src 'unsafe-inline'; /);
  assert.equal(PAGE_HEADERS["x-content-type-options"], "nosniff");
});
