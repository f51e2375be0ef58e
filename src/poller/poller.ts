import type { Clock } from "../util/clock.ts";
import type { Meter } from "../jsonrpc/endpoint.ts";
import type { NetworkPlan, Plan } from "../plan/plan.ts";
import { createState, type NetworkState, notifyChanged, type StateStore } from "./state.ts";
import { type Backfill, createBackfill } from "./backfill.ts";
import { carryOver, isSamePlan } from "./carry_over.ts";
import type { LastLogged } from "./change_log.ts";
import { createPollLog } from "./poll_log.ts";
import { createPriceLog } from "./price_log.ts";
import { createStateLog, type StateLog } from "./state_log.ts";
import { pollAndRecord, pollNetwork } from "./poll_network.ts";
import type { PollResult, Source } from "../model/source.ts";
import { openSource } from "../sources.ts";

/** How to poll; times in milliseconds. */
export interface PollerOptions {
  readonly clock: Clock;
  /** Between polls, of networks without an interval of their own. */
  readonly interval: number;
  /** For one request. */
  readonly timeout: number;
  /** Where the requests of a network's endpoint are counted. */
  readonly meterOf: (network: NetworkPlan, endpoint: string) => Meter;
  readonly stop: AbortSignal;
  /** A number from 0 to 1, to spread the networks. @default {Math.random} */
  readonly random?: () => number;
}

/** Polls the networks of a store. */
export interface Poller {
  /** Settles when it was stopped and no poll is in progress. */
  readonly ended: Promise<void>;
  /**
   * Polls another plan from now on. Networks that are the same are not interrupted; those that changed keep their
   * readings and what was learned of their endpoints.
   *
   * @param interval for networks that have none of their own, in milliseconds
   * @param onApplied called as soon as the store is that of the new plan
   */
  apply(plan: Plan, interval: number, onApplied?: () => void): Promise<void>;
}

/** Networks start together and then drift apart by no more than this. */
const MAX_PHASE_MS = 5000;

/** One network that is being polled. */
interface Running {
  readonly state: NetworkState;
  readonly source: Source;
  readonly backfill: Backfill;
  readonly interval: number;
  /** Kept across reloads, so that nothing is logged twice. */
  readonly lastLogged: LastLogged;
  readonly logState: StateLog;
  readonly done: Promise<void>;
  stop(): void;
}

/** Polls all networks of a store until stopped; none waits for another. */
export function startPoller(store: StateStore, options: PollerOptions): Poller {
  const { clock, stop } = options;
  /** By the id of the network. */
  const running = new Map<string, Running>();
  let applying = Promise.resolve();

  async function apply(plan: Plan, interval: number, onApplied: () => void): Promise<void> {
    const staying = new Set(plan.networks.flatMap((planned) => {
      const known = running.get(planned.id);
      const stays = known?.interval === (planned.interval ?? interval) && isSamePlan(known.state.plan, planned);
      return stays ? [planned.id] : [];
    }));
    const leaving = new Map([...running].filter(([id]) => !staying.has(id)));
    for (const each of leaving.values()) each.stop();
    await Promise.all(leaving.values().map(({ done }) => done));
    if (stop.aborted) return;
    store.networks = plan.networks.map((planned) => {
      const state = running.get(planned.id)?.state;
      if (state === undefined) return createState(planned, clock);
      return staying.has(planned.id) ? state : carryOver(state, planned, clock);
    });
    onApplied();
    for (const id of leaving.keys()) running.delete(id);
    for (const state of store.networks) {
      const { id } = state.plan;
      if (!staying.has(id)) running.set(id, start(store, state, { ...options, interval }, leaving.get(id)));
    }
    for (const { source } of leaving.values()) source[Symbol.dispose]();
    notifyChanged(store);
  }

  async function end(): Promise<void> {
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
    await applying;
    await Promise.all([...running.values()].map(({ done }) => done));
    for (const { source } of running.values()) source[Symbol.dispose]();
  }

  for (const state of store.networks) running.set(state.plan.id, start(store, state, options));
  return {
    ended: end(),
    apply: (plan, interval, onApplied = () => {}) =>
      applying = applying.catch(() => {}).then(() => stop.aborted ? undefined : apply(plan, interval, onApplied)),
  };
}

function start(store: StateStore, state: NetworkState, options: PollerOptions, before?: Running): Running {
  const { clock, timeout, stop, random = Math.random } = options;
  const { plan } = state;
  const { interval = options.interval } = plan;
  const own = new AbortController();
  const source = open(plan, options, before?.source);
  const phase = random() * Math.min(interval / 10, MAX_PHASE_MS);
  const lastLogged = before?.lastLogged ?? { level: "", endpoint: undefined };
  const logChanges = createPollLog(plan, lastLogged);
  const logState = before?.logState ?? createStateLog(plan.id);
  const onPolled = (result: PollResult): void => {
    logChanges(result, clock.now());
    logState(state, clock);
  };
  const backfill = createBackfill(store, state, source, before?.backfill);
  const polled = { store, state, source, backfill, clock, timeout, stop: AbortSignal.any([stop, own.signal]) };
  const done = pollNetwork(polled, interval, phase, onPolled);
  return { state, source, backfill, interval, lastLogged, logState, done, stop: () => own.abort() };
}

function open(plan: NetworkPlan, options: PollerOptions, before?: Source): Source {
  const { clock, meterOf } = options;
  const { interval = options.interval } = plan;
  return openSource(plan, { clock, interval, meterOf: (name) => meterOf(plan, name), before });
}

/** In milliseconds, unless the pace of the endpoints makes a poll longer. */
const MAX_SINGLE_POLL = 60_000;

/** Polls all networks of a store once and logs failures; none waits for another. */
export async function pollAllOnce(store: StateStore, options: PollerOptions): Promise<void> {
  const { clock, timeout, stop } = options;
  await Promise.all(store.networks.map(async (state) => {
    using source = open(state.plan, options);
    const logChanges = createPollLog(state.plan);
    const backfill = createBackfill(store, state, source);
    const polled = { store, state, source, clock, timeout, stop };
    await pollAndRecord(polled, MAX_SINGLE_POLL, async (result, limits) => {
      logChanges(result, clock.now());
      createPriceLog(state.plan.id)(state, clock);
      await backfill.run(limits);
    });
  }));
}
