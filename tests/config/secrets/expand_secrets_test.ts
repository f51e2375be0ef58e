import assert from "node:assert/strict";
import fc from "fast-check";
import { expandSecrets } from "../../../src/config/secrets/expand_secrets.ts";
import { scrub } from "../../../src/util/redact.ts";

const VARIABLES: Readonly<Record<string, string>> = {
  KEY: "k3y-of-a-variable",
  EMPTY: "",
  NESTED: "${KEY}",
  ECHOED: "k3y-of-echo\r\n\n",
  BLANK: "\n",
};
const FILE = new URL("../../testdata/v2/every_key.yaml", import.meta.url).pathname;

function expand(text: string): ReturnType<typeof expandSecrets> {
  return expandSecrets(text, { env: (name) => VARIABLES[name], file: FILE });
}

const GOOD: Readonly<Record<string, string>> = {
  "": "",
  "nothing": "nothing",
  "a ${KEY} b ${KEY}": "a k3y-of-a-variable b k3y-of-a-variable",
  "${file:token.txt}": "t0ken-in-a-file",
  "$${KEY} costs $5 and {}": "${KEY} costs $5 and {}",
  "$$$${KEY}": "$$${KEY}",
  "${NESTED}": "${KEY}",
  "Bearer ${ECHOED}": "Bearer k3y-of-echo",
};

for (const [text, whole] of Object.entries(GOOD)) {
  Deno.test(`expandSecrets() makes "${whole}" of "${text}"`, async () => assert.equal(await expand(text), whole));
}

const BAD: Readonly<Record<string, RegExp>> = {
  "${MISSING}": /^Environment variable MISSING is not set$/,
  "${EMPTY}": /^Environment variable EMPTY is empty$/,
  "${BLANK}": /^Environment variable BLANK is empty$/,
  "${}": /^Invalid reference: use \$\{NAME\} or \$\{file:\/path\}$/,
  "${k3y with spaces}": /^Invalid reference: use \$\{NAME\} or \$\{file:\/path\}$/,
  "${KEY": /^Invalid reference: \$\{ is not closed$/,
  "${file:none.txt}": /^Cannot read .*none\.txt: it does not exist$/,
  "${file:/}": /^Cannot read .*: it is a directory$/,
  "${file:/var/run/secrets/kubernetes.io/serviceaccount/token}": /^Cannot read/,
};

for (const [text, message] of Object.entries(BAD)) {
  Deno.test(`expandSecrets() refuses "${text}"`, async () => {
    const refused = await expand(text);
    assert.ok(typeof refused === "object");
    assert.match(refused.message, message);
    assert.notEqual(refused.advice, "");
  });
}

Deno.test("expandSecrets() keeps what it put in out of every output", async () => {
  await expand("${KEY}${file:token.txt}");
  assert.equal(scrub("said k3y-of-a-variable and t0ken-in-a-file"), "said *** and ***");
});

Deno.test("expandSecrets() leaves every text without its marks alone", async () => {
  await fc.assert(fc.asyncProperty(fc.string(), async (text) => {
    if (!text.includes("${")) assert.equal(await expand(text), text);
  }));
});

Deno.test("expandSecrets() reads a file with Windows line ends", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "\uFEFFt0ken-of-windows\r\n");
  assert.equal(await expand(`\${file:${file}}`), "t0ken-of-windows");
  await Deno.remove(file);
});
