import type { Block } from "../../model/block.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits, PastRequest, PastResult } from "../../model/source.ts";
import type { BlockTimes } from "../strategies/block_times.ts";
import { type PastBlock, type PastEndpoint, readBlockTimes, readPastBlock } from "../strategies/read_past.ts";
import { areZerosTrusted } from "../strategies/trust.ts";
import { accountsOn } from "../chains/chain_facts.ts";
import { MIN_EMPTIED } from "./emptied.ts";
import type { Network } from "./open_network.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";

/** Requests under way at once, of the many small chunks of the past: the next poll must not wait for them. */
const MAX_PAST_BLOCKS = 6;

/** Full nodes keep the state of 128 blocks; a new one may be made meanwhile. */
const FULL_NODE_BLOCKS = 126n;
/** In seconds: less says nothing. */
const MIN_AGE = 120;
/** In seconds: readings that are nearer to each other are one. */
const MIN_STEP = 300;

/**
 * Reads accounts as of past times, the newest first, by state override calls alone: one request per time and chunk. With
 * a quorum, balances count that as many endpoints report.
 *
 * @param used the endpoint that the last poll read from
 */
export async function readPast(network: Network, used: string | undefined, request: PastRequest): Promise<PastResult> {
  const { plan: { quorum }, chainId, newest } = network;
  const readers = selectReaders(network, used, request).slice(0, quorum);
  const [first] = readers;
  if (first === undefined || readers.length < quorum || chainId === undefined || newest === undefined) {
    const endpoints = quorum === 1 ? "no endpoint runs" : `fewer than ${quorum} endpoints run`;
    return { failure: new RpcError("missing", `${endpoints} state overrides`, "unsupported") };
  }
  const endpoint = first.endpoint.name;
  try {
    const { head, times } = await readBlockTimes(first, newest.number);
    await readTimes({ network, readers, head, times, request });
    return { endpoint };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { endpoint, failure: error };
  }
}

/** The endpoints that are read by state override calls and are well, the one in use first. */
function selectReaders(
  { endpoints, chainId }: Network,
  used: string | undefined,
  { limits }: PastRequest,
): readonly PastEndpoint[] {
  const now = limits.clock.now();
  const isFit = ({ selector, breaker, headStatus }: PoolEndpoint): boolean =>
    selector.strategy === "packed" && selector.proven && breaker.failure === undefined && headStatus !== "lagging" &&
    chainId !== undefined && areZerosTrusted(selector.comparisons, "packed", chainId, now);
  const isUsed = ({ endpoint }: PoolEndpoint): boolean => endpoint.name === used;
  const own: Limits = { ...limits, patient: false };
  return endpoints.filter(isFit).toSorted((one, other) => Number(isUsed(other)) - Number(isUsed(one)))
    .map(({ endpoint, selector }) => ({ endpoint, selector, chainId: chainId ?? 0, limits: own }));
}

interface Reading {
  readonly network: Network;
  /** As many as must agree. */
  readonly readers: readonly PastEndpoint[];
  readonly head: Block;
  /** Mutable. */
  readonly times: BlockTimes;
  readonly request: PastRequest;
}

/** @throws {RpcError} why the rest was not read */
async function readTimes(reading: Reading): Promise<void> {
  const { head, times, request: { ages, limits } } = reading;
  // The wall clock may be behind the chain's.
  const now = Math.max(limits.clock.epoch(), head.time);
  const waiting = createWaiting(reading, now);
  let left = ages.length;
  for (let isFirst = true; left > 0; isFirst = false) {
    // The first shows whether there is a past, and how far off the estimates are.
    const round = waiting.missing().slice(0, isFirst ? 1 : Math.min(left, MAX_PAST_BLOCKS));
    if (round.length === 0) break;
    left -= round.length;
    const read = await Promise.all(round.map((number) => readBlock(reading, number).catch(asRpcError)));
    for (const block of read) {
      if (block instanceof RpcError) {
        waiting.pass(true);
        const isGone = isFirst && block.reason === "state_unavailable" && block.refusal === undefined;
        if (isGone) await readRecent(reading, now);
        throw block;
      }
      times.note(block);
      waiting.add(block);
    }
    waiting.pass(false);
  }
  waiting.pass(true);
}

