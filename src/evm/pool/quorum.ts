import type { Account } from "../../assets/asset.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { type Reason, RpcError } from "../../jsonrpc/errors.ts";
import { checkGenesis } from "./check_genesis.ts";
import { confirmQuorumZeros } from "./confirm_quorum_zeros.ts";
import { isOpen, onFailure, onReadFailure, onSuccess } from "./circuit_breaker.ts";
import { headStatusOf } from "./head_status.ts";
import { type PoolEndpoint, recordHead } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { checkChain } from "./check_chain.ts";
import { lateOf } from "./read_endpoint.ts";
import { blockFor, blockOf, type EndpointHead } from "./quorum_block.ts";
import type { Limits } from "../../model/source.ts";
import { type Block, isOlder } from "../../model/block.ts";
import { refreshStrategy } from "../strategies/strategy_selector.ts";
import { readByStrategy } from "../strategies/read_by_strategy.ts";
import { AccountValues } from "../strategies/account_values.ts";
import { valuesIn } from "../strategies/read_chunks.ts";
import { readHead } from "../strategies/read_head.ts";
import type { PollProgress } from "./poll_progress.ts";

/** Endpoints by reported value; `"reverted"` is a value like any other. */
type Votes = Map<bigint | "reverted", Set<PoolEndpoint>>;

/** The values reported for an account, and the last reason for a missing one. */
interface AccountVotes {
  readonly votes: Votes;
  reason: Reason;
}

/** One block that endpoints vote about. */
interface QuorumVote {
  readonly network: Network;
  readonly counts: ReadonlyMap<Account, AccountVotes>;
  /** All endpoints are read at this block, which each of them has. */
  readonly block: Block;
  /** Endpoints with another block of this number. */
  readonly forked: Set<PoolEndpoint>;
  readonly limits: Limits;
}

/**
 * Reads balances from as many endpoints as must agree, all at one block that each of them has. If fewer return the same
 * balance, reads the remaining endpoints, then retries endpoints with a transient failure; without agreement the
 * balance is withheld.
 *
 * @returns how many accounts endpoints returned different balances for
 */
export async function readByQuorum(network: Network, progress: PollProgress, limits: Limits): Promise<number> {
  const { plan: { quorum } } = network;
  const heads = await headsOf(network, limits);
  const selected = selectEndpoints(network, heads);
  const block = selected.length < quorum ? shortageOf(network, heads) : await blockFor(network, selected, limits);
  if (typeof block === "string") {
    progress.failPending(block);
    return 0;
  }
  const createVote = (block: Block): QuorumVote => {
    const counts = new Map(progress.pending.map((account): [Account, AccountVotes] => [
      account,
      { votes: new Map(), reason: "missing" },
    ]));
    return { network, counts, block, forked: new Set(), limits };
  };
  let vote = createVote(block);
  await askAll(vote, selected.map(({ poolEndpoint }) => poolEndpoint));
  const other = vote.forked.size < quorum ? undefined : await blockOf(vote.forked, block, limits);
  if (other !== undefined) {
    const { forked } = vote;
    vote = createVote(other);
    await askAll(vote, [...forked]);
    // The others now disagree with the majority.
    for (const { poolEndpoint } of selected) if (!forked.has(poolEndpoint)) failFork(network, poolEndpoint, block);
  }
  const counts = [...vote.counts];
  const agreed = counts.map(([, { votes, reason }]) =>
    agreedBalance(votes, quorum) ?? (votes.size > 1 ? "integrity" : reason)
  );
  const voters = new Set(counts.flatMap(([, { votes }]) => [...votes.get(0n) ?? []]));
  const read = new AccountValues(counts.map(([account]) => account), agreed);
  const values = await confirmQuorumZeros({ network, values: read, voters, limits });
  const lates = selected.map(({ poolEndpoint }) => lateOf(poolEndpoint));
  const late = lates.includes("lagging") ? "lagging" : lates.find(Boolean);
  progress.add({ chunks: [{ head: undefined, values }], failure: undefined }, { block: vote.block, late });
  return counts.filter(([, { votes }]) => votes.size > 1).length;
}

