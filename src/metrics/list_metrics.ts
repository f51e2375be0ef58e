import { Gauge, type Registry } from "prom-client";

/** How a list of wallets that comes over HTTP fares. */
export interface ListStatus {
  readonly network: string;
  /** Its name. */
  readonly list: string;
  /** Whether it could be had the last time it was asked for. */
  readonly successful: boolean;
  /** When it last could, in seconds since the Unix epoch. */
  readonly goodAt: number | undefined;
}

/**
 * Registers the metrics of lists.
 *
 * @param registry where
 * @returns brings them up to date; lists of one name count as the worst of them
 */
export function registerListMetrics(registry: Registry): (lists: readonly ListStatus[]) => void {
  const labelNames = ["network", "list"] as const;
  const registers = [registry];
  const successful = new Gauge({
    name: "wallet_balance_exporter_wallet_list_last_refresh_successful",
    help: "1 when the list of wallets could be had the last time it was asked for, else 0.",
    labelNames,
    registers,
  });
  const goodAt = new Gauge({
    name: "wallet_balance_exporter_wallet_list_last_refresh_success_timestamp_seconds",
    help: "When the list of wallets could last be had.",
    labelNames,
    registers,
  });
  return (lists) => {
    successful.reset();
    goodAt.reset();
    for (const same of Map.groupBy(lists, ({ network, list }) => JSON.stringify([network, list])).values()) {
      const [{ network, list } = { network: "", list: "" }] = same;
      successful.set({ network, list }, same.every((each) => each.successful) ? 1 : 0);
      const oldest = Math.min(...same.map((each) => each.goodAt ?? NaN));
      if (Number.isFinite(oldest)) goodAt.set({ network, list }, oldest);
    }
  };
}
