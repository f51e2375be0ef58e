import type { RpcError } from "../../jsonrpc/errors.ts";

/**
 * The circuit breaker of an endpoint. Closed: it is read from. Open, until {@linkcode CircuitBreaker.openUntil}:
 * nothing is sent to it. Half open, after that: one read, after a probe where {@linkcode CircuitBreaker.needsProbe}
 * says so, closes it or opens it again.
 */
export interface CircuitBreaker {
  /** The last failure; undefined after a successful read, or before the first. */
  failure: RpcError | undefined;
  /** Whether any request was ever sent to the endpoint. */
  asked: boolean;
  /** Whether a probe, such as `eth_chainId`, is sent before balances are read. */
  needsProbe: boolean;
  /** In milliseconds on the clock. */
  openUntil: number;
  /** Start of the last poll in which balances could not be read, in milliseconds on the clock. */
  readFailedAt: number;
  /** Failed polls in a row, and when the last of them began, in milliseconds on the clock. */
  failures: number;
  failedAt: number;
  /**
   * Whether a read ever succeeded, and in how many polls in a row it was then refused for a reason that needs somebody
   * to act, such as a wrong key.
   */
  worked: boolean;
  refusals: number;
  /** Whether the probe succeeded but the read failed: the probe is skipped next time. */
  probeMisleading: boolean;
}

/** The states of a circuit breaker. */
export type BreakerState = "closed" | "open" | "half_open";

/** Maximum of the exponential back-off. */
const MAX_BACK_OFF_MS = 30_000;

/** A working endpoint may refuse requests for a short time, while a node or its ingress is replaced. */
const MAX_REFUSALS = 3;

/** After a failed full read, a successful one-balance probe closes the breaker only this long after. */
const RECOVERY_MS = 300_000;

const CLOSED = { needsProbe: false, openUntil: -Infinity } as const;

const WITHOUT_FAILURES = { failure: undefined, failures: 0, refusals: 0, probeMisleading: false, ...CLOSED } as const;

/** When a poll began, and the time until the next one. */
export interface PollTimes {
  /** In milliseconds on the clock. */
  readonly startedAt: number;
  /** In milliseconds. */
  readonly interval: number;
}

/** Makes the circuit breaker of an endpoint that was not used yet. */
export function createCircuitBreaker(): CircuitBreaker {
  return { ...WITHOUT_FAILURES, failedAt: NaN, readFailedAt: -Infinity, worked: false, asked: false };
}

/** A read succeeded: closes the breaker. */
export function onSuccess(breaker: CircuitBreaker): void {
  Object.assign(breaker, { ...WITHOUT_FAILURES, worked: true, asked: true });
}

/** One balance was read: closes the breaker, unless a full read failed lately. */
export function onProbedBalance(breaker: CircuitBreaker, { startedAt }: PollTimes): void {
  if (startedAt - breaker.readFailedAt >= RECOVERY_MS) onSuccess(breaker);
  else Object.assign(breaker, { asked: true, ...CLOSED });
}

/** A probe succeeded: balances may be read at once. */
export function onProbeOk(breaker: CircuitBreaker): void {
  Object.assign(breaker, { asked: true, probeMisleading: true, ...CLOSED });
}

/**
 * A request failed. A failure of the endpoint as a whole opens the breaker, with exponential back-off, or for long
 * where somebody has to act first.
 */
export function onFailure(breaker: CircuitBreaker, failure: RpcError, { startedAt, interval }: PollTimes): void {
  breaker.failure = failure;
  breaker.asked = true;
  const { scope, backOffMs: longBackOff } = failure.traits;
  const isOfEndpoint = scope === "endpoint" || scope === "response";
  breaker.needsProbe = isOfEndpoint && (!breaker.probeMisleading || longBackOff !== undefined);
  // A second attempt in the same poll is not counted as a second failure.
  if (breaker.failedAt !== startedAt) {
    breaker.failures++;
    breaker.refusals = longBackOff === undefined ? 0 : breaker.refusals + 1;
  }
  breaker.failedAt = startedAt;
  const backOff = backOffAfter(breaker, failure, interval);
  // A poll may begin a little early.
  breaker.openUntil = isOfEndpoint ? startedAt + backOff - interval / 20 : -Infinity;
}

function backOffAfter(
  { worked, refusals, failures }: CircuitBreaker,
  { reason, traits }: RpcError,
  interval: number,
): number {
  const longBackOff = traits.backOffMs;
  if (longBackOff === undefined) return Math.min(interval * 2 ** (failures - 1), Math.max(MAX_BACK_OFF_MS, interval));
  return worked && refusals < MAX_REFUSALS && reason !== "quota" ? interval : longBackOff;
}

/**
 * Balances could not be read. A lagging endpoint, or one on another chain, is checked again in the next poll, so it
 * needs no recovery time.
 */
export function onReadFailure(breaker: CircuitBreaker, failure: RpcError, poll: PollTimes): void {
  if (!failure.traits.unwanted) breaker.readFailedAt = poll.startedAt;
  onFailure(breaker, failure, poll);
}

/** @param now milliseconds on the clock */
export function stateOf({ openUntil, needsProbe }: CircuitBreaker, now: number): BreakerState {
  if (now < openUntil) return "open";
  return needsProbe ? "half_open" : "closed";
}

/** Whether nothing is sent to the endpoint for now. */
export function isOpen(breaker: CircuitBreaker, now: number): boolean {
  return stateOf(breaker, now) === "open";
}
