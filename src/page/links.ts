import { type Query, searchOf } from "./query.ts";

/** The paths of everything that is served, as browsers see them. */
export interface Links {
  /** The page of all wallets. */
  readonly home: string;
  readonly metrics: string;
  readonly status: string;
  readonly healthy: string;
  readonly ready: string;
  /** The page of all wallets as a query shows it. */
  wallets(query: Query, changes?: Partial<Query>): string;
  /** The page of one wallet. */
  wallet(network: string, address: string): string;
  /** What to do about an alert. */
  runbook(alert: string): string;
}

/**
 * The runbooks of the repository, to which the alerts of Prometheus lead too: the exporter serves no documents, and those
 * of the latest version may know more than those it was released with.
 */
export const RUNBOOKS = "https://github.com/agglayer/wallet-balance-exporter/blob/main/docs/runbooks/";

/**
 * Makes the links below a prefix.
 *
 * @param prefix the path of the external URL, such as `/balances`; empty for the root
 * @param telemetryPath the path of the metrics below it
 */
export function createLinks(prefix = "", telemetryPath = "/metrics"): Links {
  return {
    home: `${prefix}/`,
    metrics: prefix + telemetryPath,
    status: `${prefix}/api/v1/status`,
    healthy: `${prefix}/-/healthy`,
    ready: `${prefix}/-/ready`,
    wallets: (query, changes) => `${prefix}/${searchOf({ ...query, ...changes })}`,
    wallet: (network, address) => `${prefix}/wallets/${encodeURIComponent(network)}/${address}`,
    runbook: (alert) => `${RUNBOOKS}${alert}.md`,
  };
}
