import type { RpcError } from "../../jsonrpc/errors.ts";
import { isUsable, type Ladder, RUNGS } from "./ladder.ts";

const HOUR = 3_600_000;
/** After lower rungs were tried in vain, the first time and from then on, in milliseconds. */
const FIRST_PAUSE = 2 * HOUR;
const NEXT_PAUSE = 4 * HOUR;

/** Failures in a row that speak against a rung that worked: those that may be refusals, and transient ones. */
const MOST_AGAINST = 3;
const MOST_PASSING = 10;

/**
 * Tells whether lower rungs are to be tried after a failure, and notes the doubt.
 *
 * @param ladder whose
 * @param failure how the rung in use failed
 * @param now milliseconds on the clock
 */
export function doubts(ladder: Ladder, { traits: { strategy }, refusal }: RpcError, now: number): boolean {
  if (strategy === undefined) return false;
  const isAgainst = strategy !== "transient";
  const isSaid = refusal === "unsupported";
  // What it says for the first time is news, which need not wait.
  if (now < ladder.descendAt && (!isSaid || ladder.refusedInVain)) return false;
  // A rung that is tried again after a lower one worked gets no second chance.
  if (isSaid || ladder.left !== undefined) return true;
  ladder.doubts++;
  if (!ladder.proven) return isAgainst || ladder.doubts >= MOST_AGAINST;
  return ladder.doubts >= (isAgainst ? MOST_AGAINST : MOST_PASSING);
}

/** Tells whether a failure may have nothing to do with the way of asking. */
export function isUnclear({ traits: { strategy }, refusal }: RpcError): boolean {
  return strategy !== undefined && strategy !== "refused" && refusal !== "unsupported";
}

/**
 * Notes that no lower rung worked either: the endpoint is at fault, not the way of asking.
 *
 * @param ladder whose
 * @param failure how the rung in use failed
 * @param now milliseconds on the clock
 */
export function stay(ladder: Ladder, { refusal }: RpcError, now: number): void {
  ladder.refusedInVain = refusal === "unsupported";
  ladder.pause = ladder.pause === undefined ? FIRST_PAUSE : NEXT_PAUSE;
  ladder.descendAt = now + ladder.pause;
}

/**
 * Takes the next rung for the next cycle, where none is known to work and all
 * were tried in vain: each in turn, at the cost of one, until the endpoint is well.
 *
 * @param ladder whose
 * @param canReadLatest whether `latest` is among them
 * @param now milliseconds on the clock
 */
export function takeTurns(ladder: Ladder, canReadLatest: boolean, now: number): void {
  if (ladder.proven || ladder.pause === undefined) return;
  const rungs = RUNGS.filter((rung) => isUsable(ladder, rung, now) && (rung !== "latest" || canReadLatest));
  ladder.rung = rungs[(rungs.indexOf(ladder.rung) + 1) % rungs.length] ?? "batch";
}
