import assert from "node:assert/strict";
import { tokenKey } from "../fakes/accounts.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { forceWay } from "./force_way.ts";
import { installMulticall } from "./install_multicall.ts";
import { startRelay } from "./relay.ts";
import { startWatching, startWorld, type Watching, type WatchingOptions, type World } from "./rig.ts";
import { installTokens, TOKENS } from "./token_contracts.ts";

/** How the call data of the two override programs begin: with the address that they are put at. */
const COIN_LOOP = new TextEncoder().encode("wallet-balance-loop!").toHex();
const TOKEN_LOOP = new TextEncoder().encode("wallet-balance-token").toHex();

const UNSUPPORTED = { code: -32602, message: "too many arguments, want at most 2" };
const INTERNAL = { code: -32603, message: "Internal error" };

type Symbol = keyof typeof TOKENS;

/** Watches so many wallets, each for all of the tokens but those that say how many. */
function planOf(
  wallets: number,
  tokens: Readonly<Partial<Record<Symbol, number>>>,
): NonNullable<WatchingOptions["plan"]> {
  const holders = accountsOf(wallets);
  const plans = (Object.keys(tokens) as Symbol[]).map((symbol) => ({ symbol, address: TOKENS[symbol] }));
  const held = plans.flatMap(({ symbol, address }) =>
    holders.slice(0, tokens[symbol as Symbol]).map((holder) => tokenKey(address, holder))
  );
  return { tokens: plans, accounts: [...holders, ...held] };
}

async function startTokens(): Promise<World> {
  const world = await startWorld({ wallets: 3 });
  await installTokens(world.anvil);
  await world.anvil.rpc("evm_mine");
  return world;
}

/** How many were read of the coins, and how many were not. */
function coins({ accounts, state }: Watching): readonly [read: number, failed: number] {
  const own = accounts.filter((_, index) => state.plan.accounts[index]?.asset.kind === "native");
  const read = own.filter(({ failure, reading }) => failure === undefined && reading !== undefined).length;
  return [read, own.length - read];
}

for (const quorum of [1, 2]) {
  Deno.test(`native balances select the strategy, whatever tokens return, with a quorum of ${quorum}`, async () => {
    await using world = await startTokens();
    using _log = catchLog();
    const isOfCoins = (body: string): unknown => body.includes(COIN_LOOP) ? UNSUPPORTED : undefined;
    await using first = startRelay(world.anvil.url, isOfCoins);
    await using second = startRelay(world.anvil.url, isOfCoins);
    for (const tokens of [{ good: 3 }, { reverting: 3 }]) {
      using watching = startWatching([first.url, second.url], {
        timeout: 5000,
        plan: { ...planOf(3, tokens), quorum, chainId: 31337 },
      });
      await watching.cycle();
      await watching.cycle();
      assert.deepEqual(coins(watching), [3, 0]);
      assert.equal(watching.state.endpoints[0]?.strategy, "batch");
    }
  });
}

Deno.test("an endpoint that returns tokens and no native balance is not healthy", async () => {
  await using world = await startTokens();
  using _log = catchLog();
  await using front = startRelay(
    world.anvil.url,
    (body) => body.includes(COIN_LOOP) || body.includes("eth_getBalance") ? INTERNAL : undefined,
  );
  using watching = startWatching([front.url], { timeout: 5000, plan: planOf(3, { good: 3 }) });
  await watching.cycle();
  assert.deepEqual(coins(watching), [0, 3]);
  assert.equal(watching.state.endpoints[0]?.state, "unreachable");
});

Deno.test("tokens are read in batches at once where state overrides only work for native balances", async () => {
  await using world = await startTokens();
  using _log = catchLog();
  await using front = startRelay(world.anvil.url, (body) => body.includes(TOKEN_LOOP) ? UNSUPPORTED : undefined);
  using watching = startWatching([front.url], { timeout: 5000, plan: planOf(3, { good: 3 }) });
  await watching.cycle();
  assert.ok(watching.accounts.every(({ failure }) => failure === undefined));
  assert.equal(watching.state.endpoints[0]?.strategy, "packed");
  front.seen.length = 0;
  await watching.cycle();
  assert.ok(front.seen.every((body) => !body.includes(TOKEN_LOOP)));
});

