import type { Clock } from "../util/clock.ts";
import type { Meter } from "../jsonrpc/endpoint.ts";
import type { NetworkPlan, Plan } from "../plan/plan.ts";
import { createState, type NetworkState, notifyChanged, type StateStore } from "./state.ts";
import { carryOver, isSamePlan } from "./carry_over.ts";
import { type ChangeLog, createChangeLog } from "./change_log.ts";
import { nextTick } from "./next_tick.ts";
import { pollNetwork } from "./poll_network.ts";
import type { Source } from "../model/source.ts";
import { openSource } from "../sources.ts";
import { createThresholdLog, type ThresholdLog } from "./threshold_log.ts";

/** How to watch; times in milliseconds. */
export interface WatchOptions {
  readonly clock: Clock;
  /** From one poll to the next, of networks that have no interval of their own. */
  readonly interval: number;
  /** For one request. */
  readonly timeout: number;
  readonly userAgent: string;
  /** Where the requests of a network's endpoint are counted. */
  readonly meterOf: (network: NetworkPlan, endpoint: string) => Meter;
  /** Whether requests to a URL go through a proxy. @default never */
  readonly isProxied?: ((href: string) => boolean) | undefined;
  /** Ends the watching. */
  readonly stop: AbortSignal;
  /** A number from 0 to 1, to spread the networks. @default {Math.random} */
  readonly random?: () => number;
}

/** The watching of a store. */
export interface Watch {
  /** Settles when the watching was stopped, and nothing is under way any more. */
  readonly ended: Promise<void>;
  /**
   * Watches another plan from now on. Networks that are the same go on
   * undisturbed; of those that changed, readings and what was learned are kept;
   * what is no longer planned is gone at once.
   *
   * @param plan the new plan
   * @param interval for networks that have none of their own, in milliseconds
   * @param adopted called at the moment the store is that of the new plan
   */
  adopt(plan: Plan, interval: number, adopted?: () => void): Promise<void>;
}

/** Networks start together and then drift apart by no more than this. */
const MAX_PHASE_MS = 5000;

/** One network that is being polled. */
interface Running {
  readonly source: Source;
  readonly interval: number;
  readonly done: Promise<void>;
  stop(): void;
}

/**
 * Watches all networks of a store, none waiting for another, until stopped.
 *
 * @param store what to watch, and where readings go
 * @param options see {@linkcode WatchOptions}
 */
export function watch(store: StateStore, options: WatchOptions): Watch {
  const { clock, stop } = options;
  const running = new Map<NetworkState, Running>();
  /** By network: they outlive reloads, so that none repeats what is logged. */
  const thresholdLogs = new Map<string, ThresholdLog>();
  let idling = stopped();
  let adopting = Promise.resolve();

  function thresholdLogOf({ id }: NetworkPlan): ThresholdLog {
    const known = thresholdLogs.get(id) ?? createThresholdLog(id);
    thresholdLogs.set(id, known);
    return known;
  }

  function goOn(): void {
    if (store.networks.length === 0) idling = startIdling(store, options);
  }

  async function adopt(plan: Plan, interval: number, adopted: () => void): Promise<void> {
    idling.stop();
    await idling.done;
    const stays = (state: NetworkState, planned: NetworkPlan): boolean =>
      isSamePlan(state.plan, planned) && running.get(state)?.interval === (planned.interval ?? interval);
    const byId = new Map(store.networks.map((state) => [state.plan.id, state]));
    const staying = new Set(plan.networks.flatMap((planned) => {
      const state = byId.get(planned.id);
      return state !== undefined && stays(state, planned) ? [state] : [];
    }));
    const leaving = [...running].filter(([state]) => !staying.has(state));
    for (const [, each] of leaving) each.stop();
    await Promise.all(leaving.map(([, { done }]) => done));
    if (stop.aborted) return;
    const before = new Map(leaving.map(([state, { source }]) => [state.plan.id, source]));
    const states = plan.networks.map((planned) => {
      const state = byId.get(planned.id);
      if (state === undefined) return createState(planned, clock);
      return staying.has(state) ? state : carryOver(state, planned, clock);
    });
    store.networks = states;
    adopted();
    for (const state of states) {
      if (!staying.has(state)) {
        const { plan } = state;
        const own = { ...options, interval };
        running.set(state, start(store, state, own, thresholdLogOf(plan), before.get(plan.id)));
      }
    }
    for (const [state, { source }] of leaving) {
      running.delete(state);
      source[Symbol.dispose]();
    }
    const ids = new Set(states.map(({ plan }) => plan.id));
    for (const id of thresholdLogs.keys()) if (!ids.has(id)) thresholdLogs.delete(id);
    notifyChanged(store);
    goOn();
  }

  async function end(): Promise<void> {
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
    await adopting;
    await Promise.all([idling.done, ...[...running.values()].map(({ done }) => done)]);
    for (const { source } of running.values()) source[Symbol.dispose]();
  }

  for (const state of store.networks) {
    running.set(state, start(store, state, options, thresholdLogOf(state.plan), undefined));
  }
  goOn();
  return {
    ended: end(),
    adopt: (plan, interval, adopted = () => {}) =>
      adopting = adopting.catch(() => {}).then(() => stop.aborted ? undefined : adopt(plan, interval, adopted)),
  };
}

function start(
  store: StateStore,
  state: NetworkState,
  options: WatchOptions,
  thresholds: ThresholdLog,
  before: Source | undefined,
): Running {
  const { clock, timeout, userAgent, meterOf, isProxied, stop, random = Math.random } = options;
  const { plan } = state;
  const { interval = options.interval } = plan;
  const own = new AbortController();
  const source = openSource(plan, {
    clock,
    interval,
    userAgent,
    isProxied,
    meterOf: (name) => meterOf(plan, name),
    before,
  });
  const phase = random() * Math.min(interval / 10, MAX_PHASE_MS);
  const pace = { clock, interval, timeout, phase };
  const changes = createChangeLog(plan.id);
  const noted: ChangeLog = {
    note(result, now): void {
      changes.note(result, now);
      thresholds.note(state, now);
    },
  };
  const done = pollNetwork({ store, state, source, stop: AbortSignal.any([stop, own.signal]) }, pace, noted);
  return { source, interval, done, stop: () => own.abort() };
}

interface Idling {
  readonly done: Promise<void>;
  stop(): void;
}

function stopped(): Idling {
  return { done: Promise.resolve(), stop: () => {} };
}

/** With nothing to watch the clock still ticks, so that an alert on a stalled exporter stays quiet. */
function startIdling(store: StateStore, { clock, interval, stop }: WatchOptions): Idling {
  const own = new AbortController();
  const signal = AbortSignal.any([stop, own.signal]);
  async function tick(): Promise<void> {
    for (let at = clock.now();; at = nextTick(at, interval, clock.now()).at) {
      await clock.sleep(at - clock.now(), signal);
      if (signal.aborted) return;
      store.idleAt = clock.epoch();
      notifyChanged(store);
    }
  }
  return { done: tick(), stop: () => own.abort() };
}
