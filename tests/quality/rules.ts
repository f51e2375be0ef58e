import { parse } from "yaml";
import { type Database, evaluate, type Labels } from "./evaluate.ts";
import { type Expr, parsePromql, secondsOf } from "./promql.ts";

/** A rule, parsed. */
export interface Rule {
  readonly record: string | undefined;
  readonly alert: string | undefined;
  readonly expr: Expr;
  /** Seconds. */
  readonly holdFor: number;
  readonly keepFor: number;
  readonly labels: Labels;
}

/** While an alert fired, in times of the grid: from the first, to before the last. */
export interface Firing {
  readonly alert: string;
  readonly severity: string;
  readonly labels: Labels;
  readonly from: number;
  readonly to: number;
}

interface RawRule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Labels;
}
interface RawFile {
  readonly groups: readonly { readonly rules: readonly RawRule[] }[];
}

/**
 * The rules of a file that some alerts depend on, in order.
 *
 * @param wanted names of alerts
 */
export function readRules(text: string, wanted: ReadonlySet<string>): readonly Rule[] {
  const file: RawFile = parse(text);
  const needed = new Set<string>();
  return file.groups.flatMap(({ rules }) => rules).reverse().flatMap((raw) => {
    if (!wanted.has(raw.alert ?? "") && !needed.has(raw.record ?? "")) return [];
    const expr = parsePromql(raw.expr);
    for (const name of namesIn(expr)) needed.add(name);
    return [{
      record: raw.record,
      alert: raw.alert,
      expr,
      holdFor: secondsOf(raw.for ?? "0s"),
      keepFor: secondsOf(raw.keep_firing_for ?? "0s"),
      labels: raw.labels ?? {},
    }];
  }).reverse();
}

function namesIn(expr: Expr): readonly string[] {
  switch (expr.type) {
    case "series":
      return [expr.name];
    case "offset":
    case "range":
    case "aggregate":
      return namesIn(expr.of);
    case "call":
      return expr.args.flatMap(namesIn);
    case "binary":
      return [...namesIn(expr.left), ...namesIn(expr.right)];
    default:
      return [];
  }
}

/** Evaluates rules at every time of the grid, and adds what they record to the database. */
export function runRules(rules: readonly Rule[], db: Database): readonly Firing[] {
  return rules.flatMap((rule) => {
    const vector = evaluate(rule.expr, db);
    if (rule.record !== undefined) {
      db.series.set(
        rule.record,
        vector.map(({ labels, values }) => ({ labels: { ...labels, ...rule.labels }, values })),
      );
    }
    const { alert } = rule;
    if (alert === undefined) return [];
    return vector.flatMap(({ labels, values }) => {
      const { severity = "", ...others } = rule.labels;
      return firings(values, rule.holdFor / db.step, rule.keepFor / db.step)
        .map(({ from, to }) => ({ alert, severity, labels: { ...labels, ...others }, from, to }));
    });
  });
}

/** When an alert fires, by Prometheus' `for` and `keep_firing_for`. */
function firings(values: Float64Array, holdFor: number, keepFor: number): readonly { from: number; to: number }[] {
  const result: { from: number; to: number }[] = [];
  let since: number | undefined;
  let firingFrom: number | undefined;
  let goneSince: number | undefined;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? NaN;
    if (value === value) {
      since ??= at;
      goneSince = undefined;
      if (firingFrom === undefined && at - since >= holdFor) firingFrom = at;
    } else if (firingFrom === undefined) since = undefined;
    else {
      goneSince ??= at;
      if (at - goneSince < keepFor) continue;
      result.push({ from: firingFrom, to: at });
      since = firingFrom = goneSince = undefined;
    }
  }
  if (firingFrom !== undefined) result.push({ from: firingFrom, to: values.length });
  return result;
}
