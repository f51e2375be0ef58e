import assert from "node:assert/strict";
import { accountOf, tokenKey, type tokenPlan } from "../fakes/accounts.ts";
import type { AccountState } from "../../src/poller/state.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { startFaultServer } from "./fault_server.ts";
import { forceWay, WAYS } from "./force_way.ts";
import { installMulticall } from "./install_multicall.ts";
import { startWatching, startWorld, type Watching, type World } from "./rig.ts";
import { installTokens, setTokens, TOKENS } from "./token_contracts.ts";

const HOLDERS = accountsOf(3);
const AMOUNTS = [1_234_567n, 0n, 2n ** 200n];

/** A network of these tokens, each of which all holders are watched for. */
function planOf(
  tokens: readonly TestToken[],
): { readonly tokens: readonly TestToken[]; readonly accounts: readonly string[] } {
  const held = tokens.flatMap(({ address }) => HOLDERS.map((holder) => tokenKey(address, holder)));
  return { tokens, accounts: [...HOLDERS, ...held] };
}

type TestToken = Parameters<typeof tokenPlan>[0];

const token = (symbol: keyof typeof TOKENS, decimals?: number): TestToken => ({
  symbol,
  address: TOKENS[symbol],
  decimals,
});

async function startTokens(): Promise<World> {
  const world = await startWorld({ wallets: HOLDERS.length });
  await installTokens(world.anvil);
  for (const [index, holder] of HOLDERS.entries()) {
    for (const address of [TOKENS.good, TOKENS.other, TOKENS.unsaid, TOKENS.absurd]) {
      await setTokens(world.anvil, address, holder, AMOUNTS[index] ?? 0n);
    }
  }
  await world.anvil.rpc("evm_mine");
  return world;
}

/** What is known of each token: the balances, or why there are none. */
function shown({ state }: Watching): Readonly<Record<string, unknown>> {
  const of = ({ reading, failure }: AccountState): unknown => failure ?? reading?.amount;
  return Object.fromEntries(state.plan.tokens.map(({ symbol, address }) => [
    symbol,
    HOLDERS.map((holder) => {
      const account = state.accounts.get(accountOf(tokenKey(address, holder)));
      return account === undefined ? undefined : of(account);
    }),
  ]));
}

const FAILED = ["reverted", "reverted", "reverted"];

for (const way of WAYS) {
  Deno.test(`tokens are read by ${way}, and one that fails or returns false data affects only itself`, async () => {
    await using world = await startTokens();
    using _log = catchLog();
    const { hash } = way === "multicall" ? await installMulticall(world) : { hash: "" };
    await using server = startFaultServer(world.anvil.url);
    const symbols = ["greedy", "good", "reverting", "other", "short", "long", "missing"] as const;
    using watching = startWatching([server.url], {
      timeout: 5000,
      plan: planOf([...symbols.map((symbol) => token(symbol)), token("unsaid", 8), token("absurd")]),
    });
    for (const { selector } of watching.network.endpoints) selector.multicallHash = hash;
    forceWay(watching, way);
    for (let cycle = 0; cycle < 2; cycle++) {
      await watching.cycle();
      assert.deepEqual(shown(watching), {
        greedy: FAILED,
        good: AMOUNTS,
        reverting: FAILED,
        other: AMOUNTS,
        short: FAILED,
        long: FAILED,
        missing: FAILED,
        unsaid: AMOUNTS,
        absurd: FAILED.map(() => "bad_value"),
      });
      assert.ok(watching.accounts.slice(0, HOLDERS.length).every(({ failure }) => failure === undefined));
    }
    assert.deepEqual([...watching.state.decimals], [[TOKENS.good, 6], [TOKENS.other, 18], [TOKENS.unsaid, 8]]);
    const [report] = watching.state.endpoints;
    assert.deepEqual([report?.state, report?.strategy], ["ok", way]);
  });
}

Deno.test("tokens cost one request per poll besides the native balances, and one for their decimals ever", async () => {
  await using world = await startTokens();
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url], {
    timeout: 5000,
    plan: { ...planOf([token("good"), token("other")]), chainId: 31337 },
  });
  await watching.cycle();
  const [, tokens = ""] = server.seen.map(({ items }) => JSON.stringify(items));
  assert.equal(tokens.match(/313ce567/g)?.length, 2);
  server.seen.length = 0;
  await watching.cycle();
  assert.equal(server.seen.length, 2);
  assert.ok(server.seen.every(({ items }) => !JSON.stringify(items).includes("313ce567")));
});

Deno.test("tokens with other decimals than configured are withheld, and logged", async () => {
  await using world = await startTokens();
  using log = catchLog();
  using watching = startWatching([world.anvil.url], {
    timeout: 5000,
    plan: planOf([token("good", 18), token("other")]),
  });
  await watching.cycle();
  assert.deepEqual(shown(watching), { good: FAILED.map(() => "integrity"), other: AMOUNTS });
  const line = log.lines.find(({ msg }) => msg === "Token decimals mismatch");
  assert.deepEqual([line?.["symbol"], line?.["reported"], line?.["configured"]], ["good", 6, 18]);
});

Deno.test("tokens that take all gas make requests smaller, and all others are read", async () => {
  await using world = await startTokens();
  const holders = accountsOf(300);
  const accounts = [TOKENS.greedy, TOKENS.good].flatMap((address) =>
    holders.map((holder) => tokenKey(address, holder))
  );
  using watching = startWatching([world.anvil.url], {
    timeout: 5000,
    plan: { tokens: [token("greedy"), token("good")], accounts: [...holders, ...accounts] },
  });
  await watching.cycle();
  const states = watching.accounts.slice(300);
  assert.ok(states.slice(0, 300).every(({ failure }) => failure === "reverted"));
  assert.ok(states.slice(300).every(({ failure, reading }) => failure === undefined && reading !== undefined));
  assert.ok(watching.accounts.slice(0, 300).every(({ failure }) => failure === undefined));
});

Deno.test("tokens are published when a quorum agrees on them, decimals as well", async () => {
  await using world = await startTokens();
  await using first = startFaultServer(world.anvil.url);
  await using second = startFaultServer(world.anvil.url);
  using watching = startWatching([first.url, second.url], {
    timeout: 5000,
    plan: { ...planOf([token("good"), token("reverting")]), quorum: 2 },
  });
  await watching.cycle();
  assert.deepEqual(shown(watching), { good: AMOUNTS, reverting: FAILED });
  assert.deepEqual([...watching.state.decimals], [[TOKENS.good, 6]]);
});

Deno.test("a token that fails is no failure of the endpoint: no other endpoint is read, and all stay healthy", async () => {
  await using world = await startTokens();
  await using first = startFaultServer(world.anvil.url);
  await using second = startFaultServer(world.anvil.url);
  using watching = startWatching([first.url, second.url], {
    timeout: 5000,
    plan: planOf([token("good"), token("reverting")]),
  });
  for (let cycle = 0; cycle < 3; cycle++) await watching.cycle();
  assert.deepEqual(shown(watching), { good: AMOUNTS, reverting: FAILED });
  assert.ok(watching.state.endpoints.every(({ state }) => state === undefined || state === "ok"));
  assert.ok(second.seen.every(({ items }) => !JSON.stringify(items).includes("70a08231")));
});