/** Blocks that were read; each is passed on once all newer ones are. */
interface Waiting {
  add(block: PastBlock): void;
  /** The numbers that the ages need besides, the newest first. */
  missing(): readonly bigint[];
  /** @param isLast whether nothing more is read: then gaps stay */
  pass(isLast: boolean): void;
}

function createWaiting({ head, times, request: { ages, onPast } }: Reading, now: number): Waiting {
  const blocks = new Map<bigint, PastBlock>();
  /** Those that were read once; the head was read by the poll. */
  const known = new Set([head.number]);
  let passed = now - head.time;

  function blockFor(age: number): PastBlock | undefined {
    const isNear = ({ time }: PastBlock): boolean => Math.abs(now - time - age) <= MIN_STEP;
    return blocks.values().find(isNear) ?? blocks.get(times.numberAt(now - age));
  }

  function pass(block: PastBlock): void {
    blocks.delete(block.number);
    const age = now - block.time;
    if (age <= passed + MIN_STEP) return;
    passed = age;
    onPast({ age, amounts: block.amounts });
  }

  const open = (): readonly number[] => ages.filter((age) => age > passed + MIN_STEP);
  return {
    add(block): void {
      blocks.set(block.number, block);
      known.add(block.number);
    },
    missing(): readonly bigint[] {
      const numbers = open().flatMap((age) => blockFor(age) === undefined ? [times.numberAt(now - age)] : []);
      return [...new Set(numbers)].filter((number) => !known.has(number));
    },
    pass(isLast): void {
      for (const age of open()) {
        const block = blockFor(age);
        if (block !== undefined) pass(block);
        else if (!isLast && !known.has(times.numberAt(now - age))) return;
      }
      if (isLast) {
        for (const block of [...blocks.values()].toSorted((one, other) => other.time - one.time)) pass(block);
      }
    },
  };
}

/** Of a node that has no state of an hour ago: the oldest that it may have. */
async function readRecent(reading: Reading, now: number): Promise<void> {
  const { head, times, request: { onPast } } = reading;
  const number = head.number - FULL_NODE_BLOCKS;
  if (number < 0n) return;
  const block = await readBlock(reading, number).catch(asRpcError);
  if (block instanceof RpcError) return;
  times.note(block);
  const age = now - block.time;
  if (age >= MIN_AGE) onPast({ age, amounts: block.amounts });
}

function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  throw error;
}

/** @throws {RpcError} if it cannot be read, or endpoints report different blocks */
async function readBlock({ network, readers, times, request }: Reading, number: bigint): Promise<PastBlock> {
  const accounts = accountsOn(request.accounts, network.chainId);
  const [first, ...others] = await Promise.all(readers.map((each) => readPastBlock(each, accounts, number, times)));
  if (first === undefined) throw new RpcError("missing", "no endpoint was read");
  if (others.some(({ time }) => time !== first.time)) {
    throw new RpcError("integrity", `endpoints report different blocks ${number}`);
  }
  const amounts = new Map(
    [...first.amounts].filter(([account, amount]) => others.every((each) => each.amounts.get(account) === amount)),
  );
  if (isEmpty(network, amounts)) throw new RpcError("state_unavailable", "all balances are 0 in older blocks");
  return { ...first, amounts };
}

/** Whether all accounts that are funded now had nothing: so answer nodes that dropped the state. */
function isEmpty({ funded }: Network, amounts: PastBlock["amounts"]): boolean {
  let zeros = 0;
  for (const [account, amount] of amounts) {
    if (amount > 0n) return false;
    if (funded.has(account)) zeros++;
  }
  return zeros >= MIN_EMPTIED;
}
