import type { PoolEndpoint } from "../../src/evm/pool/pool_endpoint.ts";
import { createPollProgress, type PollProgress } from "../../src/evm/pool/poll_progress.ts";
import { createFakeClock, type FakeClock } from "./fake_clock.ts";
import { toAccounts } from "./accounts.ts";
import { accountsOf, type OpenPool, openPool, type TestPlan } from "./open_pool.ts";
import { type ScriptedCall, scriptedNode, type ScriptedRequest } from "./scripted_node.ts";

/** A chain that nothing is known of. */
const CHAIN = 4242;
const FIRST_PORT = 9001;

/** Answers a call; `undefined` leaves it to a node that is well. */
export type Answer = (call: ScriptedCall, request: ScriptedRequest) => unknown;

/** What one node of the pool returns. */
export interface ScriptedMember {
  /** Its head. */
  number: number;
  time: number;
  answer: Answer;
}

/** Endpoints a, b, c … within the process, each read by batches, and the progress of a poll. */
export interface ScriptedPool extends Disposable {
  readonly pool: OpenPool;
  readonly clock: FakeClock;
  readonly progress: PollProgress;
  readonly nodes: readonly ScriptedMember[];
  /** Each request so far: whose, which methods, and when after the start in milliseconds. */
  readonly requests: readonly { readonly name: string; readonly methods: string; readonly at: number }[];
  /** What was earned, taken and spent of the budget, but for nothing. */
  readonly budget: string[];
  /** Whether the budget has something left. */
  hasBudget: boolean;
  member(name: string): PoolEndpoint;
  /** The endpoints in the order of their first requests. */
  order(): string;
  /** Lets all happen that needs no time but what was passed. */
  finish<T>(running: Promise<T>): Promise<T>;
}

/** What {@linkcode openScriptedPool} takes. */
export interface ScriptedPoolOptions {
  readonly accounts?: readonly string[];
  readonly plan?: TestPlan;
}

/**
 * Opens a pool without any connection, on a clock that only a test moves.
 *
 * @param count how many endpoints it has
 * @param options see {@linkcode ScriptedPoolOptions}
 */
export function openScriptedPool(
  count: number,
  { accounts = accountsOf(3), plan }: ScriptedPoolOptions = {},
): ScriptedPool {
  const clock = createFakeClock();
  const start = clock.now();
  const nodes = Array.from({ length: count }, (): ScriptedMember => ({
    number: 100,
    time: 1_700_000_000,
    answer: () => undefined,
  }));
  const requests: { readonly name: string; readonly methods: string; readonly at: number }[] = [];
  let last: ScriptedRequest | undefined;
  const fetching = scriptedNode((call, request) => {
    if (request !== last) {
      const methods = fetching.requests.at(-1)?.map(({ method }) => method.slice(4)).join() ?? "";
      requests.push({ name: nameOf(request.port - FIRST_PORT), methods, at: clock.now() - start });
    }
    last = request;
    const node = nodes[request.port - FIRST_PORT];
    const other = node?.answer(call, request);
    if (other !== undefined) return other;
    if (call.method === "eth_chainId") return hex(CHAIN);
    if (call.method === "eth_getBlockByNumber") {
      const isTag = !String(call.params[0]).startsWith("0x");
      const number = isTag ? node?.number ?? 0 : Number(call.params[0]);
      return { number: hex(number), timestamp: hex((node?.time ?? 0) + number - (node?.number ?? 0)) };
    }
    return call.method === "eth_call" ? hex(9).replace("0x", "0x".padEnd(65, "0")) : "0x7";
  });
  const pool = openPool(nodes.map((_, place) => `http://127.0.0.1:${FIRST_PORT + place}/`), {
    accounts,
    clock,
    strategy: "batch",
    plan: { chainId: CHAIN, ...plan },
  });
  for (const { selector } of pool.network.members) {
    selector.chainMethod = "answered";
    selector.sizes.batch.confirmed = 100;
    for (const check of Object.values(selector.blockChecks)) Object.assign(check, { ignored: false, at: clock.now() });
  }
  const budget: string[] = [];
  const scripted: ScriptedPool = {
    pool,
    clock,
    nodes,
    requests,
    budget,
    hasBudget: true,
    progress: createPollProgress(toAccounts(accounts)),
    member(name): PoolEndpoint {
      const member = pool.network.members[name.charCodeAt(0) - "a".charCodeAt(0)];
      if (member === undefined) throw new RangeError(`No endpoint ${name}`);
      return member;
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
      fetching[Symbol.dispose]();
      pool[Symbol.dispose]();
    },
  };
  Object.assign(pool.network, {
    budget: {
      earn: (count: number) => void (count !== 0 && budget.push(`earn ${count}`)),
      spend: (count: number) => void (count !== 0 && budget.push(`spend ${count}`)),
      take(count: number): boolean {
        budget.push(`take ${count}`);
        return scripted.hasBudget;
      },
    },
  });
  return scripted;
}

/** Never answers. */
export function hang({ signal }: ScriptedRequest): never {
  const { promise, reject } = Promise.withResolvers<Response>();
  signal.addEventListener("abort", () => reject(signal.reason));
  throw promise;
}

function nameOf(place: number): string {
  return String.fromCharCode("a".charCodeAt(0) + place);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