Deno.test("one bad answer costs that poll, and not the next hour", async () => {
  await using world = await startTokens();
  using _log = catchLog();
  await using front = startRelay(world.anvil.url);
  using watching = startWatching([front.url], { timeout: 5000, plan: planOf(200, { good: 200 }) });
  await watching.cycle();
  front.refuse = (body) => body.includes(TOKEN_LOOP) ? INTERNAL : undefined;
  await watching.cycle();
  assert.ok(watching.accounts.every(({ failure }) => failure === undefined));
  front.refuse = () => undefined;
  front.seen.length = 0;
  await watching.cycle();
  assert.equal(front.seen.length, 2);
});

Deno.test("tokens are read in batches after three failures in a row, or after one if they never worked", async () => {
  await using world = await startTokens();
  using _log = catchLog();
  for (const [works, polls] of [[true, [true, true, true, false]], [false, [true, false]]] as const) {
    await using front = startRelay(world.anvil.url);
    using watching = startWatching([front.url], { timeout: 5000, plan: planOf(3, { good: 3 }) });
    if (works) await watching.cycle();
    front.refuse = (body) => body.includes(TOKEN_LOOP) ? INTERNAL : undefined;
    for (const [index, isTried] of polls.entries()) {
      front.seen.length = 0;
      await watching.cycle();
      assert.equal(front.seen.some((body) => body.includes(TOKEN_LOOP)), isTried, `poll ${index}, worked: ${works}`);
      assert.ok(watching.accounts.every(({ failure }) => failure === undefined));
    }
  }
});

/** Tokens that misbehave, and how many requests a cycle may take then than the two, three and twelve without them. */
const COSTS: readonly (readonly [way: "packed" | "multicall" | "batch", bad: Symbol, holders: number, most: number])[] =
  [
    ["packed", "greedy", 100, 12],
    ["packed", "long", 100, 6],
    ["packed", "reverting", 300, 6],
    ["multicall", "long", 1, 9],
    ["batch", "long", 1, 15],
  ];

for (const [way, bad, holders, most] of COSTS) {
  Deno.test(`${holders} holders of a token that is ${bad} cost no more than that by ${way}`, async () => {
    await using world = await startTokens();
    using _log = catchLog();
    const { hash } = way === "multicall" ? await installMulticall(world) : { hash: "" };
    await using front = startRelay(world.anvil.url);
    using watching = startWatching([front.url], {
      timeout: 5000,
      plan: planOf(300, { good: 300, other: 300, [bad]: holders }),
    });
    for (const { selector } of watching.network.endpoints) selector.multicallHash = hash;
    forceWay(watching, way);
    for (let cycle = 0; cycle < 3; cycle++) await watching.cycle();
    front.seen.length = 0;
    await watching.cycle();
    const failed = watching.accounts.filter(({ failure }) => failure !== undefined).length;
    assert.equal(failed, holders);
    assert.deepEqual(coins(watching), [300, 0]);
    assert.ok(front.seen.length <= most, `${front.seen.length} requests`);
  });
}

Deno.test("an error of the node is not the contract's: another endpoint is read", async () => {
  await using world = await startTokens();
  using _log = catchLog();
  for (
    const message of ["EVM error; database error: failed to get storage", "out of gas: call gas cap of node exceeded"]
  ) {
    await using first = startRelay(
      world.anvil.url,
      (body) =>
        body.includes(TOKEN_LOOP) ? UNSUPPORTED : body.includes("70a08231") ? { code: -32000, message } : undefined,
    );
    await using second = startRelay(world.anvil.url);
    using watching = startWatching([first.url, second.url], {
      timeout: 5000,
      plan: { ...planOf(3, { good: 3 }), chainId: 31337 },
    });
    for (let cycle = 0; cycle < 2; cycle++) await watching.cycle();
    assert.ok(watching.accounts.every(({ failure }) => failure === undefined), message);
  }
});