/** Reads as many endpoints as must agree, then the others one by one, then retries those with a transient failure. */
async function askAll(vote: QuorumVote, endpoints: readonly PoolEndpoint[]): Promise<void> {
  const { network: { plan: { quorum }, budget }, counts } = vote;
  const isDecided = (): boolean => counts.values().every(({ votes }) => agreedBalance(votes, quorum) !== undefined);
  await Promise.all(endpoints.slice(0, quorum).map((poolEndpoint) => askEndpoint(vote, poolEndpoint)));
  for (const poolEndpoint of endpoints.slice(quorum)) {
    if (!isDecided()) await askEndpoint(vote, poolEndpoint);
  }
  for (const poolEndpoint of endpoints) {
    const { failure } = poolEndpoint.breaker;
    if (failure?.traits.retryable && !isDecided() && budget.take(1)) await askEndpoint(vote, poolEndpoint);
  }
}

function failFork(network: Network, poolEndpoint: PoolEndpoint, { number }: Block): void {
  const detail = `block ${number} differs from that of the other endpoints`;
  onReadFailure(poolEndpoint.breaker, recordError(poolEndpoint.endpoint, "integrity", detail), network);
}

/** The endpoints on the right chain, with their newest block. */
async function headsOf(network: Network, limits: Limits): Promise<readonly EndpointHead[]> {
  const { plan, endpoints } = network;
  const { clock } = limits;
  const asked = endpoints.filter(({ breaker }) => !isOpen(breaker, clock.now()));
  const reported = await Promise.all(asked.map(async (poolEndpoint) => {
    try {
      refreshStrategy(poolEndpoint.selector, clock.now());
      const head = await readHead(
        poolEndpoint.endpoint,
        poolEndpoint.selector.sizes.batch,
        typeof plan.block === "string" ? plan.block : "latest",
        limits,
      );
      checkChain(network, poolEndpoint, head.chainId);
      await checkGenesis(network, poolEndpoint, limits);
      recordHead(poolEndpoint, head, clock);
      onSuccess(poolEndpoint.breaker);
      return { poolEndpoint, block: head.block };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      onFailure(poolEndpoint.breaker, error, network);
      return undefined;
    }
  }));
  const heads = reported.filter((each) => each !== undefined);
  for (const { poolEndpoint } of heads) poolEndpoint.headStatus = headStatusOf(network, poolEndpoint, clock);
  return heads;
}

/** The endpoints to read: not lagging, if enough remain, and with the newest published block. */
function selectEndpoints(
  { plan: { quorum }, newest }: Network,
  heads: readonly EndpointHead[],
): readonly EndpointHead[] {
  const prompt = heads.filter(({ poolEndpoint }) => poolEndpoint.headStatus !== "lagging");
  const enough = prompt.length >= quorum ? prompt : heads;
  return enough.filter(({ poolEndpoint, block }) => {
    const isFit = newest === undefined || !isOlder(block, newest);
    if (!isFit) poolEndpoint.headStatus = "lagging";
    return isFit;
  });
}

async function askEndpoint(
  { network, counts, block, forked, limits }: QuorumVote,
  poolEndpoint: PoolEndpoint,
): Promise<void> {
  const result = await readByStrategy(poolEndpoint, [...counts.keys()], {
    at: block,
    previous: network.previous,
    checkChain: (chainId) => checkChain(network, poolEndpoint, chainId),
    admit(head): void {
      checkChain(network, poolEndpoint, head.chainId);
    },
  }, limits);
  const { failure, chunks } = result;
  // The last value of an account counts.
  const values = new Map(valuesIn(result));
  let read = 0;
  for (const [account, count] of counts) {
    const value = values.get(account) ?? failure?.reason ?? count.reason;
    if (typeof value === "bigint" || value === "reverted") {
      read++;
      count.votes.set(value, (count.votes.get(value) ?? new Set()).add(poolEndpoint));
    } else count.reason = value;
  }
  network.budget.earn(read > 0 ? chunks.length : 0);
  if (failure?.reason === "integrity" && read === 0) forked.add(poolEndpoint);
  if (failure === undefined) onSuccess(poolEndpoint.breaker);
  else onReadFailure(poolEndpoint.breaker, failure, network);
}

/** The balance that enough endpoints returned; undefined if there are two such balances. */
function agreedBalance(votes: Votes, quorum: number): bigint | "reverted" | undefined {
  const [first, second] = [...votes].filter(([, endpoints]) => endpoints.size >= quorum);
  return second === undefined ? first?.[0] : undefined;
}

/** Why there are too few endpoints to read. */
function shortageOf({ plan, endpoints }: Network, heads: readonly EndpointHead[]): Reason {
  if (heads.length >= plan.quorum) return "lagging";
  return endpoints.map(({ breaker }) => breaker.failure?.reason).find(Boolean) ?? "missing";
}
