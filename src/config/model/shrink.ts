import type { Config } from "./config.ts";
import { RejectedEntriesError } from "./problem.ts";
import { countDistinct } from "./shard.ts";

/** How many wallets a configuration has, of all shards. */
export interface Sizes {
  readonly whole: number;
  /** Of each list that is a file, by network and path. */
  readonly lists: ReadonlyMap<string, number>;
}

/** With fewer wallets, any may go but the last. */
const MIN_WALLETS = 10;

/** What to do about wallets that are missing. */
export const SHRINK_ADVICE = "If they were removed on purpose, restart the exporter or set --config.allow-shrink";

/** Counts the wallets of a configuration. */
export function sizesOf({ networks, listSizes = new Map() }: Config): Sizes {
  const whole = networks.reduce((sum, { wallets, others = 0 }) => sum + others + countDistinct(wallets), 0);
  return { whole, lists: listSizes };
}

/**
 * Detects a loss that is likely a mistake: of all wallets, or of more than half.
 *
 * @returns the numbers for people; none when the change is plausible
 */
export function shrinkOf(before: number, after: number): string | undefined {
  if (before === 0 || after > 0 && (before < MIN_WALLETS || 2 * after >= before)) return undefined;
  return `it has ${after === 0 ? "no" : `only ${after}`} wallets, and had ${before}`;
}

/**
 * Refuses a configuration that lost too many wallets, in one list or in all.
 *
 * @throws {RejectedEntriesError} with the numbers
 */
export function refuseShrink(before: Sizes, after: Sizes, config: Pick<Config, "source" | "problems">): void {
  for (const [list, size] of after.lists) {
    const shrunk = shrinkOf(before.lists.get(list) ?? 0, size);
    // The name is that of a network, a space, and a path.
    if (shrunk !== undefined) throw shrinkError(`The list ${list.slice(list.indexOf(" ") + 1)} shrank`, shrunk, config);
  }
  const shrunk = shrinkOf(before.whole, after.whole);
  if (shrunk !== undefined) throw shrinkError("The configuration shrank", shrunk, config);
}

function shrinkError(
  what: string,
  shrunk: string,
  { source, problems }: Pick<Config, "source" | "problems">,
): RejectedEntriesError {
  const rejected = problems.filter(({ severity }) => severity === "error");
  return new RejectedEntriesError(`${what}: ${shrunk}`, SHRINK_ADVICE, { source, problems: rejected });
}
