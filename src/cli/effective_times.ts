import type { Config } from "../config/model/config.ts";
import type { Settings } from "./options.ts";

/** What counts of the configuration and the flags, in milliseconds. */
export interface Times {
  readonly interval: number;
  /** 0 for ever. */
  readonly staleAfter: number;
  /** Why they make no sense together, without a full stop. */
  readonly conflict: string | undefined;
}

/** The default of `--stale-after`: it gives way to a longer interval, so that a check a day works without it. */
const DEFAULT_STALE_AFTER = 86_400_000;
const MIN_INTERVALS = 3;

/**
 * Puts together what the configuration and the flags say. A balance that goes
 * stale before it is read again would be shown and alerted of only now and then.
 *
 * @param config with its own times, and those of its networks
 * @param settings the flags and variables
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

/** What to do about a {@linkcode Times.conflict}. */
export const TIMES_ADVICE = "Set staleAfter, --stale-after or STALE_AFTER to several intervals, or to 0 for never";

function conflictText(staleAfter: number, { name, own }: { readonly name: string; readonly own: number }): string {
  const whose = name === "" ? "the interval" : `the interval of the network ${name}`;
  const times = `Balances go stale after ${staleAfter / 1000} s, and ${whose} is ${own / 1000} s`;
  return `${times}: they would be withdrawn before they are read again`;
}
