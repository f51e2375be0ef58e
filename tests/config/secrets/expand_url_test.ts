import assert from "node:assert/strict";
import { EndpointUrl, parseEndpointUrl } from "../../../src/config/secrets/endpoint_url.ts";
import { expandUrl } from "../../../src/config/secrets/expand_url.ts";
import { cleanForeign, scrub } from "../../../src/util/redact.ts";

const FILE = new URL("../../testdata/v2/every_key.yaml", import.meta.url).pathname;

/** What a URL's name is, and what becomes of a value in the log. */
async function nameAndLog(template: string, value: string): Promise<readonly [string, string]> {
  const expanded = await expandUrl(template, { env: (name) => name === "V" ? value : undefined, file: FILE });
  assert.ok("text" in expanded);
  const url = parseEndpointUrl(expanded.text, [], expanded);
  assert.ok(url instanceof EndpointUrl, JSON.stringify(url));
  return [url.name, scrub(`said ${value}`)];
}

for (
  const [template, value, name] of [
    ["http://localhost:${V}/", "18545", "localhost:18545"],
    ["http://${V}:8545/", "geth.internal", "geth.internal:8545"],
    ["http://${V}/x", "geth-2.internal", "geth-2.internal"],
    ["http://${V}/x", "geth-3.internal:8545", "geth-3.internal:8545"],
    ["http://user:pw@${V}", "geth-4.internal", "geth-4.internal"],
    ["http://[${V}]:8545", "fd12::1", "[fd12::1]:8545"],
  ] as const
) {
  Deno.test(`M14: a variable that is a host or a port is no secret: ${template}`, async () =>
    assert.deepEqual(await nameAndLog(template, value), [name, `said ${value}`]));
}

for (
  const [template, value, name] of [
    ["http://node.a/${V}", "path-value", "node.a"],
    ["http://node.a/v2/${V}/x", "path2", "node.a"],
    ["http://node.a/?key=${V}", "query-value", "node.a"],
    ["http://${V}:pw@node.a/", "user-value", "node.a"],
    ["http://user:${V}@node.a/", "password-value", "node.a"],
    ["http://${V}.node.a/", "label-value", "***.node.a"],
    ["http://x-${V}.node.a:81/", "part-value", "x-***.node.a:81"],
    ["http://${V}@node.a:82/${V}", "twice-value", "node.a:82"],
  ] as const
) {
  Deno.test(`M14: a variable anywhere else is a secret, and the name does not show it: ${template}`, async () =>
    assert.deepEqual(await nameAndLog(template, value), [name, "said ***"]));
}

Deno.test("M14: a variable that is a port and a key is a secret", async () => {
  assert.deepEqual(await nameAndLog("http://node.b:${V}/?key=${V}", "28545"), ["node.b:28545", "said ***"]);
});

Deno.test("M14: of a whole URL in a variable all but the host is secret", async () => {
  const [name] = await nameAndLog("${V}", "https://ann:pw9@node.c:8545/v2/k9?x=y8");
  assert.equal(name, "node.c:8545");
  assert.equal(scrub("node.c:8545 is at /v2/k9?x=y8"), "node.c:8545 is at ***");
});

Deno.test("M14: a file's text is a secret, though it is a host", async () => {
  const expanded = await expandUrl("https://${file:token.txt}.node.d/", { env: () => undefined, file: FILE });
  assert.ok("text" in expanded);
  const url = parseEndpointUrl(expanded.text, [], expanded);
  assert.ok(url instanceof EndpointUrl);
  assert.equal(url.name, "***.node.d");
});

Deno.test("M14: a key of two letters is removed from messages of nodes", async () => {
  await nameAndLog("http://node.e/v2/${V}", "Q7");
  assert.equal(cleanForeign("no such key: Q7"), "no such key: ***");
});

Deno.test("a value of two lines is refused in a URL, which would be read without the line end", async () => {
  const refused = await expandUrl("https://node.e/${V}", { env: () => "first-line\nsecond-line", file: FILE });
  assert.ok("message" in refused);
  assert.equal(refused.message, "A value in the URL contains a line break or a tab");
});
