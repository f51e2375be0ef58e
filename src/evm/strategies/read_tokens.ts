import type { RpcError } from "../../jsonrpc/errors.ts";
import { confirm } from "./confirm.ts";
import { multicallCall } from "./multicall_call.ts";
import { packedCall } from "./packed_call.ts";
import { packedTokensCall } from "./packed_tokens_call.ts";
import type { Question } from "./question.ts";
import { placed, type Reading } from "./read_chunks.ts";
import { readPlain } from "./read_plain.ts";
import { readMany } from "./read_many.ts";
import { isUnknownRefusal, tryHalf } from "./half_call.ts";
import type { SizeLimit } from "./size_limit.ts";
import { isUnbounded } from "./unbounded_tokens.ts";
import { coinsIn } from "./view_call.ts";

/** For how long tokens are read in batches where only coins can be read in the way of the rung, in milliseconds. */
const PAUSE = 3_600_000;

/** So many tokens take half of the gas that a call may have. */
const HALF_GAS_TOKENS = 38;

/** One bad answer is no rule where the way worked before. */
const MOST_DOUBTS = 3;

/**
 * Reads coins by the packed loop and tokens by its sibling.
 *
 * @param question see {@linkcode Question}
 */
export async function readPacked(question: Question): Promise<Reading> {
  const { endpoint, ladder, target, limits } = question;
  const reading = await readApart(
    question,
    (coins) => readMany(endpoint, ladder.sizes.packed, coins, (some) => packedCall(some, target.at), target, limits),
    (tokens) => readMany(endpoint, ladder.tokens, tokens, (some) => packedTokensCall(some, target.at), target, limits),
    ladder.tokens,
  );
  return await confirm("packed", reading, question, packedCall);
}

/**
 * Reads coins and tokens by Multicall3. It gives the first contract all the
 * gas there is, so one that fails may have taken it from others: those that
 * failed are asked one by one.
 *
 * @param contract where Multicall3 is
 * @param question see {@linkcode Question}
 */
export async function readMulticall(contract: string, question: Question): Promise<Reading> {
  const { endpoint, ladder, target, limits } = question;
  const read = (accounts: readonly string[]): Promise<Reading> =>
    readMany(
      endpoint,
      ladder.sizes.multicall,
      accounts,
      (some) => multicallCall(contract, some, target.at),
      target,
      limits,
    );
  const all = await readApart(question, read, async (accounts) => {
    const reading = await read(accounts);
    const failed = failedIn(reading);
    if (failed.length === 0) return reading;
    const again = await readInBatches(question, failed.map((place) => accounts[place] ?? ""));
    return { ...reading, pieces: [...reading.pieces, ...again.pieces.flatMap((piece) => placed(piece, failed))] };
  });
  return await confirm("multicall", all, question, (some, at) => multicallCall(contract, some, at));
}

/** Coins in one request and tokens in another, so that no contract can spoil them. */
async function readApart(
  question: Question,
  readCoins: (accounts: readonly string[]) => Promise<Reading>,
  readTokens: (accounts: readonly string[]) => Promise<Reading>,
  tokenLimit?: SizeLimit,
): Promise<Reading> {
  const { accounts } = question;
  const count = coinsIn(accounts);
  if (count === accounts.length) return await readCoins(accounts);
  const tokens = accounts.slice(count);
  const read = (): Promise<Reading> => readAllBut(question, tokens, readTokens);
  const [ofCoins, whole] = await Promise.all([readCoins(accounts.slice(0, count)), read()]);
  const isRungGood = count === 0 || ofCoins.pieces.some(({ head }) => head !== undefined);
  const half = isRungGood ? await readHalf(question, whole, tokenLimit, tokens.length, read) : undefined;
  const ofTokens = await settleTokens(question, tokens, half ?? whole, isRungGood);
  const moved = ofTokens.pieces.map((piece) => ({ ...piece, start: piece.start + count }));
  // Of an endpoint only its coins tell how it fares, where there are any.
  return { pieces: [...ofCoins.pieces, ...moved], failure: count > 0 ? ofCoins.failure : ofTokens.failure };
}

