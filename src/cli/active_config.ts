import { type Config, type KeptList, listName, type RemoteList } from "../config/model/config.ts";
import type { Stamp, Stamps } from "../config/files/stamps.ts";
import type { ListStore } from "../config/lists/list_store.ts";
import { loadConfig } from "../config/load_config.ts";
import { createMemoryBudget, MEMORY_ADVICE, type MemoryBudget } from "../config/model/memory_budget.ts";
import { costOfConfig } from "../config/model/memory_cost.ts";
import { RejectedEntriesError } from "../config/model/problem.ts";
import { refuseShrink, type Sizes, sizesOf } from "../config/model/shrink.ts";
import type { ConfigStatus, ListStatus } from "../metrics/model/snapshot.ts";
import { makePlan } from "../plan/make_plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Clock } from "../util/clock.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import { effectiveTimes, TIMES_ADVICE } from "./effective_times.ts";
import type { Settings } from "./options.ts";
import { countRejected, failsCheck, reportProblems } from "./report_problems.ts";

/** The configuration in use without its wallets, which are in its plan: keeping them twice would waste memory. */
export interface ActiveConfig {
  /** A path, or the name of a variable. */
  readonly source: string;
  /** The files it was read from, as they were before that. */
  readonly files: Stamps;
  /** Those that are fetched at an interval. */
  readonly lists: readonly RemoteList[];
  /** All lists whose last good version stays in use. */
  readonly keptLists: readonly KeptList[];
  /** In milliseconds, like `staleAfter`; from the flags where the configuration has none. */
  readonly interval: number;
  readonly staleAfter: number;
  readonly rejectedEntries: number;
  readonly sizes: Sizes;
  /** Memory for its wallets, in bytes of the heap. */
  readonly cost: number;
}

/**
 * Loads the configuration, logs its problems and plans what to read.
 *
 * @param active the configuration in use: a new one that lost too many of its wallets is refused
 * @param stamps filled with every file that was read, even if the configuration cannot be used
 * @throws {ExitError} when it cannot be used, when balances would go stale between two polls, or with
 * `--config.strict` when `check` would fail
 */
export async function loadPlan(
  settings: Settings,
  lists: ListStore,
  active?: ActiveConfig,
  stamps: Map<string, Stamp> = new Map(),
): Promise<{ readonly plan: Plan; readonly config: ActiveConfig }> {
  const budget = createMemoryBudget(active?.cost);
  const config = await loadConfig(settings, { lists, shard: settings.shard, stamps, budget });
  const cost = costOfConfig(config);
  collectGarbage(cost);
  claimMemory(config, cost, createMemoryBudget(active?.cost));
  const sizes = sizesOf(config);
  if (active !== undefined && !settings.allowShrink) refuseShrink(active.sizes, sizes, config);
  const { interval, staleAfter, conflict } = effectiveTimes(config, settings);
  if (conflict !== undefined) throw new ExitError(EXIT.refused, conflict, TIMES_ADVICE);
  const plan = makePlan(config, settings.shard);
  const problems = settings.strict ? config.problems.filter((each) => !each.isRemote && failsCheck([each])) : [];
  // A refused reload logs them as its reasons.
  if (problems.length === 0 || active === undefined) reportProblems(config, plan);
  if (problems.length > 0) {
    const advice = "Run the command check to see all of them, or start without --config.strict";
    const message = `--config.strict refuses the configuration ${config.source}, which has errors or warnings`;
    throw new RejectedEntriesError(message, advice, { source: config.source, problems });
  }
  const rejectedEntries = countRejected(config.problems);
  const { source, lists: remote = [], matchedLists = [] } = config;
  const keptLists = [...remote, ...matchedLists];
  const inUse = { source, files: stamps, lists: remote, keptLists, interval, staleAfter, rejectedEntries, sizes, cost };
  return { plan, config: inUse };
}

/** Checked again after loading: tokens and networks take more memory than their text suggests. */
function claimMemory({ source }: Config, cost: number, budget: MemoryBudget): void {
  const excess = budget.claim({ kept: cost, passing: 0 });
  if (excess === undefined) return;
  const message = `The networks and wallets of ${source} do not fit in memory: ${excess}`;
  throw new ExitError(EXIT.refused, message, MEMORY_ADVICE);
}

/** Below this cost, in bytes of the heap, a collection is not worth its time. */
const MIN_COLLECTED = 4 * 2 ** 20;

/**
 * Frees what is left after a large configuration was read or replaced: V8 would keep it until the heap is full. Has an
 * effect in the compiled program only, which exposes `gc`.
 *
 * @param cost memory for the configuration, in bytes of the heap
 */
export function collectGarbage(cost: number): void {
  if (cost >= MIN_COLLECTED) (globalThis as { gc?: () => void }).gc?.();
}

/** Returns how reading the wallet lists of a configuration went. */
export function listStatuses({ keptLists }: ActiveConfig, store: ListStore): readonly ListStatus[] {
  return keptLists.map((list) => ({ network: list.network, list: listName(list), ...store.stateOf(list) }));
}

/** Returns the status of a configuration that is in use from now on. */
export function configStatus({ source, interval, rejectedEntries }: ActiveConfig, clock: Clock): ConfigStatus {
  return { source, interval: interval / 1000, rejectedEntries, configLoadedAt: clock.epoch() };
}
