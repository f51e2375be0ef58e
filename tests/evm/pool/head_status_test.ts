import assert from "node:assert/strict";
import { headStatusOf } from "../../../src/evm/pool/head_status.ts";
import {
  type HeadStatus,
  type ObservedHead,
  type PoolEndpoint,
  recordHead,
} from "../../../src/evm/pool/pool_endpoint.ts";
import { type Reason, RpcError } from "../../../src/jsonrpc/errors.ts";
import { createFakeClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool, type TestPlan } from "../../fakes/open_pool.ts";

/** A chain that nothing is known of, one with a block every 12 s, and one with a block every 2 s. */
const CHAIN = 4242;
const ETHEREUM = 1;
const OPTIMISM = 10;

/** What an endpoint reported: seconds of its block after the clock's start, and milliseconds since then. */
interface Report {
  readonly time: number;
  readonly number?: number;
  readonly byEvm?: true;
  readonly chainId?: number;
  /** How long ago it was seen, and for how long that block had been its newest then, in milliseconds. */
  readonly ago?: number;
  readonly still?: number;
  readonly failure?: Reason;
}

interface Options {
  readonly clock?: FakeClock;
  readonly interval?: number;
  readonly plan?: TestPlan;
  /** What happens to the clock after the pool was opened. */
  readonly pass?: (clock: FakeClock) => Promise<void> | void;
}

async function openSeen(
  reports: readonly Report[],
  options: Options,
): Promise<OpenPool & { readonly clock: FakeClock }> {
  const clock = createFakeClock();
  const epoch = clock.epoch();
  const { plan = {}, interval = 1000 } = options;
  const pool = openPool(reports.map((_, index) => `http://127.0.0.1:${9001 + index}/`), {
    accounts: accountsOf(1),
    clock,
    interval,
    plan,
  });
  await options.pass?.(clock);
  for (const [index, report] of reports.entries()) {
    const poolEndpoint = pool.network.endpoints[index];
    assert.ok(poolEndpoint !== undefined);
    Object.assign(poolEndpoint, { observed: seenOf(report, epoch, clock.now()) });
    if (report.failure !== undefined) poolEndpoint.breaker.failure = new RpcError(report.failure, "it failed");
  }
  return Object.assign(pool, { clock });
}

function seenOf(
  { time, number = 100, byEvm, chainId = CHAIN, ago = 0, still = 0 }: Report,
  epoch: number,
  now: number,
): ObservedHead {
  const block = { number: BigInt(number), time: epoch + time, ...(byEvm ? { byEvm } : {}) };
  return { head: { chainId, block }, at: now - ago, since: now - ago - still };
}

/** How the first of some endpoints is judged. */
async function judge(reports: readonly Report[], options: Options = {}): Promise<HeadStatus> {
  using pool = await openSeen(reports, options);
  return headStatusOf(pool.network, pool.poolEndpoint, pool.clock);
}

async function check(
  rows: readonly (readonly [reports: readonly Report[], headStatus: HeadStatus, options?: Options])[],
): Promise<void> {
  for (const [reports, headStatus, options] of rows) {
    assert.equal(await judge(reports, options), headStatus, JSON.stringify([reports, options]));
  }
}

const NOW: Report = { time: 0 };

Deno.test("headStatusOf() is lagging more than 45 s behind another endpoint", async () => {
  await check([
    [[{ time: -45 }, NOW], "fresh"],
    [[{ time: -46 }, NOW], "lagging"],
    [[{ time: -46 }, { time: -30 }, NOW], "lagging"],
    // What the other one saw earlier it saw that much further ahead.
    [[{ time: -45 }, { time: 0, ago: 1 }], "lagging"],
    [[{ time: -44 }, { time: 0, ago: 1000 }], "fresh"],
    [[{ time: -44 }, { time: 0, ago: 1001 }], "lagging"],
    [[{ time: -5 }, { time: 0, ago: 40_000 }], "fresh"],
    [[{ time: -5 }, { time: 0, ago: 40_001 }], "lagging"],
    [[{ time: -46, ago: 10_000 }, NOW], "lagging"],
    [[{ time: -40, ago: 10_000 }, NOW], "fresh"],
    [[{ time: 0 }, { time: -1000 }], "fresh"],
    [[{ time: -1000 }], "fresh"],
  ]);
});

Deno.test("headStatusOf() is lagging more than 20 blocks behind another endpoint, whatever their time", async () => {
  await check([
    [[NOW, { time: 0, number: 120 }], "fresh"],
    [[NOW, { time: 0, number: 121 }], "lagging"],
    [[{ time: -1 }, { time: 0, number: 121 }], "lagging"],
    [[{ time: -1, byEvm: true }, { time: 0, number: 121, byEvm: true }], "lagging"],
    // One counts as the parent chain does.
    [[NOW, { time: 0, number: 9000, byEvm: true }], "fresh"],
    // The numbers of a chain that was restarted.
    [[NOW, { time: -1, number: 9000 }], "fresh"],
  ]);
});

Deno.test("headStatusOf() is lagging after 45 s without a new block while another endpoint is ahead", async () => {
  await check([
    [[{ time: -1, still: 45_000 }, NOW], "fresh"],
    [[{ time: -1, still: 45_001 }, NOW], "lagging"],
    [[{ time: 0, still: 46_000 }, { time: 0, ago: 50_000 }], "fresh"],
  ]);
});

