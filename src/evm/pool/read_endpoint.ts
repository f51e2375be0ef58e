import { type Account, isNative, isOfMethod } from "../../assets/asset.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { type Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { Late, Limits } from "../../model/source.ts";
import { admitLatestOf, checkChain, probe } from "./check_chain.ts";
import { checkGenesis } from "./check_genesis.ts";
import { onFailure, onProbeOk, onReadFailure, onSuccess } from "./circuit_breaker.ts";
import { isBefore, isBehind, isOlder } from "../../model/block.ts";
import { confirmZeros } from "./confirm_zeros.ts";
import { headStatusOf } from "./head_status.ts";
import { refreshStrategy } from "../strategies/strategy_selector.ts";
import { type PoolEndpoint, recordHead } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { failureOf, isAnyRead } from "../strategies/read_chunks.ts";
import { readByStrategy } from "../strategies/read_by_strategy.ts";
import { readDistant, readHead } from "../strategies/read_head.ts";
import type { PollProgress } from "./poll_progress.ts";
import type { Head, Target } from "../strategies/target.ts";

/** How an endpoint is read. */
export interface Attempt {
  readonly progress: PollProgress;
  readonly limits: Limits;
  /** Whether balances of a lagging endpoint are accepted, since there are no better ones. */
  readonly lenient: boolean;
}

/**
 * Reads pending accounts from one endpoint: after a probe if its circuit breaker is half open, and never from another
 * chain.
 */
export async function readEndpoint(network: Network, poolEndpoint: PoolEndpoint, attempt: Attempt): Promise<void> {
  const { progress, limits, lenient } = attempt;
  const { breaker } = poolEndpoint;
  const { clock } = limits;
  const isProbed = breaker.needsProbe;
  const { proven, chainMethod } = poolEndpoint.selector;
  const isChainNew = network.chainId === undefined && !proven && chainMethod === "unasked";
  let at: Target["at"];
  try {
    if (isProbed) {
      await probe(network, poolEndpoint, limits);
      onProbeOk(breaker);
    } else if (isChainNew) await learnChain(network, poolEndpoint, limits);
    await checkGenesis(network, poolEndpoint, limits);
    at = await blockToRead(network, poolEndpoint, limits, lenient);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    onFailure(breaker, error, network);
    return progress.failPendingIfUnset(error.reason);
  }
  refreshStrategy(poolEndpoint.selector, clock.now());
  const target = targetOf(network, poolEndpoint, at, limits, lenient);
  const asked = progress.pending;
  const result = await confirmZeros({
    network,
    poolEndpoint,
    result: await readByStrategy(poolEndpoint, asked, target, limits),
    target,
    limits,
  });
  network.budget.earn(result.chunks.filter((chunk) => isAnyRead({ chunks: [chunk] })).length);
  network.budget.spend(result.wastedRequests ?? 0);
  const native = countNative(asked);
  const answered = progress.add(result, { late: lateOf(poolEndpoint) });
  // Only native balances decide whether the endpoint is healthy, where there are any.
  if (native === 0 ? answered > 0 : countNative(progress.pending) < native) return onSuccess(breaker);
  // Charge a probe that did not lead to a balance to the retry budget.
  if (isProbed) network.budget.spend(1);
  if (asked.every(isOfMethod)) return;
  const failure = failureOf(result) ?? new RpcError(mostFrequent(progress), "no balance was read");
  onReadFailure(breaker, failure, network);
  progress.failPending(failure.reason);
}

function countNative(accounts: readonly Account[]): number {
  let count = 0;
  for (const account of accounts) if (isNative(account)) count++;
  return count;
}

/**
 * Reads `eth_chainId` before trusting the EVM, whose CHAINID may differ; if the method is refused, the EVM is trusted.
 */
async function learnChain(network: Network, poolEndpoint: PoolEndpoint, limits: Limits): Promise<void> {
  try {
    await probe(network, poolEndpoint, limits);
  } catch (error) {
    if (!(error instanceof RpcError) || error.traits.methodRefused !== "explicit") throw error;
  }
}

/** Why balances of an endpoint are only as fresh as their block, if they are. */
export function lateOf({ headStatus }: PoolEndpoint): Late | undefined {
  return headStatus === "fresh" ? undefined : headStatus;
}

/** The block to read: one by its distance to the latest has to be found first. */
async function blockToRead(
  network: Network,
  poolEndpoint: PoolEndpoint,
  limits: Limits,
  lenient: boolean,
): Promise<Target["at"]> {
  const { plan: { block } } = network;
  if (typeof block === "string") return block;
  const { endpoint, selector } = poolEndpoint;
  const latest = await readHead(endpoint, selector.sizes.batch, "latest", limits);
  checkChain(network, poolEndpoint, latest.chainId);
  observe(network, poolEndpoint, latest, limits);
  if (poolEndpoint.headStatus === "lagging" && !lenient) throw lagging(poolEndpoint, "behind the chain");
  return await readDistant(endpoint, latest.block, block, limits);
}

function observe(network: Network, poolEndpoint: PoolEndpoint, head: Head, { clock }: Limits): void {
  recordHead(poolEndpoint, head, clock);
  poolEndpoint.headStatus = headStatusOf(network, poolEndpoint, clock);
}

function lagging(poolEndpoint: PoolEndpoint, why: string): RpcError {
  poolEndpoint.headStatus = "lagging";
  return recordError(poolEndpoint.endpoint, "lagging", why);
}

/** Reads this chain only, and no block older than the newest published one. */
function targetOf(
  network: Network,
  poolEndpoint: PoolEndpoint,
  at: Target["at"],
  limits: Limits,
  lenient: boolean,
): Target {
  const admit: Target["admit"] = (head) => {
    checkChain(network, poolEndpoint, head.chainId);
    if (typeof at === "string") observe(network, poolEndpoint, head, limits);
    const { newest } = network;
    const isLate = newest !== undefined && isOlder(head.block, newest) &&
      !isBefore(head.block, newest);
    if (!isLate && (lenient || poolEndpoint.headStatus !== "lagging")) return;
    throw lagging(poolEndpoint, isLate ? "older than the last published block" : "behind the chain");
  };
  const admitOther: Target["admit"] = (head) => {
    checkChain(network, poolEndpoint, head.chainId);
    const { newest } = network;
    if (newest === undefined || !isBehind(head.block, newest)) return;
    throw recordError(poolEndpoint.endpoint, "lagging", "older than the last published block");
  };
  return {
    at,
    admit,
    ofOthers: { admit: admitOther, admitLatest: admitLatestOf(network, poolEndpoint, admitOther) },
    previous: network.previous,
    checkChain: (chainId) => checkChain(network, poolEndpoint, chainId),
    admitLatest: admitLatestOf(network, poolEndpoint, admit),
  };
}

function mostFrequent(progress: PollProgress): Reason {
  return [...progress.countReasons()].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "missing";
}
