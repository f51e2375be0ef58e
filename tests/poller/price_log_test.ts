import assert from "node:assert/strict";
import { createPriceLog } from "../../src/poller/price_log.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { addressOf, COIN, networkAt, planOfV2, watched } from "../fakes/watched.ts";

const FEED = addressOf(9);
const CONFIG = `
version: 2
prices: { ETH: { feed: "${FEED}", network: main, maxAge: 2h, symbols: [WETH] } }
networks:
  - { name: main, symbol: ETH, endpoints: ["http://node.example"], wallets: [{ address: "${addressOf(1)}", label: a }] }
`;
const HOUR = 3600;

Deno.test("a price that is not used is logged once with the reason, and that it is used again", async () => {
  using clock = createFakeClock();
  const all = watched(await planOfV2(CONFIG), { clock });
  const state = networkAt(all.store, 0);
  state.decimals = new Map(state.plan.tokens.map(({ asset }) => [asset.id, 8]));
  const logPrices = createPriceLog("main");
  using caught = catchLog();
  /** @param age of the price, in seconds */
  const poll = async (price: bigint | "reverted", age: number): Promise<readonly unknown[]> => {
    await clock.advance(1000);
    const before = caught.lines.length;
    all.record(0, [COIN, price, BigInt(Math.floor(clock.epoch()) - age)]);
    for (let i = 0; i < 2; i++) logPrices(state, clock);
    return caught.lines.slice(before).map(({ level, msg, problem, network, symbol, feed }) => {
      assert.deepEqual([network, symbol, feed], ["main", "ETH,WETH", FEED]);
      return [level, msg, ...problem === undefined ? [] : [problem]];
    });
  };
  const unused = (problem: string) => [["warn", "Price is not used", problem]];
  assert.deepEqual(await poll("reverted", 0), []);
  assert.deepEqual(await poll(2000n, 0), []);
  assert.deepEqual(await poll(2000n, 3 * HOUR), unused("older than maxAge"));
  assert.deepEqual(await poll(0n, 0), unused("not positive"));
  assert.deepEqual(await poll(2000n, -HOUR), unused("in the future"));
  assert.deepEqual(await poll("reverted", 0), [], "a price and its time that were not read together");
  assert.deepEqual(await poll(2000n, 0), [["info", "Price is used again"]]);
  for (const price of [0n, 2000n]) assert.equal((await poll(price, 0)).length, 1);
  assert.deepEqual(await poll(0n, 0), [], "at most six lines per hour");
});

Deno.test("a network without prices has no lines about them", async () => {
  using clock = createFakeClock();
  const all = watched(await planOfV2(CONFIG.replace(/^prices.*$/m, "")), { clock });
  all.record(0, [COIN]);
  using caught = catchLog();
  createPriceLog("main")(networkAt(all.store, 0), clock);
  assert.deepEqual(caught.lines, []);
});
