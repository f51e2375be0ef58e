import assert from "node:assert/strict";
import { pastCost } from "../../src/evm/strategies/poll_cost.ts";
import { systemClock } from "../../src/util/clock.ts";
import { startFaultServer } from "./fault_server.ts";
import { type Past, startPast } from "./past.ts";
import { type FirstPoll, pollFirst } from "./poll_past.ts";
import { TOKENS } from "./token_contracts.ts";

const HOUR = 3_600_000;

/** Asserts that each point of the history is what the wallet had then, of coins or of tokens. */
function checkPoints({ state }: FirstPoll, wallets: number, truth: Past["balanceAt"], isToken: boolean): void {
  for (let index = 0; index < wallets; index++) {
    const wallet = state.plan.wallets[index];
    const account = isToken ? wallet?.tokens[0]?.account : wallet?.account;
    assert.ok(account !== undefined);
    const amount = Number(state.accounts.get(account)?.reading?.amount);
    const points = state.history.points(account);
    assert.equal(points.length, 25);
    for (const { at, changeSince } of points) {
      const hours = (systemClock.now() - at) / HOUR;
      // A balance holds from one full hour to the next, but for the seconds that the test takes.
      const expected = Number(truth(index, Math.ceil(hours - 0.01)));
      assert.ok(Math.abs((amount - changeSince) / expected - 1) < 1e-6, `wallet ${index}, ${hours} h ago`);
    }
  }
}

Deno.test("3,000 balances of 24 hours are read in 25 requests, after the live ones", async () => {
  await using past = await startPast({ wallets: 3000 });
  await using server = startFaultServer(past.anvil.url);
  server.delay = 50;
  const without = await pollFirst(server.url, past.wallets, "outflow: true");
  const first = await pollFirst(server.url, past.wallets, "backfill: 24h");
  checkPoints(first, 3000, past.balanceAt, false);
  assert.ok(first.requests - without.requests <= 25, `${first.requests - without.requests} requests`);
  assert.equal(first.requestsToLive, without.requestsToLive, "the past waits until the live balances are known");
  // Within 3 s, see `bench/backfill.ts`; tests share their CPUs.
  assert.equal(pastCost(first.state.plan.accounts, 24).requests, first.requests - without.requests, "as planned");
  assert.ok(first.over <= 20_000, `${first.over} ms`);
  const [, line] = first.lines;
  assert.deepEqual([line?.["msg"], line?.["since"], line?.["balances"]], ["History read", "24 h", 3000]);
});

Deno.test("tokens of 24 hours are read with the balances", async () => {
  await using past = await startPast({ wallets: 20, hasTokens: true });
  await using server = startFaultServer(past.anvil.url);
  const keys = `tokens: [{ symbol: T, address: "${TOKENS.good}" }]\n    backfill: 24h`;
  const first = await pollFirst(server.url, past.wallets, keys);
  checkPoints(first, 20, past.balanceAt, false);
  checkPoints(first, 20, past.tokensAt, true);
  const [, line] = first.lines;
  assert.deepEqual([line?.["msg"], line?.["since"], line?.["balances"]], ["History read", "24 h", 40]);
});

Deno.test("a node without state overrides is not asked for the past", async () => {
  await using past = await startPast({ wallets: 3 });
  await using server = startFaultServer(past.anvil.url);
  server.overrides = false;
  const without = await pollFirst(server.url, past.wallets, "outflow: true");
  const first = await pollFirst(server.url, past.wallets, "backfill: 24h");
  assert.equal(first.requests, without.requests);
  const line = first.lines.at(-1);
  assert.deepEqual([line?.["msg"], line?.["detail"]], [
    "History not read, it grows from now on",
    "no endpoint runs state overrides",
  ]);
});
