import { type Account, byRequestType } from "../../assets/asset.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import type { Block } from "../../model/block.ts";
import { chainFacts } from "../chains/chain_facts.ts";
import { ask, askOne } from "./ask.ts";
import { type BlockTimes, createBlockTimes, USUAL_BLOCK_SECONDS } from "./block_times.ts";
import { blockAt } from "./calls.ts";
import { overrideBalancesCall } from "./override_balances.ts";
import { overrideViewsCall } from "./override_views.ts";
import type { LearnedEndpoint } from "./question.ts";
import { readByEthCall } from "./read_by_eth_call.ts";
import { failureOf, valuesIn } from "./read_chunks.ts";
import { MAX_EVM_DISTANCE } from "./same_block.ts";
import type { Head, Target } from "./target.ts";

/** An endpoint whose past is read. */
export interface PastEndpoint extends LearnedEndpoint {
  readonly chainId: number;
  readonly limits: Limits;
}

/** Balances of one past block. */
export interface PastBlock {
  readonly number: bigint;
  /** In seconds since the Unix epoch. */
  readonly time: number;
  /** Without those that could not be read. */
  readonly amounts: ReadonlyMap<Account, bigint>;
}

const DAY = 86_400;
/** The pace of more days says little about the last one. */
const MAX_DAYS = 10;

/**
 * Finds the head of an endpoint, and another block a day or so before it, so that the pace of the chain is known.
 *
 * @param near the number of a block that is about the head
 * @throws {RpcError} if the head is not reported
 */
export async function readBlockTimes(of: PastEndpoint, near: bigint): Promise<{ head: Block; times: BlockTimes }> {
  const { endpoint, selector, chainId, limits } = of;
  const blockSeconds = chainFacts(chainId)?.blockSeconds ?? USUAL_BLOCK_SECONDS;
  const before = Math.max(0, Number(near) - Math.ceil(DAY / blockSeconds));
  const calls = [blockAt("latest"), blockAt({ number: BigInt(before) })];
  // What fails together is asked for again, as far as it is needed.
  const answers = selector.sizes.batch.size < calls.length ? [] : await ask(endpoint, calls, limits).catch(() => []);
  const [latest, older] = answers.map((answer) => answer instanceof RpcError ? undefined : answer);
  const head = latest ?? await askOne(endpoint, blockAt("latest"), limits);
  const times = createBlockTimes(head, blockSeconds);
  // Where the EVM reports the parent chain's number, the block is of another age.
  const isUseful = older !== undefined && head.time - older.time < MAX_DAYS * DAY && times.isInOrder(older);
  if (isUseful) times.note(older);
  return { head, times };
}

/**
 * Reads native balances and tokens at a past block, by state override calls alone.
 *
 * @throws {RpcError} if the block cannot be read, or the answer is not of it
 */
export async function readPastBlock(
  of: PastEndpoint,
  accounts: readonly Account[],
  number: bigint,
  times: BlockTimes,
): Promise<PastBlock> {
  const { balance = [], view = [] } = byRequestType(accounts);
  const { selector } = of;
  let time: number | undefined;
  const admit: Target["admit"] = (head) => {
    checkPast(of, head, number, times);
    time ??= head.block.time;
    if (time !== head.block.time) {
      throw recordError(of.endpoint, "integrity", `block ${number} has two times`);
    }
  };
  const question = { ...of, target: { at: "latest", admit } } as const;
  const at = { number, time: NaN };
  // Copies: a node may take less at a past block, which says nothing of the latest.
  const [balances, views] = await Promise.all([
    readByEthCall(
      { ...question, accounts: balance },
      { ...selector.sizes.packed },
      (some) => overrideBalancesCall(some, at),
    ),
    readByEthCall({ ...question, accounts: view }, { ...selector.views }, (some) => overrideViewsCall(some, at)),
  ]);
  const failure = failureOf(balance.length === 0 ? views : balances);
  if (failure !== undefined || time === undefined) throw failure ?? new RpcError("missing", "nothing was read");
  const amounts = new Map<Account, bigint>();
  for (const [account, value] of [...valuesIn(balances), ...valuesIn(views)]) {
    if (typeof value === "bigint") amounts.set(account, value);
  }
  return { number, time, amounts };
}

/** Whether an answer is of the chain and the block that were asked for. */
function checkPast({ endpoint, chainId }: PastEndpoint, head: Head, number: bigint, times: BlockTimes): void {
  if (head.chainId !== chainId) {
    throw recordError(endpoint, "wrong_chain", `the node reports chain id ${head.chainId} at block ${number}`);
  }
  const { block } = head;
  const distance = Math.abs(Number(block.number - number));
  // On Arbitrum the EVM reports the parent chain's number: there only the time says which block it is.
  if (distance > 0 && distance <= MAX_EVM_DISTANCE) {
    const detail = `the answer is for block ${block.number}, not for block ${number}`;
    throw recordError(endpoint, "state_unavailable", detail, "unsupported");
  }
  if (times.isInOrder({ number, time: block.time })) return;
  throw recordError(endpoint, "integrity", `block ${number} has a time that is out of order`);
}
