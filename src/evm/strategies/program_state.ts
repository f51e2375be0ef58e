import type { Account, ValueProgram } from "../../assets/asset.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import type { RpcError } from "../../jsonrpc/errors.ts";
import { LARGE_GAS, MAX_GAS } from "./override_call.ts";
import { gasFor, mostHolders } from "./program_call.ts";
import type { Question } from "./question.ts";
import { createSizeLimit, type SizeLimit } from "./size_limit.ts";
import { type Comparison, COMPARISON_TTL_MS, disabledUntil } from "./trust.ts";

/** What was learned of a program at an endpoint; mutable. */
export interface ProgramState {
  /** In holders per call. */
  readonly size: SizeLimit;
  /** Maximum gas per call. */
  maxGas: number;
  /** Until when the method is used instead, in milliseconds on the clock. */
  pausedUntil: number;
  /** Failures in a row after which it is paused. */
  attempts: number;
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

/** How long the method is used after the program failed, in milliseconds. */
const PAUSE_MS = 3_600_000;

/** A program that worked is paused after this many failures in a row; a block may change meanwhile. */
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
    maxGas: LARGE_GAS,
    pausedUntil: -Infinity,
    attempts: 1,
    contradictions: 0,
    comparisons: new Map(),
  };
}

/**
 * Whether the method is used instead, since the program failed, or returned other values.
 *
 * @param now milliseconds on the clock
 */
export function isOff({ pausedUntil, comparisons }: ProgramState, { name }: ValueProgram, now: number): boolean {
  return now < pausedUntil || disabledUntil(comparisons, name) > now;
}

/** Uses the method for an hour. */
export function pause(state: ProgramState, now: number): void {
  Object.assign(state, { pausedUntil: now + PAUSE_MS, attempts: 1 });
}

/** Counts a failure of the program, and pauses it: at once if it never worked or is refused, else after a few. */
export function noteFailure(state: ProgramState, { refusal }: RpcError, now: number): void {
  if (refusal === "unsupported" || --state.attempts <= 0) pause(state, now);
}

/** Records that the program answered. */
export function noteWorking(state: ProgramState): void {
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
 * Learns from a refused call that nodes which limit the gas of transactions may refuse (EIP-7825): the usual gas is
 * used from then on.
 *
 * @param holders how many the call had
 * @returns whether a smaller call may be answered
 */
export function learnGas(state: ProgramState, program: ValueProgram, holders: number, error: RpcError): boolean {
  const { scope, strategy } = error.traits;
  const mayBeGas = error.reason === "http_client" || scope !== "endpoint" && strategy !== "transient";
  if (!mayBeGas || state.maxGas <= MAX_GAS || gasFor(program, holders) <= MAX_GAS) return false;
  state.maxGas = MAX_GAS;
  Object.assign(state.size, createSizeLimit(mostHolders(program, MAX_GAS)));
  return true;
}

/** Learns how many holders fit the gas of a call that ended early. */
export function learnFit({ size }: ProgramState, holders: number, now: number): void {
  if (holders < size.size) Object.assign(size, { size: holders, refusedAt: now, ttlMs: COMPARISON_TTL_MS });
}
