import type { NetworkPlan } from "../../plan/plan.ts";
import type { AccountState } from "../../poller/state.ts";
import { type Label, labelsOf, rejectedLabels, type Series } from "./series.ts";
import { type NetworkSnapshot, seriesDecimals, type Snapshot } from "./snapshot.ts";

/** The types of a family; `info` is a gauge of 1 where the format has no such type. */
export type MetricType = "gauge" | "counter" | "histogram" | "info";

/** One number of a family. */
export interface Sample {
  /** Its own, in any order; encoders add those of every series. */
  readonly labels: readonly Label[];
  readonly value: number;
  /** Follows the family's name: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly suffix?: string;
}

/** Lists a sample; none without a value. */
export function sampleOf(labels: readonly Label[], value: number | undefined): readonly Sample[] {
  return value === undefined || Number.isNaN(value) ? [] : [{ labels, value }];
}

/** A metric family, as data. Encoders print it. */
export interface Family {
  /** With `_total` for a counter and `_info` for an info. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** The names of its labels, besides those of every series and those that the configuration adds. */
  readonly labels: readonly string[];
  samples(snapshot: Snapshot): Iterable<Sample>;
  /** What {@linkcode samples} is made of, for a family with many series: what did not change is not encoded again. */
  readonly rule?: SeriesRule;
  /** Read at each scrape, not once for each change. */
  readonly isLive?: boolean;
}

/** The value of a sample before it is converted. Equal facts give equal samples. */
export type Fact = bigint | number;

/** What a family shows of each series of one kind. */
export interface SeriesRule<F extends Fact = Fact, V = unknown> {
  /** Of the series' assets. */
  readonly kind: string;
  /** Which networks have samples; all if undefined. */
  readonly isOf: ((plan: NetworkPlan) => boolean) | undefined;
  /** Whether there is no sample while the last good reading is too old. */
  readonly expires: boolean;
  /** For several samples per series. */
  readonly variant: Variant<V> | undefined;
  /**
   * @param decimals none while a token's are not known
   * @returns none for no sample
   */
  fact(account: AccountState, series: Series, decimals: number | undefined, variant: V): F | undefined;
  value(fact: F, decimals: number): number;
  /** Whether it shows the configuration only, whatever is read. */
  readonly isFixed: boolean;
  /** The value of rejected entries; none when they have no sample. */
  readonly rejected: number | undefined;
}

/** A label that one series has several values of. */
export interface Variant<V> {
  readonly label: string;
  valuesOf(series: Series): readonly V[];
  textOf(value: V): string;
}

const NO_VARIANT: readonly unknown[] = [undefined];

/** Lists the variants of a series; a single undefined without variants. */
export function variantsOf({ variant }: SeriesRule, series: Series): readonly unknown[] {
  return variant === undefined ? NO_VARIANT : variant.valuesOf(series);
}

/**
 * Computes the value of a series' sample. Both {@linkcode samplesOf} and the encoders' fast path are made of this.
 *
 * @param state of the series' account
 * @param variant one of {@linkcode variantsOf}
 * @returns none for no sample
 */
export function valueOf(
  rule: SeriesRule,
  network: NetworkSnapshot,
  series: Series,
  state: AccountState | undefined,
  variant: unknown,
): number | undefined {
  const account = shownState(rule, network, state);
  if (account === undefined) return undefined;
  const decimals = seriesDecimals(network, series);
  const fact = rule.fact(account, series, decimals, variant);
  return fact === undefined ? undefined : rule.value(fact, decimals ?? 0);
}

/** Consecutive series of one network and kind. */
export interface SeriesRange {
  readonly network: NetworkSnapshot;
  readonly from: number;
  readonly to: number;
}

/**
 * Reports whether the samples of some series are those of an earlier snapshot.
 *
 * @param before {@linkcode isComparable} to the network
 */
export function isSameRange(rule: SeriesRule, { network, from, to }: SeriesRange, before: NetworkSnapshot): boolean {
  if (rule.isFixed) return true;
  const { kind } = rule;
  const all = network.series[kind] ?? [];
  const states = network.states[kind] ?? [];
  const others = before.states[kind] ?? [];
  for (let index = from; index < to; index++) {
    const series = all[index];
    const account = shownState(rule, network, states[index]);
    const other = shownState(rule, before, others[index]);
    if (account === other || series === undefined) continue;
    if (account === undefined || other === undefined) return false;
    const decimals = seriesDecimals(network, series);
    for (const variant of variantsOf(rule, series)) {
      if (rule.fact(account, series, decimals, variant) !== rule.fact(other, series, decimals, variant)) return false;
    }
  }
  return true;
}

/** Lists the samples of all series of a rule. */
export function* samplesOf(rule: SeriesRule, { networks }: Snapshot): Iterable<Sample> {
  for (const network of networks) {
    for (const [index, series] of seriesFor(rule, network).entries()) {
      yield* samplesOfSeries(rule, network, index, series);
    }
  }
  yield* rejectedSamples(rule, networks);
}

/** Lists the series that a rule shows of a network. */
export function seriesFor({ kind, isOf }: SeriesRule, { plan, series }: NetworkSnapshot): readonly Series[] {
  return isOf === undefined || isOf(plan) ? series[kind] ?? [] : [];
}

/** Lists the samples of one series. */
export function* samplesOfSeries(
  rule: SeriesRule,
  network: NetworkSnapshot,
  index: number,
  series: Series,
): Iterable<Sample> {
  for (const variant of variantsOf(rule, series)) {
    const value = valueOf(rule, network, series, network.states[rule.kind]?.[index], variant);
    const own: readonly Label[] = rule.variant === undefined
      ? []
      : [[rule.variant.label, rule.variant.textOf(variant)]];
    if (value === undefined) continue;
    // One of the configuration is hidden.
    const others = labelsOf(network.plan, series).filter(([name]) => name !== rule.variant?.label);
    yield { labels: [...others, ...own], value };
  }
}

/** Lists the samples of rejected entries. */
export function* rejectedSamples({ rejected }: SeriesRule, networks: readonly NetworkSnapshot[]): Iterable<Sample> {
  if (rejected === undefined) return;
  for (const { plan } of networks) {
    for (const entry of plan.rejected) yield { labels: rejectedLabels(plan, entry), value: rejected };
  }
}

/** @returns none when the rule shows nothing of it */
function shownState(
  { expires }: SeriesRule,
  { oldest }: NetworkSnapshot,
  state: AccountState | undefined,
): AccountState | undefined {
  const reading = state?.reading;
  return expires && reading !== undefined && reading.readAt < oldest ? undefined : state;
}
