import assert from "node:assert/strict";
import { Erc20 } from "../../../src/assets/erc20.ts";
import type { TokenPlan } from "../../../src/plan/plan.ts";
import { unknownDecimals } from "../../../src/evm/pool/token_decimals.ts";
import { headStatusOf } from "../../../src/evm/pool/head_status.ts";
import { recordHead } from "../../../src/evm/pool/pool_endpoint.ts";
import { type Network, openNetwork } from "../../../src/evm/pool/open_network.ts";
import type { RetryBudget } from "../../../src/evm/pool/retry_budget.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import { type SeenRequest, startFakeNode } from "../../fakes/fake_node.ts";
import { createFakeClock, createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool, type TestPlan } from "../../fakes/open_pool.ts";
import { withoutJitter } from "../../rig/force_way.ts";

const ACCOUNTS = accountsOf(3);
const URL = "http://127.0.0.1:9998/";
const NEWEST = { number: 7n, time: 70 };
/** A chain that nothing is known of. */
const CHAIN = 4242;

/** The network under a plan that differs from the one before, of which block 7 was published. */
function reopen(before: Omit<TestPlan, "accounts" | "tokens">, after: Omit<TestPlan, "accounts" | "tokens">): Network {
  using pool = openPool([URL], { accounts: ACCOUNTS, plan: before });
  pool.network.newest = NEWEST;
  const meter = { recordRequest: () => {}, recordError: () => {} };
  const options = { clock: createFakeClock(), interval: 1000, meterOf: () => meter };
  return openNetwork({ ...pool.network.plan, ...after }, { ...options, before: pool.network });
}

Deno.test("openNetwork() keeps the newest block under the same chain and kind of block, and under no others", () => {
  const own = { chainId: CHAIN, genesis: "0x01", block: "latest" } as const;
  using same = reopen(own, {});
  assert.deepEqual(same.newest, NEWEST);
  for (const change of [{ block: "finalized" }, { block: -3 }, { chainId: 5 }, { genesis: "0x02" }] as const) {
    using other = reopen(own, change);
    assert.equal(other.newest, undefined, JSON.stringify(change));
  }
});

Deno.test("openNetwork() asks a contract for its decimals that it was not asked for under the plan before", () => {
  const tokenAt = (hasDecimals: boolean, decimals?: number): TokenPlan => {
    const [address = ""] = ACCOUNTS;
    return { symbol: "X", address, decimals, wallets: "all", asset: new Erc20(address, hasDecimals) };
  };
  using pool = openPool([URL], { accounts: ACCOUNTS });
  const meter = { recordRequest: () => {}, recordError: () => {} };
  const options = { clock: createFakeClock(), interval: 1000, meterOf: () => meter };
  const { plan } = pool.network;
  using preset = openNetwork({ ...plan, tokens: [tokenAt(false, 6)] }, options);
  assert.deepEqual([[...preset.decimals.values()], unknownDecimals(preset)], [[6], []]);
  using changed = openNetwork({ ...plan, tokens: [tokenAt(false, 8)] }, { ...options, before: preset });
  assert.deepEqual([...changed.decimals.values()], [8]);
  using token = openNetwork({ ...plan, tokens: [tokenAt(true)] }, { ...options, before: changed });
  assert.deepEqual([[...token.decimals.values()], unknownDecimals(token).length], [[], 1]);
});

Deno.test("headStatusOf() is lagging after 45 s without a new block behind another endpoint, however little it is behind", async () => {
  const clock = createFakeClock();
  const time = clock.epoch();
  using pool = openPool([URL, "http://127.0.0.1:9997/"], { accounts: ACCOUNTS, clock, plan: { chainId: CHAIN } });
  const [stuck, other] = pool.network.endpoints;
  assert.ok(stuck !== undefined && other !== undefined);
  const seeBoth = (ahead: number): void => {
    recordHead(stuck, { chainId: CHAIN, block: { number: 10n, time } }, clock);
    recordHead(other, { chainId: CHAIN, block: { number: 10n + BigInt(ahead), time: time + ahead } }, clock);
  };
  seeBoth(1);
  await clock.advance(45_000);
  seeBoth(1);
  assert.equal(headStatusOf(pool.network, stuck, clock), "fresh");
  await clock.advance(1000);
  seeBoth(1);
  assert.equal(headStatusOf(pool.network, stuck, clock), "lagging");
  // If neither has new blocks, nothing is missing.
  recordHead(other, { chainId: CHAIN, block: { number: 10n, time } }, clock);
  assert.equal(headStatusOf(pool.network, stuck, clock), "fresh");
});

/** Takes all that is left. */
function drain(budget: RetryBudget): void {
  while (budget.take(0.1));
}

Deno.test("balances of the only endpoint that answers are published though it lags and the budget is spent", async () => {
  using _ = withoutJitter();
  const clock = createRunningClock();
  const time = Math.floor(Date.now() / 1000);
  await using late = startFakeNode({ overrides: true, time });
  await using dead = startFakeNode({ overrides: true, time });
  const plan = { chainId: CHAIN };
  Object.assign(late.truth, { chainId: CHAIN });
  Object.assign(dead.truth, { chainId: CHAIN });
  using pool = openPool([late.url, dead.url], { accounts: ACCOUNTS, clock, interval: 60_000, plan });
  await pollOnce(pool.network, pool.limits);
  // The other one was ahead when it was last seen, and fails now.
  const [, other] = pool.network.endpoints;
  assert.ok(other !== undefined);
  recordHead(other, { chainId: CHAIN, block: { number: 500n, time: time + 100 } }, clock);
  dead.truth.instead = ({ items: [item] }: SeenRequest) =>
    Response.json({ jsonrpc: "2.0", id: item?.id, error: { code: -32000, message: "node is syncing" } });
  drain(pool.network.budget);
  const { outcomes } = await pollOnce(pool.network, pool.limits);
  assert.ok(outcomes.every((outcome) => typeof outcome === "object"), String(outcomes));
  assert.ok(!pool.network.budget.take(0.1), "it is a debt");
});

Deno.test("a probe that is answered, and no balance after it, is paid from the budget", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode({ overrides: true });
  using pool = openPool([node.url], { accounts: ACCOUNTS, clock, plan: { chainId: 1 } });
  await pollOnce(pool.network, pool.limits);
  node.truth.instead = ({ items: [item] }: SeenRequest) =>
    item?.method === "eth_call" ? Response.json({ id: item.id, error: { code: -32000, message: "boo" } }) : undefined;
  const { budget, endpoints: [poolEndpoint] } = pool.network;
  assert.ok(poolEndpoint !== undefined);
  for (const [isProbing, left] of [[false, 10], [true, 9]] as const) {
    budget.earn(1000);
    poolEndpoint.breaker.needsProbe = isProbing;
    await pollOnce(pool.network, pool.limits);
    assert.ok(budget.take(left), `${left} are left`);
    assert.ok(!budget.take(0.1), `no more than ${left} are left`);
  }
});
