import { type Account, contractOf } from "../../assets/asset.ts";
import { type ChunkResult, isAnyRead, type ReadResult } from "./read_chunks.ts";
import { readLatest } from "./read_latest.ts";
import { readPlain } from "./read_plain.ts";
import type { Question } from "./question.ts";
import { gasOf } from "./token_gas.ts";

/** A contract that fails may be replaced behind its proxy. */
const RETRY_INTERVAL_MS = 3_600_000;

/** One that works without `gas` is cheaper to read together with others: it is tried with it again after a day. */
const UNBOUNDED_TTL_MS = 24 * 3_600_000;

/**
 * Retries a contract that failed, alone and without `gas`: some need more than the limit, and some chains count gas in
 * another unit. One contract per poll, and each that fails again once an hour.
 */
export async function retryWithoutGas(question: Question, result: ReadResult): Promise<ReadResult> {
  const { endpoint, limits: { clock } } = question;
  const { unbounded, retryAt } = gasOf(endpoint);
  const now = clock.now();
  const failed: Account[] = [];
  for (const { values } of result.chunks) {
    values.forEach((value, account) => {
      if (value === "reverted") failed.push(account);
    });
  }
  const isDue = (contract: string | undefined): boolean =>
    contract !== undefined && [unbounded, retryAt].every((until) => now >= (until.get(contract) ?? -Infinity));
  const contract = failed.map(contractOf).find(isDue);
  if (contract === undefined) return result;
  unbounded.set(contract, now + UNBOUNDED_TTL_MS);
  const accounts = failed.filter((account) => contractOf(account) === contract);
  const answered = await readAlone(question, accounts.slice(0, 1));
  if (!isAnyRead({ chunks: answered })) {
    unbounded.delete(contract);
    retryAt.set(contract, now + RETRY_INTERVAL_MS);
    return { ...result, wastedRequests: (result.wastedRequests ?? 0) + 2 };
  }
  const rest = accounts.length > 1 ? await readAlone(question, accounts.slice(1)) : [];
  return { ...result, chunks: [...result.chunks, ...answered, ...rest] };
}

async function readAlone(question: Question, accounts: readonly Account[]): Promise<readonly ChunkResult[]> {
  const read = question.selector.strategy === "latest" ? readLatest : readPlain;
  return (await read({ ...question, accounts })).chunks;
}
