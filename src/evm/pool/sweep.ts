import type { Clock } from "../../util/clock.ts";
import { log } from "../../util/log.ts";
import { tokenOf } from "../../plan/plan.ts";
import type { RpcError } from "../../jsonrpc/errors.ts";
import { agreeOnChain } from "./agree_on_chain.ts";
import type { Limits } from "../strategies/ask.ts";
import { isAhead, isOlder } from "../strategies/block_order.ts";
import type { Block } from "../strategies/calls.ts";
import { skippedCoins } from "../strategies/coinless.ts";
import { type EndpointReport, reportOn } from "./endpoint_report.ts";
import { noteFunded } from "./emptied.ts";
import type { Member } from "./member.ts";
import type { Network } from "./open_network.ts";
import type { Late, Outcome } from "../strategies/outcome.ts";
import { readByQuorum } from "./quorum.ts";
import { readFromAny } from "./read_from_any.ts";
import { createTally, type Tally } from "./tally.ts";
import { applyDecimals, missingDecimals } from "./token_decimals.ts";

/** One cycle of one network. */
export interface Sweep {
  /** The chain of the balances; none when none were read. */
  readonly chainId: number | undefined;
  /** The oldest block that balances were read at; none when none were, or when it is not known. */
  readonly block: Block | undefined;
  /** How many of the plan's first accounts are not read: those of coins, where the chain has none. */
  readonly skipped: number;
  /** One outcome for each other account of the plan, in its order. */
  readonly outcomes: readonly Outcome[];
  /** Of the network's tokens, by their contracts; without those that are not known yet. */
  readonly decimals: ReadonlyMap<string, number>;
  /** Tokens whose decimals turned out not to be those of the configuration: nothing of them is shown any more. */
  readonly refuted: ReadonlySet<string>;
  /** The symbols of tokens of which balances were not read. */
  readonly failedTokens?: readonly string[];
  /** Whether any balance is only as fresh as its block. */
  readonly late: Late | undefined;
  /** Who was read from last. */
  readonly endpoint: string | undefined;
  /** One an endpoint of the plan, in its order. */
  readonly endpoints: readonly EndpointReport[];
  /** How many accounts endpoints gave different balances for, at one block. */
  readonly disagreements: number;
  /** Why some balances were not read, in a node's own words; none when all or none were. */
  readonly detail?: string | undefined;
  /** What went wrong, for the log; none when balances were read. */
  readonly failure: RpcError | undefined;
}

/**
 * Reads all balances of a network once: from the best endpoint, from the others
 * what it does not give, and what nobody gives once more from where it may pass.
 *
 * @param network which one
 * @param limits how long it may take
 * @returns what was read; a node's fault is told in it and never thrown
 */
export async function sweep(network: Network, limits: Limits): Promise<Sweep> {
  const { plan, members } = network;
  const more = missingDecimals(network);
  const skipped = skippedCoins(plan.accounts, network.chainId);
  const tally = createTally(more.length === 0 ? plan.accounts : [...plan.accounts, ...more], skipped);
  const { clock } = limits;
  network.startedAt = clock.now();
  if (tally.todo.length === 0 || members.length === 0) return conclude(network, tally, undefined, 0, clock);
  for (const { endpoint } of members) endpoint.renew();
  const disagreement = await agreeOnChain(network, limits);
  if (disagreement !== undefined) {
    tally.blame(disagreement.reason);
    return conclude(network, tally, undefined, 0, clock);
  }
  if (plan.quorum > 1) {
    const disagreements = await readByQuorum(network, tally, limits);
    return conclude(network, tally, undefined, disagreements, clock);
  }
  const last = await readFromAny(network, tally, limits);
  return conclude(network, tally, last, 0, clock);
}

function conclude(
  network: Network,
  tally: Tally,
  last: Member | undefined,
  disagreements: number,
  clock: Clock,
): Sweep {
  const { members } = network;
  const { outcomes, decimals, refuted } = applyDecimals(network, tally.outcomes);
  noteFunded(network, outcomes);
  let isRead = false;
  const { chainId } = network;
  // Where the chain was not known before, they were asked for once.
  const skipped = skippedCoins(network.plan.accounts, chainId);
  if (skipped > 0) noteCoinless(network);
  const shown = skipped === 0 ? outcomes : outcomes.slice(skipped);
  let oldest: Block | undefined;
  let newest = network.newest;
  let block: Block | undefined;
  let late: Late | undefined;
  for (const outcome of shown) {
    // Balances that came together have one block between them.
    if (typeof outcome === "string") continue;
    isRead = true;
    if (outcome.block === undefined || outcome.block === block) continue;
    block = outcome.block;
    if (late !== "lagging") late = outcome.late;
    if (oldest === undefined || isOlder(block, oldest)) oldest = block;
    if ((newest === undefined || isOlder(newest, block)) && !isAhead(block, clock.epoch())) newest = block;
  }
  network.newest = newest;
  return {
    chainId: isRead || skipped > 0 ? chainId : undefined,
    block: oldest,
    skipped,
    outcomes: shown,
    decimals,
    refuted,
    failedTokens: failedTokens(network, shown, skipped),
    late,
    endpoint: last?.endpoint.name,
    endpoints: members.map(reportOn),
    disagreements,
    detail: isRead && shown.some((outcome) => typeof outcome === "string") ? tally.failure?.message : undefined,
    failure: !isRead && shown.length > 0 ? members.map(({ health }) => health.failure).find(Boolean) : undefined,
  };
}

function failedTokens({ plan }: Network, outcomes: readonly Outcome[], skipped: number): readonly string[] {
  const failed = new Set<string | undefined>();
  for (const [index, outcome] of outcomes.entries()) {
    if (typeof outcome === "string") failed.add(tokenOf(plan.accounts[skipped + index] ?? "")?.token);
  }
  return plan.tokens.flatMap(({ address, symbol }) => failed.has(address) ? [symbol] : []);
}

/** Once for an endpoint's whole life: a reload does not make it news. */
function noteCoinless({ plan, chainId, members }: Network): void {
  if (members.every(({ isKnownCoinless }) => isKnownCoinless)) return;
  for (const member of members) member.isKnownCoinless = true;
  log.warn("The chain has no coin, only tokens are read", { network: plan.id, chainId });
}
