import type { Clock, Waker } from "../util/clock.ts";
import { describeError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import type { Alert } from "./alert_set.ts";

/** One Alertmanager. */
export interface Receiver {
  /** Unique: its label in metrics, and its name in the log. */
  readonly name: string;
  readonly meter: DeliveryMeter;
  /**
   * Posts alerts.
   *
   * @param body a list in JSON
   * @returns undefined if it accepted them
   */
  readonly post: (body: string, stop: AbortSignal) => Promise<Rejection | undefined>;
}

/** Counts alerts, each time that they are posted. */
export interface DeliveryMeter {
  recordPosted(alerts: number): void;
  recordFailed(alerts: number): void;
}

/** What {@linkcode deliverLoop} takes. */
export interface DeliveryOptions {
  readonly receiver: Receiver;
  /** Called for each round. */
  readonly alerts: () => Iterable<Alert>;
  /** Writes an alert as JSON. */
  readonly toJson: (alert: Alert) => string;
  readonly clock: Clock;
  /** Woken when alerts start or end. */
  readonly waker: Waker;
  readonly stop: AbortSignal;
}

/** An Alertmanager that restarted knows the alerts again after this time, in milliseconds. */
export const REPEAT_MS = 60_000;
/** Those that are due within this time are posted with one that is due now. */
const TOGETHER_MS = 15_000;
/** As Prometheus has it, about 250 KB. */
const MAX_BATCH = 256;
/** Proxies refuse 1 MB by default, and labels may be long. In characters. */
const MAX_BATCH_LENGTH = 400_000;
/** After a failure, doubled up to the last. */
const MIN_RETRY_MS = 2000;
const MAX_RETRY_MS = 30_000;

/** When an alert is due for one Alertmanager. */
interface Delivery {
  /** In milliseconds on the monotonic clock; infinity if its end was accepted. */
  dueAt: number;
  /** Whether it was last posted as ended. */
  isEnd: boolean;
  /** Whether it was last posted in a request that was refused. */
  isRefused: boolean;
  /** In seconds since the Unix epoch. */
  postedAt: number;
}

/** An alert as it is posted: meanwhile it may end. */
interface Posted {
  readonly alert: Alert;
  readonly isEnd: boolean;
  readonly json: string;
}

/** Why alerts were not accepted. */
export interface Rejection {
  readonly message: "Alertmanager cannot be reached" | "Alertmanager refuses the alerts";
  /** For the log, without secrets. */
  readonly error: string;
  /** Whether others may be accepted: Alertmanager takes the valid ones of a request. */
  readonly isOfBatch: boolean;
}

/**
 * Posts alerts to one Alertmanager until stopped: new ones and those that ended at once, those that fire once a minute.
 * What it does not accept is posted again; nothing is queued, since what is posted is what holds then.
 */
export async function deliverLoop({ receiver, alerts, toJson, clock, waker, stop }: DeliveryOptions): Promise<void> {
  const deliveries = new WeakMap<Alert, Delivery>();
  let retryMs = MIN_RETRY_MS;
  let state: Rejection["message"] | "ok" | "new" = "new";

  async function deliver(batch: readonly Posted[]): Promise<Rejection | undefined> {
    const { meter } = receiver;
    const postedAt = clock.epoch();
    const failure = await receiver.post(`[${batch.map(({ json }) => json).join()}]`, stop);
    if (stop.aborted) return failure;
    const repeatAt = clock.now() + REPEAT_MS;
    for (const { alert, isEnd } of batch) {
      const isDone = failure === undefined || failure.isOfBatch;
      const dueAt = !isDone ? 0 : isEnd && failure === undefined ? Infinity : repeatAt;
      deliveries.set(alert, { dueAt, isEnd, isRefused: failure !== undefined, postedAt });
    }
    if (failure === undefined) meter.recordPosted(batch.length);
    else meter.recordFailed(batch.length);
    return failure;
  }

  /** Once a round: of several requests one may be refused each time. */
  function report(failure: Rejection | undefined): void {
    const next = failure?.message ?? "ok";
    if (stop.aborted || next === state) return;
    if (failure !== undefined) log.warn(failure.message, { alertmanager: receiver.name, error: failure.error });
    else if (Iterator.from(alerts()).some((alert) => deliveries.get(alert)?.isRefused === true)) return;
    else log.info("Alertmanager accepts alerts", { alertmanager: receiver.name });
    state = next;
  }

  /** @returns whether all were accepted, or there were none */
  async function deliverDue(): Promise<boolean> {
    const due = dueOf(alerts(), deliveries, clock);
    let refusal: Rejection | undefined;
    for (const batch of batchesOf(due, toJson)) {
      const failure = await deliver(batch);
      refusal ??= failure;
      if (failure !== undefined && !failure.isOfBatch || stop.aborted) {
        report(failure);
        return false;
      }
    }
    if (due.length > 0) report(refusal);
    return true;
  }

  while (!stop.aborted) {
    const isDone = await deliverDue().catch((error) => {
      log.error("Unexpected error while posting alerts", { alertmanager: receiver.name, error: describeError(error) });
      return false;
    });
    if (isDone) await waker.sleep(nextDue(alerts(), deliveries, clock.epoch()) - clock.now());
    else await clock.sleep(retryMs, stop);
    retryMs = isDone ? MIN_RETRY_MS : Math.min(2 * retryMs, MAX_RETRY_MS);
  }
}

function* batchesOf(alerts: readonly Alert[], toJson: (alert: Alert) => string): Iterable<readonly Posted[]> {
  let batch: Posted[] = [];
  let length = 0;
  for (const alert of alerts) {
    const posted = { alert, isEnd: alert.endedAt !== undefined, json: toJson(alert) };
    if (batch.length === MAX_BATCH || batch.length > 0 && length + posted.json.length > MAX_BATCH_LENGTH) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(posted);
    length += posted.json.length;
  }
  if (batch.length > 0) yield batch;
}

function dueOf(alerts: Iterable<Alert>, deliveries: WeakMap<Alert, Delivery>, clock: Clock): readonly Alert[] {
  const [now, epoch] = [clock.now(), clock.epoch()];
  const soon: Alert[] = [];
  let isAnyDue = false;
  for (const alert of alerts) {
    const at = dueAt(alert, deliveries.get(alert), epoch);
    if (at > now + TOGETHER_MS) continue;
    soon.push(alert);
    isAnyDue ||= at <= now;
  }
  return isAnyDue ? soon.sort((one, other) => orderOf(one) - orderOf(other)) : [];
}

/** What inhibits others starts before them and ends after them, even if they are in several requests. */
function orderOf({ finding: { alert }, endedAt }: Alert): number {
  if (!INHIBITING.has(alert)) return 0;
  return endedAt === undefined ? -1 : 1;
}

/** The alerts of `deploy/compose/alertmanager.yml` that inhibit those of many wallets. */
const INHIBITING: ReadonlySet<string> = new Set(["WalletBalanceNetworkUnreachable", "WalletBalanceExporterStalled"]);

function nextDue(alerts: Iterable<Alert>, deliveries: WeakMap<Alert, Delivery>, epoch: number): number {
  let next = Infinity;
  for (const alert of alerts) next = Math.min(next, dueAt(alert, deliveries.get(alert), epoch));
  return next;
}

function dueAt({ endedAt }: Alert, delivery: Delivery | undefined, epoch: number): number {
  // Nobody waits for the end of what was never posted.
  if (delivery === undefined) return endedAt === undefined ? 0 : Infinity;
  const { dueAt, isEnd, postedAt } = delivery;
  // After the wall clock was set back, the end that was posted is in the future: until then it would fire.
  return endedAt !== undefined && (!isEnd || postedAt > epoch) ? 0 : dueAt;
}
