import type { Config, RemoteList } from "../config/model/config.ts";
import { type ConfigSource, loadConfig } from "../config/load_config.ts";
import type { Stamp, Stamps } from "../config/files/watch_files.ts";
import { createMemoryBudget, MEMORY_ADVICE, type MemoryBudget } from "../config/model/memory_budget.ts";
import { costOfConfig } from "../config/model/memory_cost.ts";
import { refuseShrink, type Sizes, sizesOf } from "../config/model/shrink.ts";
import { RejectedEntriesError } from "../config/model/problem.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import type { ListStore } from "../config/lists/list_store.ts";
import { makePlan } from "../plan/make_plan.ts";
import type { ListStatus } from "../metrics/list_metrics.ts";
import type { Plan } from "../plan/plan.ts";
import { collectGarbage } from "./collect_garbage.ts";
import { failsCheck } from "./check_command.ts";
import { effectiveTimes, TIMES_ADVICE } from "./effective_times.ts";
import type { Settings } from "./options.ts";
import { countRejected, reportProblems } from "./report_problems.ts";

/** What is kept of a configuration besides its plan: its wallets stand in that, and would only take memory here. */
export interface InUse {
  /** Where its text came from. */
  readonly source: string;
  /** The files it was made of, as they looked before they were read. */
  readonly files: Stamps;
  /** The lists of wallets that come over HTTP. */
  readonly lists: readonly RemoteList[];
  /** Times in milliseconds, with what flags say where it says nothing. */
  readonly interval: number;
  readonly staleAfter: number;
  /** Entries that cannot be watched as written. */
  readonly rejectedEntries: number;
  readonly sizes: Sizes;
  /** What its wallets take, in bytes of the heap. */
  readonly cost: number;
}

/** What {@linkcode loadPlan} takes besides. */
export interface LoadPlanOptions {
  /** Where every file is noted, also when the configuration cannot be used. */
  readonly stamps?: Map<string, Stamp>;
  /** What is in use: a configuration that lost too many of its wallets is refused. @default none */
  readonly before?: InUse;
}

/**
 * Reads the configuration, tells the log what is wrong with it, and plans.
 *
 * @param source where it may come from
 * @param settings the flags
 * @param lists where lists of wallets come from
 * @param options see {@linkcode LoadPlanOptions}
 * @throws {ExitError} when it cannot be used, when balances would go stale between two checks, or with
 * `--config.strict` when `check` would fail
 */
export async function loadPlan(
  source: ConfigSource,
  settings: Settings,
  lists: ListStore,
  { stamps = new Map(), before }: LoadPlanOptions = {},
): Promise<{ readonly plan: Plan; readonly inUse: InUse }> {
  const budget = createMemoryBudget(before?.cost);
  const config = await loadConfig(source, { lists, shard: settings.shard, stamps, budget });
  const cost = costOfConfig(config);
  collectGarbage(cost);
  claim(config, cost, createMemoryBudget(before?.cost));
  const sizes = sizesOf(config);
  if (before !== undefined && !settings.allowShrink) refuseShrink(before.sizes, sizes, config);
  const { interval, staleAfter, conflict } = effectiveTimes(config, settings);
  if (conflict !== undefined) throw new ExitError(EXIT.refused, conflict, TIMES_ADVICE);
  const plan = makePlan(config, settings.shard);
  const failing = settings.strict
    ? config.problems.filter((problem) => !problem.isRemote && failsCheck([problem]))
    : [];
  // A reload that is refused logs them as the reasons.
  if (failing.length === 0 || before === undefined) reportProblems(config, plan);
  if (failing.length > 0) {
    const { source } = config;
    const advice = "Run the command check for the whole list, or start without --config.strict";
    throw new RejectedEntriesError(`The configuration ${source} has problems`, advice, { source, problems: failing });
  }
  const rejectedEntries = countRejected(config.problems);
  return {
    plan,
    inUse: {
      source: config.source,
      files: stamps,
      lists: config.lists ?? [],
      interval,
      staleAfter,
      rejectedEntries,
      sizes,
      cost,
    },
  };
}

/** Tokens and networks take more than their text shows. */
function claim({ source }: Config, cost: number, budget: MemoryBudget): void {
  const excess = budget.claim({ kept: cost, passing: 0 });
  if (excess === undefined) return;
  throw new ExitError(
    EXIT.refused,
    `The networks and wallets of ${source} do not fit in memory: ${excess}`,
    MEMORY_ADVICE,
  );
}

/**
 * Tells how the lists of wallets fare that come over HTTP.
 *
 * @param inUse which are in use
 * @param store where they are kept
 */
export function listStatuses({ lists }: InUse, store: ListStore): readonly ListStatus[] {
  return lists.map((list) => ({ network: list.network, list: list.url.name, ...store.stateOf(list) }));
}
