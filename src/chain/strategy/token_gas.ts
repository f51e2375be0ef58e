import type { Question } from "./question.ts";
import { readPlain } from "./read_plain.ts";
import { placed, type Reading } from "./read_chunks.ts";
import { readLatest } from "./read_latest.ts";
import { contractOf, gasOf } from "./unbounded_tokens.ts";

/** A contract that fails may be replaced behind its proxy. */
const RETRY_INTERVAL = 3_600_000;

/**
 * Asks a token that failed once more, alone and without `gas`: some take more than they are given, and some chains
 * count gas in another unit. One token in a poll, and each that fails all the same once an hour.
 *
 * @param question what was asked
 * @param reading what was read, be it by any strategy
 * @returns the reading, with what such a token answers
 */
export async function retryWithoutGas(question: Question, reading: Reading): Promise<Reading> {
  const { endpoint, accounts, limits: { clock } } = question;
  const failed = revertedIn(reading);
  if (failed.length === 0) return reading;
  const { unbounded, retryAt } = gasOf(endpoint);
  const now = clock.now();
  const first = failed.find((place) => {
    const token = contractOf(accounts[place] ?? "");
    return token !== "" && !unbounded.has(token) && now >= (retryAt.get(token) ?? -Infinity);
  });
  if (first === undefined) return reading;
  const token = contractOf(accounts[first] ?? "");
  unbounded.add(token);
  const alone = await readAlone(question, [first]);
  if (alone.pieces.every(({ outcomes }) => outcomes.every((outcome) => typeof outcome === "string"))) {
    unbounded.delete(token);
    retryAt.set(token, now + RETRY_INTERVAL);
    return { ...reading, inVain: (reading.inVain ?? 0) + 2 };
  }
  const others = failed.filter((place) => place !== first && contractOf(accounts[place] ?? "") === token);
  const rest = others.length === 0 ? [] : (await readAlone(question, others)).pieces;
  return { ...reading, pieces: [...reading.pieces, ...alone.pieces, ...rest] };
}

async function readAlone(question: Question, places: readonly number[]): Promise<Reading> {
  const { ladder, accounts } = question;
  const some = places.map((place) => accounts[place] ?? "");
  const reading = ladder.rung === "latest"
    ? await readLatest({ ...question, accounts: some })
    : await readPlain({ ...question, accounts: some }, undefined);
  return { ...reading, pieces: reading.pieces.flatMap((piece) => placed(piece, places)) };
}

function revertedIn({ pieces }: Reading): readonly number[] {
  return pieces.flatMap(({ start, outcomes }) =>
    outcomes.flatMap((outcome, index) => outcome === "reverted" ? [start + index] : [])
  );
}
