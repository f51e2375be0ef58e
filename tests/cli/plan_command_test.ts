import { toAccounts } from "../fakes/accounts.ts";
import assert from "node:assert/strict";
import { parseSettings } from "../../src/cli/parse_settings.ts";
import { costsOf, planCommand } from "../../src/cli/plan_command.ts";
import { providerOf, PROVIDERS, unitsOf } from "../../src/plan/providers.ts";
import { pollCost } from "../../src/evm/strategies/poll_cost.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { planOf } from "../fakes/watched.ts";

async function plan(text: string): Promise<readonly [number, string]> {
  const env = new Map([["WALLET_CONFIG", text], ["CHECK_INTERVAL", "15"]]);
  const invocation = parseSettings(["plan"], (name) => env.get(name));
  if (!("settings" in invocation)) throw new Error("No settings were read");
  const lines: string[] = [];
  const output = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(`err: ${line}`) };
  return [await planCommand(invocation.settings, output), lines.join("\n")];
}

const WALLET = '{"address": "0x1111111111111111111111111111111111111111", "label": "w"}';

Deno.test("plan prints a line per endpoint and strategy, without secrets", async () => {
  const [code, text] = await plan(`{"https://eth-mainnet.g.alchemy.com/v2/S3cret-Key-1234": [${WALLET}]}`);
  assert.equal(code, 0);
  assert.match(text, /^Estimated cost per day, with an interval of 15 s:$/m);
  assert.match(
    text,
    /^eth_mainnet +eth-mainnet\.g\.alchemy\.com +primary +packed +5,761 +5,761 +[\d.]+ MB +149,780 CU +15 %$/m,
  );
  assert.match(text, /as of August 2026/);
  assert.doesNotMatch(text, /S3cret/);
});

Deno.test("plan shows unknown prices as unknown", async () => {
  const [, text] = await plan(`{"https://rpc.example/": [${WALLET}]}`);
  assert.match(text, /^rpc +rpc\.example +primary +batch +11,521 +23,041 +[\d.]+ MB +unknown +unknown$/m);
});

Deno.test("plan shows what reading the past costs, once", async () => {
  const wallets = JSON.stringify(accountsOf(3000).map((address) => ({ address, label: "w" })));
  const config = (backfill: string): string =>
    `{"version": 2, "networks": [{"name": "main", "endpoints": ["https://eth-mainnet.g.alchemy.com/v2/x"],
      ${backfill} "wallets": ${wallets}}]}`;
  const [, text] = await plan(config('"backfill": "24h",'));
  assert.match(text, /^Once at the start, and for added wallets, for the balances of past hours \(backfill\):$/m);
  assert.match(text, /^main +eth-mainnet\.g\.alchemy\.com +25 +26 +7\.5 MB +664 CU$/m);
  assert.doesNotMatch((await plan(config("")))[1], /backfill/);
});

Deno.test("plan shows how views are called", async () => {
  const contract = "0x1111111111111111111111111111111111111111";
  const views = [
    {
      name: "allowance",
      address: contract,
      call: "allowance(address,address)",
      args: ["wallet", contract],
      decimals: 6,
    },
    { name: "balance", address: contract, call: "getBalance(uint256) returns (uint96, bool)", args: [5], word: 1 },
  ];
  const network = { name: "main", endpoints: ["https://rpc.example/"], views, wallets: [JSON.parse(WALLET)] };
  const [code, text] = await plan(JSON.stringify({ version: 2, networks: [network] }));
  assert.equal(code, 0);
  assert.match(text, /^Views are called with this data, in which WALLET stands for the wallet's address:$/m);
  const word = (digits: string): string => digits.padStart(64, "0");
  const data = `0xdd62ed3e${"0".repeat(24)}WALLET${word("1".repeat(40))}`;
  assert.match(text, new RegExp(`^main +allowance +${contract} +allowance\\(address,address\\) +0 +6 +${data}$`, "m"));
  assert.match(text, new RegExp(`^main +balance .* +1 +0 +0x1e010439${word("5")}$`, "m"));
  assert.match(
    text,
    /^main +rpc\.example +primary +packed +11,521 /m,
    "the balance is in a request, the views in another",
  );
});

Deno.test("plan refuses an invalid configuration", async () => {
  assert.equal((await plan("{"))[0], 1);
});

Deno.test("unitsOf() matches the published prices of 1,000 wallets at 15 s", () => {
  const accounts = toAccounts(accountsOf(1000));
  const polls = 86_400 / 15;
  const day = (host: string, strategy: "packed" | "batch"): number => {
    const provider = providerOf(host);
    assert.ok(provider !== undefined);
    return polls * unitsOf(provider, pollCost(strategy, accounts));
  };
  assert.equal(day("eth-mainnet.g.alchemy.com", "packed"), 149_760);
  assert.equal(day("mainnet.infura.io", "packed"), 460_800);
  assert.ok(day("eth-mainnet.g.alchemy.com", "batch") > 115_200_000);
});

Deno.test("providerOf() finds providers by the suffix of a host, and no others", () => {
  assert.equal(providerOf("eth-mainnet.g.alchemy.com")?.name, "Alchemy");
  assert.equal(providerOf("lb.drpc.org:443")?.name, "dRPC");
  for (const host of ["alchemy.com.evil.example", "notalchemy.com", "localhost:8545", ""]) {
    assert.equal(providerOf(host), undefined, host);
  }
  assert.equal(new Set(PROVIDERS.map(({ host }) => host)).size, PROVIDERS.length);
});

Deno.test("costsOf() returns nothing for a network without a usable endpoint", () => {
  const { networks: [network] } = planOf({ "ftp://a.example/": [] });
  assert.ok(network !== undefined);
  assert.deepEqual(costsOf(network, 1000), []);
});

function sumOf(calls: ReadonlyMap<string, number>): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

Deno.test("costsOf() estimates standbys, quorums and blocks by distance", () => {
  const [network] = planOf({ "https://a.example/": [{ address: accountsOf(1)[0] ?? "", label: "w" }] }).networks;
  assert.ok(network !== undefined);
  const [endpoint] = network.endpoints;
  assert.ok(endpoint !== undefined);
  const endpoints = ["a", "b", "c"].map((name) => ({ ...endpoint, name }));
  const packed = (changes: Partial<typeof network>): readonly (readonly unknown[])[] =>
    costsOf({ ...network, endpoints, ...changes }, 15_000)
      .filter(({ strategy }) => strategy === "packed")
      .map(({ endpoint, role, cost: { requests, calls } }) => [endpoint, role, requests, sumOf(calls)]);
  // A day's comparison with a plain balance comes on top.
  assert.deepEqual(packed({}), [
    ["a", "primary", 5760 + 1, 5760 + 1],
    ["b", "standby", 1440 + 1, 1440 + 1],
    ["c", "standby", 1440 + 1, 1440 + 1],
  ]);
  assert.deepEqual(packed({ quorum: 2 }), [
    ["a", "primary", 2 * 5760 + 1, 3 * 5760 + 1],
    ["b", "primary", 2 * 5760 + 1, 3 * 5760 + 1],
    ["c", "standby", 5760, 2 * 5760],
  ]);
  assert.deepEqual(packed({ block: -3 })[0], ["a", "primary", 3 * 5760 + 1, 4 * 5760 + 1]);
});
