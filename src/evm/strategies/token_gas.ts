import type { Question } from "./question.ts";
import { readPlain } from "./read_plain.ts";
import { type Piece, placed, type Reading } from "./read_chunks.ts";
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
  const failed = failedIn(reading, accounts);
  const { unbounded, retryAt } = gasOf(endpoint);
  const now = clock.now();
  const first = failed.find(({ token }) => !unbounded.has(token) && now >= (retryAt.get(token) ?? -Infinity));
  if (first === undefined) return reading;
  const { token } = first;
  unbounded.add(token);
  const [answered] = await readAlone(question, [first]);
  if (typeof answered?.outcomes[0] !== "bigint") {
    unbounded.delete(token);
    retryAt.set(token, now + RETRY_INTERVAL);
    return { ...reading, inVain: (reading.inVain ?? 0) + 2 };
  }
  const others = failed.filter((other) => other !== first && other.token === token);
  const rest = others.length === 0 ? [] : await readAlone(question, others);
  return { ...reading, pieces: [...reading.pieces, answered, ...rest] };
}

/** An account of a token whose contract failed. */
interface Failed {
  /** In the list of all accounts. */
  readonly place: number;
  readonly account: string;
  readonly token: string;
}

function failedIn({ pieces }: Reading, accounts: readonly string[]): readonly Failed[] {
  return pieces.flatMap(({ start, outcomes }) =>
    outcomes.flatMap((outcome, index) => {
      if (outcome !== "reverted") return [];
      const place = start + index;
      const account = accounts[place] ?? "";
      const token = contractOf(account);
      return token === "" ? [] : [{ place, account, token }];
    })
  );
}

async function readAlone(question: Question, failed: readonly Failed[]): Promise<readonly Piece[]> {
  const accounts = failed.map(({ account }) => account);
  const { pieces } = question.ladder.rung === "latest"
    ? await readLatest({ ...question, accounts })
    : await readPlain({ ...question, accounts });
  const places = failed.map(({ place }) => place);
  return pieces.flatMap((piece) => placed(piece, places));
}
