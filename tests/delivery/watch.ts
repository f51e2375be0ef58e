import type { Alertmanager } from "../program/alertmanager.ts";
import type { Webhook } from "../program/webhook.ts";
import type { Prometheus } from "../alerts/prometheus.ts";
import { until } from "../program/until.ts";

/** Labels of an alert. */
export type Labels = Readonly<Record<string, string>>;

/** Often enough to see each state, seldom enough to leave the CPUs to the programs. */
const LOOK_MS = 300;

/**
 * An alert as the expectations write it: release, name without its prefix, and what it is about.
 *
 * @example "main BelowMinimum batcher", "main TokenBelowMinimum payer USDC", "main NetworkUnreachable dies"
 */
export function nameOf(labels: Labels): string {
  const { release = "?", alertname = "?", network = "", label = network, symbol = "", endpoint = "" } = labels;
  const severity = alertname === "WalletBalanceWalletVanished" ? `(${labels["severity"]})` : "";
  const about = [label, symbol, endpoint].filter((each) => each !== "");
  return [release, alertname.replace(/^Wallet(Token)?Balance/, "$1") + severity, ...about].join(" ");
}

/** What happens to the alerts, looked at all the time. */
export interface Watch extends AsyncDisposable {
  /** Alerts that fired in Prometheus at any time. */
  readonly fired: ReadonlySet<string>;
  /** What was inhibited at any time, and by what: "A by B". */
  readonly inhibited: ReadonlySet<string>;
  /** Alerts that fire now. */
  readonly firing: () => ReadonlySet<string>;
  readonly isFiring: (alert: string) => boolean;
  /** Waits until an alert fires in Prometheus. */
  readonly fires: (alert: string) => Promise<void>;
  /** Waits until an alert does not fire any more in Prometheus. */
  readonly resolves: (alert: string) => Promise<void>;
  /** Waits until an alert is inhibited. */
  readonly isInhibited: (alert: string, by: string) => Promise<void>;
  /** Waits until a webhook has received an alert. */
  readonly isDelivered: (receiver: string, alert: string, status: "firing" | "resolved") => Promise<void>;
  /** What each webhook was told of each alert: "page: main CriticallyLow batcher: firing resolved", sorted. */
  readonly deliveries: () => readonly string[];
}

/** Watches Prometheus, and Alertmanager behind it. */
export function watch(prometheus: Prometheus, alertmanager: Alertmanager, webhook: Webhook): Watch {
  const fired = new Set<string>();
  const inhibited = new Set<string>();
  let firing: ReadonlySet<string> = new Set();
  let failure: unknown;
  async function look(): Promise<void> {
    const [own, theirs] = await Promise.all([prometheus.alerts(), alertmanager.alerts()]);
    firing = new Set(own.filter(({ state }) => state === "firing").map(({ labels }) => nameOf(labels)));
    for (const alert of firing) fired.add(alert);
    const names = new Map(theirs.map(({ fingerprint, labels }) => [fingerprint, nameOf(labels)]));
    for (const { labels, status } of theirs) {
      for (const by of status.inhibitedBy) inhibited.add(`${nameOf(labels)} by ${names.get(by) ?? by}`);
    }
  }

  const looking = repeat(() => look().then(() => failure = undefined, (error) => failure = error));

  async function wait(what: string, holds: () => boolean): Promise<void> {
    await until(what, holds).catch((error) => {
      throw new Error(`${error.message}\nfiring: ${[...firing].toSorted().join(", ")}`, { cause: failure });
    });
  }

  /**
   * Statuses by receiver and alert. A notification repeats the alerts of its group that have not changed, and lists some
   * that are over and were inhibited while they fired, which nobody has heard of.
   */
  function byReceiver(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const { receiver, alerts } of webhook.received) {
      const names = alerts.map(({ labels }) => nameOf(labels));
      for (const [index, { status }] of alerts.entries()) {
        const key = `${receiver}: ${names[index]}`;
        const statuses = found.get(key) ?? [];
        if (statuses.at(-1) !== status && (statuses.length > 0 || status === "firing")) {
          found.set(key, [...statuses, status]);
        }
      }
      if (!names.some((name) => found.has(`${receiver}: ${name}`))) {
        found.set(`${receiver}: ${names}`, ["only resolved"]);
      }
    }
    return found;
  }

  return {
    fired,
    inhibited,
    firing: () => firing,
    isFiring: (alert) => firing.has(alert),
    fires: (alert) => wait(`${alert} fires`, () => firing.has(alert)),
    resolves: (alert) => wait(`${alert} is resolved`, () => !firing.has(alert)),
    isInhibited: (alert, by) => wait(`${alert} is inhibited by ${by}`, () => inhibited.has(`${alert} by ${by}`)),
    isDelivered: (receiver, alert, status) =>
      wait(
        `${receiver} receives that ${alert} is ${status}`,
        () => byReceiver().get(`${receiver}: ${alert}`)?.at(-1) === status,
      ),
    deliveries: () => [...byReceiver()].map(([key, statuses]) => `${key}: ${statuses.join(" ")}`).toSorted(),
    [Symbol.asyncDispose]: () => looking[Symbol.asyncDispose](),
  };
}

/** Alerts that an Alertmanager had at any time. */
export interface Collection extends AsyncDisposable {
  readonly seen: ReadonlySet<string>;
}

/** Collects the alerts of an Alertmanager. */
export function collect(alertmanager: Alertmanager): Collection {
  const seen = new Set<string>();
  const collecting = repeat(async () => {
    for (const { labels } of await alertmanager.alerts()) seen.add(nameOf(labels));
  });
  return { seen, [Symbol.asyncDispose]: () => collecting[Symbol.asyncDispose]() };
}

function repeat(look: () => Promise<unknown>): AsyncDisposable {
  let isOver = false;
  async function keepLooking(): Promise<void> {
    while (!isOver) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
  const looking = keepLooking();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      await looking;
    },
  };
}
