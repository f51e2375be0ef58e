import assert from "node:assert/strict";
import { startFakeNode } from "../fakes/fake_node.ts";
import { runProgram, startExporter } from "../program/exporter.ts";
import { firstPoll } from "../program/wait_for_poll.ts";
import { PATIENCE } from "../program/until.ts";

const WALLET = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

function configFor(url: string, spare: string): string {
  return `version: 2
interval: 5s
defaults: { thresholds: { minimum: 3 } }
networks:
  - name: main
    chainId: 1
    endpoints:
      - { name: first, url: "${spare}", headers: { authorization: "Bearer \${NODE_TOKEN}" } }
      - { name: second, url: "${url}", headers: { authorization: "Bearer \${NODE_TOKEN}", x-tier: gold } }
    wallets:
      - { address: ${WALLET}, label: hot, thresholds: { warning: 4.5, critical: 1, target: "10", maximum: 25.5 }, labels: { team: "br\\"idge" } }
      - { address: "${WALLET}", label: cold, thresholds: { minimum: 1 } }
`;
}

Deno.test("a YAML file of version 2 is applied with its pool, headers, thresholds and labels", async () => {
  await using node = startFakeNode({ overrides: true, balances: new Map([[WALLET.toLowerCase(), 25n * 10n ** 17n]]) });
  await using broken = startFakeNode({ instead: () => new Response("", { status: 503 }) });
  const env = { WALLET_CONFIG: configFor(node.url, broken.url), NODE_TOKEN: "t0ken-of-the-node", RELEASE_NAME: "rel" };
  const exporter = startExporter(env);
  try {
    const { text } = await firstPoll(exporter);
    const hot = `address="${WALLET}",label="hot"`;
    const cold = `address="${WALLET}",label="cold"`;
    const rest = `namespace="default",network="main",release="rel"`;
    const bridge = `${rest},team="br\\"idge"`;
    for (
      const line of [
        `wallet_balance_eth{${hot},${bridge}} 2.5`,
        `wallet_balance_eth{${cold},${rest},team=""} 2.5`,
        `wallet_balance_below_minimum{${hot},min_balance_eth="3",${bridge}} 1`,
        `wallet_balance_below_minimum{${cold},min_balance_eth="1",${rest},team=""} 0`,
        `wallet_balance_threshold_eth{${hot},level="minimum",${bridge}} 3`,
        `wallet_balance_threshold_eth{${hot},level="warning",${bridge}} 4.5`,
        `wallet_balance_threshold_eth{${hot},level="critical",${bridge}} 1`,
        `wallet_balance_threshold_eth{${hot},level="target",${bridge}} 10`,
        `wallet_balance_threshold_eth{${hot},level="maximum",${bridge}} 25.5`,
        `wallet_balance_exporter_check_interval_seconds{namespace="default",release="rel"} 5`,
      ]
    ) assert.ok(text.split("\n").includes(line), `${line}\n${text.match(/^wallet_balance_.*main.*$/gm)?.join("\n")}`);
    assert.match(text, /endpoint_state\{[^}]*endpoint="second"[^}]*state="ok"[^}]*\} 1/);
    assert.ok(
      node.seen.length > 0 &&
        node.seen.every(({ headers }) => headers.get("authorization") === "Bearer t0ken-of-the-node"),
    );
    assert.doesNotMatch(text, /t0ken/);
  } finally {
    await exporter.terminate(PATIENCE);
  }
  assert.doesNotMatch((await exporter.ended).stderr, /t0ken/);
});

Deno.test("a mistake in version 2 is rejected with exit code 1, by run and by check", async () => {
  const text = configFor("http://127.0.0.1:9998/", "http://127.0.0.1:9997/").replace("minimum: 3", "minimun: 3");
  const env = { WALLET_CONFIG: text, NODE_TOKEN: "t0ken-of-the-node" };
  for (const args of [[], ["check"]]) {
    const { code, stdout, stderr } = await runProgram(args, env);
    assert.equal(code, 1);
    assert.match(
      stdout + stderr,
      /WALLET_CONFIG:3:27: error: defaults\.thresholds\.minimun: Unknown key "minimun"\. Did you mean minimum\?/,
    );
    assert.doesNotMatch(stdout + stderr, /t0ken/);
  }
});
