import type { Account } from "../../assets/asset.ts";
import { log } from "../../util/log.ts";
import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import { startDeadline } from "../../http/deadline.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { findEmptied } from "./emptied.ts";
import { isOpen } from "./circuit_breaker.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { askOne } from "../strategies/ask.ts";
import type { Limits } from "../../model/source.ts";
import { readBatch } from "../strategies/read_at_head.ts";
import {
  type AccountValue,
  type AmountOrReason,
  type ChunkResult,
  type ReadResult,
  valuesIn,
} from "../strategies/read_chunks.ts";
import { readLatest } from "../strategies/read_latest.ts";
import { SYNCING } from "../strategies/syncing.ts";
import type { Target } from "../strategies/target.ts";

/** So many polls in a row zeros are withheld at most: a node may report for ever that it is syncing. */
const MAX_WITHHELD_POLLS = 3;

/** What a reading is confirmed with. */
export interface ConfirmingZeros {
  readonly network: Network;
  /** Who was read. */
  readonly poolEndpoint: PoolEndpoint;
  readonly result: ReadResult;
  readonly target: Target;
  readonly checkChain: (poolEndpoint: PoolEndpoint, chainId: number) => void;
  readonly limits: Limits;
}

/**
 * Confirms an answer in which all that had something have 0 at once, in the same poll: somebody may have emptied all
 * wallets, which must be published, or the node is behind with execution. Another endpoint decides that is not syncing,
 * asked for the same block; else `eth_syncing` of this one, and the plain strategy.
 *
 * @param confirming see {@linkcode ConfirmingZeros}
 * @returns the reading, without what is withheld
 */
export async function confirmZeros(confirming: ConfirmingZeros): Promise<ReadResult> {
  const { network, poolEndpoint, result } = confirming;
  const emptied = findEmptied(network.funded, result.chunks);
  if (emptied.length === 0) {
    network.zeros.polls = 0;
    return result;
  }
  const verdict = await verdictOn(confirming, emptied);
  if (verdict === true) return result;
  if (verdict instanceof RpcError && isLastPoll(network)) {
    const wallets = emptied.reduce((sum, { values }) => sum + values.length, 0);
    log.warn("Balances of 0 are published without confirmation", {
      network: network.plan.id,
      endpoint: poolEndpoint.endpoint.name,
      wallets,
      detail: verdict.message,
    });
    return result;
  }
  const detail = "all balances are 0 at once, but another endpoint reports others";
  const failure = verdict instanceof RpcError
    ? verdict
    : recordError(poolEndpoint.endpoint, "state_unavailable", detail);
  return { ...result, chunks: result.chunks.map((chunk) => without(chunk, emptied, network)), failure };
}

/** Zeros that are true, that are not, or that nobody could tell. */
type Verdict = boolean | RpcError;

async function verdictOn(confirming: ConfirmingZeros, emptied: readonly ChunkResult[]): Promise<Verdict> {
  const { network, poolEndpoint, limits } = confirming;
  const others = network.endpoints.filter((other) =>
    other !== poolEndpoint && other.breaker.failure === undefined && other.headStatus !== "lagging" &&
    !isOpen(other.breaker, limits.clock.now())
  );
  for (const other of others) {
    const verdict = await verdictOf(other, confirming, emptied);
    if (verdict !== undefined) return verdict;
  }
  return await verdictOfItself(confirming, emptied);
}

