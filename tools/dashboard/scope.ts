/** What a query is about: the labels that tell its subjects apart, and the filter that the dashboard's variables make. */
export interface Scope {
  /** Everything else, such as the pod, is aggregated away: so rollouts and replicas do not show. */
  readonly labels: string;
  /** Matchers, without braces. */
  readonly filter: string;
}

const SHARED = ["cluster", "namespace", "release"] as const;

/** One exporter, whatever number of replicas it has. */
export const EXPORTER: Scope = scope(SHARED);

/** A network that an exporter watches. */
export const NETWORK: Scope = scope([...SHARED, "network"]);

/** An endpoint of a network. */
export const ENDPOINT: Scope = scope([...SHARED, "network"], ["endpoint"]);

/** A wallet on a network: the identity that the alerts have, too. */
export const WALLET: Scope = scope([...SHARED, "network", "label"], ["address"]);

/** A token of a wallet. */
export const TOKEN: Scope = scope([...SHARED, "network", "label"], ["address", "token", "symbol"]);

function scope(filtered: readonly string[], others: readonly string[] = []): Scope {
  return { labels: [...filtered, ...others].join(", "), filter: matchers([...filtered, "job"]) };
}

function matchers(names: readonly string[]): string {
  return names.map((name) => `${name}=~"$${name}"`).join(", ");
}

/**
 * Writes the filter for series that lack some of the labels, as alerts do: what a
 * series does not tell does not hide it. Alerts have no job of ours.
 */
export const LENIENT_FILTER = [...SHARED, "network", "label"].map((name) => `${name}=~"$${name}|"`).join(", ");

/** What a selection can have beside its scope. */
export interface Selection {
  /** Further matchers, such as `level="minimum"`. */
  readonly matchers?: string;
  /** Further labels to tell apart. */
  readonly by?: string;
  /** How long before, such as `5m`. */
  readonly offset?: string;
  /** A range, such as `$__rate_interval`. */
  readonly range?: string;
}

/**
 * Writes a selector.
 *
 * @param scope whose filter
 * @param metric the name
 */
export function select({ filter }: Scope, metric: string, { matchers, offset, range }: Selection = {}): string {
  const selector = `${metric}{${filter}${matchers === undefined ? "" : `, ${matchers}`}}`;
  return `${selector}${range === undefined ? "" : `[${range}]`}${offset === undefined ? "" : ` offset ${offset}`}`;
}

/**
 * Writes the greatest value for each subject: of replicas, and of a pod that goes
 * and the one that comes.
 *
 * @param scope what is told apart
 * @param metric a gauge's name
 */
export function maxOf(scope: Scope, metric: string, selection: Selection = {}): string {
  return `max by (${labelsOf(scope, selection)}) (${select(scope, metric, selection)})`;
}

/** Writes the least value for each subject: of replicas and shards the one that is worst off. */
export function minOf(scope: Scope, metric: string, selection: Selection = {}): string {
  return `min by (${labelsOf(scope, selection)}) (${select(scope, metric, selection)})`;
}

/**
 * Writes the sum of what replicas count in a second.
 *
 * @param scope what is told apart
 * @param metric a counter's name
 */
export function rateOf(scope: Scope, metric: string, selection: Selection = {}): string {
  const ranged = select(scope, metric, { range: "$__rate_interval", ...selection });
  return `sum by (${labelsOf(scope, selection)}) (rate(${ranged}))`;
}

function labelsOf({ labels }: Scope, { by }: Selection): string {
  return by === undefined ? labels : `${labels}, ${by}`;
}
