import type { PastEndpoint } from "../../src/evm/strategies/read_past.ts";
import { createFakeClock, type FakeClock } from "./fake_clock.ts";
import { type Item, type LocalNode, type LocalNodes, startLocalNodes } from "./fake_node.ts";
import { type OpenPool, openPool, type PoolOptions } from "./open_pool.ts";

/** The newest block of the fake past, and its time. */
export const HEAD = { number: 1_000_000n, time: 1_700_000_000 } as const;

/** Seconds between its blocks. */
const PACE = 12;

/** What the EVM reports of a block, and what a program returns. */
export interface EvmAnswer {
  readonly chainId: bigint;
  readonly number: bigint;
  readonly time: number;
  /** The words of all entries. */
  readonly words: readonly bigint[];
}

/** Endpoints of a chain whose past is known. */
export interface PastWorld extends Disposable {
  readonly pool: OpenPool;
  readonly clock: FakeClock;
  /** The first of them. */
  readonly node: Pick<LocalNode, "truth" | "seen">;
  readonly nodes: LocalNodes;
  /** The first endpoint. */
  readonly of: PastEndpoint;
  /** The time that a node reports of a block; undefined where it has none. */
  timeOf: (number: bigint) => number | undefined;
  /** What a node answers to a program with this many entries, at a block. */
  run: (call: ProgramCall) => EvmAnswer;
}

/** An `eth_call` with a program. */
export interface ProgramCall {
  readonly program: string;
  readonly number: bigint;
  readonly entries: number;
  /** Which of the nodes. */
  readonly place: number;
}

/** The time of a block at the usual pace. */
export function usualTime(number: bigint): number {
  return HEAD.time - PACE * Number(HEAD.number - number);
}

/** Each coin has 5, each token 7. */
export function openPastWorld(options: Partial<PoolOptions> & { chainId?: number; nodes?: number } = {}): PastWorld {
  const { chainId = 1, nodes: count = 1 } = options;
  const clock = createFakeClock(HEAD.time);
  const nodes = startLocalNodes(
    Array.from({ length: count }, (_, place) => ({ answer: (item: Item) => answer(item, world, place) })),
  );
  const pool = openPool(nodes.urls, { accounts: [], clock, strategy: "packed", ...options });
  const { endpoint, selector } = pool.poolEndpoint;
  const [node] = nodes.all;
  if (node === undefined) throw new RangeError("A world needs a node");
  const world: PastWorld = {
    pool,
    clock,
    node,
    nodes,
    of: { endpoint, selector, chainId, limits: pool.limits },
    timeOf: usualTime,
    run: ({ program, number, entries }) => ({
      chainId: BigInt(chainId),
      number,
      time: usualTime(number),
      words: Array.from({ length: entries }, () => program === "wallet-balance-loop!" ? [5n] : [32n, 7n]).flat(),
    }),
    [Symbol.dispose](): void {
      pool[Symbol.dispose]();
      nodes[Symbol.dispose]();
    },
  };
  return world;
}

function answer({ method, params }: Item, { timeOf, run }: PastWorld, place: number): unknown {
  if (method === "eth_getBlockByNumber") {
    const number = params[0] === "latest" ? HEAD.number : BigInt(String(params[0]));
    const time = timeOf(number);
    if (time === undefined) throw new Error("missing block");
    return { number: `0x${number.toString(16)}`, timestamp: `0x${time.toString(16)}` };
  }
  const [{ to, data }, at] = params as readonly [{ readonly to: string; readonly data: string }, string];
  const program = new TextDecoder().decode(Uint8Array.fromHex(to.slice(2)));
  const digits = program === "wallet-balance-loop!" ? 40 : 88;
  const call = { program, number: BigInt(at), entries: (data.length - 66) / digits, place };
  const { chainId, number, time, words: values } = run(call);
  const key = BigInt(data.slice(0, 66));
  const words = [chainId, number, BigInt(time), ...values];
  const tag = words.reduce((tag, word) => (tag * key + word) % 2n ** 256n, key);
  return `0x${[...words, tag].map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}