/** What an endpoint says by the plain strategy of the same accounts at the same blocks; none where it does not answer. */
async function verdictOf(
  other: PoolEndpoint,
  { network, checkChain, limits }: ConfirmingZeros,
  emptied: readonly ChunkResult[],
): Promise<Verdict | undefined> {
  const { endpoint, selector } = other;
  // Balances of a node that ignores blocks may be of another one.
  if (Object.values(selector.blockChecks).some(({ ignored }) => ignored)) return undefined;
  let verdict: Verdict | undefined;
  for (const [block, chunks] of Map.groupBy(emptied, ({ head }) => head?.block)) {
    if (block === undefined) return undefined;
    const accounts = fundedIn(network, chunks);
    const target: Target = { at: block, admit: ({ chainId }) => checkChain(other, chainId) };
    const values = valuesIn(await readBatch({ endpoint, selector, accounts, target, limits }));
    if (values.some(([, amount]) => isPositive(amount))) return false;
    if (values.some(([, amount]) => typeof amount !== "bigint")) return undefined;
    verdict = true;
  }
  // It may be behind as well, as nodes are that were upgraded together.
  return verdict === true && await isSyncing(endpoint, limits) === false ? true : undefined;
}

/** Where nobody else can tell: whether the node is syncing, and if it is not, what the plain strategy gives. */
async function verdictOfItself(
  { network, poolEndpoint, target, limits }: ConfirmingZeros,
  emptied: readonly ChunkResult[],
): Promise<Verdict> {
  const { endpoint, selector } = poolEndpoint;
  network.budget.spend(2);
  const syncing = await isSyncing(endpoint, limits);
  if (syncing instanceof RpcError) return syncing;
  if (syncing) {
    return recordError(endpoint, "state_unavailable", "all balances are 0 at once, and the node is syncing");
  }
  const accounts = fundedIn(network, emptied);
  const isPlain = selector.strategy === "batch" || selector.strategy === "latest";
  const question = { endpoint, selector, accounts, target, limits };
  const result = await (selector.strategy === "latest" ? readLatest(question) : readBatch(question));
  const values = valuesIn(result);
  if (values.some(([, amount]) => isPositive(amount))) {
    const chainId = emptied[0]?.head?.chainId;
    if (!isPlain && chainId !== undefined) {
      selector.comparisons.set(selector.strategy, { chainId, at: limits.clock.now(), isEqual: false });
    }
    return false;
  }
  if (values.every(([, amount]) => typeof amount === "bigint")) return true;
  return result.failure ?? new RpcError("state_unavailable", "all balances are 0 at once, and were not confirmed");
}

/**
 * Whether a node reports that it is syncing; one that does not know the method does not.
 *
 * @param endpoint whom to ask
 * @param limits how long it may take, of which half is used
 */
export async function isSyncing(endpoint: Endpoint, limits: Limits): Promise<boolean | RpcError> {
  const { clock, deadline } = limits;
  using own = startDeadline(clock, deadline.remaining() / 2, deadline.signal);
  try {
    return await askOne(endpoint, SYNCING, { ...limits, deadline: own });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return error.refusal === "unsupported" || error.traits.methodRefused ? false : error;
  }
}

/** The accounts that had something, of those that pieces gave a balance of. */
function fundedIn({ funded }: Network, chunks: readonly ChunkResult[]): readonly Account[] {
  return valuesIn({ chunks }).flatMap(([account, amount]) =>
    typeof amount === "bigint" && funded.has(account) ? [account] : []
  );
}

function isPositive(amount: AmountOrReason): boolean {
  return typeof amount === "bigint" && amount > 0n;
}

/**
 * Counts a poll that withholds zeros, once for all its attempts.
 *
 * @returns whether they were withheld often enough
 */
export function isLastPoll({ zeros, startedAt }: Network): boolean {
  if (zeros.startedAt !== startedAt) Object.assign(zeros, { startedAt, polls: zeros.polls + 1 });
  return zeros.polls > MAX_WITHHELD_POLLS;
}

/** A suspicious chunk is withheld as a whole, and with it other accounts that had something and show nothing now. */
function without(chunk: ChunkResult, emptied: readonly ChunkResult[], { funded }: Network): ChunkResult {
  const isEmptied = emptied.includes(chunk);
  const values = chunk.values.map((each): AccountValue => {
    const [account, value] = each;
    const isGone = funded.has(account) && (value === 0n || value === "reverted");
    return typeof value === "bigint" && isEmptied || isGone ? [account, "state_unavailable"] : each;
  });
  return { ...chunk, values };
}
