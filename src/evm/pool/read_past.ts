import type { Block } from "../../model/block.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits, PastRequest, PastResult } from "../../model/source.ts";
import type { BlockTimes } from "../strategies/block_times.ts";
import { type PastBlock, type PastEndpoint, readBlockTimes, readPastBlock } from "../strategies/read_past.ts";
import { areZerosTrusted } from "../strategies/trust.ts";
import { accountsOn } from "../chains/chain_facts.ts";
import { MIN_EMPTIED } from "./emptied.ts";
import type { Network } from "./open_network.ts";
import { createPastOrder } from "./past_order.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";

/** Requests under way at once, of the many small chunks of the past: the next poll must not wait for them. */
const MAX_PAST_BLOCKS = 6;

/** Of a chain with blocks at irregular times, more than one block may be read until one is near an age. */
const MAX_TRIES_PER_AGE = 2;

/** Full nodes keep the state of 128 blocks; a new one may be made meanwhile. */
const FULL_NODE_BLOCKS = 126n;
/** In seconds: less says nothing. */
const MIN_AGE = 120;

/**
 * Reads accounts as of past times, the newest first, by state override calls alone: one request per time and chunk. With
 * a quorum, balances count that as many endpoints report.
 *
 * @param used the endpoint that the last poll read from
 */
export async function readPast(network: Network, used: string | undefined, request: PastRequest): Promise<PastResult> {
  const { plan: { quorum }, chainId, newest } = network;
  const readers = chainId === undefined ? [] : selectReaders(network, chainId, used, request);
  const [first, ...others] = readers.slice(0, quorum);
  if (first === undefined || readers.length < quorum || newest === undefined) {
    const endpoints = quorum === 1 ? "no endpoint runs" : `fewer than ${quorum} endpoints run`;
    return { failure: new RpcError("missing", `${endpoints} state overrides`, "unsupported") };
  }
  const endpoint = first.endpoint.name;
  try {
    const { head, times } = await readBlockTimes(first, newest.number);
    await readTimes({ network, readers: [first, ...others], head, times, request });
    return { endpoint };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { endpoint, failure: error };
  }
}

/** The endpoints that are read by state override calls and are well, the one in use first. */
function selectReaders(
  { endpoints }: Network,
  chainId: number,
  used: string | undefined,
  { limits }: PastRequest,
): readonly PastEndpoint[] {
  const now = limits.clock.now();
  const isFit = ({ selector, breaker, headStatus }: PoolEndpoint): boolean =>
    selector.strategy === "packed" && selector.proven && breaker.failure === undefined && headStatus !== "lagging" &&
    areZerosTrusted(selector.comparisons, "packed", chainId, now);
  const isUsed = ({ endpoint }: PoolEndpoint): boolean => endpoint.name === used;
  const own: Limits = { ...limits, patient: false };
  return endpoints.filter(isFit).toSorted((one, other) => Number(isUsed(other)) - Number(isUsed(one)))
    .map(({ endpoint, selector }) => ({ endpoint, selector, chainId, limits: own }));
}

interface Reading {
  readonly network: Network;
  /** As many as must agree. */
  readonly readers: readonly [PastEndpoint, ...PastEndpoint[]];
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
  const waiting = createPastOrder({ ...reading.request, head, times, now });
  let left = MAX_TRIES_PER_AGE * ages.length;
  for (let isFirst = true;; isFirst = false) {
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

/** Of a node that has no state of an hour ago: the oldest that it may have. */
async function readRecent(reading: Reading, now: number): Promise<void> {
  const { head, request: { onPast } } = reading;
  const number = head.number - FULL_NODE_BLOCKS;
  if (number < 0n) return;
  const block = await readBlock(reading, number).catch(asRpcError);
  if (!(block instanceof RpcError) && now - block.time >= MIN_AGE) {
    onPast({ age: now - block.time, amounts: block.amounts });
  }
}

function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  throw error;
}

/** @throws {RpcError} if it cannot be read, or endpoints report different blocks */
async function readBlock({ network, readers, times, request }: Reading, number: bigint): Promise<PastBlock> {
  const accounts = accountsOn(request.accounts, network.chainId);
  const read = (of: PastEndpoint): Promise<PastBlock> => readPastBlock(of, accounts, number, times);
  const [main, ...more] = readers;
  const [first, ...others] = await Promise.all([read(main), ...more.map(read)]);
  if (others.some(({ time }) => time !== first.time)) {
    throw new RpcError("integrity", `endpoints report different blocks ${number}`);
  }
  const amounts = new Map(
    [...first.amounts].filter(([account, amount]) => others.every((each) => each.amounts.get(account) === amount)),
  );
  if (isEmpty(network, amounts)) throw new RpcError("state_unavailable", "all balances are 0 in older blocks");
  return { ...first, amounts };
}

/** Whether all accounts had nothing, and some are funded now: so answer nodes that dropped the state. */
function isEmpty({ funded }: Network, amounts: PastBlock["amounts"]): boolean {
  return amounts.values().every((amount) => amount === 0n) &&
    [...amounts.keys()].filter((account) => funded.has(account)).length >= MIN_EMPTIED;
}
