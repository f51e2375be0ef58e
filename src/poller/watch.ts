import { type Network, openNetwork } from "../evm/pool/open_network.ts";
import type { Clock } from "../util/clock.ts";
import type { Meter } from "../jsonrpc/endpoint.ts";
import type { NetworkPlan, Plan } from "../plan/plan.ts";
import { type Book, createState, markChanged, type NetworkState } from "./book.ts";
import { carryOver, isSamePlan } from "./carry_over.ts";
import { type ChangeLog, createChangeLog } from "./change_log.ts";
import { nextTick } from "./next_tick.ts";
import { pollNetwork } from "./poll_network.ts";
import { createThresholdLog, type ThresholdLog } from "./threshold_log.ts";

/** How to watch; times in milliseconds. */
export interface WatchOptions {
  readonly clock: Clock;
  /** From one cycle to the next, of networks that have no interval of their own. */
  readonly interval: number;
  /** For one request. */
  readonly timeout: number;
  readonly userAgent: string;
  /** Where the requests of a network's endpoint are counted. */
  readonly meterOf: (network: NetworkPlan, endpoint: string) => Meter;
  /** Tells whether requests to a URL go through a proxy. @default never */
  readonly isProxied?: ((href: string) => boolean) | undefined;
  /** Ends the watching. */
  readonly stop: AbortSignal;
  /** A number from 0 to 1, to spread the networks. @default {Math.random} */
  readonly random?: () => number;
}

/** The watching of a book. */
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
   * @param adopted called at the moment the book is that of the new plan
   */
  adopt(plan: Plan, interval: number, adopted?: () => void): Promise<void>;
}

/** Networks start together and then drift apart by no more than this, in milliseconds. */
const WIDEST_PHASE = 5000;

/** One network that is being polled. */
interface Running {
  readonly network: Network;
  readonly interval: number;
  readonly done: Promise<void>;
  stop(): void;
}

/**
 * Watches all networks of a book, none waiting for another, until stopped.
 *
 * @param book what to watch, and where readings go
 * @param options see {@linkcode WatchOptions}
 */
export function watch(book: Book, options: WatchOptions): Watch {
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
    if (book.networks.length === 0) idling = startIdling(book, options);
  }

  async function adopt(plan: Plan, interval: number, adopted: () => void): Promise<void> {
    idling.stop();
    await idling.done;
    const stays = (state: NetworkState, planned: NetworkPlan): boolean =>
      isSamePlan(state.plan, planned) && running.get(state)?.interval === (planned.interval ?? interval);
    const byId = new Map(book.networks.map((state) => [state.plan.id, state]));
    const staying = new Set(plan.networks.flatMap((planned) => {
      const state = byId.get(planned.id);
      return state !== undefined && stays(state, planned) ? [state] : [];
    }));
    const leaving = [...running].filter(([state]) => !staying.has(state));
    for (const [, each] of leaving) each.stop();
    await Promise.all(leaving.map(([, { done }]) => done));
    if (stop.aborted) return;
    const before = new Map(leaving.map(([state, { network }]) => [state.plan.id, network]));
    const states = plan.networks.map((planned) => {
      const state = byId.get(planned.id);
      if (state === undefined) return createState(planned, clock);
      return staying.has(state) ? state : carryOver(state, planned, clock);
    });
    book.networks = states;
    adopted();
    for (const state of states) {
      if (!staying.has(state)) {
        const { plan } = state;
        const own = { ...options, interval };
        running.set(state, start(book, state, own, thresholdLogOf(plan), before.get(plan.id)));
      }
    }
    for (const [state, { network }] of leaving) {
      running.delete(state);
      network[Symbol.dispose]();
    }
    const ids = new Set(states.map(({ plan }) => plan.id));
    for (const id of thresholdLogs.keys()) if (!ids.has(id)) thresholdLogs.delete(id);
    markChanged(book);
    goOn();
  }

  async function end(): Promise<void> {
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
    await adopting;
    await Promise.all([idling.done, ...[...running.values()].map(({ done }) => done)]);
    for (const { network } of running.values()) network[Symbol.dispose]();
  }

  for (const state of book.networks) {
    running.set(state, start(book, state, options, thresholdLogOf(state.plan), undefined));
  }
  goOn();
  return {
    ended: end(),
    adopt: (plan, interval, adopted = () => {}) =>
      adopting = adopting.catch(() => {}).then(() => stop.aborted ? undefined : adopt(plan, interval, adopted)),
  };
}

function start(
  book: Book,
  state: NetworkState,
  options: WatchOptions,
  thresholds: ThresholdLog,
  before: Network | undefined,
): Running {
  const { clock, timeout, userAgent, meterOf, isProxied, stop, random = Math.random } = options;
  const { plan } = state;
  const { interval = options.interval } = plan;
  const own = new AbortController();
  const network = openNetwork(plan, {
    clock,
    interval,
    userAgent,
    isProxied,
    meterOf: (name) => meterOf(plan, name),
    before,
  });
  const phase = random() * Math.min(interval / 10, WIDEST_PHASE);
  const pace = { clock, interval, timeout, phase };
  const changes = createChangeLog(plan.id);
  const noted: ChangeLog = {
    note(sweep, now): void {
      changes.note(sweep, now);
      thresholds.note(state, now);
    },
  };
  const done = pollNetwork(book, state, network, pace, noted, AbortSignal.any([stop, own.signal]));
  return { network, interval, done, stop: () => own.abort() };
}

interface Idling {
  readonly done: Promise<void>;
  stop(): void;
}

function stopped(): Idling {
  return { done: Promise.resolve(), stop: () => {} };
}

/** With nothing to watch the clock still ticks, so that an alert on a stalled exporter stays quiet. */
function startIdling(book: Book, { clock, interval, stop }: WatchOptions): Idling {
  const own = new AbortController();
  const signal = AbortSignal.any([stop, own.signal]);
  async function tick(): Promise<void> {
    for (let at = clock.now();; at = nextTick(at, interval, clock.now()).at) {
      await clock.sleep(at - clock.now(), signal);
      if (signal.aborted) return;
      book.idleAt = clock.epoch();
      markChanged(book);
    }
  }
  return { done: tick(), stop: () => own.abort() };
}
