import type { ExporterStatus } from "../metrics/model/snapshot.ts";
import type { Label } from "../metrics/model/series.ts";
import type { StateStore } from "../poller/state.ts";
import { type RuleTimes, ruleTimes } from "../rules/rule_times.ts";
import { type Clock, createWaker } from "../util/clock.ts";
import { describeError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import { type Alert, createAlertSet, MAX_ALERTS } from "./alert_set.ts";
import { ALERT_TEXTS, renderAnnotations } from "./annotations.ts";
import { deliverLoop, type Receiver } from "./deliver.ts";
import type { Finding, FindingsSource } from "./finding.ts";
import { listFindings, MAX_AGE_MS } from "./findings.ts";
import { HEARTBEAT } from "./posted_alerts.ts";

/** What {@linkcode postAlerts} takes. */
export interface PostAlertsOptions {
  readonly receivers: readonly Receiver[];
  readonly store: StateStore;
  readonly status: () => ExporterStatus;
  /** In milliseconds, of networks without one of their own. */
  readonly interval: () => number;
  /** In milliseconds; 0 for never. */
  readonly staleAfter: () => number;
  /** Of all alerts: `namespace` and `release`. */
  readonly common: readonly Label[];
  /** Of the command line, such as `cluster`. */
  readonly extra: readonly Label[];
  /** Which part of the wallets the exporter has; undefined if it has all. */
  readonly shard: number | undefined;
  /** The page of what a finding is about; undefined without an external URL. */
  readonly urlOf: (finding: Finding) => string | undefined;
  readonly runbookOf: (alert: string) => string;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/** 500 networks change 500 times in an interval: evaluating them takes at most a tenth of the time. */
const PAUSE_SHARE = 9;
const MAX_PAUSE_MS = 10_000;

/** What Alertmanager takes an alert for ended after, if it is not posted again, in milliseconds. */
const MIN_VALID_MS = 900_000;
const VALID_INTERVALS = 3;

/** Posts what is wrong to Alertmanagers, as the rules would have Prometheus do it, until stopped. */
export async function postAlerts(options: PostAlertsOptions): Promise<void> {
  const { receivers, store, clock, stop } = options;
  const times = (): RuleTimes => ruleTimes(options.interval() / 1000);
  const validMs = (): number => {
    const intervals = store.networks.map(({ plan }) => plan.interval ?? options.interval());
    return Math.max(MIN_VALID_MS, VALID_INTERVALS * Math.max(0, ...intervals));
  };
  const set = createAlertSet({ clock, times, keptMs: validMs });
  const toJson = (alert: Alert): string => alertJson(alert, options, validMs());
  const alerts = (): Iterable<Alert> => set.alerts;
  const known: FindingsSource["known"] = new WeakMap();
  const wakers = receivers.map(() => createWaker(clock, stop));
  const changes = createWaker(clock, stop);
  const { onChange } = store;
  store.onChange = () => {
    onChange();
    changes.wake();
  };
  await Promise.all([
    ...receivers.map((receiver, index) =>
      deliverLoop({ receiver, alerts, toJson, clock, waker: wakers[index] ?? changes, stop })
    ),
    watch(),
  ]);

  async function watch(): Promise<void> {
    let hadExcess = false;
    while (!stop.aborted) {
      const started = clock.now();
      try {
        const { isChanged, excess } = await evaluate();
        if (isChanged) { for (const waker of wakers) waker.wake(); }
        // Those that ended made room.
        if (excess > 0 && isChanged) changes.wake();
        else if (excess > 0 && !hadExcess) {
          log.warn("Too many alerts, not all are posted", { posted: MAX_ALERTS, excess });
        }
        hadExcess = excess > 0 && (hadExcess || !isChanged);
      } catch (error) {
        log.error("Unexpected error in the alerts", { error: describeError(error) });
      }
      const pause = Math.min(PAUSE_SHARE * (clock.now() - started), MAX_PAUSE_MS);
      if (pause > 0) await clock.sleep(pause, stop);
      await changes.sleep(Math.min(set.nextAt - clock.now(), MAX_AGE_MS));
    }
  }

  async function evaluate(): Promise<ReturnType<typeof set.update>> {
    const { networks } = store;
    const { status, interval, staleAfter, shard } = options;
    const source = {
      networks,
      exporter: status(),
      clock,
      interval: interval(),
      staleAfter: staleAfter(),
      shard,
      known,
    };
    // Before the findings: a network that is polled meanwhile is still unknown.
    const unknown = new Set(networks.flatMap(({ plan, lastFinished }) => lastFinished === undefined ? [plan.id] : []));
    return await set.update(listFindings(source), (network) => !unknown.has(network));
  }
}

/** As version 2 of the API has it. */
function alertJson(alert: Alert, options: PostAlertsOptions, validMs: number): string {
  const { finding, startedAt, endedAt } = alert;
  const labels = labelsOfAlert(finding, options);
  const { clock, urlOf, runbookOf } = options;
  const annotations = renderAnnotations(finding, labels);
  // The wall clock may have been set back: what ends in the future would fire until then.
  const now = clock.epoch();
  const endsAt = endedAt === undefined ? now + validMs / 1000 : Math.min(endedAt, now);
  return JSON.stringify({
    labels: Object.fromEntries(labels),
    annotations: finding.alert === HEARTBEAT ? annotations : { ...annotations, runbook_url: runbookOf(finding.alert) },
    startsAt: timeText(Math.min(startedAt, endsAt, now)),
    endsAt: timeText(endsAt),
    generatorURL: urlOf(finding),
  });
}

/** In the order in which they take precedence, as in Prometheus: the rule's, then the series', then those of the server. */
function labelsOfAlert(
  { alert, labels }: Finding,
  { common, extra }: Pick<PostAlertsOptions, "common" | "extra">,
): ReadonlyMap<string, string> {
  const severity = alert === HEARTBEAT ? "none" : ALERT_TEXTS[alert].severity;
  const all = new Map([...extra, ...common, ...labels, ["severity", severity] as const, ["alertname", alert] as const]);
  return new Map([...all].filter(([, value]) => value !== ""));
}

function timeText(epoch: number): string {
  return new Date(1000 * epoch).toISOString();
}
