import assert from "node:assert/strict";
import { checkCommand } from "../../src/cli/check_command.ts";
import { parseSettings } from "../../src/cli/parse_settings.ts";

async function check(text: string, ...flags: readonly string[]): Promise<readonly [number, string]> {
  const invocation = parseSettings(["check", ...flags], (name) => name === "WALLET_CONFIG" ? text : undefined);
  if (!("settings" in invocation)) throw new Error("No settings were read");
  const lines: string[] = [];
  const output = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(`err: ${line}`) };
  return [await checkCommand(invocation.settings, output), lines.join("\n")];
}

const WALLET = '{"address": "0x1111111111111111111111111111111111111111", "label": "w"}';

Deno.test("check accepts a valid configuration and shows what would be polled", async () => {
  assert.deepEqual(await check(`{"https://eth-mainnet.example/k3y-0f-the-node": [${WALLET}]}`), [
    0,
    "NETWORK      ENDPOINT             WALLETS  REJECTED\n" +
    "eth_mainnet  eth-mainnet.example        1         0\n\n" +
    "An endpoint must support the methods of one of these strategies:\n\n" +
    "STRATEGY   METHODS\n" +
    "packed     eth_call with state overrides\n" +
    "multicall  eth_chainId, eth_getCode, eth_call (with Multicall3 on the chain)\n" +
    "batch      eth_chainId, eth_getBlockByNumber, eth_getBalance (tokens: eth_call), in JSON-RPC batches\n" +
    "single     eth_chainId, eth_getBlockByNumber, eth_getBalance (tokens: eth_call)\n" +
    "latest     eth_getBalance (tokens: eth_call), with block: latest\n\n" +
    "Configuration version: 1\nOK",
  ]);
});

Deno.test("check accepts notices", async () => {
  const [code, text] = await check(`{"https://rpc.a/1": [${WALLET}], "https://rpc.a/2": [${WALLET}]}`);
  assert.equal(code, 0);
  assert.match(
    text,
    /^WALLET_CONFIG: notice: Two networks are called rpc: the later one is rpc_2 in all series, since/m,
  );
  assert.match(text, /^OK \(1 notice\)$/m);
});

Deno.test("check fails for errors, warnings, and a configuration that cannot be parsed", async () => {
  for (
    const [text, summary] of [
      [`{"https://a": [${WALLET}, 5]}`, /^FAILED \(1 error, 0 warnings\)$/m],
      [`{"https://a": [], "https://a": [${WALLET}]}`, /^FAILED \(0 errors, 1 warning(, \d notices?)?\)$/m],
      ["{", /^FAILED \(1 error, 0 warnings\)$/m],
    ] as const
  ) {
    const [code, printed] = await check(text);
    assert.equal(code, 1);
    assert.match(printed, summary);
  }
});

Deno.test("AL6: check fails if balances go stale before they are read again, wherever the times are set", async () => {
  const good = `{"https://rpc.a": [${WALLET}]}`;
  const [code, text] = await check(good, "--interval=60s", "--stale-after=60s");
  assert.equal(code, 1);
  assert.match(text, /error: Balances go stale after 60 s.*\n[\s\S]*FAILED \(1 error/);
  assert.equal((await check(good, "--interval=60s", "--stale-after=61s"))[0], 0);
  const v2 = (top: string, own: string): string =>
    `version: 2\n${top}\nnetworks: [{ name: m, ${own} endpoints: ["http://localhost:8545"], wallets: [${WALLET}] }]`;
  for (
    const [file, ...flags] of [
      [v2("staleAfter: 60s\ninterval: 60s", "")],
      [v2("staleAfter: 60s", "interval: 2m,")],
      [v2("staleAfter: 60s", "")],
      [v2("", "interval: 2m,"), "--interval=10s", "--stale-after=60s"],
    ] as const
  ) {
    const [code, text] = await check(file, ...flags);
    assert.equal(code, 1, file);
    assert.match(text, /before they are read again/, file);
  }
});

Deno.test("M1: check prints all problems of the web configuration and of the wallets", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "tls: 1\nbasic: 2\n");
  for (const [config, errors] of [[`{"https://rpc.a": [${WALLET}, 5]}`, 3], ["{", 3]] as const) {
    const [code, text] = await check(config, `--web.config.file=${file}`);
    assert.equal(code, 1);
    assert.match(text, /:1:1: error: tls: Unknown key "tls"[^]*:2:1: error: basic: Unknown key "basic"/);
    assert.match(text, /WALLET_CONFIG:1:\d+: error: /);
    assert.match(text, new RegExp(`FAILED \\(${errors} errors`));
  }
  await Deno.remove(file);
  const [code, text] = await check(`{"https://rpc.a": [${WALLET}]}`, `--web.config.file=${file}`);
  assert.equal(code, 1);
  assert.match(text, /Cannot read .*: it does not exist/);
});

const TWO = (more: string, wallet = "") => `
version: 2
networks:
  - name: main
    endpoints: ["http://localhost:8545"]
    ${more}
    wallets: [{ address: "0x1111111111111111111111111111111111111111", label: w${wallet} }]
`;

Deno.test("check notices a token that no wallet names, and a mute that is over", async () => {
  const tokens = "tokens: [{ preset: entrypoint-v0.7, wallets: named }, { preset: entrypoint-v0.6 }]";
  const [code, text] = await check(TWO(tokens, ", mute: { until: 2020-01-31, reason: x }"));
  assert.equal(code, 0);
  assert.deepEqual(text.split("\n").filter((line) => line.includes("notice: ")), [
    "WALLET_CONFIG: notice: No wallet of main names EntryPoint07, so it is not read: " +
    "add tokens: { EntryPoint07: {} } to a wallet",
    "WALLET_CONFIG: notice: The mute of w on main is over, alerts are sent again: remove or change it",
  ]);
  for (
    const [fine, ...flags] of [
      [TWO(tokens, ", tokens: { EntryPoint07: {} }, mute: { until: 2999-01-31, reason: x }")],
      [TWO(tokens), "--shard=0/2"],
    ] as const
  ) assert.doesNotMatch((await check(fine, ...flags))[1], /names|mute/);
  const listed = await check(TWO(`${tokens}\n    walletsFrom: http://localhost:1/wallets.csv`));
  assert.doesNotMatch(listed[1], /names/, "a list that is not fetched here may name it");
});

Deno.test("check lists the methods that transactions and code need", async () => {
  const [, text] = await check(TWO("code: watch", ", expect: 1h"));
  assert.match(text, /^Transactions and code need these, with every strategy: eth_getCode, eth_getTransactionCount$/m);
  assert.doesNotMatch((await check(TWO("symbol: ETH")))[1], /need these/);
});

Deno.test("check notices a price of a symbol that no coin or token has", async () => {
  const priced = (chain: string) =>
    TWO(`${chain}\n    tokens: [{ preset: entrypoint-v0.7 }]`).replace(
      "networks:",
      'prices: { ETHER: { feed: "0x1111111111111111111111111111111111111112", network: main, symbols: [ETH, EntryPoint07] } }\n$&',
    );
  const [code, text] = await check(priced("chainId: 1"));
  assert.equal(code, 0);
  assert.deepEqual(text.split("\n").filter((line) => line.includes("notice: ")), [
    "WALLET_CONFIG: notice: No coin or token has the symbol ETHER, so its price is not used",
  ]);
  assert.match((await check(priced("symbol: POL")))[1], /symbol ETHER[^]*symbol ETH,/);
  assert.doesNotMatch((await check(priced("quorum: 1")))[1], /No coin or token/, "the coin of the chain is not known");
});
