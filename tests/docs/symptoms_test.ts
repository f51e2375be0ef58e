import assert from "node:assert/strict";
import { runProgram, startExporter } from "../program/exporter.ts";
import { ROOT } from "../program/exporter_command.ts";
import { deadPort } from "../program/free_port.ts";
import { pageWhere } from "../program/wait_for_poll.ts";
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

const PAGE = read("docs/troubleshooting.md");
const ADDRESS = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

/** A node that answers every request alike. Returns what `once` prints about a wallet on it. */
async function readFrom(respond: (id: number) => Response, config: (url: string) => string): Promise<string> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.json();
    return respond([body].flat()[0].id);
  });
  const env = { WALLET_CONFIG: config(`http://127.0.0.1:${server.addr.port}`) };
  const { stdout, stderr } = await runProgram(["once", "--output=prometheus", "--rpc.timeout=2s"], env);
  return stdout + stderr;
}

/** Fields of the log line that the page shows below a heading. */
function lineBelow(heading: string): readonly string[] {
  const [, line = ""] = new RegExp(`^## ${heading}\n+\`\`\`\nlevel=error (.*)$`, "m").exec(PAGE) ?? [];
  return line.match(/\b(?:msg|reason|detail)=(?:"[^"]*"|\S+)/g) ?? [];
}

Deno.test("the symptoms that the page shows are those of the program", async (t) => {
  const wallet = (label: string): string => `[{"address":"${ADDRESS}","label":"${label}"}]`;
  const missing = (): Response => new Response("no such path", { status: 404 });
  await t.step("404, and a network called 127", async () => {
    const output = await readFrom(missing, (url) => `{"${url}/v2/":${wallet("batcher")}}`);
    const fields = lineBelow("404 from my provider");
    assert.equal(fields.length, 3);
    for (const field of fields) assert.ok(output.includes(field), `${field} in\n${output}`);
    assert.match(output, /^wallet_balance_check_success\{.*network="127".*\} 0$/m);
    assert.doesNotMatch(output, /^wallet_balance_eth\{/m);
  });
  await t.step("the chain is wrong", async () => {
    const other = (id: number): Response => Response.json({ jsonrpc: "2.0", id, result: "0x5" });
    const output = await readFrom(
      other,
      (url) =>
        `{"version":2,"networks":[{"name":"main","chainId":1,"endpoints":["${url}"],"wallets":${wallet("batcher")}}]}`,
    );
    assert.ok(PAGE.includes("chainId 1 is configured: correct that or the URL"));
    assert.match(output, /reason=wrong_chain .*detail="the node reports chain id 5, chainId 1 is configured/);
  });
  await t.step("a label that is part of a URL is hidden in the log, and not in the metrics", async () => {
    const label = "mainnet-4f9a";
    assert.ok(PAGE.includes(`/v2/${label}`));
    const url = `http://127.0.0.1:${deadPort()}/v2/${label}`;
    const networks = `[{"name":"${label}","endpoints":["${url}"],"wallets":${wallet(label)}}]`;
    const exporter = startExporter({ WALLET_CONFIG: `{"version":2,"networks":${networks}}` });
    await pageWhere(
      exporter,
      (text) =>
        new RegExp(`^wallet_balance_check_success\\{.*label="${label}",.*network="${label}".*\\} 0$`, "m").test(text),
    );
    await exporter.terminate(10_000);
    assert.match(exporter.logged(), /msg="Network cannot be read" network=\*\*\* /);
  });
});
