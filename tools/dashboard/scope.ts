/** The subject of a query: its identifying labels, and the filter from the dashboard's variables. */
export interface Scope {
  /** All other labels, such as pod, are aggregated away, so that rollouts and replicas do not show. */
  readonly labels: string;
  /** Matchers, without braces. */
  readonly filter: string;
}

const SHARED = ["cluster", "namespace", "release"] as const;

/** An exporter with all its replicas. */
export const EXPORTER: Scope = scope(SHARED);

/** A network of an exporter. */
export const NETWORK: Scope = scope([...SHARED, "network"]);

/** An endpoint of a network. */
export const ENDPOINT: Scope = scope([...SHARED, "network"], ["endpoint"]);

/** A wallet on a network, identified as in the alerts. */
export const WALLET: Scope = scope([...SHARED, "network", "label"], ["address"]);

/** A token of a wallet. */
export const TOKEN: Scope = scope([...SHARED, "network", "label"], ["address", "token", "symbol"]);

function scope(filtered: readonly string[], others: readonly string[] = []): Scope {
  return { labels: [...filtered, ...others].join(", "), filter: matchers([...filtered, "job"]) };
}

function matchers(names: readonly string[]): string {
  return names.map((name) => `${name}=~"$${name}"`).join(", ");
}

/** Filter for ALERTS, which may lack some of the labels, and have no job of the exporter. */
export const ALERT_FILTER = [...SHARED, "network", "label"].map((name) => `${name}=~"$${name}|"`).join(", ");

/** Optional parts of a selector. */
export interface Selection {
  /** More matchers, such as `level="minimum"`. */
  readonly matchers?: string;
  /** More labels to aggregate by. */
  readonly by?: string;
  /** Such as `5m`. */
  readonly offset?: string;
  /** Such as `$__rate_interval`. */
  readonly range?: string;
}

/** A selector of the metric, filtered by scope. */
export function select({ filter }: Scope, metric: string, { matchers, offset, range }: Selection = {}): string {
  const selector = `${metric}{${filter}${matchers === undefined ? "" : `, ${matchers}`}}`;
  return `${selector}${range === undefined ? "" : `[${range}]`}${offset === undefined ? "" : ` offset ${offset}`}`;
}

/** The maximum of a gauge, over replicas and the pods of a rollout. */
export function maxOf(scope: Scope, metric: string, selection: Selection = {}): string {
  return `max by (${labelsOf(scope, selection)}) (${select(scope, metric, selection)})`;
}

/** The minimum of a gauge, over replicas and shards. */
export function minOf(scope: Scope, metric: string, selection: Selection = {}): string {
  return `min by (${labelsOf(scope, selection)}) (${select(scope, metric, selection)})`;
}

/** The rate of a counter, summed over replicas. */
export function rateOf(scope: Scope, metric: string, selection: Selection = {}): string {
  const ranged = select(scope, metric, { range: "$__rate_interval", ...selection });
  return `sum by (${labelsOf(scope, selection)}) (rate(${ranged}))`;
}

function labelsOf({ labels }: Scope, { by }: Selection): string {
  return by === undefined ? labels : `${labels}, ${by}`;
}