/** A large call is tried with half of its gas; none where it was not large, or that was in vain. */
async function readHalf(
  { ladder, limits: { clock } }: Question,
  { failure }: Reading,
  limit: SizeLimit | undefined,
  count: number,
  read: () => Promise<Reading>,
): Promise<Reading | undefined> {
  if (failure === undefined || limit === undefined || !isUnknownRefusal(failure)) return undefined;
  if (clock.now() < ladder.tokensPausedUntil || Math.min(limit.size, count) <= HALF_GAS_TOKENS) return undefined;
  return await tryHalf(limit, HALF_GAS_TOKENS, clock.now(), read);
}

/** Tokens in the way of the rung, without those that are known to answer too much, or to need more gas. */
async function readAllBut(
  question: Question,
  accounts: readonly string[],
  read: (accounts: readonly string[]) => Promise<Reading>,
): Promise<Reading> {
  const { endpoint, ladder, limits: { clock } } = question;
  if (clock.now() < ladder.tokensPausedUntil) return await readInBatches(question, accounts);
  const { odd } = ladder;
  const isApart = (account: string): boolean => odd.has(account) || isUnbounded(endpoint, account);
  if (!accounts.some(isApart)) return await read(accounts);
  const places = accounts.map((_, place) => place);
  const [usual, others] = [false, true].map((isOdd) =>
    places.filter((place) => isApart(accounts[place] ?? "") === isOdd)
  );
  const some = (chosen: readonly number[] = []): readonly string[] => chosen.map((place) => accounts[place] ?? "");
  const reading = await read(some(usual));
  const rest = await readInBatches(question, some(others));
  return {
    ...reading,
    pieces: [
      ...reading.pieces.flatMap((piece) => placed(piece, usual ?? [])),
      ...rest.pieces.flatMap((piece) => placed(piece, others ?? [])),
    ],
  };
}

/** Where only coins can be read in the way of the rung, tokens are read in batches: now, and for good if that lasts. */
async function settleTokens(
  question: Question,
  accounts: readonly string[],
  reading: Reading,
  isRungGood: boolean,
): Promise<Reading> {
  const { ladder, limits: { clock } } = question;
  const { failure } = reading;
  // What was read in batches says nothing of the way of the rung.
  if (clock.now() < ladder.tokensPausedUntil) return reading;
  if (failure === undefined) {
    Object.assign(ladder, { tokenDoubts: 0, tokensWorked: true });
    return reading;
  }
  if (!isRungGood || !isOfStrategy(failure)) return reading;
  const known = ladder.odd.size;
  const lower = await readInBatches(question, accounts);
  // Where it was found out which of them did it, the others can be read in the way of the rung.
  if (lower.failure !== undefined || ladder.odd.size > known) return lower.failure === undefined ? lower : reading;
  if (!ladder.tokensWorked || failure.refusal === "unsupported" || ++ladder.tokenDoubts >= MOST_DOUBTS) {
    Object.assign(ladder, { tokensPausedUntil: clock.now() + PAUSE, tokenDoubts: 0, tokensWorked: false });
  }
  return lower;
}

/** Whether tokens may not be readable in this way, while coins are. */
function isOfStrategy({ traits: { scope, strategy } }: RpcError): boolean {
  return scope !== "endpoint" && (strategy === "refused" || strategy === "unclear");
}

function readInBatches(question: Question, accounts: readonly string[]): Promise<Reading> {
  return readPlain({ ...question, accounts }, question.ladder.lag);
}

/** The places of tokens that a multicall answered, and had nothing of. */
function failedIn({ pieces }: Reading): readonly number[] {
  return pieces.flatMap(({ start, head, outcomes }) =>
    head === undefined ? [] : outcomes.flatMap((outcome, index) => typeof outcome === "string" ? [start + index] : [])
  );
}
