import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanForeign, protect, scrub } from "../src/redact.ts";

Deno.test("scrub() removes a protected secret in every form it may come back in", () => {
  fc.assert(fc.property(fc.stringMatching(/^[ -~äß€]{8,40}$/), fc.string(), fc.string(), (secret, before, after) => {
    protect(secret);
    const forms = [secret, encodeURIComponent(secret), btoa(String.fromCharCode(...new TextEncoder().encode(secret)))];
    for (const form of forms) {
      const scrubbed = scrub(`${before}${form}${after}`);
      assert.ok(!scrubbed.includes(form.replace(/=+$/, "")), `${form} survives in ${scrubbed}`);
    }
  }));
});

Deno.test("cleanForeign() gives one short line, without a secret that its cut would halve", () => {
  protect("XyZZySecretXyZZy");
  for (const padding of [0, 190, 195, 1790, 1795, 1800, 1810, 5000]) {
    const text = `${"a".repeat(padding)}XyZZySecretXyZZy\n\u0007end`;
    const clean = cleanForeign(text);
    assert.ok(clean.length <= 201, `${clean.length}`);
    assert.doesNotMatch(clean, /XyZZ|\p{Cc}/u);
  }
  assert.equal(cleanForeign(" two\r\nlines\t "), "two lines");
});

Deno.test("protect() ignores what is too short to be a secret", () => {
  protect("abc");
  assert.equal(scrub("abcabc"), "abcabc");
});

Deno.test("cleanForeign() removes what gives a secret away: cut short, in capitals, or torn apart", () => {
  const key = "k3yAAAABBBBCCCCDDDDEEEEFFFFGGGG1";
  protect(key);
  const torn = `${key.slice(0, 16)}-${key.slice(16)}`;
  for (const said of [key, key.slice(0, -1), key.slice(5), key.toUpperCase(), torn]) {
    assert.equal(cleanForeign(`unknown key ${said}, İstanbul`).replace(/[*-]+/g, "*"), "unknown key *, İstanbul", said);
  }
  assert.equal(cleanForeign("the AAAA of k3y"), "the AAAA of k3y");
});
