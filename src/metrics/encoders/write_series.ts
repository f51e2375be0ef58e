import type { Labels, TokenPlan } from "../../plan/plan.ts";
import { type Family, type SeriesRange, type SeriesRule, valueOf } from "../model/family.ts";
import { type Label, labelsOf, type Series } from "../model/series.ts";
import type { NetworkSnapshot } from "../model/snapshot.ts";
import { sortLabels, writeLabels, writeValue } from "./labels.ts";

/**
 * The label text of one series, escaped once for all families and pages. The label of a variant has its alphabetical place
 * between the parts: `level` after the head, `min_balance_eth` after the middle, `window` within the tail.
 */
interface SeriesText {
  /** With the opening brace. */
  readonly head: string;
  readonly middle: string;
  /** With the closing brace and the space before the value. */
  readonly tail: string;
  /** The same before and after `window`. */
  readonly beforeWindow: string;
  readonly afterWindow: string;
}

/** By the series of a network: both live as long as its plan. */
const known = new WeakMap<readonly Series[], readonly SeriesText[]>();

/** Prints some of a network's series in the text formats. */
export function writeSeries(
  { name }: Family,
  rule: SeriesRule,
  { network, from, to }: SeriesRange,
  common: readonly Label[],
): string {
  const all = network.series[rule.kind] ?? [];
  const states = network.states[rule.kind] ?? [];
  const texts = textsOf(network, all, common);
  const { variant } = rule;
  const label = placedLabel(variant?.label);
  let lines = "";
  for (let index = from; index < to; index++) {
    const series = all[index];
    const text = texts[index];
    if (series === undefined || text === undefined) continue;
    const { head, middle, tail, beforeWindow, afterWindow } = text;
    if (variant === undefined) {
      const value = valueOf(rule, network, series, states[index], undefined);
      if (value !== undefined) lines += `${name}${head}${middle}${tail}${writeValue(value)}\n`;
      continue;
    }
    for (const each of variant.valuesOf(series)) {
      const value = valueOf(rule, network, series, states[index], each);
      if (value === undefined) continue;
      const own = variant.textOf(each);
      if (label === undefined) {
        lines += `${name}{${labelsWith(network, series, [variant.label, own], common)}} ${writeValue(value)}\n`;
        continue;
      }
      const text = variantText(label, own);
      const labels = label === "level"
        ? head + text + middle + tail
        : label === "window"
        ? head + middle + beforeWindow + text + afterWindow
        : head + middle + text + tail;
      lines += `${name}${labels}${writeValue(value)}\n`;
    }
  }
  return lines;
}

/** The labels of a series with one that has no place of its own; it hides one of the configuration. */
function labelsWith({ plan }: NetworkSnapshot, series: Series, own: Label, common: readonly Label[]): string {
  const others = labelsOf(plan, series).filter(([name]) => name !== own[0]);
  return writeLabels(sortLabels([...others, own, ...common]));
}

function textsOf(
  { plan }: NetworkSnapshot,
  series: readonly Series[],
  common: readonly Label[],
): readonly SeriesText[] {
  const made = known.get(series);
  if (made !== undefined) return made;
  // Most series of a network differ in their heads alone; wallets without labels of their own share one empty object.
  const rests = new Map<Labels, Map<TokenPlan | undefined, Rest>>();
  const texts = series.map((each): SeriesText => {
    const { wallet: { labels }, token } = each;
    const alike = rests.get(labels) ?? new Map<TokenPlan | undefined, Rest>();
    rests.set(labels, alike);
    const own = labelsOf(plan, each);
    const rest = alike.get(token?.token) ?? restOf([...own, ...common]);
    alike.set(token?.token, rest);
    return { head: `{${writeLabels(sortLabels(own.filter(([name]) => name < "level")))}`, ...rest };
  });
  known.set(series, texts);
  return texts;
}

type Rest = Omit<SeriesText, "head">;

function restOf(all: readonly Label[]): Rest {
  const labels = sortLabels(all);
  const last = labels.filter(([name]) => name > "min_balance_eth");
  return {
    middle: continued(labels.filter(([name]) => name > "level" && name < "min_balance_eth")),
    tail: `${continued(last)}} `,
    beforeWindow: continued(last.filter(([name]) => name < "window")),
    afterWindow: `${continued(last.filter(([name]) => name > "window"))}} `,
  };
}

function continued(labels: readonly Label[]): string {
  return labels.length === 0 ? "" : `,${writeLabels(labels)}`;
}

/** Thresholds are few and wallets many: most share their texts. */
const variants = {
  level: new Map<string, string>(),
  min_balance_eth: new Map<string, string>(),
  window: new Map<string, string>(),
};
const MAX_VARIANTS = 1000;

/** @returns undefined for a label that has no place of its own */
function placedLabel(label: string | undefined): keyof typeof variants | undefined {
  return label === "level" || label === "min_balance_eth" || label === "window" ? label : undefined;
}

function variantText(label: keyof typeof variants, value: string): string {
  const known = variants[label];
  const same = known.get(value);
  if (same !== undefined) return same;
  if (known.size >= MAX_VARIANTS) known.clear();
  const text = `,${writeLabels([[label, value]])}`;
  known.set(value, text);
  return text;
}
