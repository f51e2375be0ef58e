import type { Account, ValueProgram } from "../../assets/asset.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import type { RpcError } from "../../jsonrpc/errors.ts";
import { LARGE_GAS, MAX_GAS } from "./override_call.ts";
import { gasFor, mostHolders } from "./program_call.ts";
import type { LearnedEndpoint, Question } from "./question.ts";
import { createSizeLimit, type SizeLimit } from "./size_limit.ts";
import { areZerosTrusted, type Comparison, COMPARISON_TTL_MS, disabledUntil, isTrusted } from "./trust.ts";

/** How well something works at an endpoint; mutable. */
export interface Attempts {
  /** Until when it is not tried, in milliseconds on the clock. */
  pausedUntil: number;
  /** Failures in a row after which it is paused. */
  attempts: number;
}

/** What was learned of a program at an endpoint; mutable. */
export interface ProgramState extends Attempts {
  /** In holders per call. */
  readonly size: SizeLimit;
  /** The digest of its values in the balance program. */
  readonly digest: Attempts;
  /** Until when no reference account is looked for, in milliseconds on the clock. */
  noReferenceUntil: number;
  /** Polls in a row in which its words contradicted the method. */
  contradictions: number;
  /** How it last compared with the method, by its name. */
  readonly comparisons: Map<string, Comparison>;
}

/** A program, what was learned of it, and the values that are known before it runs. */
export interface ProgramQuestion extends Question {
  readonly program: ValueProgram;
  readonly state: ProgramState;
  readonly previous: ReadonlyMap<Account, bigint>;
}

/** How long nothing is tried that failed, in milliseconds. */
const PAUSE_MS = 3_600_000;

/** As often as the method is asked for many values, in milliseconds. */
const NO_REFERENCE_MS = 300_000;

/** What worked is paused after this many failures in a row; a block may change meanwhile. */
const MAX_FAILURES = 3;

const learned = new WeakMap<Endpoint, Map<ValueProgram, ProgramState>>();

/** What was learned of a program at an endpoint. */
export function programStateOf(endpoint: Endpoint, program: ValueProgram): ProgramState {
  const states = learned.get(endpoint) ?? new Map<ValueProgram, ProgramState>();
  learned.set(endpoint, states);
  const known = states.get(program) ?? createProgramState(program);
  states.set(program, known);
  return known;
}

function createProgramState(program: ValueProgram): ProgramState {
  return {
    size: createSizeLimit(mostHolders(program, LARGE_GAS)),
    ...createAttempts(),
    digest: createAttempts(),
    noReferenceUntil: -Infinity,
    contradictions: 0,
    comparisons: new Map(),
  };
}

/** One failure is enough until it worked. */
function createAttempts(): Attempts {
  return { pausedUntil: -Infinity, attempts: 1 };
}

/**
 * Whether the method is used instead, since the program failed, or returned other values.
 *
 * @param now milliseconds on the clock
 */
export function isOff({ pausedUntil, comparisons }: ProgramState, { name }: ValueProgram, now: number): boolean {
  return now < pausedUntil || disabledUntil(comparisons, name) > now;
}

/**
 * Whether the program was compared with the method within a day.
 *
 * @param now milliseconds on the clock
 */
export function isTrustedProgram({ comparisons }: ProgramState, { name, control }: ValueProgram, now: number): boolean {
  const last = comparisons.get(name);
  // Its control rules out a node that always answers the same.
  return isTrusted(comparisons, name, undefined, now) ||
    control !== undefined && last !== undefined && areZerosTrusted(comparisons, name, last.chainId, now);
}

/** Whether a program reads values at an endpoint, so that none of them takes a call of its own. */
export function isWorking({ endpoint, selector }: LearnedEndpoint, program: ValueProgram): boolean {
  const now = endpoint.clock.now();
  const state = programStateOf(endpoint, program);
  return selector.strategy === "packed" && !isOff(state, program, now) && isTrustedProgram(state, program, now);
}

/** Looks for a reference account again after some minutes. */
export function noteNoReference(state: ProgramState, now: number): void {
  state.noReferenceUntil = now + NO_REFERENCE_MS;
}

/** Tries it again after an hour. */
function pause(state: Attempts, now: number): void {
  Object.assign(state, { pausedUntil: now + PAUSE_MS, attempts: 1 });
}

/**
 * Counts a failure, and pauses what failed: at once if it never worked or is refused, else after a few.
 *
 * @param error of the request; undefined if its answer made no sense
 * @param now milliseconds on the clock
 */
export function noteFailure(state: Attempts, error: RpcError | undefined, now: number): void {
  if (error?.refusal === "unsupported" || --state.attempts <= 0) pause(state, now);
}

/** Records that it worked. */
export function noteWorking(state: Attempts): void {
  state.attempts = MAX_FAILURES;
}

/**
 * Records whether a poll had words that contradict the method, and disables the program for a day if that repeats: once
 * may be two backends at two blocks.
 */
export function noteContradiction(
  state: ProgramState,
  { name }: ValueProgram,
  isContradicted: boolean,
  chainId: number,
  now: number,
): void {
  state.contradictions = isContradicted ? state.contradictions + 1 : 0;
  if (state.contradictions < MAX_FAILURES) return;
  state.contradictions = 0;
  state.comparisons.set(name, { chainId, at: now, isEqual: false });
}

/**
 * Learns from a refused call that nodes which limit the gas of transactions may refuse (EIP-7825): for a day, calls are as
 * large as such nodes allow.
 *
 * @param holders how many the call had
 * @param now milliseconds on the clock
 * @returns whether a smaller call may be answered
 */
export function learnGas(
  state: ProgramState,
  program: ValueProgram,
  holders: number,
  error: RpcError,
  now: number,
): boolean {
  const { scope, strategy } = error.traits;
  const mayBeGas = error.reason === "http_client" || scope !== "endpoint" && strategy !== "transient";
  if (!mayBeGas || gasFor(program, holders) <= MAX_GAS) return false;
  learnFit(state, mostHolders(program, MAX_GAS), now);
  return true;
}

/** Learns how many holders fit a call: for a day, since the node may have been busy, or be replaced. */
export function learnFit({ size }: ProgramState, holders: number, now: number): void {
  if (holders >= size.size) return;
  const confirmed = Math.min(size.confirmed, holders);
  Object.assign(size, { size: holders, confirmed, refusedAt: now, ttlMs: COMPARISON_TTL_MS });
}
