import assert from "node:assert/strict";
import { comparisonCost, pollCost } from "../../src/evm/strategies/poll_cost.ts";
import type { Strategy } from "../../src/model/source.ts";
import { pollOnce } from "../fakes/read_values.ts";
import { toAccounts, tokenKey } from "../fakes/accounts.ts";
import { PROVIDERS, unitsOf } from "../../src/plan/providers.ts";
import { accountsOf, openPool } from "../fakes/open_pool.ts";
import { startFaultServer } from "./fault_server.ts";
import { installMulticall, MULTICALL_ADDRESS } from "./install_multicall.ts";
import { startWorld } from "./rig.ts";
import { installTokens, TOKENS } from "./token_contracts.ts";

const POLLS = 5;
const WALLETS = 650;

function assertNear(measured: number, planned: number, share: number, what: string): void {
  const off = Math.abs(measured - planned) / planned;
  assert.ok(off <= share, `${what}: ${planned} planned, ${measured} measured, ${(100 * off).toFixed(1)} % off`);
}

const CASES = (["packed", "multicall", "batch", "single"] as const satisfies readonly Strategy[]).flatMap((strategy) =>
  [0, 230].map((holders) => ({ strategy, holders }))
);

for (const { strategy, holders } of CASES) {
  Deno.test(`what plan prints of ${strategy} with ${holders} tokens is what is then measured`, async () => {
    await using world = await startWorld({ wallets: WALLETS, firstBlock: 20_000_000 });
    await installMulticall(world);
    await using server = startFaultServer(world.anvil.url);
    await installTokens(world.anvil);
    const wallets = accountsOf(WALLETS);
    const accounts = [...wallets, ...wallets.slice(0, holders).map((holder) => tokenKey(TOKENS.good, holder))];
    const used = strategy === "single" ? "batch" : strategy;
    const tokens = holders === 0 ? [] : [{ symbol: "good", address: TOKENS.good }];
    using pool = openPool([server.url], { accounts, strategy: used, plan: { tokens } });
    // They are asked for once, and not a day.
    pool.network.decimals = new Map([[TOKENS.good, 6]]);
    pool.poolEndpoint.selector.multicall = MULTICALL_ADDRESS;
    if (strategy === "single") {
      Object.assign(pool.poolEndpoint.selector.sizes.batch, { size: 1, refusedAt: performance.now() });
    }
    // What is compared once a day.
    await pollOnce(pool.network, pool.limits);
    assert.equal(
      pool.records.length,
      pollCost(strategy, toAccounts(accounts)).requests + comparisonCost(strategy, toAccounts(accounts)).requests,
    );
    pool.records.length = 0;
    for (let cycle = 0; cycle < POLLS; cycle++) {
      const { outcomes } = await pollOnce(pool.network, pool.limits);
      assert.ok(outcomes.every((outcome) => typeof outcome === "object"));
    }
    const planned = pollCost(strategy, toAccounts(accounts));
    const { records } = pool;
    assert.equal(records.length, POLLS * planned.requests);
    const calls = new Map<string, number>();
    for (const record of records) {
      for (const [method, count] of record.calls) calls.set(method, (calls.get(method) ?? 0) + count);
    }
    assert.deepEqual(calls, new Map([...planned.calls].map(([method, count]) => [method, POLLS * count])));
    const batches = records.filter((record) =>
      [...record.calls.values()].reduce((sum, count) => sum + count, 0) > 1
    ).length;
    for (const provider of PROVIDERS) {
      assertNear(
        unitsOf(provider, { ...planned, calls, batches }),
        POLLS * unitsOf(provider, planned),
        0.02,
        provider.name,
      );
    }
    const sent = records.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    assertNear(sent, POLLS * planned.sentBytes, 0.02, "bytes sent");
    const received = records.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
    assertNear(received, POLLS * planned.receivedBytes, 0.05, "bytes received");
  });
}