Deno.test("headStatusOf() compares with no endpoint that is on another chain, fails, or was read long ago", async () => {
  const behind = { time: -60 };
  await check([
    [[behind, { time: 0, chainId: 5 }], "fresh"],
    [[behind, { time: 0, failure: "connect" }], "fresh"],
    [[behind, { time: 0, failure: "lagging" }], "lagging"],
    [[behind, { time: 0, ago: 180_000 }], "lagging"],
    [[behind, { time: 0, ago: 180_001 }], "fresh"],
    [[behind, { time: 0, ago: 300_000 }], "lagging", { interval: 100_000 }],
    [[behind, { time: 0, ago: 300_001 }], "fresh", { interval: 100_000 }],
  ]);
});

Deno.test("headStatusOf() is for heads that were read, and only for the latest block", async () => {
  const behind = [{ time: -60 }, NOW];
  await check([
    [behind, "fresh", { plan: { block: "finalized" } }],
    [behind, "lagging", { plan: { block: -3 } }],
  ]);
  using pool = await openSeen(behind, {});
  const [, other] = pool.network.endpoints;
  assert.ok(other !== undefined);
  other.observed = undefined;
  assert.equal(headStatusOf(pool.network, pool.poolEndpoint, pool.clock), "fresh");
  pool.poolEndpoint.observed = undefined;
  assert.equal(headStatusOf(pool.network, pool.poolEndpoint, pool.clock), "fresh");
});

Deno.test("headStatusOf() is lagging for a head in the future, where another endpoint has none", async () => {
  await check([
    [[{ time: 120 }, NOW], "fresh"],
    [[{ time: 121 }, NOW], "lagging"],
    [[{ time: 121 }, { time: 121 }, NOW], "lagging"],
    [[{ time: 121 }], "fresh"],
    [[{ time: 121 }, { time: 130 }], "fresh"],
    // It is no witness against others.
    [[NOW, { time: 9000 }], "fresh"],
  ]);
});

Deno.test("headStatusOf() is halted without a block for 20 block times, and at least 90 s", async () => {
  const old = (time: number, chainId = ETHEREUM): Report => ({ time, chainId });
  await check([
    [[old(-240), old(-240)], "fresh"],
    [[old(-241), old(-241)], "halted"],
    [[old(-90, OPTIMISM), old(-90, OPTIMISM)], "fresh"],
    [[old(-91, OPTIMISM), old(-91, OPTIMISM)], "halted"],
    [[old(-90_000, CHAIN), old(-90_000, CHAIN)], "fresh"],
    // HeadStatus still counts even where the clock was set back.
    [[{ ...old(0), still: 240_000 }, { ...old(0), still: 240_000 }], "fresh"],
    [[{ ...old(0), still: 240_001 }, { ...old(0), still: 240_001 }], "halted"],
    // A block was as old as it was when it was seen.
    [[{ ...old(-250), ago: 10_000 }, { ...old(-250), ago: 10_000 }], "fresh"],
    [[{ ...old(-250), ago: 9999 }, { ...old(-250), ago: 9999 }], "halted"],
  ]);
});

Deno.test("headStatusOf() is lagging for the only endpoint without new blocks", async () => {
  const old = { time: -241, chainId: ETHEREUM };
  await check([
    [[old], "lagging"],
    [[old, { time: -241, chainId: OPTIMISM }], "lagging"],
    [[old, old, { time: -239, chainId: ETHEREUM }], "lagging"],
    [[old, { time: -239, chainId: ETHEREUM }], "lagging"],
  ]);
});

Deno.test("headStatusOf() uses the lower age of a block of the two clocks: the wall clock may be set", async () => {
  const set = (seconds: number, passed = 100_000): Options => ({
    async pass(clock): Promise<void> {
      await clock.advance(passed);
      clock.setWall(seconds);
    },
  });
  await check([
    [[{ time: -140, chainId: ETHEREUM }], "fresh", set(9000)],
    [[{ time: -140, chainId: ETHEREUM }], "lagging", set(9000, 100_001)],
    [[{ time: -240, chainId: ETHEREUM }], "fresh", set(-100)],
    [[{ time: -241, chainId: ETHEREUM }], "lagging", set(-100)],
  ]);
});

/** What is known of an endpoint after it reported blocks of some times, a second after each other. */
async function seeAll(times: readonly number[]): Promise<PoolEndpoint> {
  const clock = createFakeClock();
  const epoch = clock.epoch();
  using pool = openPool(["http://127.0.0.1:9001/"], { accounts: accountsOf(1), clock });
  for (const [index, time] of times.entries()) {
    if (index > 0) await clock.advance(1000);
    recordHead(pool.poolEndpoint, { chainId: CHAIN, block: { number: 1n, time: epoch + time } }, clock);
  }
  return pool.poolEndpoint;
}

Deno.test("recordHead() notes since when a block is the newest", async () => {
  for (
    const [times, since] of [
      [[0], 1000],
      [[0, 0, 0], 1000],
      [[0, 0, 1], 3000],
      [[5, 4], 1000],
      // A head that is ahead of the clock is not compared with.
      [[500, 1], 2000],
    ] as const
  ) {
    const { observed } = await seeAll(times);
    assert.deepEqual([observed?.since, observed?.at], [since, 1000 * times.length], String(times));
  }
});

Deno.test("recordHead() notes who reported the chain: the endpoint, or only its EVM", () => {
  const clock = createFakeClock();
  for (const [byEvm, chainMethod] of [[{ byEvm: true }, "unasked"], [{}, "answered"]] as const) {
    using pool = openPool(["http://127.0.0.1:9001/"], { accounts: accountsOf(1), clock });
    const head = { chainId: CHAIN, block: { number: 1n, time: 5, ...byEvm } };
    recordHead(pool.poolEndpoint, head, clock);
    assert.equal(pool.poolEndpoint.observed?.head, head);
    assert.deepEqual([pool.poolEndpoint.selector.chainReported, pool.poolEndpoint.selector.chainMethod], [
      true,
      chainMethod,
    ]);
  }
});
