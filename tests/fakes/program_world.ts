import type { Account } from "../../src/assets/asset.ts";
import type { Question } from "../../src/evm/strategies/question.ts";
import { createFakeClock, type FakeClock } from "./fake_clock.ts";
import { type Item, type SeenRequest, startLocalNode } from "./fake_node.ts";
import { accountsOf, type OpenPool, openPool } from "./open_pool.ts";
import { answerOnChain, createProgramChain, type ProgramChain } from "./program_node.ts";

/** An endpoint of a chain with programs, that is asked without a pool. */
export interface ProgramWorld extends Disposable {
  readonly chain: ProgramChain;
  readonly clock: FakeClock;
  readonly pool: OpenPool;
  readonly limits: Question["limits"];
  /** What the node is asked: the number of the holder and the block, or the name of a program and how many holders. */
  readonly asked: string[];
  /** Answers requests in another way; undefined as usual. */
  instead: (request: SeenRequest) => Promise<Response> | Response | undefined;
  /** A question at the latest block. */
  question(accounts: readonly Account[], previous?: ReadonlyMap<Account, bigint>): Question;
}

/** Makes a world whose requests take as long as the poll. */
export function openProgramWorld(holders: readonly string[] = accountsOf(4)): ProgramWorld {
  const clock = createFakeClock();
  const chain = createProgramChain();
  const asked: string[] = [];
  const pool = openPool(["http://127.0.0.1:9998/"], { accounts: holders, clock, strategy: "packed" });
  const { endpoint, selector } = pool.poolEndpoint;
  for (const check of Object.values(selector.blockChecks)) check.ignored = false;
  const { limits: usual } = pool;
  const limits = { ...usual, timeout: 10 * usual.deadline.remaining() };
  const world: ProgramWorld = {
    chain,
    clock,
    pool,
    limits,
    asked,
    instead: () => undefined,
    question(accounts, previous) {
      const known = previous === undefined ? {} : { previous };
      const target = { at: "latest", admit: () => {}, admitLatest: () => {}, ...known } as const;
      return { endpoint, selector, accounts, target, limits };
    },
    [Symbol.dispose](): void {
      pool[Symbol.dispose]();
      node[Symbol.dispose]();
    },
  };
  const node = startLocalNode({
    instead: (request) => world.instead(request),
    answer: (item) => {
      asked.push(shown(item, holders));
      return answerOnChain(item, chain);
    },
  });
  return world;
}

function shown({ method, params: [first, block] }: Item, holders: readonly string[]): string {
  if (typeof first === "object" && first !== null && "to" in first && "data" in first) {
    const program = new TextDecoder().decode(Uint8Array.fromHex(String(first.to).slice(2)));
    return `${program.replace("wallet-balance-", "")} ${Math.floor((String(first.data).length - 66) / 40)}`;
  }
  return `${method.replace("eth_", "")} ${holders.indexOf(String(first))} ${block}`;
}
