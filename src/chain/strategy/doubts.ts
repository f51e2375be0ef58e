import type { Reason, RpcError } from "../../rpc/rpc_error.ts";
import type { Ladder } from "./ladder.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** After lower rungs were tried in vain: a rung that worked before will rather work again. */
const FIRST_PAUSE = MINUTE;
const FIRST_PAUSE_IF_PROVEN = 2 * HOUR;

/** A rung that worked is given up when it fails this often in a row. */
const MOST_DOUBTS = 3;

/** Answers by which an endpoint may say that it cannot be asked this way. */
const AGAINST: ReadonlySet<Reason> = new Set([
  "rpc_error",
  "bad_value",
  "integrity",
  "missing",
  "envelope",
  "not_json",
  "too_large",
  "http_client",
  "http_server",
  "auth",
]);

/** Those that may as well be said to anything: something cheap is asked before they are believed. */
const UNCLEAR: ReadonlySet<Reason> = new Set(["missing", "envelope", "not_json", "http_client", "http_server", "auth"]);

/**
 * Tells whether a lower rung is to be tried after a failure, and notes the doubt.
 *
 * @param ladder whose
 * @param failure how the rung in use failed
 * @param now milliseconds on the clock
 */
export function doubts(ladder: Ladder, { reason, refusal }: RpcError, now: number): boolean {
  const isSaid = refusal === "unsupported";
  if (!AGAINST.has(reason)) return false;
  // What it says for the first time is news, which need not wait.
  if (now < ladder.descendAt && (!isSaid || ladder.refusedInVain)) return false;
  if (!ladder.proven || isSaid) return true;
  return ++ladder.doubts >= MOST_DOUBTS;
}

/** Tells whether a failure may have nothing to do with the way of asking. */
export function isUnclear({ reason, refusal }: RpcError): boolean {
  return UNCLEAR.has(reason) && refusal !== "unsupported";
}

/**
 * Notes that no lower rung worked either: the endpoint is at fault, not the way of asking.
 *
 * @param ladder whose
 * @param failure how the rung in use failed
 * @param now milliseconds on the clock
 */
export function stay(ladder: Ladder, { refusal }: RpcError, now: number): void {
  const { proven, pause } = ladder;
  ladder.refusedInVain = refusal === "unsupported";
  ladder.pause = pause === undefined ? proven ? FIRST_PAUSE_IF_PROVEN : FIRST_PAUSE : Math.min(2 * pause, DAY);
  ladder.descendAt = now + ladder.pause;
}
