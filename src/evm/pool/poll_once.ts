import { type Account, type Asset, isNative, isOfNoBlock } from "../../assets/asset.ts";
import type { Clock } from "../../util/clock.ts";
import { log } from "../../util/log.ts";
import { resolveChainId } from "./resolve_chain_id.ts";
import type { Late, Limits, Outcomes, PollResult } from "../../model/source.ts";
import { type Block, isAhead, isOlder, isReadOtherwise } from "../../model/block.ts";
import { accountsOn, hasCoin } from "../chains/chain_facts.ts";
import { statusOf } from "./endpoint_status.ts";
import { applyRounds, withRounds } from "./feed_rounds.ts";
import { noteFallen, noteRestart } from "./note_restart.ts";
import { noteFunded } from "./emptied.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { readAside } from "./read_aside.ts";
import { readByQuorum } from "./quorum.ts";
import { readWithFailover } from "./read_with_failover.ts";
import { createPollProgress, type PollProgress } from "./poll_progress.ts";
import { applyDecimals, unknownDecimals } from "./token_decimals.ts";

/**
 * Polls a network once: reads all accounts from the best endpoint, missing ones from the others, and retries what no
 * endpoint returned if the failure may be transient.
 *
 * @param accounts of the plan. @default all
 * @returns what was read; failures of nodes are part of it and never thrown
 */
export async function pollOnce(
  network: Network,
  limits: Limits,
  accounts: readonly Account[] = network.plan.accounts,
): Promise<PollResult> {
  const { plan: { quorum }, endpoints } = network;
  const hasAside = network.plan.values !== undefined && accounts.some(isOfNoBlock);
  const usual = hasAside ? accounts.filter((account) => !isOfNoBlock(account)) : accounts;
  const progress = createPollProgress(
    withDecimals(withRounds(network, accountsOn(usual, network.chainId)), network),
    network.previous,
  );
  const { clock } = limits;
  network.startedAt = clock.now();
  let last: PoolEndpoint | undefined;
  let disagreements = 0;
  if (progress.pending.length > 0) {
    for (const { endpoint } of endpoints) endpoint.renew();
    const disagreement = await resolveChainId(network, limits);
    if (disagreement !== undefined) progress.failPending(disagreement.reason);
    else if (quorum > 1) disagreements = await readByQuorum(network, progress, limits);
    else last = await readWithFailover(network, progress, limits);
  }
  const result = conclude(network, progress, last, disagreements, clock);
  if (!hasAside || result.block === undefined) return result;
  const aside = await readAside(network, accounts.filter(isOfNoBlock), last, limits);
  return { ...result, outcomes: new Map([...result.outcomes, ...aside]) };
}

/** Does not copy 50,000 accounts if all decimals are known. */
function withDecimals(accounts: readonly Account[], network: Network): readonly Account[] {
  const unknown = unknownDecimals(network);
  return unknown.length === 0 ? accounts : [...accounts, ...unknown];
}

function conclude(
  network: Network,
  progress: PollProgress,
  last: PoolEndpoint | undefined,
  disagreements: number,
  clock: Clock,
): PollResult {
  const { endpoints, chainId } = network;
  const isCoinless = !hasCoin(chainId) && network.plan.accounts.some(isNative);
  if (isCoinless) noteCoinless(network);
  const { outcomes: all, decimals, mismatched } = applyDecimals(network, applyRounds(network, progress.outcomes));
  // If the chain was not known before, native balances were requested once.
  const read = isCoinless ? new Map([...all].filter(([account]) => !isNative(account))) : all;
  notePublished(network, read);
  let isRead = false;
  let isAnyFailed = false;
  let first: Block | undefined;
  let oldest: Block | undefined;
  let newest = network.newest;
  let block: Block | undefined;
  let late: Late | undefined;
  for (const outcome of read.values()) {
    if (typeof outcome === "string") {
      isAnyFailed = true;
      continue;
    }
    isRead = true;
    // Balances of one response share a block object.
    if (outcome.block === undefined || outcome.block === block) continue;
    block = outcome.block;
    first ??= block;
    // Of values besides balances, which come first.
    if (isReadOtherwise(block, first)) continue;
    if (late !== "lagging") late = outcome.late;
    if (oldest === undefined || isOlder(block, oldest)) oldest = block;
    if ((newest === undefined || isOlder(newest, block)) && !isAhead(block, clock.epoch())) newest = block;
  }
  network.newest = newest;
  const outcomes = first === undefined ? read : withOneBlock(network, read, first);
  noteRestart(network, oldest);
  noteFallen(network, progress.fallen, outcomes);
  return {
    chainId: isRead || isCoinless ? chainId : undefined,
    block: oldest,
    outcomes,
    decimals,
    mismatched,
    failedTokens: failedTokens(network, outcomes),
    late,
    endpoint: last?.endpoint.name,
    endpoints: endpoints.map(statusOf),
    disagreements,
    detail: isRead && isAnyFailed ? progress.failure?.message : undefined,
    failure: !isRead && isAnyFailed ? endpoints.map(({ breaker }) => breaker.failure).find(Boolean) : undefined,
  };
}

/**
 * Values besides balances may be read by programs or by methods, and the EVM may report another time than the header: for
 * them it is the block of the balances, so that the next ones are not older.
 */
function withOneBlock({ plan: { values = [] } }: Network, outcomes: Outcomes, block: Block): Outcomes {
  const others = values.flatMap((account) => {
    const outcome = outcomes.get(account);
    const isOther = typeof outcome === "object" && outcome.block !== undefined && isReadOtherwise(outcome.block, block);
    return isOther ? [[account, { ...outcome, block }] as const] : [];
  });
  return others.length === 0 ? outcomes : new Map([...outcomes, ...others]);
}

function failedTokens({ plan }: Network, outcomes: Outcomes): readonly string[] {
  if (plan.tokens.length === 0) return [];
  const failed = new Set<Asset>();
  for (const [{ asset }, outcome] of outcomes) if (typeof outcome === "string") failed.add(asset);
  return plan.tokens.flatMap(({ asset, symbol }) => failed.has(asset) ? [symbol] : []);
}

/** Records what the next poll compares with. */
function notePublished({ funded, previous }: Network, outcomes: Outcomes): void {
  noteFunded(funded, outcomes);
  outcomes.forEach((outcome, account) => {
    if (account.asset.judge !== undefined && typeof outcome === "object") previous.set(account, outcome.amount);
  });
}

/** Logs it once per endpoint, and not again after a reload. */
function noteCoinless({ plan, chainId, endpoints }: Network): void {
  if (endpoints.every(({ isKnownCoinless }) => isKnownCoinless)) return;
  for (const poolEndpoint of endpoints) poolEndpoint.isKnownCoinless = true;
  log.warn("Chain has no native coin, reading tokens only", { network: plan.id, chainId });
}
