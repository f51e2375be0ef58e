import { postAlerts, type PostAlertsOptions } from "../../src/alertmanager/post_alerts.ts";
import type { Finding } from "../../src/alertmanager/finding.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import { type Watched, watched } from "../fakes/watched.ts";
import { createFakeAlertmanager, type FakeAlertmanager, type PostedJson } from "./fake_alertmanager.ts";

/** An exporter that posts alerts, with a clock that only the test moves. */
export interface Posting extends Watched, AsyncDisposable {
  readonly clock: FakeClock;
  readonly alertmanagers: readonly FakeAlertmanager[];
  /** What fires in an Alertmanager, the first by default: alerts with their wallet, network or nothing, sorted. */
  firing(alertmanager?: FakeAlertmanager): readonly string[];
}

/** What {@linkcode startPosting} takes. */
export interface PostingOptions {
  /** @default {1} */
  readonly alertmanagers?: number;
  /** In milliseconds. @default {60_000} */
  readonly interval?: number;
  /** In milliseconds. @default {86_400_000} */
  readonly staleAfter?: number;
  readonly shard?: number;
  readonly urlOf?: (finding: Finding) => string | undefined;
}

/** What all posting of the tests has in common. */
export const OPTIONS = {
  interval: () => 60_000,
  staleAfter: () => 86_400_000,
  common: [["namespace", "ns"], ["release", "rel"]],
  extra: [["cluster", "c1"]],
  shard: undefined,
  urlOf: () => undefined,
  runbookOf: (alert: string) => `https://runbooks.example/${alert}.md`,
} satisfies Partial<PostAlertsOptions>;

/** Starts posting what is wrong with a plan's wallets. */
export function startPosting(plan: Plan, options: PostingOptions = {}): Posting {
  const { interval = 60_000, staleAfter = 86_400_000, shard, urlOf = () => undefined } = options;
  const clock = createFakeClock();
  const all = watched(plan, { clock });
  const alertmanagers = Array.from(
    { length: options.alertmanagers ?? 1 },
    (_, index) => createFakeAlertmanager(`alertmanager-${index}:9093`),
  );
  const controller = new AbortController();
  const ended = postAlerts({
    ...OPTIONS,
    receivers: alertmanagers,
    store: all.store,
    status: all.self.status,
    interval: () => interval,
    staleAfter: () => staleAfter,
    shard,
    urlOf,
    clock,
    stop: controller.signal,
  });
  const [first = createFakeAlertmanager()] = alertmanagers;
  return {
    ...all,
    clock,
    alertmanagers,
    firing: (alertmanager = first) => alertmanager.firing(clock.epoch()).map(nameOf).toSorted(),
    async [Symbol.asyncDispose]() {
      controller.abort();
      await ended;
    },
  };
}

/** Such as `CriticallyLow bridge`, without the heartbeat's long name. */
export function nameOf({ labels }: PostedJson): string {
  const { alertname = "", label, network = "", symbol = "", min_balance_eth: minimum = "" } = labels;
  const name = alertname.replace(/^Wallet(Balance(Exporter)?)?/, "");
  return [name, label ?? network, symbol, minimum].filter((each) => each !== "").join(" ");
}
