import { HOUR } from "./calendar.ts";
import { comparePromtool } from "./promtool.ts";
import { type Firing, readRules, type Rule, runRules } from "./rules.ts";
import { databaseOf, type RawSeries, scrapeWallet } from "./scrape.ts";
import { type Notification, type ScoredDryOut, scoreDryOuts, scoreNotifications } from "./score.ts";
import { simulateWallet, type WalletYear } from "./wallets.ts";

const ROOT = new URL("../../", import.meta.url);
/** Minutes between evaluations; rules that are evaluated each minute fire at most this much earlier. */
export const EVERY = 5;

/** Alerts about the balance of a wallet; those without levels of their own need no warning level or maximum. */
export const SHIPPED = [
  "WalletBalanceBelowMinimum",
  "WalletBalanceCriticallyLow",
  "WalletBalanceDepletingFast",
  "WalletBalanceDepletingSoon",
  "WalletBalanceEmptied",
] as const;
export const BASELINES = ["BelowOwnMinimum", "BelowFixedAmount", "BelowTwiceLastDay"] as const;

const ALL_RULES = Deno.readTextFileSync(new URL("deploy/prometheus/rules.yaml", ROOT));
/** Without those of the exporter, which have no series here. */
export const SHIPPED_RULES = ALL_RULES.slice(0, ALL_RULES.indexOf("  - name: wallet-balance.exporter"));
const BASELINE_RULES = Deno.readTextFileSync(new URL("baselines.yaml", import.meta.url));

const shipped = readRules(SHIPPED_RULES, new Set(SHIPPED));
const baselines = readRules(BASELINE_RULES, new Set(BASELINES));

/** Evaluates rules on what was scraped, with times in minutes. */
export function evaluateRules(rules: readonly Rule[], raw: readonly RawSeries[], every = EVERY): readonly Firing[] {
  return runRules(rules, databaseOf(raw, every)).map((firing) => ({
    ...firing,
    from: firing.from * every,
    to: firing.to * every,
  }));
}

/** What is known of a wallet-year without its series. */
export type Facts = Omit<WalletYear, "balance" | "demand">;

/** Results of one wallet-year. */
export interface YearResult {
  readonly facts: Facts;
  /** By the name of a set of alerts. */
  readonly sets: Readonly<
    Record<SetName, { readonly dryOuts: readonly ScoredDryOut[]; readonly pages: readonly Notification[] }>
  >;
  readonly tickets: readonly Notification[];
}

/** Sets of alerts that are compared. */
export const SETS = ["shipped", "pages", ...BASELINES] as const;
export type SetName = typeof SETS[number];

/** Evaluates all compared rules on a wallet-year. */
export function evaluateYear(seed: number): YearResult {
  const wallet = simulateWallet(seed);
  const raw = scrapeWallet(wallet);
  const ours = evaluateRules(shipped, raw);
  const theirs = evaluateRules(baselines, raw);
  const isPage = ({ severity }: Firing): boolean => severity === "critical";
  const set = (alerts: readonly Firing[]): YearResult["sets"][SetName] => ({
    dryOuts: scoreDryOuts(wallet, alerts),
    pages: scoreNotifications(wallet, alerts.filter(isPage)),
  });
  const only = (name: string): readonly Firing[] => theirs.filter(({ alert }) => alert === name);
  const { balance: _balance, demand: _demand, ...facts } = wallet;
  return {
    facts,
    sets: {
      shipped: set(ours),
      pages: set(ours.filter(isPage)),
      BelowFixedAmount: set(only("BelowFixedAmount")),
      BelowOwnMinimum: set(only("BelowOwnMinimum")),
      BelowTwiceLastDay: set(only("BelowTwiceLastDay")),
    },
    tickets: scoreNotifications(wallet, ours.filter((firing) => !isPage(firing))),
  };
}

/** A span of a wallet-year around an event, in minutes. */
export interface Window {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** From the longest range before to a day after. Starts at a whole hour, as ranges are aligned. */
export function windowAround(seed: number, at: number, length: number, before = 7 * HOUR, after = 25 * HOUR): Window {
  const from = Math.max(0, Math.floor((at - before) / HOUR) * HOUR);
  return { seed, from, to: Math.min(length, from + before + after + HOUR) };
}

/** Windows of a wallet follow each other: it is simulated once. */
let last: { readonly seed: number; readonly raw: readonly RawSeries[] } | undefined;

function scrapedOf(seed: number): readonly RawSeries[] {
  if (last?.seed !== seed) last = { seed, raw: scrapeWallet(simulateWallet(seed)) };
  return last.raw;
}

/** Windows at the end of a year are shorter, and promtool evaluates all of a run for as long. */
function padded(values: Float64Array, length: number): Float64Array {
  const all = new Float64Array(length).fill(NaN);
  all.set(values);
  return all;
}

/**
 * Has promtool evaluate the shipped rules on windows, and compares.
 *
 * @returns what differs; empty if nothing does, undefined if there is no promtool
 */
export async function proveWindows(windows: readonly Window[], every: number): Promise<string | undefined> {
  const raw: RawSeries[] = [];
  const firings: Firing[] = [];
  const length = Math.max(...windows.map(({ from, to }) => to - from));
  for (const [index, { seed, from, to }] of windows.entries()) {
    const own = scrapedOf(seed).map(({ name, labels, values }) => ({
      name,
      // A wallet has several windows.
      labels: { ...labels, network: `n${index}` },
      values: padded(values.subarray(from, to), length),
    }));
    raw.push(...own);
    firings.push(...runRules(shipped, databaseOf(own, every)));
  }
  const result = await comparePromtool(SHIPPED_RULES, SHIPPED, { raw, firings, every });
  return result === undefined ? undefined : result.code === 0 ? "" : result.output;
}
