import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanForeign, protect, scrub } from "../../src/util/redact.ts";

Deno.test("scrub() removes a protected secret in every encoding", () => {
  fc.assert(fc.property(fc.stringMatching(/^[ -~äß€]{8,40}$/), fc.string(), fc.string(), (secret, before, after) => {
    protect(secret);
    const forms = [secret, encodeURIComponent(secret), btoa(String.fromCharCode(...new TextEncoder().encode(secret)))];
    for (const form of forms) {
      const scrubbed = scrub(`${before}${form}${after}`);
      assert.ok(!scrubbed.includes(form.replace(/=+$/, "")), `${form} survives in ${scrubbed}`);
    }
  }));
});

Deno.test("cleanForeign() returns one short line, without part of a secret at its end", () => {
  protect("XyZZySecretXyZZy");
  for (const padding of [0, 190, 195, 1790, 1795, 1800, 1810, 5000]) {
    const text = `${"a".repeat(padding)}XyZZySecretXyZZy\n\u0007end`;
    const clean = cleanForeign(text);
    assert.ok(clean.length <= 201, `${clean.length}`);
    assert.doesNotMatch(clean, /XyZZ|\p{Cc}/u);
  }
  assert.equal(cleanForeign(" two\r\nlines\t "), "two lines");
});

Deno.test("scrub() keeps secrets of less than 4 characters", () => {
  protect("abc");
  assert.equal(scrub("abcabc"), "abcabc");
});

Deno.test("cleanForeign() removes secrets that are truncated, in upper case, or split", () => {
  const key = "k3yAAAABBBBCCCCDDDDEEEEFFFFGGGG1";
  protect(key);
  const torn = `${key.slice(0, 16)}-${key.slice(16)}`;
  for (const said of [key, key.slice(0, -1), key.slice(5), key.toUpperCase(), torn]) {
    assert.equal(cleanForeign(`unknown key ${said}, İstanbul`).replace(/[*-]+/g, "*"), "unknown key *, İstanbul", said);
  }
  assert.equal(cleanForeign("the AAAA of k3y"), "the AAAA of k3y");
});

/** Every way to write a text that a page, a JSON text or a log may have. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  "HTML entities": (text) => each(text, (code) => `&#${code};`),
  "HTML entities in hex": (text) => each(text, (code) => `&#x${code.toString(16)};`),
  "HTML entities with zeros": (text) => each(text, (code) => `&#x${code.toString(16).toUpperCase().padStart(6, "0")};`),
  "HTML names": (text) =>
    text.replaceAll("&", "&amp;").replaceAll("+", "&plus;").replaceAll("/", "&sol;").replaceAll("=", "&equals;"),
  "percent-encoding": (text) => each(text, (code) => `%${code.toString(16)}`),
  "percent-encoding twice": (text) => each(text, (code) => `%25${code.toString(16)}`),
  "JSON escapes": (text) => each(text, (code) => `\\u${code.toString(16).padStart(4, "0")}`),
  "JSON escapes in JSON": (text) => each(text, (code) => `\\\\u${code.toString(16).padStart(4, "0")}`),
  "JavaScript escapes": (text) => each(text, (code) => `\\u{${code.toString(16)}}`),
  "bytes": (text) => each(text, (code) => `\\x${code.toString(16)}`),
  "octal": (text) => each(text, (code) => `\\${code.toString(8).padStart(3, "0")}`),
  "escaped slashes": (text) => text.replaceAll("/", "\\/"),
  "hex": (text) => each(text, (code) => code.toString(16)),
  "every other one": (text) =>
    [...text].map((letter, index) => index % 2 ? `&#${letter.charCodeAt(0)};` : letter).join(""),
  "entities of entities": (text) => each(text, (code) => `&amp;#${code};`),
};

function each(text: string, encode: (code: number) => string): string {
  return [...text].map((letter) => encode(letter.charCodeAt(0))).join("");
}

for (const [name, encode] of Object.entries(ENCODINGS)) {
  Deno.test(`SE3: cleanForeign() removes a secret encoded as ${name}`, () => {
    const secret = "k3y+of/the=node&Z9";
    protect(secret);
    const clean = cleanForeign(`unknown key ${encode(secret)} for you, 100% sure`);
    assert.match(clean, /^unknown key \*+[*&]*\*? for you, 100% sure$/);
  });
}

Deno.test("cleanForeign() keeps escapes that contain no secret", () => {
  const text = 'caf&eacute; &lt;b&gt; 100%25 C:\\\\x41 "\\u0041"';
  assert.equal(cleanForeign(text), text);
});

Deno.test("M14: cleanForeign() removes short secrets as whole words, and scrub() keeps them", () => {
  protect("Zq7");
  assert.equal(cleanForeign("invalid key Zq7, not Zq78"), "invalid key ***, not Zq78");
  assert.equal(scrub("Zq7"), "Zq7");
});

Deno.test("SE3: cleanForeign() removes a secret within a longer text in base64", () => {
  const key = "k3y-in-base64-Q9x";
  protect(key);
  for (const before of ["https://node/v2/", "https://node/v2/a", "https://node/v2/ab"]) {
    const bytes = new TextEncoder().encode(`${before}${key}?x=1`);
    for (const alphabet of ["base64", "base64url"] as const) {
      const clean = cleanForeign(`bad request ${bytes.toBase64({ alphabet })} end`);
      assert.match(clean, /^bad request \S*\*\*\*\S* end$/);
      assert.ok(!clean.includes(bytes.toBase64({ alphabet }).slice(24, 40)), clean);
    }
  }
  assert.equal(cleanForeign("eth_getBalance returned aGVsbG8gd29ybGQh"), "eth_getBalance returned aGVsbG8gd29ybGQh");
});

Deno.test("U3: scrub() accepts secrets that are too many and too long for a regular expression", () => {
  const endless = `e${"0123456789abcdef".repeat(200_000)}`;
  protect(endless);
  for (let index = 0; index < 20_000; index++) protect(`Bearer many-${index}-${"x".repeat(40)}`);
  assert.equal(scrub(`a ${endless} b`), "a *** b");
  assert.equal(scrub(`Bearer many-19999-${"x".repeat(40)}, Bearer of news`), "***, Bearer of news");
});

Deno.test("scrub() removes the longest of secrets with the same start", () => {
  protect("alike-A1B2");
  protect("alike-A1B2C3D4");
  assert.equal(scrub("alike-A1B2C3D4 alike-A1B2C3 alike-A1"), "*** ***C3 alike-A1");
});
