import type { Endpoint } from "../../rpc/endpoint.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { askOne, type Limits } from "./ask.ts";
import { codeOf } from "./calls.ts";
import { chainFacts } from "./chain_facts.ts";
import { doubts, isUnclear, stay, takeTurns } from "./doubts.ts";
import { goBack, isUsable, type Ladder, type Rung, RUNGS, settle, skipDisabled } from "./ladder.ts";
import { readBatch } from "./read_batch.ts";
import type { Reading } from "./read_chunks.ts";
import { readChainId } from "./read_head.ts";
import { readMulticall, readPacked } from "./read_tokens.ts";
import type { Head, Target } from "./target.ts";
import { isTrusted } from "./trust.ts";
import { coinsIn } from "./view_call.ts";

/** An endpoint, and what was learned of reading from it. */
export interface Source {
  readonly endpoint: Endpoint;
  readonly ladder: Ladder;
  /** Where it last stood. */
  readonly seen: { readonly head: Head } | undefined;
}

/**
 * Reads balances from an endpoint in the cheapest way it is known to take.
 * Where it turns out not to take it, cheaper to dearer ones are tried; the first
 * that works is remembered.
 *
 * @param source the endpoint; its ladder is changed by what is learned
 * @param accounts coins', and after them tokens'
 * @param target what they are to be read of
 * @param limits how long it may take
 */
export async function readByLadder(
  source: Source,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
): Promise<Reading> {
  const { ladder, endpoint } = source;
  const { clock } = limits;
  skipDisabled(ladder, clock.now());
  const reading = await readOn(ladder.rung, source, accounts, target, limits);
  if (reading.unconfirmed) return await readTrusted(source, accounts, target, limits);
  const { failure } = reading;
  const isGood = isOfUse(reading, accounts);
  if (isGood) settle(ladder, ladder.rung, endpoint.name, clock);
  if (isGood || failure === undefined) return reading;
  if (isRefusedByUs(reading)) return reading;
  let inVain = 0;
  if (ladder.rung !== "batch" && doubts(ladder, failure, clock.now())) {
    const lower = await descend(source, failure, accounts, target, limits);
    if (typeof lower === "object") return lower;
    inVain = lower;
    if (ladder.left === undefined) stay(ladder, failure, clock.now());
  }
  if (ladder.left === undefined) takeTurns(ladder, clock.now());
  else goBack(ladder, clock.now());
  return { ...reading, inVain };
}

/** Tries lower rungs; where none of them works, tells how many requests that took. */
async function descend(
  source: Source,
  failure: RpcError,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
): Promise<Reading | number> {
  const { ladder, endpoint, seen } = source;
  let sent = 0;
  let chainId = seen?.head.chainId;
  if (chainId === undefined || !ladder.proven && isUnclear(failure)) {
    sent++;
    chainId = await chainOf(endpoint, limits);
    if (chainId === undefined) return sent;
  }
  for (const rung of RUNGS.slice(RUNGS.indexOf(ladder.rung) + 1)) {
    if (rung === "multicall" && !await hasMulticall(source, chainId, limits)) continue;
    if (!isUsable(ladder, rung, limits.clock.now())) continue;
    const reading = await readOn(rung, source, accounts, target, limits);
    if (reading.unconfirmed) {
      Object.assign(ladder, { rung, proven: false, doubts: 0, left: undefined });
      return await readTrusted(source, accounts, target, limits);
    }
    if (isOfUse(reading, accounts) || isRefusedByUs(reading)) {
      settle(ladder, rung, endpoint.name, limits.clock);
      return reading;
    }
    sent += rung === "batch" ? 2 : 1;
  }
  return sent;
}

/** Reads by the next strategy that needs no comparison, this once: the one in use is compared again in the next poll. */
async function readTrusted(
  source: Source,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
): Promise<Reading> {
  const { ladder, seen } = source;
  const now = limits.clock.now();
  const lower = RUNGS.slice(RUNGS.indexOf(ladder.rung) + 1);
  const rung = lower.find((rung) =>
    isUsable(ladder, rung, now) && isTrusted(ladder.comparisons, rung, seen?.head.chainId, now)
  );
  return await readOn(rung ?? "batch", source, accounts, target, limits);
}

async function readOn(
  rung: Rung,
  { endpoint, ladder }: Source,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
): Promise<Reading> {
  const question = { endpoint, ladder, accounts, target, limits };
  switch (rung) {
    case "packed":
      return await readPacked(question);
    case "multicall":
      return await readMulticall(ladder.multicall ?? "", question);
    case "batch":
      return await readBatch(endpoint, ladder.sizes.batch, accounts, target, limits, ladder.odd);
  }
}

/** Whether coins were read, which the rungs are for; tokens count only where there are no coins. */
function isOfUse({ pieces }: Reading, accounts: readonly string[]): boolean {
  const coins = coinsIn(accounts);
  return pieces.some(({ start, outcomes }) =>
    outcomes.some((outcome, index) =>
      coins === 0
        ? typeof outcome === "bigint" || outcome === "reverted"
        : start + index < coins && typeof outcome === "bigint"
    )
  );
}

/** Whether the endpoint answered well, and what it stands for was not wanted. */
function isRefusedByUs({ failure }: Reading): boolean {
  return failure?.reason === "wrong_chain" || failure?.reason === "lagging";
}

/** The chain, asked for as something cheap; none when even that fails, which says that the rung was not at fault. */
async function chainOf(endpoint: Endpoint, limits: Limits): Promise<number | undefined> {
  try {
    return await readChainId(endpoint, limits);
  } catch (error) {
    if (error instanceof RpcError) return undefined;
    throw error;
  }
}

/** Whether Multicall3 is where it should be, with the code it should have; asked once. */
async function hasMulticall({ endpoint, ladder }: Source, chainId: number, limits: Limits): Promise<boolean> {
  if (ladder.multicall !== undefined) return true;
  const address = chainFacts(chainId)?.multicall3?.address;
  if (address === undefined) return false;
  try {
    const code = await askOne(endpoint, codeOf(address), limits);
    const { codeHash } = await import("./code_hash.ts");
    if (codeHash(code) !== ladder.multicallHash) return false;
    ladder.multicall = address;
    return true;
  } catch (error) {
    if (error instanceof RpcError) return false;
    throw error;
  }
}
