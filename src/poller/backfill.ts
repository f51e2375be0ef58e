import type { Account } from "../assets/asset.ts";
import type { RpcError } from "../jsonrpc/errors.ts";
import type { Limits, Past, PastResult, Source } from "../model/source.ts";
import { log } from "../util/log.ts";
import { holdingsOf } from "./holdings.ts";
import { type NetworkState, noteOutflows, notifyChanged, type StateStore } from "./state.ts";

/** Reads the past of accounts once, after their first reading. */
export interface Backfill {
  /** Reads what is missing, as far as the time of the poll allows. */
  run(limits: Limits): Promise<void>;
  /** Keys of the accounts whose past was read, or cannot be read. */
  readonly done: ReadonlySet<string>;
}

/** From one reading of the past to the next, in milliseconds. */
const STEP = 3_600_000;

/** It is given up after this many polls in a row in which nothing was read. */
const MAX_ATTEMPTS = 5;

/** The past is read for these accounts. */
interface Job {
  /** The oldest known amount of each. */
  readonly amounts: Map<Account, bigint>;
  /** Since when, in milliseconds on the monotonic clock; undefined before anything was read. */
  since: number | undefined;
  attempts: number;
}

/**
 * Makes the backfill of a network.
 *
 * @param before that of its plan before: what it read is not read again
 */
export function createBackfill(store: StateStore, state: NetworkState, source: Source, before?: Backfill): Backfill {
  const { plan: { id, backfill } } = state;
  const done = new Set(before?.done);
  let job: Job | undefined;

  function addPast({ age, amounts }: Past, of: Job, now: number): void {
    const at = now - 1000 * age;
    const changes: (readonly [Account, bigint])[] = [];
    for (const [account, amount] of amounts) {
      const known = of.amounts.get(account);
      const first = state.history.first(account);
      if (known === undefined || first === undefined || first.at <= at) continue;
      of.amounts.set(account, amount);
      changes.push([account, known - amount]);
    }
    state.history.addPast(at, changes);
    of.since = at;
    of.attempts = 0;
  }

  function finish(of: Job): void {
    for (const { key } of of.amounts.keys()) done.add(key);
    job = undefined;
  }

  return {
    done,
    async run(limits): Promise<void> {
      if (backfill === undefined || source.readPast === undefined || limits.deadline.signal.aborted) return;
      job ??= startJob(state, done);
      if (job === undefined) return;
      const current = job;
      current.attempts++;
      const now = limits.clock.now();
      const ages = agesOf(state, now, backfill, current);
      const { endpoint, failure } = await source.readPast({
        accounts: [...current.amounts.keys()],
        ages,
        limits,
        onPast: (past) => addPast(past, current, now),
      });
      if (current.attempts === 0) {
        noteOutflows(state);
        notifyChanged(store);
      }
      if (failure !== undefined && isPassing(failure) && current.attempts < MAX_ATTEMPTS) return;
      finish(current);
      logEnd(id, { ...current, age: now - (current.since ?? now) }, endpoint, failure);
    },
  };
}

/** The accounts that were read, and whose past was not. */
function startJob({ plan, accounts, history }: NetworkState, done: ReadonlySet<string>): Job | undefined {
  const amounts = new Map<Account, bigint>();
  for (const { wallet, token } of holdingsOf(plan)) {
    const { account } = token ?? wallet;
    const reading = accounts.get(account)?.reading;
    const first = history.first(account);
    if (reading === undefined || first === undefined || done.has(account.key)) continue;
    amounts.set(account, reading.amount - BigInt(Math.round(first.changeSince)));
  }
  return amounts.size === 0 ? undefined : { amounts, since: undefined, attempts: 0 };
}

/** In seconds; where other accounts have readings, at the time of those. */
function agesOf({ history }: NetworkState, now: number, backfill: number, { since = now }: Job): readonly number[] {
  return Array.from({ length: Math.floor(backfill / STEP) }, (_, index) => {
    const at = now - STEP * (index + 1);
    return history.nearestTo(at) ?? at;
  }).filter((at) => at < since).map((at) => (now - at) / 1000);
}

/** Whether the next poll may read what this one could not. */
function isPassing({ reason, refusal, traits: { scope, retryable } }: RpcError): boolean {
  return reason !== "state_unavailable" && reason !== "wrong_chain" && refusal !== "unsupported" &&
    (retryable === true || scope === "endpoint" || scope === "response");
}

function logEnd(
  network: string,
  { age, amounts }: Pick<Job, "amounts"> & { readonly age: number },
  endpoint: string | undefined,
  failure: PastResult["failure"],
): void {
  const facts = { network, endpoint, balances: amounts.size };
  const since = durationText(age);
  if (failure === undefined) log.info("History read", { ...facts, since });
  else if (failure.refusal === "unsupported" && age === 0) {
    log.warn("History not read, it grows from now on", { ...facts, detail: failure.message });
  } else {
    log.warn(age === 0 ? "No history, it grows from now on" : `History since ${since}, nobody has older balances`, {
      ...facts,
      reason: failure.reason,
      detail: failure.message,
    });
  }
}

function durationText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
