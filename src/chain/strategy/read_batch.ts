import type { Endpoint } from "../../rpc/endpoint.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { ask, type Limits } from "./ask.ts";
import { balanceAt, CHAIN_ID } from "./calls.ts";
import { weiOf } from "./outcome.ts";
import { type Piece, readChunks, type Reading } from "./read_chunks.ts";
import { readHead } from "./read_head.ts";
import { readSingly } from "./read_singly.ts";
import { type SizeLimit, unlearn } from "./size_limit.ts";
import type { Head, Target } from "./target.ts";

/**
 * Reads balances at one block: the head first, then batches of the learned
 * size, each of which says its chain id as well, so that balances of another
 * chain are refused. Where no batches are taken, one request a balance.
 *
 * @param endpoint whom to ask
 * @param batch how many items it takes in one request
 * @param accounts with `0x`
 * @param target what they are to be read of
 * @param limits how long it may take
 */
export async function readBatch(
  endpoint: Endpoint,
  batch: SizeLimit,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
): Promise<Reading> {
  let head: Head;
  try {
    head = await headOf(endpoint, batch, target, limits);
    target.admit(head);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { reason } = error;
    return { pieces: [{ start: 0, head: undefined, outcomes: accounts.map(() => reason) }], failure: error };
  }
  const before = { ...batch };
  // More at once than a second allows would be refused for its pace, however long it waited.
  const paced = Math.max(2, Math.floor(endpoint.pacer.perSecond));
  const { unread, ...reading } = await readChunks(accounts, {
    clock: limits.clock,
    limit: batch,
    extra: 1,
    most: paced,
    read: (addresses) => readOne(endpoint, addresses, head, limits),
  });
  const places = unread.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index));
  if (places.length === 0) return reading;
  const singly = await readSingly(endpoint, places.map((place) => accounts[place] ?? ""), head, limits);
  if (singly.failure !== undefined) unlearn(batch, before, limits.clock.now());
  return {
    pieces: [...reading.pieces, ...singly.pieces.flatMap((piece) => placed(piece, places))],
    failure: singly.failure,
  };
}

/** A piece of some of the accounts as pieces of all of them: those that stood together need not any more. */
function placed({ start, head, outcomes }: Piece, places: readonly number[]): readonly Piece[] {
  return outcomes.map((outcome, index) => ({ start: places[start + index] ?? 0, head, outcomes: [outcome] }));
}

async function headOf(endpoint: Endpoint, batch: SizeLimit, { at }: Target, limits: Limits): Promise<Head> {
  const head = await readHead(endpoint, batch, typeof at === "string" ? at : "latest", limits);
  return typeof at === "string" ? head : { ...head, block: at };
}

function isTooMuch(balance: number | bigint | RpcError): boolean {
  return balance instanceof RpcError && (balance.refusal === "size" || balance.refusal === "time");
}

/** Reads one batch; what comes after the first balance that was too much is left out. */
async function readOne(
  endpoint: Endpoint,
  addresses: readonly string[],
  head: Head,
  limits: Limits,
): Promise<Omit<Piece, "start">> {
  const calls = [CHAIN_ID, ...addresses.map((address) => balanceAt(address, head.block.number))];
  const [chainId, ...balances] = await ask<number | bigint>(endpoint, calls, limits);
  if (chainId instanceof RpcError) throw chainId;
  if (chainId !== head.chainId) {
    endpoint.meter.fault("wrong_chain");
    throw new RpcError("wrong_chain", `a batch was answered from chain ${chainId}, the head from ${head.chainId}`);
  }
  const cut = balances.findIndex((balance) => isTooMuch(balance));
  return { head, outcomes: (cut === -1 ? balances : balances.slice(0, cut)).map(weiOf) };
}
