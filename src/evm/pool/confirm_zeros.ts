import type { Account } from "../../assets/asset.ts";
import { log } from "../../util/log.ts";
import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import { startDeadline } from "../../http/deadline.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { findEmptied } from "./emptied.ts";
import { checkChain } from "./check_chain.ts";
import { isOpen } from "./circuit_breaker.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { askOne } from "../strategies/ask.ts";
import type { Limits } from "../../model/source.ts";
import type { AmountOrReason } from "../strategies/account_values.ts";
import { readBatch } from "../strategies/read_at_head.ts";
import { type ChunkResult, type ReadResult, valuesIn } from "../strategies/read_chunks.ts";
import { readLatest } from "../strategies/read_latest.ts";
import { SYNCING } from "../strategies/calls.ts";
import type { Target } from "../strategies/target.ts";

/** Maximum polls in a row in which zeros are withheld: some nodes always report that they are syncing. */
const MAX_WITHHELD_POLLS = 3;

/** A result to confirm. */
export interface ConfirmingZeros {
  readonly network: Network;
  readonly poolEndpoint: PoolEndpoint;
  readonly result: ReadResult;
  readonly target: Target;
  readonly limits: Limits;
}

/**
 * Confirms, within the same poll, a result in which all balances that were positive are 0: either somebody emptied all
 * wallets, which must be published, or the node is behind with execution. Another endpoint that is not syncing decides,
 * read at the same block; without one, `eth_syncing` and a plain read of this endpoint do.
 *
 * @returns the result, without balances that are withheld
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
  return { ...result, chunks: result.chunks.map((chunk) => withhold(chunk, emptied, network)), failure };
}

/** Whether the zeros are right; an error if that could not be determined. */
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

/**
 * Reads the same accounts at the same blocks from another endpoint, with plain requests; undefined if it does not
 * answer.
 */
async function verdictOf(
  other: PoolEndpoint,
  { network, limits }: ConfirmingZeros,
  emptied: readonly ChunkResult[],
): Promise<boolean | undefined> {
  const { endpoint, selector } = other;
  // A node that ignores the requested block may return balances of another one.
  if (Object.values(selector.blockChecks).some(({ ignored }) => ignored)) return undefined;
  for (const [block, chunks] of Map.groupBy(emptied, ({ head }) => head?.block)) {
    if (block === undefined) return undefined;
    const accounts = fundedIn(network, chunks);
    const target: Target = { at: block, admit: ({ chainId }) => checkChain(network, other, chainId) };
    const values = valuesIn(await readBatch({ endpoint, selector, accounts, target, limits }));
    if (values.some(([, amount]) => isPositive(amount))) return false;
    if (values.some(([, amount]) => typeof amount !== "bigint")) return undefined;
  }
  // Nodes that were upgraded together may be behind together.
  return await isSyncing(endpoint, limits) === false ? true : undefined;
}

/** Without another endpoint: checks whether the node is syncing, and if it is not, compares with a plain read. */
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

/** Whether a node reports that it is syncing. A node without the method is not syncing. */
export async function isSyncing(endpoint: Endpoint, limits: Limits): Promise<boolean | RpcError> {
  const { clock, deadline } = limits;
  using own = startDeadline(clock, deadline.remaining() / 2, deadline.signal);
  try {
    return await askOne(endpoint, SYNCING, { ...limits, deadline: own });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return error.traits.methodRefused ? false : error;
  }
}

/** The accounts with a new balance whose last published balance was positive. */
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
 * @returns whether the maximum is exceeded
 */
export function isLastPoll({ zeros, startedAt }: Network): boolean {
  if (zeros.startedAt !== startedAt) Object.assign(zeros, { startedAt, polls: zeros.polls + 1 });
  return zeros.polls > MAX_WITHHELD_POLLS;
}

/** Withholds all balances of a suspicious chunk, and positive balances that are 0 or missing in the other chunks. */
function withhold(chunk: ChunkResult, emptied: readonly ChunkResult[], { funded }: Network): ChunkResult {
  const isEmptied = emptied.includes(chunk);
  const values = chunk.values.map((value, account) => {
    const isGone = funded.has(account) && (value === 0n || value === "reverted");
    return typeof value === "bigint" && isEmptied || isGone ? "state_unavailable" : value;
  });
  return { ...chunk, values };
}
