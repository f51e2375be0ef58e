import { hasCoin } from "../evm/strategies/coinless.ts";
import type { Clock } from "../util/clock.ts";
import type { NetworkPlan } from "../plan/plan.ts";
import type { AccountState, Book } from "../poller/book.ts";
import { writeLabels } from "./exposition.ts";
import type { Identity } from "./identity.ts";
import { type NetworkSeries, networkSeries } from "./wallet_series.ts";

/** The book at one moment: what a page is made of, so that no page shows half a cycle. */
export interface View {
  readonly generation: number;
  readonly networks: readonly NetworkView[];
  /** `namespace="…",release="…"`, for the series that have no other labels. */
  readonly common: string;
  /** The same with the shard, where there is one. */
  readonly ofProcess: string;
  /** When the last complete cycle ended, in seconds since the Unix epoch; none before each network had one. */
  readonly lastCheck: number | undefined;
  /** When the next reading gets too old to be shown, in milliseconds on the monotonic clock; infinity for never. */
  readonly goodUntil: number;
}

/** One network at one moment. */
export interface NetworkView {
  readonly plan: NetworkPlan;
  readonly series: NetworkSeries;
  /** Whether its wallets have families of a coin. */
  readonly hasCoin: boolean;
  readonly accounts: readonly AccountState[];
  /** Of the plan's tokens, by their contracts, as far as known. */
  readonly decimals: ReadonlyMap<string, number>;
  /** Readings from before this moment, in milliseconds on the monotonic clock, are too old to be shown. */
  readonly oldest: number;
}

/** What views are taken with. */
export interface ViewOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly identity: Identity;
  /** For how long a balance is shown after its last good reading, in milliseconds; 0 for ever. Asked for each view. */
  readonly staleAfter: () => number;
}

/**
 * Makes a function that takes views of a book.
 *
 * @param options see {@linkcode ViewOptions}
 */
export function viewer({ book, clock, identity, staleAfter: limit }: ViewOptions): () => View {
  const known = new WeakMap<NetworkPlan, NetworkSeries>();
  const seriesOf = (plan: NetworkPlan): NetworkSeries => {
    const series = known.get(plan) ?? networkSeries(plan, identity);
    known.set(plan, series);
    return series;
  };
  const common = writeLabels([["namespace", identity.namespace], ["release", identity.release]]);
  const { shard } = identity;
  const ofProcess = shard === undefined ? common : `${common},${writeLabels([["shard", String(shard)]])}`;
  return () => {
    const staleAfter = limit();
    const oldest = staleAfter === 0 ? -Infinity : clock.now() - staleAfter;
    return {
      generation: book.generation,
      networks: book.networks.map(({ plan, accounts, chainId, decimals }) => ({
        plan,
        series: seriesOf(plan),
        hasCoin: hasCoin(chainId ?? plan.chainId),
        accounts: accounts.slice(),
        decimals,
        oldest,
      })),
      common,
      ofProcess,
      lastCheck: lastCheck(book),
      goodUntil: staleAfter === 0 ? Infinity : oldestShown(book, oldest) + staleAfter,
    };
  };
}

/** When the oldest reading was made that is not too old; infinity when there is none. */
function oldestShown({ networks }: Book, oldest: number): number {
  let found = Infinity;
  for (const { accounts } of networks) {
    for (const { reading } of accounts) {
      if (reading !== undefined && reading.readAt >= oldest) found = Math.min(found, reading.readAt);
    }
  }
  return found;
}

/** The oldest of the networks' last ends: a stalled loop of any network shows. */
function lastCheck({ networks, idleAt }: Book): number | undefined {
  if (networks.length === 0) return idleAt;
  const ends = networks.map(({ lastFinished }) => lastFinished);
  return ends.includes(undefined) ? undefined : Math.min(...ends.map((end) => end ?? 0));
}
