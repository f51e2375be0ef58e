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
