import assert from "node:assert/strict";
import { ROOT } from "../program/exporter_command.ts";
import { families, read, rendered, rulesOf, seriesIn, SETS, sources } from "../rules/rendered.ts";

const PAGES = ["troubleshooting.md", "faq.md", "upgrading.md", ...gettingStarted()].map((name) => `docs/${name}`);

function gettingStarted(): readonly string[] {
  return [...Deno.readDirSync(new URL("docs/getting-started", ROOT))].map(({ name }) => `getting-started/${name}`);
}

Deno.test("pages about symptoms name log messages, flags, variables, metrics and commands that exist", async (t) => {
  const source = sources();
  const flags = read("docs/flags.md");
  const known = new Set(rulesOf(rendered(SETS.default)).map(({ record }) => record));
  for (const name of families().keys()) known.add(name);
  for (const page of PAGES) {
    await t.step(page, () => {
      const text = read(page);
      const messages = [...text.matchAll(/msg="([^"]+)"|msg=(\w+)/g)].map(([, quoted, plain]) => quoted ?? plain);
      assert.deepEqual(messages.filter((message) => !source.includes(`"${message}"`)), []);
      const own = text.matchAll(/`(--(?:config|web|rpc|alertmanager|stale|interval|shard|push|output|log)[a-z.-]*)/g);
      assert.deepEqual([...own].filter(([, flag]) => !flags.includes(`\`${flag}`)), []);
      const commands = text.matchAll(/wallet-balance-exporter (check|[a-z]+)(?=[` ]|$)/gm);
      assert.deepEqual([...commands].filter(([, command]) => !flags.includes(`\n  ${command} `)).map(String), []);
      // Datadog's names have a prefix, and its check has patterns.
      const names = seriesIn(text.replaceAll("wallet_balance.", "")).filter((name) =>
        !/^wallet_balance$|^wallets:ro$|_$/.test(name)
      );
      assert.deepEqual(names.filter((name) => !known.has(name)), []);
    });
  }
});

Deno.test("every exit code of the help is explained", () => {
  const page = read("docs/troubleshooting.md");
  for (const code of [1, 2, 70]) assert.match(page, new RegExp(`^\\| ${code} +\\|`, "m"));
});
