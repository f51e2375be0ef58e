/** What the markers of the rules stand for. */
export interface RuleValues {
  /** Seconds between checks. @default {300} */
  readonly interval?: number;
  /** Matchers that every selector gets, such as `namespace="n",release="r"`. @default none: all releases */
  readonly selector?: string;
  /** Labels that tell an exporter from all others. @default cluster, namespace and release */
  readonly exporterLabels?: readonly string[];
  /** Labels that tell an exporter's wallets apart; `network` must be one of them. @default network, label and address */
  readonly walletLabels?: readonly string[];
  /** How many processes watch a part of the wallets each. @default {1} */
  readonly shards?: number;
  /** How many processes watch the same wallets. @default {1} */
  readonly replicas?: number;
  /** A regular expression: labels of wallets that always spend. @default {"batcher.*"} */
  readonly idleLabel?: string;
  /** A regular expression: labels of wallets that are emptied on purpose. @default none */
  readonly sweptLabel?: string;
  /** Where runbooks are: `%s` stands for the alert's name. @default none */
  readonly runbookUrl?: string;
}

const MINUTE = 60;
const HOUR = 3600;

/**
 * Tells the value of every marker but `threshold`, which each alert has for itself.
 *
 * @param values see {@linkcode RuleValues}
 * @returns by the markers' names
 */
export function markersOf(values: RuleValues): ReadonlyMap<string, string> {
  const { interval = 300, selector = "", shards = 1, replicas = 1, idleLabel = "batcher.*", sweptLabel = "" } = values;
  const { exporterLabels = ["cluster", "namespace", "release"] } = values;
  const { walletLabels = ["network", "label", "address"] } = values;
  // A step shorter than the interval would see most of the time that nothing is spent.
  const step = Math.max(5 * MINUTE, interval);
  const short = Math.max(HOUR, 6 * step);
  const long = Math.max(6 * HOUR, 24 * step);
  return new Map([
    ["exporter", exporterLabels.join(", ")],
    ["network", [...exporterLabels, "network"].join(", ")],
    ["identity", [...exporterLabels, ...walletLabels].join(", ")],
    ["selector", selector],
    ["interval", String(interval)],
    ["shards", String(shards)],
    ["processes", String(shards * replicas)],
    ["step", duration(step)],
    ["step_seconds", String(step)],
    ["short", duration(short)],
    ["long", duration(long)],
    // Longer than one transfer stays in the range.
    ["for_short", duration(short + 10 * MINUTE)],
    ["for_long", duration(long + 10 * MINUTE)],
    ["for_checks", duration(Math.max(15 * MINUTE, 3 * interval))],
    ["for_slow", duration(Math.max(30 * MINUTE, 3 * interval))],
    ["idle_label", idleLabel],
    ["gap", "15m"],
    // An address that has another label is watched all the same.
    [
      "account",
      [...exporterLabels, ...walletLabels.includes("address") ? ["network", "address"] : walletLabels].join(", "),
    ],
    ["not_swept", sweptLabel === "" ? "" : `label!~"${sweptLabel}",`],
  ]);
}

/** In the largest unit that leaves no rest. */
function duration(seconds: number): string {
  if (seconds % HOUR === 0) return `${seconds / HOUR}h`;
  return seconds % MINUTE === 0 ? `${seconds / MINUTE}m` : `${seconds}s`;
}
