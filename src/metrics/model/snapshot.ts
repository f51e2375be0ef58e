import { hasCoin } from "../../evm/chains/chain_facts.ts";
import { type MutedWallets, mutedWallets, nextMuteEnd } from "../../plan/mutes.ts";
import type { NetworkPlan } from "../../plan/plan.ts";
import type { AccountState, NetworkState, StateStore } from "../../poller/state.ts";
import { valueState } from "../../poller/value_states.ts";
import { type Prices, pricesOf } from "../../poller/prices.ts";
import type { Clock } from "../../util/clock.ts";
import { type Label, type NetworkSeries, type Series, seriesOf } from "./series.ts";

/** Everything that pages show, at one moment: no page shows half a poll. */
export interface Snapshot {
  readonly generation: number;
  readonly networks: readonly NetworkSnapshot[];
  readonly exporter: ExporterStatus;
  /** Which part of the wallets the process polls; none without shards. */
  readonly shard: number | undefined;
  /** The labels of every series. */
  readonly common: readonly Label[];
  /** When the last poll of the network furthest behind ended (epoch, s); NaN before each network had one. */
  readonly lastCheck: number;
  /** Of coins and tokens. @default none */
  readonly prices?: Prices | undefined;
  /** When the next reading or price gets too old to be shown, or a mute ends (monotonic, ms); infinity for never. */
  readonly goodUntil: number;
}

/** One network at one moment. */
export interface NetworkSnapshot extends Readonly<Omit<NetworkState, "history" | "accounts" | "asked">> {
  readonly series: NetworkSeries;
  readonly muted: MutedWallets;
  /** One for each series. */
  readonly states: NetworkStates;
  /** Readings from before this moment (monotonic, ms) are too old to be shown. */
  readonly oldest: number;
}

/** The states of a network's accounts by kind, in the order of its series. */
export type NetworkStates = Readonly<Record<string, readonly (AccountState | undefined)[]>>;

/** The state of the exporter itself. */
export interface ExporterStatus extends ConfigStatus {
  /** When the process started, in seconds since the Unix epoch. */
  readonly startedAt: number;
  /** Whether the last change of the configuration could not be applied. */
  readonly hasFailedReload: boolean;
  readonly lists: readonly ListStatus[];
}

/** The configuration in use. */
export interface ConfigStatus {
  /** A path, or the name of a variable. */
  readonly source: string;
  /** Seconds between polls. */
  readonly interval: number;
  readonly rejectedEntries: number;
  /** When the configuration was loaded, in seconds since the Unix epoch. */
  readonly configLoadedAt: number;
}

/** A list of wallets that is fetched over HTTP, or found by a pattern. */
export interface ListStatus {
  readonly network: string;
  /** Its name. */
  readonly list: string;
  /** Whether it was last fetched or read successfully. */
  readonly successful: boolean;
  /** When that last succeeded, in seconds since the Unix epoch. */
  readonly goodAt: number | undefined;
}

/** The labels that every series carries. */
export interface Identity {
  readonly release: string;
  readonly namespace: string;
  /** Only `wallet_balance_exporter_up` has it as a label. */
  readonly shard?: number | undefined;
}

/** What snapshots are taken of. */
export interface SnapshotOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly status: () => ExporterStatus;
  /** How long a balance is shown after its last good reading, in milliseconds; 0 for ever. Called for each snapshot. */
  readonly staleAfter: () => number;
}

/** Lists the labels of every series. */
export function commonLabels({ namespace, release }: Identity): readonly Label[] {
  return [["namespace", namespace], ["release", release]];
}

/** Makes a function that takes snapshots. */
export function createSnapshotter({ store, clock, identity, status, staleAfter }: SnapshotOptions): () => Snapshot {
  const known = new WeakMap<NetworkPlan, NetworkSeries>();
  const { shard } = identity;
  const common = commonLabels(identity);

  function snapshotOf({ history: _, asked: __, accounts, ...state }: NetworkState, oldest: number): NetworkSnapshot {
    const { plan, chainId = plan.chainId } = state;
    const all = known.get(plan) ?? seriesOf(plan);
    known.set(plan, all);
    const series = hasCoin(chainId) ? all : { ...all, native: NO_SERIES };
    // Looked up once: every family shows them.
    const states = Object.fromEntries(
      Object.entries(series).map(([kind, own]) => [
        kind,
        kind === "native" || kind === "erc20"
          ? own.map(({ account }) => accounts.get(account))
          : own.map(({ account }) => valueState(accounts, account, oldest)),
      ]),
    );
    return { ...state, series, muted: mutedWallets(plan, clock.epoch()), states, oldest };
  }

  return () => {
    const limit = staleAfter();
    const oldest = limit === 0 ? -Infinity : clock.now() - limit;
    const isIdle = store.networks.length === 0;
    const prices = pricesOf(store.networks, clock);
    return {
      prices,
      generation: store.generation,
      networks: store.networks.map((network) => snapshotOf(network, oldest)),
      exporter: status(),
      shard,
      common,
      // The oldest counts, so that a stalled loop of any network shows. Without networks the time goes on, so that an
      // alert on a stalled exporter stays quiet.
      lastCheck: isIdle ? clock.epoch() : Math.min(...store.networks.map(({ lastFinished = NaN }) => lastFinished)),
      goodUntil: isIdle ? clock.now() : Math.min(
        limit === 0 ? Infinity : oldestShown(store, oldest) + limit,
        onMonotonic(nextMuteEnd(store.networks.map(({ plan }) => plan), clock.epoch()), clock),
        ...(prices ?? NO_PRICES).values().map(({ until }) => onMonotonic(until, clock)),
      ),
    };
  };
}

/** Converts seconds since the Unix epoch to milliseconds on the monotonic clock. */
function onMonotonic(at: number, clock: Clock): number {
  return clock.now() + 1000 * (at - clock.epoch());
}

const NO_PRICES: Prices = new Map();

const NO_SERIES: readonly Series[] = [];

/** @returns none while those of a token are not known */
export function seriesDecimals({ plan, decimals }: NetworkSnapshot, { token }: Series): number | undefined {
  return token === undefined ? plan.decimals : decimals.get(token.token.asset.id);
}

/**
 * Reports whether two snapshots have the same series in the same order, so that only the states of accounts, and their
 * ages, can differ.
 */
export function isComparable({ networks }: Snapshot, before: Snapshot): boolean {
  return networks.length === before.networks.length && networks.every(({ plan, series, decimals }, index) => {
    const other = before.networks[index];
    return other?.plan === plan && other.decimals === decimals && other.series["native"] === series["native"];
  });
}

/** The time of the oldest reading that is not too old; infinity when there is none. */
function oldestShown({ networks }: StateStore, oldest: number): number {
  let found = Infinity;
  for (const { accounts } of networks) {
    for (const { reading } of accounts.values()) {
      if (reading !== undefined && reading.readAt >= oldest) found = Math.min(found, reading.readAt);
    }
  }
  return found;
}
