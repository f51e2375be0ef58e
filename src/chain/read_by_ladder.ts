import { keccak256 } from "viem/utils";
import type { Endpoint } from "../rpc/endpoint.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { askOne, type Limits } from "./ask.ts";
import { codeOf } from "./calls.ts";
import { chainFacts } from "./chain_facts.ts";
import { doubts, isUnclear, type Rung, RUNGS, settle, stay } from "./ladder.ts";
import type { Member } from "./member.ts";
import { multicallCall } from "./multicall_call.ts";
import { packedCall } from "./packed_call.ts";
import { readBatch } from "./read_batch.ts";
import type { Reading } from "./read_chunks.ts";
import { readChainId } from "./read_head.ts";
import { readMany } from "./read_many.ts";
import type { Target } from "./target.ts";

/**
 * Reads balances from an endpoint in the cheapest way it is known to take.
 * Where it turns out not to take it, cheaper to dearer ones are tried; the first
 * that works is remembered.
 *
 * @param member the endpoint
 * @param accounts with `0x`
 * @param target what they are to be read of
 * @param limits how long it may take
 */
export async function readByLadder(
  member: Member,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
): Promise<Reading> {
  const { ladder, endpoint } = member;
  const { clock } = limits;
  const reading = await readOn(ladder.rung, member, accounts, target, limits);
  const { failure } = reading;
  if (isOfUse(reading)) settle(ladder, ladder.rung, endpoint.name, clock);
  if (isOfUse(reading) || failure === undefined) return reading;
  if (ladder.rung === "batch" || !doubts(ladder, failure, clock.now())) return reading;
  const lower = await descend(member, failure, accounts, target, limits);
  if (typeof lower === "object") return lower;
  stay(ladder, failure, clock.now());
  return { ...reading, inVain: lower };
}

/** Tries lower rungs; where none of them works, tells how many requests that took. */
async function descend(
  member: Member,
  failure: RpcError,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
): Promise<Reading | number> {
  const { ladder, endpoint, seen } = member;
  let sent = 0;
  let chainId = seen?.head.chainId;
  if (chainId === undefined || !ladder.proven && isUnclear(failure)) {
    sent++;
    chainId = await chainOf(endpoint, limits);
    if (chainId === undefined) return sent;
  }
  for (const rung of RUNGS.slice(RUNGS.indexOf(ladder.rung) + 1)) {
    if (rung === "multicall" && !await hasMulticall(member, chainId, limits)) continue;
    const reading = await readOn(rung, member, accounts, target, limits);
    if (isOfUse(reading) || isRefusedByUs(reading)) {
      settle(ladder, rung, endpoint.name, limits.clock);
      return reading;
    }
    sent += rung === "batch" ? 2 : 1;
  }
  return sent;
}

async function readOn(
  rung: Rung,
  { endpoint, ladder }: Member,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
): Promise<Reading> {
  const size = ladder.sizes[rung];
  const contract = ladder.multicall ?? "";
  switch (rung) {
    case "packed":
      return await readMany(endpoint, size, accounts, (some) => packedCall(some, target.at), target, limits);
    case "multicall":
      return await readMany(
        endpoint,
        size,
        accounts,
        (some) => multicallCall(contract, some, target.at),
        target,
        limits,
      );
    case "batch":
      return await readBatch(endpoint, size, accounts, target, limits);
  }
}

function isOfUse({ pieces }: Reading): boolean {
  return pieces.some(({ outcomes }) => outcomes.some((outcome) => typeof outcome === "bigint"));
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
async function hasMulticall({ endpoint, ladder }: Member, chainId: number, limits: Limits): Promise<boolean> {
  if (ladder.multicall !== undefined) return true;
  const address = chainFacts(chainId)?.multicall3?.address;
  if (address === undefined) return false;
  try {
    const code = await askOne(endpoint, codeOf(address), limits);
    if (!/^0x/.test(code) || keccak256(code as `0x${string}`) !== ladder.multicallHash) return false;
    ladder.multicall = address;
    return true;
  } catch (error) {
    if (error instanceof RpcError) return false;
    throw error;
  }
}
