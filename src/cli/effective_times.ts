import type { Config } from "../config/model/config.ts";
import type { Settings } from "./options.ts";

/** The interval and stale time in effect, in milliseconds. */
export interface Times {
  readonly interval: number;
  /** 0 for never. */
  readonly staleAfter: number;
  /** Why the two contradict each other, without a full stop. */
  readonly conflict: string | undefined;
}

/** The default of `--stale-after`; extended for long intervals, so that a daily poll works without the flag. */
const DEFAULT_STALE_AFTER = 86_400_000;
const MIN_INTERVALS = 3;

/**
 * Merges the times of the configuration and of the flags, and checks that no balance goes stale before the next poll:
 * it would come and go, and so would its alerts.
 */
export function effectiveTimes(
  config: Pick<Config, "interval" | "staleAfter" | "networks">,
  settings: Pick<Settings, "interval" | "staleAfter">,
): Times {
  const { interval = settings.interval } = config;
  const slowest = config.networks.map(({ name, interval: own = interval }) => ({ name, own }))
    .reduce((one, other) => other.own > one.own ? other : one, { name: "", own: interval });
  const given = config.staleAfter ?? settings.staleAfter;
  if (config.staleAfter === undefined && given === DEFAULT_STALE_AFTER) {
    return { interval, staleAfter: Math.max(given, MIN_INTERVALS * slowest.own), conflict: undefined };
  }
  const conflict = given > 0 && given <= slowest.own ? conflictText(given, slowest) : undefined;
  return { interval, staleAfter: given, conflict };
}

/** The advice for a {@linkcode Times.conflict}. */
export const TIMES_ADVICE = "Set staleAfter, --stale-after or STALE_AFTER to several intervals, or to 0 for never";

function conflictText(staleAfter: number, { name, own }: { readonly name: string; readonly own: number }): string {
  const whose = name === "" ? "the interval" : `the interval of the network ${name}`;
  const times = `Balances go stale after ${staleAfter / 1000} s, and ${whose} is ${own / 1000} s`;
  return `${times}: they would be removed before they are read again`;
}
