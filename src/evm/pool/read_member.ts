import { type Account, isNative } from "../../assets/asset.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { type Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { Late, Limits } from "../../model/source.ts";
import { admitLatestOf, checkChain } from "./check_chain.ts";
import { checkGenesis } from "./check_genesis.ts";
import { onFailure, onProbeOk, onReadFailure, onSuccess } from "./circuit_breaker.ts";
import { isBefore, isOlder } from "../../model/block.ts";
import { confirmZeros } from "./confirm_zeros.ts";
import { headStatus } from "./head_status.ts";
import { refreshStrategy } from "../strategies/strategy_selector.ts";
import { type PoolEndpoint, recordHead } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { probe } from "./probe.ts";
import { isAnyRead } from "../strategies/read_chunks.ts";
import { readByStrategy } from "../strategies/read_by_strategy.ts";
import { readDistant, readHead } from "../strategies/read_head.ts";
import type { PollProgress } from "./poll_progress.ts";
import type { Head, Target } from "../strategies/target.ts";

/** How a member is to be read. */
export interface Attempt {
  readonly progress: PollProgress;
  readonly limits: Limits;
  /** Whether balances of a lagging endpoint are taken, since there are no better ones. */
  readonly lenient: boolean;
}

/**
 * Reads what is still to do from one endpoint of a network: something cheap
 * first where it was broken, and nothing from another chain.
 *
 * @param network which
 * @param member the endpoint
 * @param attempt recordHead {@linkcode Attempt}
 */
export async function readMember(network: Network, member: PoolEndpoint, attempt: Attempt): Promise<void> {
  const { progress, limits, lenient } = attempt;
  const { breaker } = member;
  const { clock } = limits;
  const isProbed = breaker.needsProbe;
  const { proven, chainMethod } = member.selector;
  const isChainNew = network.chainId === undefined && !proven && chainMethod === "unasked";
  let at: Target["at"];
  try {
    if (isProbed) {
      await probe(network, member, limits);
      onProbeOk(breaker);
    } else if (isChainNew) await learnChain(network, member, limits);
    await checkGenesis(network, member, limits);
    at = await blockFor(network, member, limits, lenient);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    onFailure(breaker, error, network);
    return progress.failPendingIfUnset(error.reason);
  }
  refreshStrategy(member.selector, clock.now());
  const target = targetOf(network, member, at, limits, lenient);
  const asked = progress.pending;
  const result = await confirmZeros({
    network,
    member,
    result: await readByStrategy(member, asked, target, limits),
    target,
    checkChain: (other, chainId) => checkChain(network, other, chainId),
    limits,
  });
  network.budget.earn(result.chunks.filter((chunk) => isAnyRead({ chunks: [chunk] })).length);
  network.budget.spend(result.wastedRequests ?? 0);
  const native = countNative(asked);
  const answered = progress.add(result, { late: lateOf(member) });
  // Only native balances decide whether the endpoint is healthy, where there are any.
  if (native === 0 ? answered > 0 : countNative(progress.pending) < native) return onSuccess(breaker);
  // Charge a probe that did not lead to a balance to the retry budget.
  if (isProbed) network.budget.spend(1);
  if (asked.length === 0) return;
  const failure = result.failure ?? result.itemFailure ?? new RpcError(mostFrequent(progress), "no balance was read");
  onReadFailure(breaker, failure, network);
  progress.failPending(failure.reason);
}

function countNative(accounts: readonly Account[]): number {
  let count = 0;
  for (const account of accounts) if (isNative(account)) count++;
  return count;
}

/** Before the EVM is believed, whose CHAINID may be another one; where `eth_chainId` is refused, the EVM is. */
async function learnChain(network: Network, member: PoolEndpoint, limits: Limits): Promise<void> {
  try {
    await probe(network, member, limits);
  } catch (error) {
    if (!(error instanceof RpcError) || error.traits.methodRefused !== "explicit") throw error;
  }
}

/**
 * Whether what is read from an endpoint is only as fresh as its block.
 *
 * @param member which
 */
export function lateOf({ standing }: PoolEndpoint): Late | undefined {
  return standing === "fresh" ? undefined : standing;
}

/** Which block is read: one that is told by its distance to the latest has to be found first. */
async function blockFor(
  network: Network,
  member: PoolEndpoint,
  limits: Limits,
  lenient: boolean,
): Promise<Target["at"]> {
  const { plan: { block } } = network;
  if (typeof block === "string") return block;
  const { endpoint, selector } = member;
  const latest = await readHead(endpoint, selector.sizes.batch, "latest", limits);
  checkChain(network, member, latest.chainId);
  look(network, member, latest, limits);
  if (member.standing === "lagging" && !lenient) throw lagging(member, "behind the chain");
  return await readDistant(endpoint, latest.block, block, limits);
}

function look(network: Network, member: PoolEndpoint, head: Head, { clock }: Limits): void {
  recordHead(member, head, clock);
  member.standing = headStatus(network, member, clock);
}

function lagging(member: PoolEndpoint, why: string): RpcError {
  member.standing = "lagging";
  return recordError(member.endpoint, "lagging", why);
}

/** What balances are to be read of: this chain, and nothing older than what was published. */
function targetOf(
  network: Network,
  member: PoolEndpoint,
  at: Target["at"],
  limits: Limits,
  lenient: boolean,
): Target {
  const admit: Target["admit"] = (head) => {
    checkChain(network, member, head.chainId);
    if (typeof at === "string") look(network, member, head, limits);
    const { newest } = network;
    const isLate = newest !== undefined && isOlder(head.block, newest) &&
      !isBefore(head.block, newest);
    if (!isLate && (lenient || member.standing !== "lagging")) return;
    throw lagging(member, isLate ? "older than what was read before" : "behind the chain");
  };
  const target = { at, admit, checkChain: (chainId: number) => checkChain(network, member, chainId) };
  return at === "latest" ? { ...target, admitLatest: admitLatestOf(network, member, admit) } : target;
}

function mostFrequent({ outcomes, pending }: PollProgress): Reason {
  const counts = new Map<Reason, number>();
  for (const account of pending) {
    const outcome = outcomes.get(account);
    if (typeof outcome === "string") counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "missing";
}
