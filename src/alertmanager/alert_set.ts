import type { RuleTimes } from "../rules/rule_times.ts";
import { type Clock, createTurns } from "../util/clock.ts";
import { ALERT_TEXTS } from "./annotations.ts";
import type { Finding } from "./finding.ts";
import { HEARTBEAT, POSTED } from "./posted_alerts.ts";

/** An alert that fires or did so. */
export interface Alert {
  /** The last that was found. */
  finding: Finding;
  /** In seconds since the Unix epoch. */
  readonly startedAt: number;
  /** The same for its end; undefined while it fires. */
  endedAt: number | undefined;
  /** When it is forgotten, in milliseconds on the monotonic clock; infinity while it fires. */
  forgottenAt: number;
}

/** The alerts of this process, by what is found of the state. */
export interface AlertSet {
  /** Those that fire, and those that ended lately. */
  readonly alerts: Iterable<Alert>;
  readonly size: number;
  /** When the next one starts to fire unless it ends before, in milliseconds on the monotonic clock. */
  readonly nextAt: number;
  /**
   * Updates the alerts by what holds now. What is not found ends, unless nothing is known of its network.
   *
   * @param findings with pauses between them, since 100,000 wallets take long
   * @param isKnown of a network, by its unique name
   * @returns whether alerts started or ended, and how many there are too many: these are not posted
   */
  update(
    findings: Iterable<Finding | undefined>,
    isKnown: (network: string) => boolean,
  ): Promise<{ readonly isChanged: boolean; readonly excess: number }>;
}

/** What {@linkcode createAlertSet} takes. */
export interface AlertSetOptions {
  readonly clock: Clock;
  /** Called for each update. */
  readonly times: () => RuleTimes;
  /** How long an alert that ended is kept to be posted, in milliseconds. */
  readonly keptMs: () => number;
}

/** Of those that fire or wait, and of those that ended. Each takes about 1 KB here and in every Alertmanager. */
export const MAX_ALERTS = 20_000;

/** A finding whose `for` has not passed yet. */
interface Pending {
  finding: Finding;
  /** Since when it holds, in milliseconds on the monotonic clock. */
  readonly since: number;
}

/** Makes a set without alerts. */
export function createAlertSet({ clock, times, keptMs }: AlertSetOptions): AlertSet {
  const alerts = new Map<string, Alert>();
  let pending = new Map<string, Pending>();
  let nextAt = Infinity;
  let firing = 0;

  function start(key: string, finding: Finding): void {
    firing++;
    alerts.set(key, { finding, startedAt: clock.epoch(), endedAt: undefined, forgottenAt: Infinity });
  }

  function end(alert: Alert): void {
    firing--;
    alert.endedAt = clock.epoch();
    alert.forgottenAt = clock.now() + keptMs();
  }

  /** Alertmanager ends by itself those that are not posted. */
  function forgetSome(): void {
    for (const [key, { endedAt }] of alerts) {
      if (alerts.size - firing <= MAX_ALERTS) return;
      if (endedAt !== undefined) alerts.delete(key);
    }
  }

  return {
    get alerts(): Iterable<Alert> {
      return alerts.values();
    },
    get size(): number {
      return alerts.size;
    },
    get nextAt(): number {
      return nextAt;
    },
    async update(findings, isKnown): ReturnType<AlertSet["update"]> {
      const turns = createTurns(clock);
      const now = clock.now();
      const ruleTimes = times();
      const before = pending;
      pending = new Map();
      nextAt = Infinity;
      const found = new Set<string>();
      let excess = 0;
      let isChanged = false;
      for (const finding of findings) {
        if (turns.isOver) await turns.next();
        if (finding === undefined) continue;
        const key = keyOf(finding);
        if (found.has(key)) continue;
        found.add(key);
        const known = alerts.get(key);
        if (known !== undefined && known.endedAt === undefined) {
          known.finding = finding;
          continue;
        }
        const { since = now } = before.get(key) ?? {};
        const firesAt = since + 1000 * waitOf(finding, ruleTimes);
        if (firing + pending.size >= MAX_ALERTS && isOfWallet(finding)) {
          excess++;
        } else if (firesAt <= now) {
          start(key, finding);
          isChanged = true;
        } else {
          pending.set(key, { finding, since });
          nextAt = Math.min(nextAt, firesAt);
        }
      }
      const isUnknown = ({ network }: Finding): boolean => network !== undefined && !isKnown(network);
      for (const [key, each] of before) {
        if (!found.has(key) && isUnknown(each.finding)) pending.set(key, each);
      }
      for (const [key, alert] of alerts) {
        if (alert.forgottenAt <= now) alerts.delete(key);
        else if (alert.endedAt === undefined && !found.has(key) && !isUnknown(alert.finding)) {
          end(alert);
          isChanged = true;
        }
      }
      forgetSome();
      return { isChanged, excess };
    },
  };
}

/** Those of networks and of the exporter are few, and must not be lost among those of wallets. */
function isOfWallet({ labels }: Finding): boolean {
  return labels.some(([name]) => name === "address");
}

/** A wallet's identity outlives reloads. */
function keyOf({ alert, labels }: Finding): string {
  return JSON.stringify([alert, labels]);
}

/** In seconds. */
function waitOf({ alert }: Finding, times: RuleTimes): number {
  if (alert === HEARTBEAT || !POSTED[alert].waits) return 0;
  return secondsOf(ALERT_TEXTS[alert].for ?? "0s", times);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** @param text such as `5m` or `@for_checks@` */
function secondsOf(text: string, times: RuleTimes): number {
  const named = Object.entries(times).find(([name]) => text === `@${name}@`);
  if (named !== undefined) return named[1];
  const [, count = "0", unit = "s"] = /^(\d+)([smh])$/.exec(text) ?? [];
  return Number(count) * (UNITS[unit] ?? 1);
}
