import type { Receiver, Rejection } from "../../src/alertmanager/deliver.ts";

/** An alert as it is posted. */
export interface PostedJson {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/** What one Alertmanager does with a request. */
export type Behaviour = "accept" | "unreachable" | "refuse" | "lose the response" | "hang";

/** Keeps alerts as Alertmanager does: the latest of equal labels, which ends at its time. */
export interface FakeAlertmanager extends Receiver {
  behaviour: Behaviour;
  /** Refuses requests with such an alert. @default none */
  refuses: (alert: PostedJson) => boolean;
  readonly requests: readonly (readonly PostedJson[])[];
  readonly counts: { posted: number; failed: number };
  /** The latest of each alert, by its labels in JSON. */
  readonly known: ReadonlyMap<string, PostedJson>;
  /**
   * The alerts that fire.
   *
   * @param now in seconds since the Unix epoch
   */
  firing(now: number): readonly PostedJson[];
  /** As after a restart without its storage. */
  forget(): void;
}

const UNREACHABLE: Rejection = {
  message: "Alertmanager cannot be reached",
  error: "connection refused",
  isOfBatch: false,
};

/** Makes an Alertmanager that accepts everything. */
export function createFakeAlertmanager(name = "alertmanager:9093"): FakeAlertmanager {
  const requests: (readonly PostedJson[])[] = [];
  const known = new Map<string, PostedJson>();
  const counts = { posted: 0, failed: 0 };
  return {
    name,
    behaviour: "accept",
    refuses: () => false,
    requests,
    counts,
    known,
    meter: {
      recordPosted: (alerts) => void (counts.posted += alerts),
      recordFailed: (alerts) => void (counts.failed += alerts),
    },
    async post(body, stop): Promise<Rejection | undefined> {
      const { behaviour } = this;
      if (behaviour === "unreachable") return UNREACHABLE;
      if (behaviour === "hang") {
        if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
        return UNREACHABLE;
      }
      const alerts: readonly PostedJson[] = JSON.parse(body);
      if (behaviour === "refuse" || alerts.some(this.refuses)) {
        return { message: "Alertmanager refuses the alerts", error: "HTTP 400", isOfBatch: true };
      }
      requests.push(alerts);
      for (const alert of alerts) known.set(JSON.stringify(Object.entries(alert.labels).toSorted()), alert);
      return behaviour === "accept" ? undefined : UNREACHABLE;
    },
    firing: (now) => [...known.values()].filter(({ endsAt }) => Date.parse(endsAt) / 1000 > now),
    forget: () => known.clear(),
  };
}
