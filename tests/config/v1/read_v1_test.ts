import assert from "node:assert/strict";
import { readV1 } from "../../../src/config/v1/read_v1.ts";
import { ConfigError, formatProblem } from "../../../src/config/model/problem.ts";

const folder = new URL("../../testdata/v1/", import.meta.url);

/** One section a file: its name after `# `, then every line that is reported. */
const expected = readSections(Deno.readTextFileSync(new URL("../../testdata/v1.txt", import.meta.url)));

function readSections(text: string): ReadonlyMap<string, string> {
  const sections = text.split(/^# /m).slice(1).map((section): [string, string] => {
    const [name = "", ...lines] = section.trimEnd().split("\n");
    return [name, lines.join("\n")];
  });
  return new Map(sections);
}

/** The problems of a text, and what becomes of its entries. */
function reportOf(text: string): string {
  try {
    const { problems, networks } = readV1(text, "file");
    const entries = networks.map(({ name, wallets, rejected }) => {
      const aside = rejected.map(({ address, label }) => `${JSON.stringify(address)}/${JSON.stringify(label)}`);
      return `${name || "(no name)"}: ${wallets.length} watched, rejected: ${aside.join(" ") || "none"}`;
    });
    return [...problems.map((problem) => formatProblem("file", problem)), ...entries].join("\n");
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

for (const { name } of Deno.readDirSync(folder)) {
  Deno.test(`readV1() reports what is wrong with ${name}`, () => {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Deno.readFileSync(new URL(name, folder)));
    const lines = reportOf(text);
    assert.equal(lines, expected.get(name));
    assert.ok(!/S3cret|4f3edf983ac6|junk/.test(lines), "a secret is shown");
  });
}

Deno.test("every expected section has its file", () => {
  const files = new Set([...Deno.readDirSync(folder)].map(({ name }) => name));
  assert.deepEqual([...expected.keys()].filter((name) => !files.has(name)), []);
});
