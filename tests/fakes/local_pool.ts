import type { PoolEndpoint } from "../../src/evm/pool/pool_endpoint.ts";
import { createPollProgress, type PollProgress } from "../../src/evm/pool/poll_progress.ts";
import { createFakeClock, type FakeClock } from "./fake_clock.ts";
import { toAccounts } from "./accounts.ts";
import { accountsOf, type OpenPool, openPool, type TestPlan } from "./open_pool.ts";
import { type FakeTruth, startLocalNodes } from "./fake_node.ts";

/** A chain that nothing is known of. */
const CHAIN = 4242;

/** See {@linkcode FakeTruth.answer}. */
export type Answer = NonNullable<FakeTruth["answer"]>;

/** Endpoints a, b, c … within the process, each read by batches, and the progress of a poll. */
export interface LocalPool extends Disposable {
  readonly pool: OpenPool;
  readonly clock: FakeClock;
  readonly progress: PollProgress;
  /** What each node returns. */
  readonly nodes: readonly FakeTruth[];
  /** Each request so far: whose, which methods, and when after the start in milliseconds. */
  readonly requests: readonly { readonly name: string; readonly methods: string; readonly at: number }[];
  /** What was earned, taken and spent of the budget, but for nothing. */
  readonly budget: string[];
  /** Whether the budget has something left. */
  hasBudget: boolean;
  endpoint(name: string): PoolEndpoint;
  /** The endpoints in the order of their first requests. */
  order(): string;
  /** Lets all happen that needs no time but what was passed. */
  finish<T>(running: Promise<T>): Promise<T>;
}

/** What {@linkcode openLocalPool} takes. */
export interface LocalPoolOptions {
  readonly accounts?: readonly string[];
  readonly plan?: TestPlan;
}

/**
 * Opens a pool without any connection, on a clock that only a test moves.
 *
 * @param count how many endpoints it has
 * @param options see {@linkcode LocalPoolOptions}
 */
export function openLocalPool(
  count: number,
  { accounts = accountsOf(3), plan }: LocalPoolOptions = {},
): LocalPool {
  const clock = createFakeClock();
  const start = clock.now();
  const requests: { readonly name: string; readonly methods: string; readonly at: number }[] = [];
  const nodes = startLocalNodes(Array.from({ length: count }, (_, place) => ({
    chainId: CHAIN,
    time: 1_700_000_000,
    weiAt: () => 7n,
    tokenAt: () => 9n,
    instead({ items }): undefined {
      const methods = items.map(({ method }) => method.slice(4)).join();
      requests.push({ name: String.fromCharCode("a".charCodeAt(0) + place), methods, at: clock.now() - start });
    },
  })));
  const pool = openPool(nodes.urls, {
    accounts,
    clock,
    strategy: "batch",
    plan: { chainId: CHAIN, ...plan },
  });
  for (const { selector } of pool.network.endpoints) {
    selector.chainMethod = "answered";
    selector.sizes.batch.confirmed = 100;
    for (const check of Object.values(selector.blockChecks)) Object.assign(check, { ignored: false, at: clock.now() });
  }
  const budget: string[] = [];
  const local: LocalPool = {
    pool,
    clock,
    nodes: nodes.all.map(({ truth }) => truth),
    requests,
    budget,
    hasBudget: true,
    progress: createPollProgress(toAccounts(accounts)),
    endpoint(name): PoolEndpoint {
      const poolEndpoint = pool.network.endpoints[name.charCodeAt(0) - "a".charCodeAt(0)];
      if (poolEndpoint === undefined) throw new RangeError(`No endpoint ${name}`);
      return poolEndpoint;
    },
    order: () => [...new Set(requests.map(({ name }) => name))].join(""),
    async finish(running): Promise<Awaited<typeof running>> {
      let isOver = false;
      const end = (): void => void (isOver = true);
      running.then(end, end);
      for (let round = 0; !isOver && round < 50; round++) await clock.advance(0);
      if (!isOver) throw new Error("It waits for time to pass");
      return await running;
    },
    [Symbol.dispose](): void {
      nodes[Symbol.dispose]();
      pool[Symbol.dispose]();
    },
  };
  Object.assign(pool.network, {
    budget: {
      earn: (count: number) => void (count !== 0 && budget.push(`earn ${count}`)),
      spend: (count: number) => void (count !== 0 && budget.push(`spend ${count}`)),
      take(count: number): boolean {
        budget.push(`take ${count}`);
        return local.hasBudget;
      },
    },
  });
  return local;
}
